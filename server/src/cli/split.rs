//! `hypo split`: the manifests of every cluster, offline. Identities of links stay placeholders.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use clap::Args;
use hypo_model::{
    cluster::{Cluster, ClusterFacts},
    fabric::LinkOptions,
    identity::{ServiceIdentity, stable_id},
    placement::{self, PlacementInput, Weights},
    split::{self, SplitInput},
};
use hypo_package::{Limits, analyse, manifest};
use hypo_shared::{
    ClusterId, DomainId, ErrorCode, OrderId, ServiceId, TenantId,
    placement::{Override, PeerPolicy, PlacementRequest, Requirement},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Error, Result, local};

#[derive(Debug, Args)]
pub struct Options {
    /// Folder, .tgz or manifest file.
    package: PathBuf,
    /// Which component goes where: YAML or JSON, see `docs/guides/split.md`.
    #[arg(long)]
    placement: PathBuf,
    /// Folder that gets one folder per cluster.
    #[arg(long)]
    out: PathBuf,
    /// Helm values over the chart's defaults.
    #[arg(long)]
    values: Option<PathBuf>,
}

/// The placement file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlacementFile {
    /// Name of the service; its namespace, unless one is given.
    name: String,
    #[serde(default)]
    namespace: Option<String>,
    clusters: BTreeMap<String, ClusterEntry>,
    /// Component to cluster names. Components that are not named are placed by the planner.
    #[serde(default)]
    pins: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    overrides: BTreeMap<String, Override>,
    #[serde(default)]
    requires: BTreeMap<String, Requirement>,
    #[serde(default)]
    peers: PeerPolicy,
}

/// A cluster as far as it is known offline. Facts that are not given are not checked.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ClusterEntry {
    country: String,
    labels: BTreeMap<String, String>,
    /// Members of `hypo_model::cluster::ClusterFacts`.
    facts: Map<String, Value>,
}

pub async fn run(options: Options) -> Result<()> {
    let files = local::read(&options.package)?;
    let render = local::render(&files, local::values(options.values.as_deref())?).await?;
    let text = fs::read_to_string(&options.placement).map_err(|error| Error::file(&options.placement, error))?;
    let file = manifest::parse_value(&options.placement.display().to_string(), &text, Limits::default())?;
    let file: PlacementFile =
        serde_json::from_value(file).map_err(|error| Error::new(ErrorCode::InvalidInput, error.to_string()))?;

    let graph = hypo_package::graph(&render);
    let analysis = analyse(&render, &hypo_package::Options::default());
    let clusters = clusters(&file)?;
    let offered: BTreeSet<ClusterId> = clusters.iter().map(|cluster| cluster.id).collect();
    let request = request(&file)?;
    let needs = placement::needs(&render, &graph);
    let apart = placement::apart(&render, &graph);
    let input = PlacementInput {
        analysis: &analysis,
        clusters: &clusters,
        offered: &offered,
        current: None,
        before: None,
        request: &request,
        needs: &needs,
        apart: &apart,
        weights: Weights::default(),
    };
    let placement = placement::solve(&input).map_err(|error| Error::new(error.code, error.message))?;
    let identity = identity(&file);
    let split = split::split(&SplitInput {
        render: &render,
        graph: &graph,
        analysis: &analysis,
        clusters: &clusters,
        request: &request,
        placement: &placement,
        identity: &identity,
        link: &LinkOptions::default(),
    })
    .map_err(|error| Error::new(error.code, error.message))?;

    for (id, objects) in &split.clusters {
        let name = clusters.iter().find(|cluster| cluster.id == *id).map_or("cluster", |cluster| &cluster.name);
        let folder = options.out.join(name);
        fs::create_dir_all(&folder).map_err(|error| Error::file(&folder, error))?;
        let documents: Vec<&Value> = objects.iter().map(|object| &object.object).collect();
        write_json_lines(&folder.join("manifests.yaml"), &documents)?;
        let report: Vec<Value> = objects
            .iter()
            .map(|object| {
                json!({
                    "kind": object.object["kind"], "name": object.object["metadata"]["name"],
                    "component": object.component, "reason": object.reason, "overrides": object.overrides,
                })
            })
            .collect();
        write_pretty(&folder.join("report.json"), &json!({"cluster": name, "objects": report}))?;
        println!("{:<24} {} objects", name, objects.len());
    }
    write_pretty(&options.out.join("links.json"), &json!({"links": split.links, "notes": split.notes}))?;
    println!("{:<24} {}", "links", split.links.len());
    for note in &split.notes {
        println!("{}: {}", note.code, note.text);
    }
    Ok(())
}

/// JSON is YAML; a document each, as `kubectl apply -f` and GitOps tools read it.
fn write_json_lines(path: &Path, documents: &[&Value]) -> Result<()> {
    let mut text = String::new();
    for document in documents {
        text.push_str("---\n");
        text.push_str(&pretty(document)?);
        text.push('\n');
    }
    fs::write(path, text).map_err(|error| Error::file(path, error))
}

fn write_pretty(path: &Path, value: &Value) -> Result<()> {
    fs::write(path, pretty(value)?).map_err(|error| Error::file(path, error))
}

fn pretty(value: &Value) -> Result<String> {
    serde_json::to_string_pretty(value).map_err(|error| Error::new(ErrorCode::Internal, error.to_string()))
}

fn clusters(file: &PlacementFile) -> Result<Vec<Cluster>> {
    file.clusters
        .iter()
        .map(|(name, entry)| {
            let mut facts = serde_json::to_value(permissive()).unwrap_or_default();
            if let Some(members) = facts.as_object_mut() {
                members.extend(entry.facts.clone());
            }
            let facts: ClusterFacts = serde_json::from_value(facts)
                .map_err(|error| Error::new(ErrorCode::InvalidInput, format!("facts of {name}: {error}")))?;
            Ok(Cluster {
                id: ClusterId(id(&format!("cluster {name}"))),
                name: name.clone(),
                domain: DomainId(id(name)),
                owner: TenantId(id(name)),
                owner_name: name.clone(),
                country: entry.country.clone(),
                labels: entry.labels.clone(),
                latency_ms: BTreeMap::new(),
                price_per_cpu_hour: None,
                facts,
            })
        })
        .collect()
}

/// A cluster of which nothing is known offline: what is not known is not held against it.
fn permissive() -> ClusterFacts {
    ClusterFacts { version: "v1.34.0".into(), load_balancer: true, cluster_admin: true, ..ClusterFacts::default() }
}

fn request(file: &PlacementFile) -> Result<PlacementRequest> {
    let mut pins = BTreeMap::new();
    for (component, names) in &file.pins {
        if let Some(name) = names.iter().find(|name| !file.clusters.contains_key(*name)) {
            return Err(Error::new(ErrorCode::PlacementUnknownCluster, format!("{component} is pinned to {name}")));
        }
        pins.insert(component.clone(), names.iter().map(|name| ClusterId(id(&format!("cluster {name}")))).collect());
    }
    Ok(PlacementRequest {
        pins,
        requires: file.requires.clone(),
        overrides: file.overrides.clone(),
        peers: file.peers,
        ..PlacementRequest::default()
    })
}

fn identity(file: &PlacementFile) -> ServiceIdentity {
    let order = OrderId(id(&format!("order {}", file.name)));
    ServiceIdentity {
        service: ServiceId(id(&format!("service {}", file.name))),
        order,
        authority: order,
        name: file.name.clone(),
        namespace: file.namespace.clone().unwrap_or_else(|| file.name.clone()),
    }
}

/// The same text gives the same id: a split made twice is the same split.
fn id(text: &str) -> uuid::Uuid {
    stable_id(text)
}
