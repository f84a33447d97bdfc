use serde_json::json;

use super::*;

fn diff(desired: &Value, live: Option<&Value>) -> Vec<FieldDiff> {
    super::diff(desired, live, &DigestKey::new([7; 32]))
}

fn paths(desired: &Value, live: &Value) -> Vec<String> {
    diff(desired, Some(live)).into_iter().map(|diff| diff.path).collect()
}

fn deployment() -> Value {
    json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "labels": {"a": "b"}},
        "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "web"}}, "template": {"spec": {
            "securityContext": {}, "containers": [{"name": "web", "image": "web:1",
            "resources": {"requests": {"cpu": "0.1", "memory": "1024Mi"}}, "env": [{"name": "A", "value": "1"}, {"name": "E", "value": ""}],
            "ports": [{"containerPort": 80}]}]}}}})
}

fn live() -> Value {
    json!({"apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "web", "uid": "1", "labels": {"a": "b", "theirs": "c"}, "managedFields": []},
        "spec": {"replicas": 2, "revisionHistoryLimit": 10, "selector": {"matchLabels": {"app": "web"}}, "template": {"spec": {
            "restartPolicy": "Always", "containers": [
            {"name": "sidecar", "image": "proxy"},
            {"name": "web", "image": "web:1", "imagePullPolicy": "IfNotPresent",
            "resources": {"requests": {"cpu": "100m", "memory": "1Gi"}}, "env": [{"name": "A", "value": "1"}, {"name": "E"}],
            "ports": [{"containerPort": 80, "protocol": "TCP"}]}]}}},
        "status": {"replicas": 2}})
}

#[test]
fn defaults_status_spelling_and_others_fields_are_no_difference() {
    assert_eq!(diff(&deployment(), Some(&live())), []);
}

#[test]
fn each_changed_field_is_named_with_both_values() {
    let mut desired = deployment();
    desired["spec"]["template"]["spec"]["containers"][0]["image"] = json!("web:2");
    desired["spec"]["replicas"] = json!(3);
    desired["metadata"]["labels"]["new"] = json!("x");
    let found = diff(&desired, Some(&live()));
    let paths: Vec<&str> = found.iter().map(|diff| diff.path.as_str()).collect();
    assert_eq!(paths, ["/metadata/labels/new", "/spec/replicas", "/spec/template/spec/containers/0/image"]);
    assert_eq!((&found[1].from, &found[1].to), (&json!(2), &json!(3)));
}

#[test]
fn a_new_object_is_one_difference() {
    let found = diff(&deployment(), None);
    assert_eq!((found.len(), found[0].path.as_str()), (1, ""));
}

#[test]
fn the_order_label_alone_is_no_difference() {
    let with = |order: &str, replicas: u32| json!({"kind": "Deployment", "metadata": {"labels": {LABEL_ORDER: order}}, "spec": {"replicas": replicas}});
    assert_eq!(paths(&with("2", 1), &with("1", 1)), Vec::<String>::new());
    assert_eq!(paths(&with("2", 2), &with("1", 1)).len(), 2, "with another change it is shown too");
}

#[test]
fn what_we_own_and_no_longer_want_is_a_removal() {
    let desired = json!({"kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"keep": "1"}, "list": {"env": [{"name": "A"}]}});
    let live = json!({"kind": "ConfigMap", "metadata": {"name": "c", "managedFields": [
            {"manager": "hypo", "operation": "Apply", "fieldsV1": {"f:data": {"f:keep": {}, "f:gone": {}, "f:away": {}},
                "f:list": {"f:env": {"k:{\"name\":\"B\"}": {".": {}, "f:name": {}}}}}},
            {"manager": "other", "operation": "Update", "fieldsV1": {"f:data": {"f:theirs": {}}}}]},
        "data": {"keep": "1", "gone": "2", "theirs": "3"}, "list": {"env": [{"name": "B"}, {"name": "A"}]}});
    assert_eq!(paths(&desired, &live), ["/data/gone", "/list/env/0"]);
}

#[test]
fn secrets_are_compared_by_digest_whatever_their_spelling() {
    let desired = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": {"a": "geheim"}, "data": {"b": "Yg=="}});
    let same = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {"a": "Z2VoZWlt", "b": "Yg=="}});
    assert_eq!(diff(&desired, Some(&same)), []);
    let other = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {"a": "YW5kZXJz", "b": "Yg=="}});
    let found = diff(&desired, Some(&other));
    assert_eq!(found.len(), 1);
    let text = serde_json::to_string(&found).unwrap();
    assert!(
        text.contains("sha256:")
            && !text.contains("geheim")
            && !text.contains("Z2VoZWlt")
            && !text.contains("YW5kZXJz")
    );
}
