//! Every role × every route of the registry: what the policy table allows, and nothing else; and another tenant's
//! documents.

use hypo_app::tmf::action;
use hypo_shared::{Role, role::allows};
use hypo_tmf::{Method, registry::resources};
use serde_json::json;

use super::{Face, refused};

#[tokio::test]
async fn every_route_obeys_the_policy_for_every_role() {
    let face = Face::start().await;
    let mut asked = 0;
    for role in Role::ALL {
        let who = face.server.person(face.server.provider, &format!("walk-{role:?}").to_lowercase(), role).await;
        for resource in resources().filter(|resource| resource.parent.is_none()) {
            let document = resource.path(Some(&uuid::Uuid::nil().to_string()));
            for method in resource.methods {
                let (verb, path) = match method {
                    Method::List => ("GET", resource.path(None)),
                    Method::Get => ("GET", document.clone()),
                    Method::Create => ("POST", resource.path(None)),
                    Method::Patch => ("PATCH", document.clone()),
                    Method::Delete => ("DELETE", document.clone()),
                };
                let answer = face
                    .ask(verb, &path)
                    .header("content-type", "application/json")
                    .body("[]")
                    .who(Some(&who))
                    .send()
                    .await;
                let may = allows(role, action(resource, *method));
                let expected: &[u16] = match (may, method) {
                    (false, _) => &[403],
                    (true, Method::List) => &[200],
                    (true, Method::Get | Method::Delete) => &[404],
                    (true, Method::Create | Method::Patch) => &[400, 404],
                };
                assert!(
                    expected.contains(&answer.status.as_u16()),
                    "{role:?} {verb} {path}: {} {}",
                    answer.status,
                    answer.text
                );
                if !may {
                    refused(&answer, 403);
                }
                asked += 1;
            }
        }
    }
    println!("figure: {asked} requests of {} roles", Role::ALL.len());
    assert!(asked > 900, "{asked}");
}

#[tokio::test]
async fn another_tenants_documents_are_not_there() {
    let face = Face::start().await;
    let ours = face.server.person(face.server.provider, "ours", Role::Provider).await;
    let theirs = face.server.person(face.server.owner, "theirs", Role::Provider).await;
    for resource in resources().filter(|resource| resource.can(Method::Patch) && resource.create_required.len() < 2) {
        let mut body = json!({"name": "mine"});
        for member in resource.create_required {
            body[*member] = match resource.shape(member) {
                Some(hypo_tmf::registry::Shape::List(_)) => json!([{"id": "1", "action": "add", "service": {}}]),
                Some(hypo_tmf::registry::Shape::Object(_)) => json!({"id": "1"}),
                Some(hypo_tmf::registry::Shape::Boolean) => json!(true),
                _ if *member == "status" => json!("active"),
                _ => json!("mine"),
            };
        }
        let answer = face.ask("POST", &resource.path(None)).json(&body).who(Some(&ours)).send().await;
        assert_eq!(answer.status, 201, "{}: {}", resource.path(None), answer.text);
        let path = answer.json()["href"].as_str().unwrap().to_owned();
        for verb in ["GET", "PATCH", "DELETE"] {
            refused(&face.ask(verb, &path).json(&json!({})).who(Some(&theirs)).send().await, 404);
        }
        let list = face
            .ask("GET", &format!("{}?id={}", resource.path(None), answer.json()["id"].as_str().unwrap()))
            .who(Some(&theirs))
            .send()
            .await;
        assert_eq!(list.json(), json!([]), "{path}");
    }
}

#[tokio::test]
async fn rows_of_ours_are_read_only_documents() {
    let face = Face::start().await;
    let viewer = face.server.person(face.server.provider, "eyes", Role::Viewer).await;
    let list = face.ask("GET", "/tmf-api/party/v4/organization?sort=name").who(Some(&viewer)).send().await.json();
    let names: Vec<_> = list.as_array().unwrap().iter().map(|one| one["tradingName"].as_str().unwrap()).collect();
    assert_eq!(names, ["Edge owner", "Provider"], "everybody may know whom a grant can be given to");
    let path = list[0]["href"].as_str().unwrap();
    assert!(refused(&face.ask("PATCH", path).json(&json!({"tradingName": "X"})).send().await, 409).contains("tenant"));
    assert!(refused(&face.ask("DELETE", path).send().await, 409).contains("tenant"));
}
