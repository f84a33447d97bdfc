//! The product as its users meet it: `hypo twins` and `hypo serve` as processes, spoken to over HTTP.

mod program;
mod server;
mod twins;

pub use program::{hypo, watchpost};
pub use server::Server;
pub use twins::{Ledger, Twin, Twins};

use std::path::PathBuf;

use serde_json::{Value, json};

/// A server with two clusters of one owner, and a package that needs both.
pub struct World {
    pub twins: Twins,
    pub server: Server,
    /// Cluster ids, in the order of the twins.
    pub clusters: Vec<String>,
}

impl World {
    /// Starts everything; `environment` goes to the server.
    pub async fn start(environment: &[(&str, &str)]) -> Self {
        Self::with_programs(environment, &[]).await
    }

    /// The same with images that run as real processes: image prefix and program.
    pub async fn with_programs(environment: &[(&str, &str)], programs: &[(&str, PathBuf)]) -> Self {
        let twins = Twins::with_programs(&["east", "west"], programs).await;
        let server = Server::start(environment).await;
        let domain =
            server.ask("mutation D { addDomain(input: {name: \"site\", country: \"CH\"}) { id } }", json!({})).await;
        let mut clusters = Vec::new();
        for twin in &twins.clusters {
            let input =
                json!({"domainId": domain["addDomain"]["id"], "name": twin.name, "kubeconfig": twin.kubeconfig});
            let added = server
                .ask(
                    "mutation C($input: AddClusterInput!) { addCluster(input: $input) { id status } }",
                    json!({"input": input}),
                )
                .await;
            assert_eq!(added["addCluster"]["status"], "available");
            clusters.push(text(&added["addCluster"]["id"]));
        }
        Self { twins, server, clusters }
    }

    /// Imports manifests; gives the package's id.
    pub async fn import(&self, name: &str, manifests: &str) -> String {
        use base64::{Engine, engine::general_purpose::STANDARD};
        let file = json!({"path": "app.yaml", "content": STANDARD.encode(manifests)});
        let made = self
            .server
            .ask(
                "mutation I($input: ImportPackageInput!) { importPackage(input: $input) { id } }",
                json!({"input": {"name": name, "files": [file]}}),
            )
            .await;
        text(&made["importPackage"]["id"])
    }

    /// Plans with components pinned to clusters by number; gives id and hash.
    pub async fn plan(&self, package: &str, name: &str, pins: &[(&str, usize)]) -> (String, String) {
        let pins: serde_json::Map<String, Value> = pins
            .iter()
            .map(|(component, cluster)| ((*component).to_owned(), json!([self.clusters[*cluster]])))
            .collect();
        let input = json!({"packageId": package, "name": name, "request": {"pins": pins}});
        let made = self
            .server
            .ask(
                "mutation P($input: CreatePlanInput!) { createPlan(input: $input) { id hash } }",
                json!({"input": input}),
            )
            .await;
        (text(&made["createPlan"]["id"]), text(&made["createPlan"]["hash"]))
    }

    /// Orders a plan; gives the order's id.
    pub async fn order(&self, (plan, hash): &(String, String), on_failure: &str) -> String {
        let input = json!({"planId": plan, "planHash": hash, "onFailure": on_failure});
        let placed = self
            .server
            .ask("mutation O($input: PlaceOrderInput!) { placeOrder(input: $input) { id } }", json!({"input": input}))
            .await;
        text(&placed["placeOrder"]["id"])
    }
}

/// The text of a JSON string.
#[must_use]
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no string")).to_owned()
}

/// A web front and a database with a volume, which the front reaches by name.
pub const SHOP: &str = r#"
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
        - name: web
          image: example.test/web:1
          ports: [{containerPort: 8080}]
          env: [{name: DATABASE_URL, value: "postgres://shop@db:5432/shop"}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  replicas: 1
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers:
        - name: db
          image: example.test/db:1
          ports: [{containerPort: 5432}]
          envFrom: [{secretRef: {name: db-password}}]
          volumeMounts: [{name: data, mountPath: /data}]
  volumeClaimTemplates:
    - metadata: {name: data}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: Service
metadata: {name: db}
spec: {selector: {app: db}, ports: [{port: 5432}]}
---
apiVersion: v1
kind: Secret
metadata: {name: db-password}
stringData: {POSTGRES_PASSWORD: canary-4711}
"#;
