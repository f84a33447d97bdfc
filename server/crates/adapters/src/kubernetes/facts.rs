//! What a probe finds: version and flavour, served kinds, classes, capacity, rights.

use std::collections::{BTreeMap, HashMap};

use chrono::Utc;
use hypo_model::{
    cluster::{ClusterFacts, NodeFacts, StorageClass},
    ports::cluster::Error,
};
use hypo_shared::{quantity, resource::Flavour};
use k8s_openapi::api::{
    authorization::v1::{ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec},
    core::v1::{Namespace, Node, Pod, Service},
    networking::v1::IngressClass,
    storage::v1::StorageClass as KubeStorageClass,
};
use kube::{
    Api, Client, ResourceExt,
    api::{ListParams, PostParams},
    discovery::Discovery,
};

use super::error::translate;

const DEFAULT_STORAGE: &str = "storageclass.kubernetes.io/is-default-class";
const DEFAULT_INGRESS: &str = "ingressclass.kubernetes.io/is-default-class";
const POD_SECURITY: &str = "pod-security.kubernetes.io/enforce";

/// Asks everything once.
pub async fn probe(client: &Client) -> Result<ClusterFacts, Error> {
    let version = client.apiserver_version().await.map_err(translate)?;
    let discovery = Discovery::new(client.clone()).run().await.map_err(translate)?;
    let mut api_versions = Vec::new();
    let mut kinds = Vec::new();
    for group in discovery.groups() {
        for served in group.versions() {
            let api_version =
                if group.name().is_empty() { served.to_owned() } else { format!("{}/{served}", group.name()) };
            kinds.extend(
                group.versioned_resources(served).iter().map(|(kind, _)| format!("{api_version}/{}", kind.kind)),
            );
            api_versions.push(api_version);
        }
    }
    api_versions.sort();
    kinds.sort();
    let nodes = nodes(client).await?;
    let mut architectures: Vec<String> = nodes.iter().map(|node| node.arch.clone()).collect();
    architectures.sort();
    architectures.dedup();
    Ok(ClusterFacts {
        probed_at: Some(Utc::now()),
        flavour: flavour(&version.git_version, &api_versions, &nodes),
        version: version.git_version,
        storage_classes: storage_classes(client).await,
        ingress_classes: ingress_classes(client).await,
        load_balancer: load_balancer(client).await,
        architectures,
        nodes,
        pod_security: pod_security(client).await,
        cluster_admin: may_create_namespaces(client).await?,
        metrics: api_versions.iter().any(|served| served.starts_with("metrics.k8s.io/")),
        api_versions,
        kinds,
    })
}

fn flavour(version: &str, api_versions: &[String], nodes: &[NodeFacts]) -> Flavour {
    let serves = |group: &str| api_versions.iter().any(|served| served.split('/').next() == Some(group));
    let labelled = |key: &str| nodes.iter().any(|node| node.labels.keys().any(|label| label.starts_with(key)));
    if serves("config.openshift.io") || serves("route.openshift.io") {
        Flavour::OpenShift
    } else if version.contains("+k3s") {
        Flavour::K3s
    } else if version.contains("-eks-") {
        Flavour::Eks
    } else if version.contains("-gke.") {
        Flavour::Gke
    } else if labelled("kubernetes.azure.com/") {
        Flavour::Aks
    } else if labelled("microk8s.io/") {
        Flavour::Microk8s
    } else {
        Flavour::Vanilla
    }
}

/// Allocatable and requested resources per node. Empty where the credentials may not list nodes.
async fn nodes(client: &Client) -> Result<Vec<NodeFacts>, Error> {
    let found = match Api::<Node>::all(client.clone()).list(&ListParams::default()).await {
        Ok(found) => found,
        Err(kube::Error::Api(status)) if status.code == 403 => return Ok(Vec::new()),
        Err(error) => return Err(translate(error)),
    };
    let used = requested(client).await;
    Ok(found
        .into_iter()
        .map(|node| {
            let name = node.name_any();
            let labels: BTreeMap<_, _> = node.labels().clone();
            let status = node.status.unwrap_or_default();
            let allocatable = status.allocatable.unwrap_or_default();
            let amount = |key: &str| allocatable.get(key).map(|quantity| quantity.0.as_str()).unwrap_or("0");
            let (cpu_used_millis, memory_used_bytes) = used.get(&name).copied().unwrap_or_default();
            NodeFacts {
                arch: status.node_info.map(|info| info.architecture).unwrap_or_default(),
                ready: status
                    .conditions
                    .unwrap_or_default()
                    .iter()
                    .any(|condition| condition.type_ == "Ready" && condition.status == "True")
                    && !node.spec.and_then(|spec| spec.unschedulable).unwrap_or(false),
                cpu_millis: quantity::cpu_millis(amount("cpu")).unwrap_or(0),
                memory_bytes: quantity::bytes(amount("memory")).unwrap_or(0),
                cpu_used_millis,
                memory_used_bytes,
                labels,
                name,
            }
        })
        .collect())
}

/// What running pods request, per node: (millicores, bytes).
async fn requested(client: &Client) -> HashMap<String, (u64, u64)> {
    let mut used: HashMap<String, (u64, u64)> = HashMap::new();
    let running = ListParams::default().fields("status.phase!=Succeeded,status.phase!=Failed");
    let Ok(pods) = Api::<Pod>::all(client.clone()).list(&running).await else {
        return used;
    };
    for spec in pods.into_iter().filter_map(|pod| pod.spec) {
        let Some(node) = spec.node_name else { continue };
        let total = used.entry(node).or_default();
        for container in spec.containers {
            let requests = container.resources.and_then(|resources| resources.requests).unwrap_or_default();
            total.0 += requests.get("cpu").and_then(|cpu| quantity::cpu_millis(&cpu.0).ok()).unwrap_or(0);
            total.1 += requests.get("memory").and_then(|memory| quantity::bytes(&memory.0).ok()).unwrap_or(0);
        }
    }
    used
}

async fn storage_classes(client: &Client) -> Vec<StorageClass> {
    let Ok(found) = Api::<KubeStorageClass>::all(client.clone()).list(&ListParams::default()).await else {
        return Vec::new();
    };
    found
        .into_iter()
        .map(|class| StorageClass {
            name: class.name_any(),
            default: class.annotations().get(DEFAULT_STORAGE).is_some_and(|value| value == "true"),
            provisioner: class.provisioner,
        })
        .collect()
}

async fn ingress_classes(client: &Client) -> Vec<String> {
    let Ok(found) = Api::<IngressClass>::all(client.clone()).list(&ListParams::default()).await else {
        return Vec::new();
    };
    let mut classes: Vec<_> = found
        .into_iter()
        .map(|class| (class.annotations().get(DEFAULT_INGRESS).is_none_or(|value| value != "true"), class.name_any()))
        .collect();
    classes.sort();
    classes.into_iter().map(|(_, name)| name).collect()
}

/// Seen, not assumed: some Service of type LoadBalancer already has an address.
async fn load_balancer(client: &Client) -> bool {
    let Ok(services) = Api::<Service>::all(client.clone()).list(&ListParams::default()).await else {
        return false;
    };
    services.into_iter().any(|service| {
        let ingress = service.status.and_then(|status| status.load_balancer).and_then(|balancer| balancer.ingress);
        ingress.is_some_and(|addresses| !addresses.is_empty())
    })
}

/// The strictest level found on the namespaces that enforce one and are not the system's.
async fn pod_security(client: &Client) -> String {
    let Ok(namespaces) = Api::<Namespace>::all(client.clone()).list(&ListParams::default()).await else {
        return String::new();
    };
    let levels: Vec<String> = namespaces
        .into_iter()
        .filter(|namespace| !namespace.name_any().starts_with("kube-"))
        .filter_map(|namespace| namespace.labels().get(POD_SECURITY).cloned())
        .collect();
    ["restricted", "baseline", "privileged"]
        .into_iter()
        .find(|level| levels.iter().any(|found| found == level))
        .unwrap_or_default()
        .to_owned()
}

async fn may_create_namespaces(client: &Client) -> Result<bool, Error> {
    let review = SelfSubjectAccessReview {
        spec: SelfSubjectAccessReviewSpec {
            resource_attributes: Some(ResourceAttributes {
                verb: Some("create".into()),
                resource: Some("namespaces".into()),
                ..ResourceAttributes::default()
            }),
            ..SelfSubjectAccessReviewSpec::default()
        },
        ..SelfSubjectAccessReview::default()
    };
    let answer = Api::<SelfSubjectAccessReview>::all(client.clone())
        .create(&PostParams::default(), &review)
        .await
        .map_err(translate)?;
    Ok(answer.status.is_some_and(|status| status.allowed))
}
