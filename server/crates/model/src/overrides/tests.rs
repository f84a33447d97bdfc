use std::collections::BTreeMap;

use hypo_shared::{ClusterId, DomainId, ErrorCode, TenantId};
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::cluster::ClusterFacts;

fn site() -> Cluster {
    Cluster {
        id: ClusterId(Uuid::nil()),
        name: "turin".into(),
        domain: DomainId(Uuid::nil()),
        owner: TenantId(Uuid::nil()),
        owner_name: "Edge GmbH".into(),
        country: "IT".into(),
        labels: BTreeMap::from([("hypo/zone".into(), "z1".into())]),
        latency_ms: BTreeMap::new(),
        price_per_cpu_hour: None,
        facts: ClusterFacts::default(),
    }
}

fn deployment() -> Value {
    json!({"kind": "Deployment", "spec": {"replicas": 2, "template": {"spec": {
        "initContainers": [{"name": "i"}],
        "containers": [{"name": "a", "env": [{"name": "SITE", "valueFrom": {"fieldRef": {"fieldPath": "x"}}}],
            "resources": {"limits": {"memory": "1Gi"}, "requests": {"cpu": "1"}}}]}}}})
}

#[test]
fn environment_replicas_and_resources_are_set_and_recorded() {
    let patch = Override {
        env: BTreeMap::from([
            ("SITE".into(), "${site.name}/${site.label.hypo/zone} ${OTHER} $(HOST)".into()),
            ("OWNER".into(), "${site.owner} in ${site.country}".into()),
        ]),
        replicas: Some(5),
        resources: Some(json!({"requests": {"cpu": "250m"}})),
        ..Override::default()
    };
    let mut object = deployment();
    let recorded = apply(&mut object, &patch, &site()).unwrap();
    let container = object.pointer("/spec/template/spec/containers/0").unwrap();
    assert_eq!(
        container["env"],
        json!([
        {"name": "SITE", "value": "turin/z1 ${OTHER} $(HOST)"}, {"name": "OWNER", "value": "Edge GmbH in IT"}])
    );
    assert_eq!(container["resources"], json!({"limits": {"memory": "1Gi"}, "requests": {"cpu": "250m"}}));
    assert_eq!(object["spec"]["replicas"], 5);
    assert_eq!(object.pointer("/spec/template/spec/initContainers/0/env/0/name"), Some(&json!("OWNER")));
    let mut replayed = deployment();
    record::replay(&mut replayed, &recorded);
    assert_eq!(replayed, object);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let wrong = |patch: Override, mut object: Value| {
        let error = apply(&mut object, &patch, &site()).unwrap_err();
        assert_eq!(error.code, ErrorCode::OverrideInvalid);
        error.message
    };
    let env = |value: &str| Override { env: BTreeMap::from([("A".into(), value.into())]), ..Override::default() };
    assert!(wrong(env("${site.weather}"), deployment()).contains("weather"));
    assert!(wrong(env("${site.label.none}"), deployment()).contains("turin has no"));
    let resources = |value: Value| Override { resources: Some(value), ..Override::default() };
    assert!(wrong(resources(json!({"requests": {"cpu": "much"}})), deployment()).contains("no quantity"));
    assert!(wrong(resources(json!({"claims": {}})), deployment()).contains("claims"));
    let replicas = Override { replicas: Some(2), ..Override::default() };
    assert!(wrong(replicas.clone(), json!({"kind": "DaemonSet", "spec": {}})).contains("DaemonSet"));
    let mut service = json!({"kind": "Service"});
    assert_eq!(apply(&mut service, &replicas, &site()), Ok(vec![]), "only workloads are changed");
}
