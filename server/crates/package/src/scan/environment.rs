//! Variables, commands and probes of a container.

use std::{borrow::Cow, collections::HashMap, rc::Rc};

use serde_json::Value;

use super::{
    expand, keys,
    names::Names,
    texts::{Kind, NODE, Text, entries},
};
use crate::{
    components::{
        package::Package,
        workload::{Container, Workload},
    },
    object::{array, text},
};

/// A variable of a container.
pub(super) struct Variable<'p> {
    pub value: Cow<'p, str>,
    pub secret: bool,
}

/// Variables of a container in the order Kubernetes sets them, each also a text.
pub(super) fn environment<'p>(
    package: &Package<'p>,
    names: &Names<'p>,
    workload: &Workload<'p>,
    container: &Container<'p>,
    out: &mut Vec<Text<'p>>,
) -> HashMap<String, Variable<'p>> {
    let first = out.len();
    let init = container.init.then(|| text(container.value, "/name"));
    let mut variables: HashMap<String, Variable<'p>> = HashMap::new();
    let mut add =
        |document, path, name: Cow<'p, str>, value: Cow<'p, str>, secret, expands: bool, out: &mut Vec<Text<'p>>| {
            let (value, tainted) = if expands {
                match expand::expand(&value, false, |variable| lookup(names, workload, &variables, variable)) {
                    (Cow::Borrowed(_), tainted) => (value, tainted),
                    (Cow::Owned(owned), tainted) => (Cow::Owned(owned), tainted),
                }
            } else {
                (value, false)
            };
            let secret = secret || tainted;
            variables.insert(name.clone().into_owned(), Variable { value: value.clone(), secret });
            out.push(Text {
                document,
                path,
                key: name,
                text: value,
                secret,
                kind: Kind::Setting,
                init,
                ports: Rc::default(),
            });
        };
    for source in array(container.value, "/envFrom") {
        let prefix = text(source, "/prefix");
        for (kind, reference) in [("ConfigMap", "/configMapRef/name"), ("Secret", "/secretRef/name")] {
            for (document, key, path, value) in entries(package, workload, kind, text(source, reference)) {
                let name = if prefix.is_empty() { Cow::Borrowed(key) } else { Cow::Owned(format!("{prefix}{key}")) };
                add(document, path, name, value, kind == "Secret", false, out);
            }
        }
    }
    for (position, entry) in array(container.value, "/env").iter().enumerate() {
        let name = Cow::Borrowed(text(entry, "/name"));
        if let Some(value) = entry.get("value").and_then(Value::as_str) {
            let path = format!("{}/env/{position}/value", container.path);
            add(workload.document, path, name, Cow::Borrowed(value), false, true, out);
            continue;
        }
        for (kind, reference) in [("ConfigMap", "/valueFrom/configMapKeyRef"), ("Secret", "/valueFrom/secretKeyRef")] {
            let Some(reference) = entry.pointer(reference) else { continue };
            let wanted = text(reference, "/key");
            let found = entries(package, workload, kind, text(reference, "/name"))
                .into_iter()
                .find(|(_, key, ..)| *key == wanted);
            if let Some((document, _, path, value)) = found {
                add(document, path, name.clone(), value, kind == "Secret", false, out);
            }
        }
        let field = match text(entry, "/valueFrom/fieldRef/fieldPath") {
            "metadata.namespace" => Some(Cow::Borrowed(workload.namespace)),
            "metadata.name" => pod_name(workload).map(Cow::Owned),
            "spec.serviceAccountName" => Some(Cow::Borrowed(workload.service_account)),
            "status.hostIP" => Some(Cow::Borrowed(NODE)),
            _ => None,
        };
        if let Some(value) = field {
            let path = format!("{}/env/{position}/valueFrom/fieldRef/fieldPath", container.path);
            add(workload.document, path, name, value, false, false, out);
        }
    }
    let ports = Rc::new(port_settings(&variables, container));
    for text in &mut out[first..] {
        text.ports = Rc::clone(&ports);
    }
    variables
}

/// `DB_PORT=5432` and `--db-port 5432`: prefix to number.
fn port_settings(variables: &HashMap<String, Variable<'_>>, container: &Container<'_>) -> HashMap<String, u16> {
    let mut ports = HashMap::new();
    let mut add = |key: &str, value: &str| {
        if keys::meaning(key) == keys::Meaning::Port
            && let Ok(port) = value.trim().parse()
        {
            ports.insert(keys::prefix(key), port);
        }
    };
    for list in ["/command", "/args"] {
        let mut before = "";
        for argument in array(container.value, list).iter().filter_map(Value::as_str) {
            match argument.split_once('=') {
                Some((key, value)) => add(key, value),
                None => add(before, argument),
            }
            before = argument;
        }
    }
    for (name, variable) in variables {
        add(name, &variable.value);
    }
    ports
}

/// Commands, arguments and probe hosts of a container.
pub(super) fn commands<'p>(
    names: &Names<'p>,
    workload: &Workload<'p>,
    container: &Container<'p>,
    variables: &HashMap<String, Variable<'p>>,
    out: &mut Vec<Text<'p>>,
) {
    let init = container.init.then(|| text(container.value, "/name"));
    let ports = Rc::new(port_settings(variables, container));
    let push = |path: String, key: Cow<'p, str>, value: &'p str, out: &mut Vec<Text<'p>>| {
        let (value, secret) = expand::expand(value, true, |variable| {
            variables
                .get(variable)
                .map(|known| (Cow::Borrowed(&*known.value), known.secret))
                .or_else(|| implicit(names, workload, variable))
        });
        let text = Text {
            document: workload.document,
            path,
            key,
            text: value,
            secret,
            kind: Kind::Setting,
            init,
            ports: Rc::clone(&ports),
        };
        out.push(text);
    };
    const LISTS: [&str; 7] = [
        "/command",
        "/args",
        "/livenessProbe/exec/command",
        "/readinessProbe/exec/command",
        "/startupProbe/exec/command",
        "/lifecycle/postStart/exec/command",
        "/lifecycle/preStop/exec/command",
    ];
    for list in LISTS {
        let mut before = "";
        for (position, argument) in array(container.value, list).iter().enumerate() {
            let Some(argument) = argument.as_str() else { continue };
            let flag = if before.starts_with('-') && !before.contains(['=', ' ']) {
                before.trim_start_matches('-')
            } else {
                ""
            };
            // `-h db` means a host for every client program; alone it is no word of a key.
            let flag = if flag == "h" { "host" } else { flag };
            push(format!("{}{list}/{position}", container.path), Cow::Borrowed(flag), argument, out);
            before = argument;
        }
    }
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        for action in ["httpGet", "tcpSocket"] {
            let pointer = format!("/{probe}/{action}/host");
            if let Some(host) = container.value.pointer(&pointer).and_then(Value::as_str) {
                push(format!("{}{pointer}", container.path), Cow::Borrowed("host"), host, out);
            }
        }
    }
}

/// A variable of the container, or one that Kubernetes adds.
pub(super) fn lookup<'v, 'p: 'v>(
    names: &Names<'p>,
    workload: &Workload<'p>,
    variables: &'v HashMap<String, Variable<'p>>,
    name: &str,
) -> Option<expand::Value<'v>> {
    let known = variables.get(name).map(|variable| (Cow::Borrowed(&*variable.value), variable.secret));
    known.or_else(|| implicit(names, workload, name))
}

/// Variables that nobody wrote down: the host name, and those of Services.
fn implicit<'v>(names: &Names<'_>, workload: &Workload<'_>, name: &str) -> Option<expand::Value<'v>> {
    if name == "HOSTNAME" {
        return pod_name(workload).map(|pod| (Cow::Owned(pod), false));
    }
    names.link(workload.namespace, name).map(|value| (Cow::Owned(value), false))
}

fn pod_name(workload: &Workload<'_>) -> Option<String> {
    (workload.kind == "StatefulSet").then(|| format!("{}-0", workload.bare))
}
