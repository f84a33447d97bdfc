//! Adding a cluster: check the kubeconfig, look at the cluster, seal the credentials, record the facts.

use std::collections::BTreeMap;

use hypo_model::ports::{cluster, secrets::SecretValue};
use hypo_orchestrator::world::kubeconfig;
use hypo_shared::{ClusterId, DomainId, ErrorCode, resource::ResourceStatus, validate};
use hypo_store::clusters::{self, ClusterRow};
use serde_json::{Value, json};

use super::{Cluster, domain::country, read::view};
use crate::{
    App, Ctx, Error, Result,
    access::{audit, tenants},
    new_id,
    permit::{Permit, may},
};

/// The most bytes of a kubeconfig.
const KUBECONFIG: usize = 256 << 10;

/// A cluster to add. `Debug` is missing: it holds credentials.
#[derive(Clone)]
pub struct NewCluster {
    pub domain: DomainId,
    pub name: String,
    pub kubeconfig: String,
    /// The domain's when `None`.
    pub country: Option<String>,
    pub labels: BTreeMap<String, String>,
    pub price_per_cpu_hour: Option<f64>,
}

/// Adds a cluster of the caller's tenant.
///
/// # Errors
/// `HYP-6001` field by field; `HYP-4009`; `HYP-4002`, `HYP-4003` for a kubeconfig that is not accepted; `HYP-4004` to
/// `HYP-4006` when the cluster does not answer as it must. What helps is part of the message.
pub async fn add(app: &App, ctx: &Ctx, _: Permit<may::ManageClusters>, new: NewCluster) -> Result<Cluster> {
    let mut violations = validate::dns_label("name", &new.name, 63);
    violations.extend(country("country", new.country.as_deref()));
    if new.kubeconfig.len() > KUBECONFIG {
        violations.extend(Error::field("kubeconfig", "tooLong", "The kubeconfig is too long.").violations);
    }
    if new.labels.len() > 50
        || new.labels.iter().any(|(key, value)| key.is_empty() || key.len() > 63 || value.len() > 253)
    {
        violations.extend(Error::field("labels", "format", "Use at most 50 labels with short keys.").violations);
    }
    if new.price_per_cpu_hour.is_some_and(|price| !price.is_finite() || price < 0.0) {
        violations.extend(Error::field("pricePerCpuHour", "range", "A price is not negative.").violations);
    }
    Error::check(violations)?;
    let domain = clusters::get_domain(app.store().read(), ctx.reach(), new.domain).await?;
    let sane = app.clusters().sanitise(&new.kubeconfig).map_err(helped)?;
    let port = app.clusters().connect(&sane).await.map_err(helped)?;
    let facts = port.facts().await.map_err(helped)?;
    let (id, now) = (new_id::<ClusterId>(), app.now());
    let at = kubeconfig(domain.tenant, id);
    app.secrets().put(&at, &SecretValue(sane.into_bytes())).await?;
    let row = ClusterRow {
        id,
        domain: domain.id,
        tenant: domain.tenant,
        name: new.name,
        country: new.country.unwrap_or(domain.country),
        labels: new.labels,
        kubeconfig: Some(id.to_string()),
        facts: serde_json::to_value(&facts)?,
        probed_at: Some(now),
        status: ResourceStatus::Available,
        problem: None,
        price_per_cpu_hour: new.price_per_cpu_hour,
        latency_ms: BTreeMap::new(),
        created_at: now,
    };
    let written = hypo_store::write!(app.store(), |tx| {
        clusters::create(tx, &row).await?;
        let detail = json!({"name": row.name, "domain": row.domain});
        audit::done_for(tx, app, ctx, row.tenant, "addCluster", format!("resource/{id}"), detail);
        Ok(())
    });
    if let Err(error) = written {
        // Nothing refers to the credentials: they must not stay.
        app.secrets().delete(&at).await?;
        return Err(error.into());
    }
    Ok(view(row, &tenants::names(app).await?, ctx))
}

/// The cluster's words and the way out.
fn helped(error: cluster::Error) -> Error {
    let way = "Run `hypo cluster-role | kubectl apply -f -` against the cluster and use the kubeconfig of the service \
               account it makes.";
    let helps = matches!(
        error.code,
        ErrorCode::KubeconfigUnsafe | ErrorCode::ClusterUnauthorized | ErrorCode::ClusterForbidden
    );
    let message = if helps { format!("{} {way}", error.message) } else { error.message };
    Error::new(error.code, message)
}

/// The role a kubeconfig for HypO needs, as YAML: for one namespace, or for a whole cluster in which HypO makes
/// namespaces of its own.
///
/// # Errors
/// `HYP-6001` for a namespace that is no DNS label.
pub fn cluster_role(_: Permit<may::ReadClusters>, namespace: Option<&str>) -> Result<String> {
    role(namespace)
}

/// The same for the command line, which needs no permission.
///
/// # Errors
/// As [`cluster_role`].
pub fn role(namespace: Option<&str>) -> Result<String> {
    if let Some(namespace) = namespace {
        Error::check(validate::dns_label("namespace", namespace, 63))?;
    }
    Ok(role_objects(namespace).iter().map(|object| format!("---\n{object:#}\n")).collect())
}

/// Service account, role and binding. No wildcard, no `escalate`, `bind` or `impersonate`, and secrets are never listed.
fn role_objects(namespace: Option<&str>) -> Vec<Value> {
    let home = namespace.unwrap_or("hypo");
    let change = json!(["get", "list", "watch", "create", "update", "patch", "delete"]);
    let rule = |group: &str, resources: &[&str], verbs: Value| json!({"apiGroups": [group], "resources": resources, "verbs": verbs});
    let mut rules = vec![
        rule("", &["configmaps", "services", "serviceaccounts", "persistentvolumeclaims", "pods"], change.clone()),
        rule("", &["secrets"], json!(["get", "create", "update", "patch", "delete"])),
        rule("", &["events", "endpoints", "resourcequotas", "limitranges"], json!(["get", "list", "watch"])),
        rule("", &["pods/log"], json!(["get"])),
        rule("apps", &["deployments", "statefulsets", "daemonsets", "replicasets"], change.clone()),
        rule("batch", &["jobs", "cronjobs"], change.clone()),
        rule("autoscaling", &["horizontalpodautoscalers"], change.clone()),
        rule("policy", &["poddisruptionbudgets"], change.clone()),
        rule("networking.k8s.io", &["ingresses", "networkpolicies"], change.clone()),
        rule("discovery.k8s.io", &["endpointslices"], json!(["get", "list", "watch"])),
        rule("metrics.k8s.io", &["pods"], json!(["get", "list"])),
    ];
    let wide = namespace.is_none();
    if wide {
        rules.push(rule("", &["namespaces"], change));
        rules.push(rule("", &["nodes"], json!(["get", "list"])));
        rules.push(rule("storage.k8s.io", &["storageclasses"], json!(["get", "list"])));
        rules.push(rule("networking.k8s.io", &["ingressclasses"], json!(["get", "list"])));
        rules.push(rule("metrics.k8s.io", &["nodes"], json!(["get", "list"])));
    }
    let (role, binding) = if wide { ("ClusterRole", "ClusterRoleBinding") } else { ("Role", "RoleBinding") };
    let api = "rbac.authorization.k8s.io/v1";
    let meta = || if wide { json!({"name": "hypo"}) } else { json!({"name": "hypo", "namespace": home}) };
    let mut objects = Vec::new();
    if wide {
        objects.push(json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": home}}));
    }
    objects
        .push(json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "hypo", "namespace": home}}));
    objects.push(json!({"apiVersion": api, "kind": role, "metadata": meta(), "rules": rules}));
    objects.push(json!({
        "apiVersion": api, "kind": binding, "metadata": meta(),
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": role, "name": "hypo"},
        "subjects": [{"kind": "ServiceAccount", "name": "hypo", "namespace": home}],
    }));
    objects
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_role_has_no_wildcard_and_lists_no_secrets() {
        for namespace in [None, Some("shop")] {
            let text = role(namespace).unwrap();
            for forbidden in ["\"*\"", "escalate", "impersonate", "\"bind\""] {
                assert!(!text.contains(forbidden), "{forbidden}");
            }
            let role =
                role_objects(namespace).into_iter().find(|object| object["kind"].as_str().unwrap().ends_with("Role"));
            let rules = role.unwrap()["rules"].as_array().unwrap().clone();
            let secrets = rules.iter().find(|rule| rule["resources"] == json!(["secrets"])).unwrap();
            assert!(!secrets["verbs"].as_array().unwrap().contains(&json!("list")));
        }
        assert!(role(Some("Not a label")).is_err());
    }
}
