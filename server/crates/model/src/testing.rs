//! Packages and clusters for the tests of this crate.

use std::collections::BTreeMap;

use hypo_package::{Graph, Limits, Options, Render, analyse, graph, manifest};
use hypo_shared::{
    ClusterId, DomainId, OrderId, ServiceId, TenantId,
    analysis::Analysis,
    placement::{Placement, PlacementRequest},
};
use uuid::Uuid;

use crate::{
    cluster::{Cluster, ClusterFacts, NodeFacts, StorageClass},
    fabric::LinkOptions,
    identity::ServiceIdentity,
    plan::PlanInput,
    ports::cluster::Observed,
    split::SplitInput,
};

pub(crate) fn id(n: u128) -> ClusterId {
    ClusterId(Uuid::from_u128(n))
}

/// A probed cluster with one node, a default class and everything Kubernetes serves.
pub(crate) fn cluster(n: u128) -> Cluster {
    Cluster {
        id: id(n),
        name: format!("c{n}"),
        domain: DomainId(Uuid::from_u128(100 + n)),
        owner: TenantId(Uuid::from_u128(200 + n)),
        owner_name: format!("owner {n}"),
        country: "IT".into(),
        labels: BTreeMap::new(),
        latency_ms: BTreeMap::new(),
        price_per_cpu_hour: None,
        facts: ClusterFacts {
            probed_at: Some(chrono::DateTime::UNIX_EPOCH),
            version: "v1.34.2".into(),
            nodes: vec![NodeFacts {
                name: "n".into(),
                arch: "amd64".into(),
                ready: true,
                cpu_millis: 16_000,
                memory_bytes: 64 << 30,
                ..NodeFacts::default()
            }],
            architectures: vec!["amd64".into()],
            cluster_admin: true,
            load_balancer: true,
            ingress_classes: vec!["nginx".into()],
            storage_classes: vec![StorageClass { name: "standard".into(), provisioner: "x".into(), default: true }],
            ..ClusterFacts::default()
        },
    }
}

/// A package on clusters `1..=n`, each component where the test puts it.
pub(crate) struct World {
    pub(crate) render: Render,
    pub(crate) graph: Graph,
    pub(crate) analysis: Analysis,
    pub(crate) clusters: Vec<Cluster>,
    pub(crate) request: PlacementRequest,
    pub(crate) placement: Placement,
    pub(crate) identity: ServiceIdentity,
    pub(crate) observed: BTreeMap<ClusterId, Vec<Observed>>,
    pub(crate) kept: Vec<crate::identity::KeptVolume>,
    pub(crate) delete_volumes: std::collections::BTreeSet<(ClusterId, String)>,
    pub(crate) link: LinkOptions,
    pub(crate) digests: crate::digest::DigestKey,
}

impl World {
    pub(crate) fn new(yaml: &str, clusters: u128) -> Self {
        let render = Render::new(manifest::parse_str(yaml, Limits::default()).expect("the package is valid"));
        Self {
            graph: graph(&render),
            analysis: analyse(&render, &Options::default()),
            render,
            clusters: (1..=clusters).map(cluster).collect(),
            request: PlacementRequest::default(),
            placement: Placement::default(),
            identity: ServiceIdentity {
                service: ServiceId(Uuid::from_u128(7)),
                order: OrderId(Uuid::from_u128(8)),
                authority: OrderId(Uuid::from_u128(8)),
                name: "Shop".into(),
                namespace: "shop-1".into(),
            },
            observed: BTreeMap::new(),
            kept: Vec::new(),
            delete_volumes: std::collections::BTreeSet::new(),
            digests: crate::digest::DigestKey::new([7; 32]),
            link: LinkOptions::default(),
        }
    }

    pub(crate) fn put(mut self, component: &str, clusters: &[u128]) -> Self {
        let clusters = clusters.iter().map(|n| id(*n)).collect();
        self.placement.assignments.insert(component.into(), clusters);
        self
    }

    pub(crate) fn split_input(&self) -> SplitInput<'_> {
        SplitInput {
            render: &self.render,
            graph: &self.graph,
            analysis: &self.analysis,
            clusters: &self.clusters,
            request: &self.request,
            placement: &self.placement,
            identity: &self.identity,
            link: &self.link,
        }
    }

    pub(crate) fn plan_input(&self) -> PlanInput<'_> {
        PlanInput {
            render: &self.render,
            graph: &self.graph,
            analysis: &self.analysis,
            clusters: &self.clusters,
            request: &self.request,
            placement: &self.placement,
            identity: &self.identity,
            observed: &self.observed,
            kept: &self.kept,
            delete_volumes: &self.delete_volumes,
            before: None,
            digests: &self.digests,
            link: &self.link,
        }
    }
}

/// A small shop: a web tier that calls a cart and a database, a configuration both web and cart read, an ingress.
pub(crate) const SHOP: &str = r#"
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: a}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: common, namespace: shop}
data: {currency: EUR}
---
apiVersion: v1
kind: Secret
metadata: {name: db-password, namespace: shop}
stringData: {password: geheim}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, labels: {app.kubernetes.io/managed-by: Helm}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: shop/web:1
        env: [{name: CART_ADDR, value: "cart:7070"}]
        envFrom: [{configMapRef: {name: common}}]
        resources: {requests: {cpu: 100m, memory: 64Mi}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: LoadBalancer, selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec:
  ingressClassName: nginx
  rules: [{host: shop.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, namespace: shop}
spec:
  selector: {matchLabels: {app: cart}}
  template:
    metadata: {labels: {app: cart}}
    spec:
      containers:
      - name: cart
        image: shop/cart:1
        env:
        - {name: DATABASE_URL, value: "postgres://u@db.shop.svc.cluster.local:5432/cart"}
        envFrom: [{configMapRef: {name: common}}]
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{name: grpc, port: 7070, targetPort: grpc}, {name: metrics, port: 9090}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec:
  serviceName: db
  replicas: 1
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers:
      - name: db
        image: postgres:16
        env: [{name: POSTGRES_PASSWORD, valueFrom: {secretKeyRef: {name: db-password, key: password}}}]
        volumeMounts: [{name: data, mountPath: /var/lib/postgresql/data}]
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {selector: {app: db}, ports: [{port: 5432}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: unused, namespace: shop}
data: {a: b}
"#;
