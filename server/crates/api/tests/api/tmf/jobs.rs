//! Import and export of catalogues.

use std::time::Duration;

use hypo_shared::Role;
use hypo_store::documents::{self, Document};
use serde_json::{Value, json};

use super::Face;
use crate::support::Person;

const BASE: &str = "/tmf-api/serviceCatalogManagement/v4";

/// Creates a job and waits for its end.
async fn run(face: &Face, who: &Person, collection: &str, job: Value) -> Value {
    let answer = face.ask("POST", &format!("{BASE}/{collection}")).json(&job).who(Some(who)).send().await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_eq!(answer.json()["status"], "Not Started");
    let href = answer.json()["href"].as_str().unwrap().to_owned();
    for _ in 0..100 {
        let now = face.ask("GET", &href).who(Some(who)).send().await.json();
        if ["Succeeded", "Failed"].contains(&now["status"].as_str().unwrap()) {
            assert!(now["completionDate"].is_string(), "{now}");
            return now;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the job has no end");
}

async fn list(face: &Face, who: &Person, collection: &str) -> Vec<Value> {
    let answer = face.ask("GET", &format!("{BASE}/{collection}")).who(Some(who)).send().await;
    answer.json().as_array().unwrap().clone()
}

#[tokio::test]
async fn a_catalogue_goes_from_one_tenant_to_another_by_a_file() {
    let face = Face::start().await;
    let giver = face.server.person(face.server.provider, "giver", Role::Provider).await;
    let taker = face.server.person(face.server.owner, "taker", Role::Provider).await;
    let make = async |collection: &str, body: Value| {
        let answer = face.ask("POST", &format!("{BASE}/{collection}")).json(&body).who(Some(&giver)).send().await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json()
    };
    let category = make("serviceCategory", json!({"name": "Access"})).await;
    let below = make("serviceCategory", json!({"name": "Fibre", "parentId": category["id"]})).await;
    let specification = make("serviceSpecification", json!({"name": "Line", "version": "1"})).await;
    let reference = json!({"id": specification["id"], "href": specification["href"], "name": "Line"});
    make(
        "serviceCandidate",
        json!({"name": "Line", "serviceSpecification": reference, "category": [{"id": below["id"]}]}),
    )
    .await;

    let file = "https://files.test/catalogue.json";
    let export = run(&face, &giver, "exportJob", json!({"url": file, "contentType": "application/json"})).await;
    assert_eq!(export["status"], "Succeeded", "{export}");
    let written: Vec<Value> = serde_json::from_str(&face.server.files.get(file).unwrap()).unwrap();
    let jobs = |one: &Value| one["href"].as_str().unwrap().contains("Job");
    assert_eq!((written.len(), written.iter().any(jobs)), (4, false), "{written:?}");

    let import = run(&face, &taker, "importJob", json!({"url": file})).await;
    assert_eq!(import["status"], "Succeeded", "{import}");
    let categories = list(&face, &taker, "serviceCategory").await;
    let named = |name: &str| categories.iter().find(|one| one["name"] == name).unwrap();
    assert_eq!(categories.len(), 2);
    assert_ne!(named("Access")["id"], category["id"], "they are other documents");
    assert_eq!(named("Fibre")["parentId"], named("Access")["id"]);
    let candidate = &list(&face, &taker, "serviceCandidate").await[0];
    let taken = &list(&face, &taker, "serviceSpecification").await[0];
    assert_eq!(candidate["serviceSpecification"]["id"], taken["id"]);
    assert_eq!(candidate["serviceSpecification"]["href"], taken["href"]);
    assert_eq!(candidate["category"][0]["id"], named("Fibre")["id"]);
    assert_eq!(taken["version"], "1");

    let some = "https://files.test/some.ndjson";
    let job = json!({
        "url": some, "contentType": "application/x-ndjson", "query": "name=Fibre&fields=name",
        "path": format!("https://hypo.test{BASE}/serviceCategory"),
    });
    assert_eq!(run(&face, &giver, "exportJob", job).await["status"], "Succeeded");
    let line: Value = serde_json::from_str(&face.server.files.get(some).unwrap()).unwrap();
    assert_eq!((&line["name"], line.get("parentId")), (&json!("Fibre"), None));
}

#[tokio::test]
async fn what_cannot_be_read_is_told_and_nothing_is_imported() {
    let face = Face::start().await;
    let who = face.server.person(face.server.provider, "ada", Role::Provider).await;
    let file = "https://files.test/wrong.json";
    let href = format!("{BASE}/serviceCategory/1");
    face.server.files.put(file, json!([{"name": "good", "href": href}, {"href": href}, {"name": "what"}]).to_string());
    let failed = run(&face, &who, "importJob", json!({"url": file})).await;
    let log = failed["errorLog"].as_str().unwrap();
    assert_eq!(failed["status"], "Failed");
    assert!(log.contains("element 2: name is required") && log.contains("element 3"), "{log}");
    assert!(list(&face, &who, "serviceCategory").await.is_empty());
    for (collection, job, word) in [
        ("importJob", json!({"url": "https://files.test/nowhere"}), "no such file"),
        ("importJob", json!({"url": file, "path": "/serviceOrder"}), "path"),
        ("exportJob", json!({"url": file, "contentType": "text/csv"}), "contentType"),
        ("exportJob", json!({"url": file, "query": "limit=few"}), "limit"),
    ] {
        let failed = run(&face, &who, collection, job).await;
        assert_eq!(failed["status"], "Failed", "{failed}");
        assert!(failed["errorLog"].as_str().is_some_and(|log| log.contains(word)), "{failed}");
    }
}

#[tokio::test]
async fn a_job_that_a_crash_interrupted_is_begun_anew() {
    let face = Face::start().await;
    let file = "https://files.test/one.json";
    face.server.files.put(file, json!([{"@type": "ServiceCategory", "name": "one"}]).to_string());
    let doc = json!({"url": file, "status": "Running"});
    let job =
        Document::new("serviceCatalogImportJob", uuid::Uuid::now_v7(), face.server.provider, doc, chrono::Utc::now());
    let job = Document { state: "Running".to_owned(), ..job };
    hypo_store::write!(face.server.store, |tx| documents::create(tx, &job).await).unwrap();
    for _ in 0..100 {
        let now = face.get(&format!("{BASE}/importJob/{}", job.id)).await.json();
        if now["status"] == "Succeeded" {
            let who = face.server.person(face.server.provider, "ada", Role::Provider).await;
            return assert_eq!(list(&face, &who, "serviceCategory").await.len(), 1);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the job has no end");
}
