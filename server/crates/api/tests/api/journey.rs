//! The main job by GraphQL: import, grant, plan, order, watch, scale, terminate; and that no secret is shown on the way.

use std::time::Duration;

use crate::support::{CANARY, Person, Server, Socket};
use base64::{Engine, engine::general_purpose::STANDARD};
use hypo_shared::Role;
use serde_json::{Value, json};

const SHOP: &str = r#"
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: main
          image: example.org/web:1
          env: [{name: CART_ADDR, value: "cart:7070"}]
          envFrom: [{secretRef: {name: web-secret}}]
---
apiVersion: v1
kind: Secret
metadata: {name: web-secret}
stringData: {PASSWORD: canary-1f4e9c}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart}
spec:
  replicas: 1
  selector: {matchLabels: {app: cart}}
  template:
    metadata: {labels: {app: cart}}
    spec:
      containers: [{name: main, image: "example.org/cart:1", ports: [{containerPort: 7070}]}]
---
apiVersion: v1
kind: Service
metadata: {name: cart}
spec: {selector: {app: cart}, ports: [{port: 7070}]}
"#;

pub async fn package(server: &Server, who: &Person) -> Value {
    let import = "mutation($f: [FileInput!]) { importPackage(input: {name: \"shop\", files: $f}) {
        id revision kind digest analysis values valuesForm { path } } }";
    let files = json!([{"path": "shop.yaml", "content": STANDARD.encode(SHOP)}]);
    server.data(who, import, json!({"f": files})).await["importPackage"].take()
}

pub async fn granted_cluster(server: &Server, owner: &Person) -> (Value, Value) {
    let domain =
        server.data(owner, "mutation { addDomain(input: {name: \"Edge\", country: \"IT\"}) { id } }", json!({})).await;
    let add =
        "mutation($id: UUID!) { addCluster(input: {domainId: $id, name: \"edge-1\", kubeconfig: \"canary-1f4e9c\"}) {
        id status version own domain { name } } }";
    let cluster = server.data(owner, add, json!({"id": domain["addDomain"]["id"]})).await["addCluster"].take();
    assert_eq!((&cluster["status"], &cluster["own"]), (&json!("available"), &json!(true)));
    let grant = "mutation($c: UUID!, $t: UUID!) { createGrant(clusterId: $c, tenantId: $t) { id grantee { name } } }";
    let grant =
        server.data(owner, grant, json!({"c": cluster["id"], "t": server.provider})).await["createGrant"].take();
    (cluster["id"].clone(), grant["id"].clone())
}

pub const PLAN: &str =
    "mutation($p: UUID!, $r: JSON!) { createPlan(input: {packageId: $p, name: \"shop\", request: $r}) {
    id hash cost warnings { code } secrets { name digest }
    placement { component chosen clusters { name } rejected { cluster reason } }
    clusters { cluster { name } namespace creates objects { kind name change yaml } } } }";

pub async fn settled(server: &Server, who: &Person, id: &Value) -> Value {
    let query = "query($id: UUID!) { order(id: $id) { state steps { name title state message } failures { code title detail }
        service { id name state package { name } orders { id } components { name } objects { kind name applied live } } } }";
    for _ in 0..100 {
        let order = server.data(who, query, json!({"id": id})).await["order"].take();
        if ["completed", "failed", "held", "cancelled"].contains(&order["state"].as_str().unwrap()) {
            return order;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the order does not settle");
}

/// Imports, plans and orders the shop; gives the service's id.
pub async fn running_service(server: &Server, who: &Person) -> Value {
    let olga = server.person(server.owner, "olga", Role::DomainOwner).await;
    let package = package(server, who).await;
    granted_cluster(server, &olga).await;
    let plan = server.data(who, PLAN, json!({"p": package["id"], "r": {}})).await["createPlan"].take();
    let order = "mutation($p: UUID!, $h: String!) { placeOrder(input: {planId: $p, planHash: $h}) { id } }";
    let placed = server.data(who, order, json!({"p": plan["id"], "h": plan["hash"]})).await["placeOrder"].take();
    let done = settled(server, who, &placed["id"]).await;
    assert_eq!(done["state"], "completed", "{done:#}");
    done["service"]["id"].clone()
}

#[tokio::test]
async fn import_plan_order_and_terminate() {
    let server = Server::start().await;
    let ada = server.person(server.provider, "ada", Role::Provider).await;
    let olga = server.person(server.owner, "olga", Role::DomainOwner).await;

    let package = package(&server, &ada).await;
    assert_eq!((&package["kind"], &package["revision"]), (&json!("manifests"), &json!(1)));
    let edges = package["analysis"]["edges"].as_array().unwrap();
    assert_eq!((&edges[0]["from"], &edges[0]["to"]), (&json!("web"), &json!("cart")));

    // Without a grant nothing is offered.
    let none = server.graphql(&ada, PLAN, json!({"p": package["id"], "r": {}})).await;
    assert!(none.code().unwrap().starts_with("HYP-20"), "{}", none.text);
    let (cluster, grant) = granted_cluster(&server, &olga).await;

    let plan = server.data(&ada, PLAN, json!({"p": package["id"], "r": {}})).await["createPlan"].take();
    assert_eq!(plan["placement"].as_array().unwrap().len(), 2);
    assert!(plan["clusters"][0]["creates"].as_i64().unwrap() >= 4, "{plan:#}");
    assert!(!plan.to_string().contains(CANARY) && !plan.to_string().contains(&STANDARD.encode(CANARY)));

    let address = server.listen().await;
    let order =
        "mutation($p: UUID!, $h: String!) { placeOrder(input: {planId: $p, planHash: $h}) { id state canCancel } }";
    let wrong = server.graphql(&ada, order, json!({"p": plan["id"], "h": "0"})).await;
    assert_eq!(wrong.code().as_deref(), Some("HYP-2009"));
    let placed = server.data(&ada, order, json!({"p": plan["id"], "h": plan["hash"]})).await["placeOrder"].take();
    // One plan, one order, however often it is asked for.
    let again = server.data(&ada, order, json!({"p": plan["id"], "h": plan["hash"]})).await["placeOrder"].take();
    assert_eq!(placed["id"], again["id"]);

    let mut socket = Socket::ready(address, &ada.token).await;
    let timeline = "subscription($id: UUID!) { orderTimeline(id: $id) { kind order { state } steps { name state } } }";
    socket.subscribe("t", timeline, json!({"id": placed["id"]})).await;
    let first = socket.next().await.unwrap()["payload"]["data"]["orderTimeline"].take();
    assert_eq!(first["kind"], "snapshot");

    let done = settled(&server, &ada, &placed["id"]).await;
    assert_eq!(done["state"], "completed", "{done:#}");
    assert!(done["steps"].as_array().unwrap().iter().all(|step| step["state"] == "done"), "{done:#}");
    let service = &done["service"];
    assert_eq!((&service["state"], &service["package"]["name"]), (&json!("active"), &json!("shop")));
    assert!(!done.to_string().contains(CANARY), "secret data is shown: {done:#}");
    let secret = server.cluster.object("Secret", "web-secret").expect("the secret was applied");
    assert!(secret.to_string().contains(CANARY) || secret.to_string().contains(&STANDARD.encode(CANARY)), "{secret}");

    let scale = "mutation($s: UUID!, $c: UUID!) { scaleComponent(serviceId: $s, component: \"web\", clusterId: $c, replicas: 3) { id } }";
    let scaled = server.data(&ada, scale, json!({"s": service["id"], "c": cluster})).await["scaleComponent"].take();
    assert_eq!(settled(&server, &ada, &scaled["id"]).await["state"], "completed");
    assert_eq!(server.cluster.object("Deployment", "web").unwrap()["spec"]["replicas"], 3);

    // Taking the grant back marks what runs and stops new plans, not the service.
    server.data(&olga, "mutation($id: UUID!) { revokeGrant(id: $id) { revokedAt } }", json!({"id": grant})).await;
    let marked = server
        .data(&ada, "query($id: UUID!) { service(id: $id) { notes { text } } }", json!({"id": service["id"]}))
        .await;
    assert!(marked.to_string().contains("taken back the grant"), "{marked}");

    let ending = "query($id: UUID!) { terminationPlan(serviceId: $id) { objects { kind name change } volumes { claim } dependants } }";
    let ending = server.data(&ada, ending, json!({"id": service["id"]})).await["terminationPlan"].take();
    assert!(ending["objects"].as_array().unwrap().iter().any(|object| object["kind"] == "Deployment"), "{ending:#}");
    let end = "mutation($id: UUID!) { terminateService(input: {serviceId: $id}) { id action } }";
    let ended = server.data(&ada, end, json!({"id": service["id"]})).await["terminateService"].take();
    assert_eq!(ended["action"], "delete");
    let ended = settled(&server, &ada, &ended["id"]).await;
    assert_eq!((&ended["state"], &ended["service"]["state"]), (&json!("completed"), &json!("terminated")), "{ended:#}");
    assert_eq!(server.cluster.names(), Vec::<String>::new());

    let audit =
        server.data(&ada, "{ audit(first: 200) { nodes { actor action outcome } totalCount } }", json!({})).await;
    let text = audit.to_string();
    for action in ["importPackage", "createPlan", "placeOrder", "scaleComponent", "terminateService", "signIn"] {
        assert!(text.contains(action), "{action}: {text}");
    }
    let owners = server.data(&olga, "{ audit(first: 200) { nodes { action } } }", json!({})).await.to_string();
    assert!(owners.contains("placeOrder") && owners.contains("revokeGrant"), "{owners}");
}

#[tokio::test]
async fn what_a_plan_rests_on_must_still_be_true() {
    let server = Server::start().await;
    let ada = server.person(server.provider, "ada", Role::Provider).await;
    let olga = server.person(server.owner, "olga", Role::DomainOwner).await;
    let package = package(&server, &ada).await;
    let (_, grant) = granted_cluster(&server, &olga).await;
    let plan = server.data(&ada, PLAN, json!({"p": package["id"], "r": {}})).await["createPlan"].take();
    server.data(&olga, "mutation($id: UUID!) { revokeGrant(id: $id) { id } }", json!({"id": grant})).await;
    let order = "mutation($p: UUID!, $h: String!) { placeOrder(input: {planId: $p, planHash: $h}) { id } }";
    let stale = server.graphql(&ada, order, json!({"p": plan["id"], "h": plan["hash"]})).await;
    assert_eq!(stale.code().as_deref(), Some("HYP-2007"), "{}", stale.text);
}

#[tokio::test]
async fn secrets_go_to_the_secret_store_and_nowhere_else() {
    let server = Server::start().await;
    let ada = server.person(server.provider, "ada", Role::Provider).await;
    let olga = server.person(server.owner, "olga", Role::DomainOwner).await;
    package(&server, &ada).await;
    granted_cluster(&server, &olga).await;
    assert!(server.secrets.texts().iter().any(|text| text.contains(CANARY)));
    let everything =
        "{ packages { nodes { id analysis values } } clusters { name labels } audit(first: 200) { nodes { detail } } }";
    for who in [&ada, &olga] {
        let answer = server.graphql(who, everything, json!({})).await;
        assert!(!answer.text.contains(CANARY), "{}", answer.text);
    }
    let dump = hypo_store::packages::list(server.store.read(), server.provider, None, hypo_store::Slice::default())
        .await
        .unwrap();
    for package in dump.items {
        for blob in [Some(package.blob), package.render].into_iter().flatten() {
            let bytes = hypo_store::packages::blobs::get(server.store.read(), &blob).await.unwrap();
            assert!(!String::from_utf8_lossy(&bytes).contains(CANARY));
        }
    }
    let exec =
        "mutation($id: UUID!) { addCluster(input: {domainId: $id, name: \"bad\", kubeconfig: \"exec: rm\"}) { id } }";
    let domain = server.data(&olga, "{ domains { id } }", json!({})).await["domains"][0]["id"].take();
    let refused = server.graphql(&olga, exec, json!({"id": domain})).await;
    assert_eq!(refused.code().as_deref(), Some("HYP-4003"));
    assert!(refused.text.contains("hypo cluster-role"), "{}", refused.text);
}
