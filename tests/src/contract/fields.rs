//! Fields that are unknown or there twice, and how a client learns that the server looks for them.

use kube::{
    api::{GetParams, PostParams},
    client::Body,
    core::{Request, Status},
};
use serde_json::Value;

use super::{Target, refused};

/// A ConfigMap with a field that none has, and with one that is there twice.
fn odd(name: &str) -> String {
    format!(
        r#"{{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {{"name": "{name}", "colour": "red"}},
            "data": {{"a": "1", "a": "2"}}, "datum": {{}}}}"#
    )
}

/// `Strict` refuses and names every field, `Ignore` and `Warn` do without the unknown ones, and the OpenAPI document
/// tells that the parameter is taken.
///
/// # Panics
/// The server breaks the contract.
pub async fn validation(target: &Target) {
    let namespace = target.namespace().await;
    let post = |name: &str, directive: &str| {
        let path = format!("/api/v1/namespaces/{namespace}/configmaps");
        let mut request = Request::new(path).create(&PostParams::default(), odd(name).into_bytes()).expect("a request");
        let asked = format!("{}&fieldValidation={directive}", request.uri().to_string().trim_end_matches('&'));
        *request.uri_mut() = asked.replace("?&", "?").parse().expect("an address");
        request
    };
    let strict: Status = refused(target.client.request::<Value>(post("strict", "Strict")).await);
    assert_eq!((strict.code, strict.reason.as_str()), (400, "BadRequest"));
    let begin = "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: ";
    assert!(strict.message.starts_with(begin), "{}", strict.message);
    for complaint in ["unknown field \"datum\"", "unknown field \"metadata.colour\"", "duplicate field \"data.a\""] {
        assert!(strict.message.contains(complaint), "{}", strict.message);
    }
    for (name, directive, warned) in [("warn", "Warn", 3), ("default", "", 3), ("ignore", "Ignore", 0)] {
        let answer = target.client.send(post(name, directive).map(Body::from)).await.expect("an answer");
        assert_eq!(answer.status(), 201, "{directive}");
        let warnings: Vec<_> = answer.headers().get_all("warning").iter().collect();
        assert_eq!(warnings.len(), warned, "{directive}: {warnings:?}");
        assert!(
            warnings.iter().all(|text| text.to_str().is_ok_and(|text| text.starts_with("299 - \""))),
            "{warnings:?}"
        );
        let stored = target.maps(&namespace).get(name).await.expect("it is there");
        let stored = serde_json::to_value(&stored).expect("JSON");
        assert_eq!(stored["data"]["a"], "2", "the last one counts");
    }
    let unknown = refused(target.client.request::<Value>(post("other", "Perhaps")).await);
    assert_eq!((unknown.code, unknown.reason.as_str()), (422, "Invalid"));

    let get = |path: &str| {
        let mut request = Request::new("/api").get("v1", &GetParams::default()).expect("a request");
        *request.uri_mut() = path.parse().expect("an address");
        request
    };
    let all: Value = target.client.request(get("/openapi/v3")).await.expect("the documents");
    let address = all["paths"]["api/v1"]["serverRelativeURL"].as_str().expect("an address").to_owned();
    let core: Value = target.client.request(get(&address)).await.expect("a document");
    let patch = &core["paths"]["/api/v1/namespaces/{namespace}/configmaps/{name}"]["patch"];
    assert_eq!(patch["x-kubernetes-group-version-kind"]["kind"], "ConfigMap");
    let named = |list: &Value| list.as_array().is_some_and(|all| all.iter().any(|it| it["name"] == "fieldValidation"));
    assert!(named(&patch["parameters"]), "{patch:#}");
    target.done(&namespace).await;
}
