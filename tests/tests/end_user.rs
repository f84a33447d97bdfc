//! HypO's published clients, request by request: a token by password, an end-user service from a registry, another
//! version of it, its end. What they send is sent here as they send it, null members and all.

use std::{sync::Arc, time::Duration};

use axum::{Router, extract::Path, http::StatusCode, response::IntoResponse, routing::get};
use hypo_tests::world::{World, text};
use k8s_openapi::api::apps::v1::Deployment;
use kube::Api;
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::time::{Instant, sleep};

const ORDERS: &str = "/tmf-api/serviceOrdering/v4/serviceOrder";
const SERVICES: &str = "/tmf-api/serviceInventory/v4/service";
const SETTINGS: [(&str, &str); 1] = [("HYPO_PACKAGES_ALLOW_PRIVATE_ADDRESSES", "true")];
const PASSWORD: &str = "correct horse battery";

/// A chart with one Deployment.
fn chart(version: &str) -> Vec<u8> {
    let template = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  \
         replicas: {{ .Values.replicas }}\n  selector: {matchLabels: {app: web}}\n  template:\n    \
         metadata: {labels: {app: web}}\n    spec: {containers: [{name: web, image: \"example.test/web:{{ .Chart.Version }}\"}]}\n";
    let files = [
        ("app/Chart.yaml", format!("apiVersion: v2\nname: app\nversion: {version}\n")),
        ("app/values.yaml", "replicas: 1\n".to_owned()),
        ("app/templates/web.yaml", template.to_owned()),
    ];
    let packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut archive = tar::Builder::new(packed);
    for (path, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, path, content.as_bytes()).expect("the file is packed");
    }
    archive.into_inner().expect("the archive ends").finish().expect("gzip ends")
}

/// A registry and a chart repository with two versions of the chart; gives host and port.
async fn registry() -> String {
    let charts: Arc<Vec<(&str, Vec<u8>)>> =
        Arc::new(["0.1.0", "0.2.0"].map(|version| (version, chart(version))).into());
    let digest = |bytes: &[u8]| format!("sha256:{}", hex::encode(Sha256::digest(bytes)));
    let (manifests, blobs, archives) = (charts.clone(), charts.clone(), charts);
    let manifest = move |Path(tag): Path<String>| async move {
        let found = manifests.iter().find(|(version, _)| *version == tag).ok_or(StatusCode::NOT_FOUND)?;
        let layer =
            json!({"mediaType": "application/vnd.cncf.helm.chart.content.v1.tar+gzip", "digest": digest(&found.1)});
        Ok::<_, StatusCode>(json!({"layers": [layer]}).to_string())
    };
    let blob = move |Path(wanted): Path<String>| async move {
        let found = blobs.iter().find(|(_, bytes)| digest(bytes) == wanted).ok_or(StatusCode::NOT_FOUND)?;
        Ok::<_, StatusCode>(found.1.clone().into_response())
    };
    let archive = move |Path(file): Path<String>| async move {
        let found = archives.iter().find(|(version, _)| file == format!("app-{version}.tgz"));
        found.map(|(_, bytes)| bytes.clone().into_response()).ok_or(StatusCode::NOT_FOUND)
    };
    let index = "entries:\n  app:\n  - {version: 0.2.0, urls: [files/app-0.2.0.tgz]}\n  - {version: 0.1.0, urls: [files/app-0.1.0.tgz]}\n";
    let router = Router::new()
        .route("/v2/eu/app/manifests/{tag}", get(manifest))
        .route("/v2/eu/app/blobs/{digest}", get(blob))
        .route("/charts/index.yaml", get(async move || index))
        .route("/charts/files/{file}", get(archive));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// A characteristic as the clients write it.
fn characteristic(name: &str, kind: &str, value: &str) -> Value {
    json!({
        "@baseType": "BaseRootEntity", "@schemaLocation": null, "@type": null, "href": null,
        "name": name, "valueType": kind, "value": {"value": value, "alias": null},
    })
}

/// An order as the clients write it, dates in the past included.
fn order(specification: &str, characteristics: &[Value]) -> Value {
    let item = json!({
        "@baseType": "BaseEntity", "@schemaLocation": null, "@type": null, "href": null, "action": "add",
        "orderItemRelationship": [], "state": "ACKNOWLEDGED",
        "service": {
            "serviceSpecification": {
                "@baseType": "BaseEntity", "@schemaLocation": null, "@type": null, "href": null,
                "name": specification, "version": "1.2.0", "targetServiceSchema": null,
                "@referredType": null, "id": "e76d354c-36c9-485f-b75a-c7b9be689e4c",
            },
            "@baseType": "BaseEntity", "@schemaLocation": null, "@type": null, "href": null,
            "name": specification, "category": null, "serviceType": null, "place": [], "relatedParty": [],
            "serviceCharacteristic": characteristics, "state": "feasibilityChecked", "supportingResource": [],
            "serviceRelationship": [], "supportingService": [],
        },
        "appointment": null,
    });
    let party = json!({
        "@baseType": "BaseRootEntity", "@schemaLocation": null, "@type": null, "href": null, "name": "UBITECH",
        "role": "REQUESTER", "@referredType": "SimpleUsername_Individual",
        "id": "2c034f2b-4ecc-44cc-9af3-6633aa96b217", "extendedInfo": null,
    });
    json!({
        "orderDate": "2026-11-01T10:00:00.000000Z", "completionDate": null,
        "expectedCompletionDate": "2026-11-15T16:30:53Z", "requestedCompletionDate": "2026-11-15T16:30:53Z",
        "requestedStartDate": "2026-11-01T10:00:00.000000Z", "startDate": "2026-11-01T10:00:00.000000Z",
        "@baseType": "BaseRootEntity", "state": "INITIAL", "@schemaLocation": null, "@type": "ServiceOrder",
        "href": null, "category": null, "description": "A service order for app service", "externalId": null,
        "notificationContact": null, "priority": null, "note": [], "serviceOrderItem": [item],
        "orderRelationship": [], "relatedParty": [party],
    })
}

/// A client with a token of its own.
struct Client {
    http: reqwest::Client,
    base: String,
    token: String,
}

impl Client {
    /// As the clients get theirs: the name written in the program, the password of a person.
    async fn sign_in(world: &World) -> Self {
        let make = "mutation C($i: CreateClientInput!) { createClient(input: $i) { secret } }";
        let input = json!({"name": "tmf-api", "role": "provider", "openSlice": true});
        let made = world.server.ask(make, json!({"i": input})).await;
        let user = json!({"name": "maestro", "displayName": "Maestro", "password": PASSWORD, "role": "admin"});
        let make = "mutation U($i: CreateUserInput!) { createUser(input: $i) { id } }";
        world.server.ask(make, json!({"i": user})).await;
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let form = format!(
            "client_id=tmf-api&client_secret={}&grant_type=password&username=maestro&password={}",
            text(&made["createClient"]["secret"]),
            PASSWORD.replace(' ', "+"),
        );
        let url = format!("{}/realms/tmf/protocol/openid-connect/token", world.server.base);
        let request = http.post(url).header("content-type", "application/x-www-form-urlencoded").body(form);
        let answer: Value = request.send().await.expect("an answer").json().await.expect("JSON");
        Self { http, base: world.server.base.clone(), token: text(&answer["access_token"]) }
    }

    /// Status and body; the clients take every 2xx for success.
    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Value {
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.base)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.expect("an answer");
        let (status, body) = (answer.status(), answer.text().await.expect("a body"));
        assert!(status.is_success(), "{method} {path}: {status} {body}");
        serde_json::from_str(&body).unwrap_or_default()
    }

    /// Reads the document until it is as wanted.
    async fn until(&self, path: &str, is_wanted: impl Fn(&Value) -> bool) -> Value {
        let started = Instant::now();
        loop {
            let seen = self.send(Method::GET, path, None).await;
            if is_wanted(&seen) {
                return seen;
            }
            assert!(started.elapsed() < Duration::from_secs(60), "not as wanted: {seen:#}");
            sleep(Duration::from_millis(100)).await;
        }
    }
}

/// A document in this state.
fn is(state: &str) -> impl Fn(&Value) -> bool {
    move |document| document["state"] == state
}

/// Image and replicas of the Deployments of a cluster.
async fn deployed(world: &World, cluster: usize) -> Vec<(String, i32)> {
    let api: Api<Deployment> = Api::all(world.twins.clusters[cluster].client().await);
    let found = api.list(&kube::api::ListParams::default()).await.expect("a list");
    let shown = |one: Deployment| {
        let spec = one.spec;
        Some((spec.template.spec?.containers.first()?.image.clone()?, spec.replicas?))
    };
    found.items.into_iter().filter_map(shown).collect()
}

fn value<'a>(service: &'a Value, name: &str) -> &'a Value {
    let all = service["serviceCharacteristic"].as_array().expect("characteristics");
    let found = all.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("{name} is not in {service:#}"));
    &found["value"]["value"]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_published_client_orders_changes_and_ends_a_service() {
    let world = World::start(&SETTINGS).await;
    let client = Client::sign_in(&world).await;
    // `kind: P2CodeSchedulingManifest` with the annotation `p2code.target.cluster=west`, as base64.
    let schedule = "kind: P2CodeSchedulingManifest\nspec:\n  globalAnnotations:\n  - \"p2code.target.managedClusterSet=default\"\n  - \"p2code.target.cluster=west\"\n";
    let schedule = {
        use base64::Engine;
        base64::engine::general_purpose::STANDARD.encode(schedule)
    };
    let asked = order(
        "service-spec-end-user-cfs-ocm",
        &[
            characteristic("Service name", "TEXT", "Starlight App"),
            characteristic("Service package manager", "ENUM", "helm"),
            characteristic("Base service registry/repository URL", "TEXT", &format!("oci://{}/eu/", registry().await)),
            characteristic("Service artifact identifier in service registry/repository", "TEXT", "app"),
            characteristic("Service artifact version", "TEXT", "0.1.0"),
            characteristic("Cluster Manager", "ENUM", "ocm"),
            characteristic("Kubernetes Service Id", "TEXT", "the hub"),
            characteristic("Cluster Metadata", "TEXT", &schedule),
        ],
    );
    let placed = client.send(Method::POST, ORDERS, Some(&asked)).await;
    let path = format!("{ORDERS}/{}", text(&placed["id"]));
    let done = client.until(&path, is("COMPLETED")).await;
    assert_eq!(done["description"], "A service order for app service");
    let item = &done["serviceOrderItem"][0];
    assert_eq!(
        (&item["state"], &item["service"]["name"]),
        (&json!("COMPLETED"), &json!("service-spec-end-user-cfs-ocm"))
    );
    assert_eq!(deployed(&world, 1).await, [("example.test/web:0.1.0".to_owned(), 1)]);
    assert_eq!(deployed(&world, 0).await, [], "the manifest names the other cluster");

    let service = format!("{SERVICES}/{}", text(&item["service"]["id"]));
    let mut body = client.send(Method::GET, &service, None).await;
    assert_eq!((&body["name"], value(&body, "Service artifact version")), (&json!("starlight-app"), &json!("0.1.0")));
    for one in body["serviceCharacteristic"].as_array_mut().expect("characteristics") {
        if one["name"] == "Service artifact version" {
            one["value"]["value"] = json!("0.2.0");
        }
    }
    client.send(Method::PATCH, &service, Some(&body)).await;
    let mut body = client.until(&service, |body| value(body, "Service artifact version") == "0.2.0").await;
    assert_eq!(deployed(&world, 1).await, [("example.test/web:0.2.0".to_owned(), 1)]);

    body["state"] = json!("TERMINATED");
    client.send(Method::PATCH, &service, Some(&body)).await;
    client.send(Method::DELETE, &path, None).await;
    client.until(&service, is("terminated")).await;
    assert_eq!(deployed(&world, 1).await, [], "nothing of it is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chart_repository_and_a_cluster_are_named() {
    let world = World::start(&SETTINGS).await;
    let client = Client::sign_in(&world).await;
    let charts = format!("http://{}/charts", registry().await);
    let asked = |cluster: &str| {
        order(
            "service-spec-end-user-cfs",
            &[
                characteristic("Service name", "TEXT", "CMS"),
                characteristic("Service package manager", "ENUM", "helm"),
                characteristic("Base service registry/repository URL", "TEXT", &charts),
                characteristic("Service artifact identifier in service registry/repository", "TEXT", "app"),
                characteristic("Service artifact version", "TEXT", "0.2.0"),
                characteristic("Helm Package Configuration", "TEXT", "replicas: 2"),
                characteristic("Cluster Manager", "ENUM", "Kubernetes"),
                characteristic("Kubernetes Service Id", "TEXT", cluster),
            ],
        )
    };
    let placed = client.send(Method::POST, ORDERS, Some(&asked(&world.clusters[0]))).await;
    client.until(&format!("{ORDERS}/{}", text(&placed["id"])), is("COMPLETED")).await;
    assert_eq!(deployed(&world, 0).await, [("example.test/web:0.2.0".to_owned(), 2)]);

    let placed = client.send(Method::POST, ORDERS, Some(&asked("nowhere"))).await;
    let refused = client.until(&format!("{ORDERS}/{}", text(&placed["id"])), is("REJECTED")).await;
    let why = &refused["serviceOrderItem"][0]["errorMessage"][0];
    assert!(text(&why["reason"]).contains("nowhere"), "{why:#}");
    assert_eq!(deployed(&world, 0).await.len(), 1);
}
