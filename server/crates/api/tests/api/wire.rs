//! Addresses and headers as clients of other makes send them.

use serde_json::json;

use crate::tmf::{Face, refused};

const SITES: &str = "/tmf-api/geographicSiteManagement/v4/geographicSite";

#[tokio::test]
async fn a_slash_at_the_end_and_encoded_letters_name_the_same() {
    let face = Face::start().await;
    let slashed = format!("{SITES}/");
    let made = face.made(&slashed, &json!({"name": "a", "status": "planned"})).await;
    let id = made["id"].as_str().unwrap();
    let (first, rest) = id.split_at(1);
    let encoded = format!("{SITES}/%{:02x}{rest}", first.as_bytes()[0]);
    for path in [format!("{SITES}/{id}/"), encoded.clone(), format!("{encoded}/")] {
        assert_eq!(face.get(&path).await.json()["name"], "a", "{path}");
    }
    assert_eq!(face.get(&format!("{slashed}?status=planned")).await.json()[0]["id"], id);
    assert_eq!(face.get(&format!("{slashed}?status=active")).await.json(), json!([]));
    let patched = face.ask("PATCH", &format!("{SITES}/{id}/")).json(&json!({"status": "active"}));
    assert_eq!(patched.header("content-type", "application/merge-patch+json").send().await.status, 200);
    refused(&face.get(&format!("{SITES}//")).await, 404);
    refused(&face.get(&format!("{SITES}/{id}%2f")).await, 404);
    assert_eq!(face.ask("DELETE", &format!("{encoded}/")).send().await.status, 204);

    // As the official kits of TMF640 and TMF702 ask.
    for path in ["ServiceActivationAndConfiguration/v4/service", "ResourceActivationAndConfiguration/v4/resource"] {
        let list = face.get(&format!("/tmf-api/{path}/?state=x")).await;
        assert_eq!((list.status.as_u16(), list.json()), (200, json!([])), "{path}");
    }
    let hub = "/tmf-api/geographicSiteManagement/v4/hub/";
    let made = face.made(hub, &json!({"callback": "https://x.test/a"})).await;
    let path = format!("{hub}{}/", made["id"].as_str().unwrap());
    assert_eq!(face.get(&path).await.json(), made);
    assert_eq!(face.ask("DELETE", &path).send().await.status, 204);
}

#[tokio::test]
async fn an_empty_accept_is_none() {
    let face = Face::start().await;
    assert_eq!(face.ask("GET", SITES).header("accept", "").send().await.status, 200);
    refused(&face.ask("GET", SITES).header("accept", "text/html").send().await, 406);
}

#[tokio::test]
async fn packed_bodies_are_refused_in_so_many_words() {
    let face = Face::start().await;
    let body = json!({"name": "a"});
    for coding in ["gzip", "br", "identity, gzip"] {
        let answer = face.ask("POST", SITES).json(&body).header("content-encoding", coding).send().await;
        assert!(refused(&answer, 415).contains("Content-Encoding"), "{}", answer.text);
        let change = face.ask("PATCH", &format!("{SITES}/{}", uuid::Uuid::nil())).json(&body);
        refused(&change.header("content-encoding", coding).send().await, 415);
    }
    let hub = face.ask("POST", "/tmf-api/geographicSiteManagement/v4/hub").json(&body);
    refused(&hub.header("content-encoding", "gzip").send().await, 415);
    let plain = face.ask("POST", SITES).json(&body).header("content-encoding", "identity").send().await;
    assert_eq!(plain.status, 201, "{}", plain.text);
    let query = face.ask("POST", "/graphql").json(&json!({"query": "{ session { role } }"}));
    let answer = query.header("content-encoding", "gzip").send().await;
    assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (415, Some("HYP-6004")));
    assert!(answer.text.contains("Content-Encoding"), "{}", answer.text);
}

#[tokio::test]
async fn what_is_nearly_the_tmf_face_is_refused_in_its_words() {
    let face = Face::start().await;
    for path in ["//tmf-api/serviceOrdering/v4/serviceOrder", "/tmf-apis", "///tmf-api"] {
        for method in ["GET", "POST", "DELETE"] {
            let answer = face.ask(method, path).json(&json!({})).send().await;
            refused(&answer, 404);
            assert!(answer.json()["message"].is_string(), "{}", answer.text);
        }
    }
}
