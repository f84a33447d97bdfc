//! The Kubernetes objects of one site: identity, configuration, policy, stub Services, agent.

use std::collections::{BTreeMap, BTreeSet};

use hypo_shared::analysis::ObjectRef;
use serde_json::{Map, Value, json};

use super::{
    ACCEPT_PORT, AGENT_CPU_MILLIS, AGENT_MEMORY_BYTES, HEALTH_PORT, LABEL_LINK, config, object_name, ports, spiffe,
};
use crate::{
    fabric::{FabricObject, Intent, MintRequest, Observed, Site},
    object,
    ports::cluster::{LABEL_MANAGED, LABEL_ORDER, LABEL_SERVICE, MANAGED},
};

/// Everything a site needs, in apply order.
pub(super) fn of_site(intent: &Intent, observed: &Observed, site: &Site) -> Vec<FabricObject> {
    let stubs: BTreeMap<&str, &Value> = intent
        .links
        .iter()
        .filter(|link| link.from_cluster == site.cluster && !site.local.contains(&link.service))
        .filter_map(|link| Some((link.service.as_str(), site.services.get(&link.service)?)))
        .collect();
    let listening = ports::allocate(&stubs);
    let make = Make { intent, site, name: object_name(&intent.identity) };
    let mut out =
        vec![make.identity(), make.config(&config::of(intent, observed, site, &listening)), make.policy(&listening)];
    out.extend(stubs.iter().map(|(name, service)| make.stub(name, service, &listening)));
    if config::accepts(intent, site.cluster) {
        out.push(make.accept());
    }
    out.push(make.agent());
    out
}

struct Make<'a> {
    intent: &'a Intent,
    site: &'a Site,
    name: String,
}

impl Make<'_> {
    fn labels(&self) -> Value {
        let identity = &self.intent.identity;
        json!({
            LABEL_SERVICE: identity.service.to_string(),
            LABEL_ORDER: identity.order.to_string(),
            LABEL_MANAGED: MANAGED,
            LABEL_LINK: identity.suffix(),
        })
    }

    fn metadata(&self, name: &str) -> Value {
        json!({"name": name, "namespace": self.site.namespace, "labels": self.labels()})
    }

    fn selector(&self) -> Value {
        json!({LABEL_LINK: self.intent.identity.suffix()})
    }

    fn made(&self, object: Value, reason: &str) -> FabricObject {
        FabricObject { object, reason: reason.to_owned(), mint: None }
    }

    fn identity(&self) -> FabricObject {
        let name = format!("{}-identity", self.name);
        let request = MintRequest {
            cluster: self.site.cluster,
            authority: self.intent.identity.authority,
            spiffe: spiffe(&self.intent.identity, self.site.cluster, &self.site.namespace),
            secret: ObjectRef {
                api_version: "v1".to_owned(),
                kind: "Secret".to_owned(),
                namespace: self.site.namespace.clone(),
                name: name.clone(),
            },
        };
        let mut metadata = self.metadata(&name);
        metadata["annotations"] = json!({"hypo.etsi.org/spiffe": request.spiffe});
        let placeholder = "placeholder: minted when the order is carried out";
        let object = json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": metadata,
            "type": "kubernetes.io/tls",
            "stringData": {"tls.crt": placeholder, "tls.key": placeholder, "ca.crt": placeholder},
        });
        FabricObject { mint: Some(request), ..self.made(object, "identity of the link agent") }
    }

    fn config(&self, config: &Value) -> FabricObject {
        let text = serde_json::to_string_pretty(config).expect("a JSON value always has a text");
        let object = json!({
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": self.metadata(&self.name),
            "data": {"link.json": text},
        });
        self.made(object, "configuration of the link agent")
    }

    /// Least privilege per edge: on each port only the pods of the components that call it.
    fn policy(&self, listening: &BTreeMap<(String, u16), u16>) -> FabricObject {
        let mut callers: BTreeMap<u16, BTreeSet<&str>> = BTreeMap::new();
        for link in self.intent.links.iter().filter(|link| link.from_cluster == self.site.cluster) {
            if let Some(port) = listening.get(&(link.service.clone(), link.port)) {
                callers.entry(*port).or_default().insert(&link.from);
            }
        }
        let mut ingress: Vec<Value> = callers
            .into_iter()
            .map(|(port, components)| {
                let from: Vec<Value> = components
                    .into_iter()
                    .filter_map(|component| self.site.callers.get(component))
                    .map(|labels| json!({"podSelector": {"matchLabels": labels}}))
                    .collect();
                json!({"from": from, "ports": [{"port": port, "protocol": "TCP"}]})
            })
            .collect();
        if config::accepts(self.intent, self.site.cluster) {
            // Peers come from outside; mutual TLS decides who they are.
            ingress.push(json!({"ports": [{"port": ACCEPT_PORT, "protocol": "TCP"}]}));
        }
        let object = json!({
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": self.metadata(&self.name),
            "spec": {"podSelector": {"matchLabels": self.selector()}, "policyTypes": ["Ingress"], "ingress": ingress},
        });
        self.made(object, "who may reach the link agent")
    }

    /// A Service of the package's exact name and ports that leads to the agent.
    fn stub(&self, name: &str, service: &Value, listening: &BTreeMap<(String, u16), u16>) -> FabricObject {
        let ports: Vec<Value> = object::array(service, "/spec/ports")
            .iter()
            .filter_map(|port| {
                let number = port.get("port").and_then(Value::as_u64).and_then(|port| u16::try_from(port).ok())?;
                let target = listening.get(&(name.to_owned(), number))?;
                let mut out = Map::new();
                for key in ["name", "port", "protocol", "appProtocol"] {
                    if let Some(value) = port.get(key) {
                        out.insert(key.to_owned(), value.clone());
                    }
                }
                out.insert("targetPort".to_owned(), json!(target));
                Some(Value::Object(out))
            })
            .collect();
        let object = json!({
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": self.metadata(name),
            "spec": {"type": "ClusterIP", "selector": self.selector(), "ports": ports},
        });
        let mut there: Vec<&str> = self
            .intent
            .links
            .iter()
            .filter(|link| link.from_cluster == self.site.cluster && link.service == name)
            .filter_map(|link| self.intent.sites.get(&link.to_cluster).map(|site| site.name.as_str()))
            .collect();
        there.sort_unstable();
        there.dedup();
        self.made(object, &format!("stands for {name}, which runs on {}", there.join(", ")))
    }

    fn accept(&self) -> FabricObject {
        let object = json!({
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": self.metadata(&format!("{}-accept", self.name)),
            "spec": {
                "type": "LoadBalancer",
                "selector": self.selector(),
                "ports": [{"name": "link", "port": ACCEPT_PORT, "targetPort": ACCEPT_PORT, "protocol": "TCP"}],
            },
        });
        self.made(object, "peers that cannot be dialled dial in here")
    }

    fn agent(&self) -> FabricObject {
        let probe = |path: &str| json!({"httpGet": {"path": path, "port": "health"}, "periodSeconds": 10});
        let object = json!({
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": self.metadata(&self.name),
            "spec": {
                "replicas": self.intent.options.replicas,
                "selector": {"matchLabels": self.selector()},
                "template": {
                    "metadata": {"labels": {
                        LABEL_SERVICE: self.intent.identity.service.to_string(),
                        LABEL_LINK: self.intent.identity.suffix(),
                    }},
                    "spec": {
                        "automountServiceAccountToken": false,
                        "enableServiceLinks": false,
                        // No runAsUser: OpenShift chooses one, elsewhere the image's own number counts.
                        "securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}},
                        "containers": [{
                            "name": "link",
                            "image": self.intent.options.image,
                            "args": ["--config", "/etc/hypo/link/link.json", "--identity", "/etc/hypo/identity"],
                            "ports": [
                                {"name": "accept", "containerPort": ACCEPT_PORT, "protocol": "TCP"},
                                {"name": "health", "containerPort": HEALTH_PORT, "protocol": "TCP"},
                            ],
                            "securityContext": {
                                "allowPrivilegeEscalation": false,
                                "readOnlyRootFilesystem": true,
                                "capabilities": {"drop": ["ALL"]},
                            },
                            "resources": {
                                "requests": {
                                    "cpu": format!("{AGENT_CPU_MILLIS}m"),
                                    "memory": hypo_shared::quantity::format_bytes(AGENT_MEMORY_BYTES),
                                },
                                "limits": {"memory": "128Mi"},
                            },
                            "readinessProbe": probe("/readyz"),
                            "livenessProbe": probe("/healthz"),
                            "volumeMounts": [
                                {"name": "config", "mountPath": "/etc/hypo/link", "readOnly": true},
                                {"name": "identity", "mountPath": "/etc/hypo/identity", "readOnly": true},
                            ],
                        }],
                        "volumes": [
                            {"name": "config", "configMap": {"name": self.name}},
                            {"name": "identity", "secret": {"secretName": format!("{}-identity", self.name)}},
                        ],
                    },
                },
            },
        });
        self.made(object, "carries the declared connections of this cluster")
    }
}
