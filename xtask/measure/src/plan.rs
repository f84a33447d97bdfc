//! Placement, its check and the plan, for a made-up application on made-up clusters.

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fmt::Write,
};

use hypo_model::{
    cluster::{Cluster, ClusterFacts, NodeFacts, StorageClass},
    digest::DigestKey,
    fabric::LinkOptions,
    identity::ServiceIdentity,
    placement::{PlacementInput, Weights, apart, needs, solve, validate},
    plan::{PlanInput, build},
};
use hypo_package::{Limits, Options, Render, analyse, graph, manifest};
use hypo_shared::{ClusterId, DomainId, OrderId, ServiceId, TenantId, placement::PlacementRequest};
use uuid::Uuid;

use crate::repeat;

pub fn measure(components: usize, clusters: usize) -> Result<(), Box<dyn Error>> {
    let render = Render::new(manifest::parse_str(&manifests(components)?, Limits::default())?);
    let analysis = analyse(&render, &Options::default());
    if analysis.components.len() != components {
        return Err(format!("{} components were found", analysis.components.len()).into());
    }
    let graph = graph(&render);
    let clusters: Vec<Cluster> = (0..clusters).map(|number| cluster(number, clusters)).collect();
    let offered: BTreeSet<ClusterId> = clusters.iter().map(|cluster| cluster.id).collect();
    let request = PlacementRequest::default();
    let (needs, apart) = (needs(&render, &graph), apart(&render, &graph));
    let identity = ServiceIdentity {
        service: ServiceId(Uuid::from_u128(1)),
        order: OrderId(Uuid::from_u128(2)),
        authority: OrderId(Uuid::from_u128(2)),
        name: "measured".into(),
        namespace: "measured".into(),
    };
    let (observed, link) = (BTreeMap::new(), LinkOptions::default());
    repeat(20, || {
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
        let placement = solve(&input)?;
        if let Some(violation) = validate(&input, &placement).first() {
            return Err(violation.text.clone().into());
        }
        let plan = build(&PlanInput {
            render: &render,
            graph: &graph,
            analysis: &analysis,
            clusters: &clusters,
            request: &request,
            placement: &placement,
            identity: &identity,
            observed: &observed,
            kept: &[],
            delete_volumes: &BTreeSet::new(),
            before: None,
            digests: &DigestKey::new([0; 32]),
            link: &link,
        })?;
        Ok(plan.clusters.iter().map(|cluster| cluster.objects.len()).sum())
    })
}

/// A Deployment and a Service each; every component calls three others; each tenth keeps data.
fn manifests(components: usize) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    for at in 0..components {
        let stateful = at % 10 == 9;
        let kind = if stateful { "StatefulSet" } else { "Deployment" };
        write!(
            text,
            "---\napiVersion: v1\nkind: Service\nmetadata: {{name: part-{at}}}\n\
             spec: {{selector: {{app: part-{at}}}, ports: [{{port: 8080}}]}}\n\
             ---\napiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: part-{at}}}\nspec:\n  replicas: 1\n\
             \x20 selector: {{matchLabels: {{app: part-{at}}}}}\n  template:\n    metadata: {{labels: {{app: part-{at}}}}}\n\
             \x20   spec:\n      containers:\n        - name: main\n          image: registry.example/part:{at}\n\
             \x20         resources: {{requests: {{cpu: 100m, memory: 128Mi}}}}\n          env:\n"
        )?;
        for step in [1, 7, 13] {
            let peer = (at + step) % components;
            writeln!(text, "            - {{name: PEER_{step}, value: \"http://part-{peer}:8080\"}}")?;
        }
        if stateful {
            write!(
                text,
                "  serviceName: part-{at}\n  volumeClaimTemplates:\n    - metadata: {{name: data}}\n      spec:\n\
                 \x20       accessModes: [ReadWriteOnce]\n        resources: {{requests: {{storage: 1Gi}}}}\n"
            )?;
        }
    }
    Ok(text)
}

/// Clusters of different owners with two small nodes each, so that no single one can take everything.
fn cluster(number: usize, all: usize) -> Cluster {
    let id = |at: usize| ClusterId(Uuid::from_u128(1000 + at as u128));
    let node = |name: &str| NodeFacts {
        name: name.into(),
        arch: "amd64".into(),
        ready: true,
        cpu_millis: 1000,
        memory_bytes: 4 << 30,
        ..NodeFacts::default()
    };
    Cluster {
        id: id(number),
        name: format!("site-{number}"),
        domain: DomainId(Uuid::from_u128(2000 + number as u128 / 2)),
        owner: TenantId(Uuid::from_u128(3000 + number as u128 / 5)),
        owner_name: format!("owner-{}", number / 5),
        country: "IT".into(),
        labels: BTreeMap::new(),
        latency_ms: (0..all).map(|other| (id(other), (1 + number.abs_diff(other)) as f64 * 2.0)).collect(),
        price_per_cpu_hour: Some(0.02 + (number % 7) as f64 * 0.003),
        facts: ClusterFacts {
            probed_at: Some(chrono::DateTime::UNIX_EPOCH),
            version: "v1.34.2".into(),
            api_versions: vec!["v1".into(), "apps/v1".into(), "networking.k8s.io/v1".into()],
            kinds: [
                "v1/Service",
                "v1/Secret",
                "v1/ConfigMap",
                "v1/Namespace",
                "apps/v1/Deployment",
                "apps/v1/StatefulSet",
            ]
            .map(str::to_owned)
            .into(),
            storage_classes: vec![StorageClass { name: "standard".into(), provisioner: "x".into(), default: true }],
            architectures: vec!["amd64".into()],
            nodes: vec![node("one"), node("two")],
            cluster_admin: true,
            ..ClusterFacts::default()
        },
    }
}
