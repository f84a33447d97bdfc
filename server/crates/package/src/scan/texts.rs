//! The strings of a component that may name a peer, with variables expanded and the place each was found at.

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
    rc::Rc,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::Value;

use super::{expand, keys, names::Names};
use crate::{
    components::{package::Package, workload::{Container, Workload}},
    object::{array, escape, text},
};

/// Stands for the address of the node in expanded text (`status.hostIP`).
pub(crate) const NODE: &str = "node.hypo.invalid";

/// One string and where it stands.
pub(crate) struct Text<'p> {
    pub document: usize,
    /// JSON pointer.
    pub path: String,
    /// Name of the setting, flag or file.
    pub key: Cow<'p, str>,
    pub text: Cow<'p, str>,
    pub secret: bool,
    pub kind: Kind,
    /// Name of the init container that reads it, when only that does.
    pub init: Option<&'p str>,
    /// Port settings beside it: `DB_PORT` for `DB_HOST`, by prefix.
    pub ports: Rc<HashMap<String, u16>>,
}

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Environment, arguments, probe hosts.
    Setting,
    /// A file of a ConfigMap or Secret.
    File,
    /// A page, style sheet or text for people: its links are no peers.
    Prose,
    Annotation,
}

/// A variable of a container.
struct Variable<'p> {
    value: Cow<'p, str>,
    secret: bool,
}

/// Collects the texts of a workload. `resources` are custom resources that it controls.
pub(crate) fn collect<'p>(package: &Package<'p>, names: &Names<'p>, index: usize, resources: &[usize]) -> Vec<Text<'p>> {
    let workload = &package.workloads[index];
    let mut out = Vec::new();
    let mut shared: HashMap<String, Variable<'p>> = HashMap::new();
    for container in workload.containers() {
        let variables = environment(package, names, workload, &container, &mut out);
        commands(names, workload, &container, &variables, &mut out);
        for (name, variable) in variables {
            shared.entry(name).or_insert(variable);
        }
    }
    files(package, names, workload, &shared, &mut out);
    for pointer in ["/metadata/annotations", "/spec/template/metadata/annotations"] {
        annotations(workload, pointer, &mut out);
    }
    for resource in resources {
        walk(&package.documents[*resource].object, *resource, &mut String::new(), "", &mut out);
    }
    out
}

fn environment<'p>(
    package: &Package<'p>,
    names: &Names<'p>,
    workload: &Workload<'p>,
    container: &Container<'p>,
    out: &mut Vec<Text<'p>>,
) -> HashMap<String, Variable<'p>> {
    let first = out.len();
    let init = container.init.then(|| text(container.value, "/name"));
    let mut variables: HashMap<String, Variable<'p>> = HashMap::new();
    let mut add = |document, path, name: Cow<'p, str>, value: Cow<'p, str>, secret, expands: bool, out: &mut Vec<Text<'p>>| {
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
        out.push(Text { document, path, key: name, text: value, secret, kind: Kind::Setting, init, ports: Rc::default() });
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
            let found = entries(package, workload, kind, text(reference, "/name")).into_iter().find(|(_, key, ..)| *key == wanted);
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

fn commands<'p>(
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
            variables.get(variable).map(|known| (Cow::Borrowed(&*known.value), known.secret)).or_else(|| implicit(names, workload, variable))
        });
        let text = Text { document: workload.document, path, key, text: value, secret, kind: Kind::Setting, init, ports: Rc::clone(&ports) };
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
            let flag = if before.starts_with('-') && !before.contains(['=', ' ']) { before.trim_start_matches('-') } else { "" };
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

fn lookup<'v, 'p: 'v>(
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

/// Files of mounted ConfigMaps and Secrets, each once.
fn files<'p>(
    package: &Package<'p>,
    names: &Names<'p>,
    workload: &Workload<'p>,
    variables: &HashMap<String, Variable<'p>>,
    out: &mut Vec<Text<'p>>,
) {
    let mut seen = BTreeSet::new();
    let mut mount = |kind: &'static str, source: &'p Value, name: &'p str, out: &mut Vec<Text<'p>>| {
        let items: Vec<&str> = array(source, "/items").iter().map(|item| text(item, "/key")).collect();
        for (document, key, path, value) in entries(package, workload, kind, name) {
            if (!items.is_empty() && !items.contains(&key)) || !seen.insert((document, path.clone())) {
                continue;
            }
            let (value, tainted) = match expand::expand(&value, false, |name| lookup(names, workload, variables, name)) {
                (Cow::Borrowed(_), tainted) => (value, tainted),
                (Cow::Owned(owned), tainted) => (Cow::Owned(owned), tainted),
            };
            let lower = key.to_ascii_lowercase();
            let prose = [".html", ".htm", ".md", ".css", ".svg"].iter().any(|end| lower.ends_with(end));
            out.push(Text {
                document,
                path,
                key: Cow::Borrowed(key),
                text: value,
                secret: kind == "Secret" || tainted,
                kind: if prose { Kind::Prose } else { Kind::File },
                init: None,
                ports: Rc::default(),
            });
        }
    };
    for volume in array(workload.spec, "/volumes") {
        let sources = std::iter::once(volume).chain(array(volume, "/projected/sources"));
        for source in sources {
            if let Some(map) = source.get("configMap") {
                mount("ConfigMap", map, text(map, "/name"), out);
            }
            if let Some(secret) = source.get("secret") {
                let name = match text(secret, "/secretName") {
                    "" => text(secret, "/name"),
                    name => name,
                };
                mount("Secret", secret, name, out);
            }
        }
    }
}

/// Entries of a ConfigMap or Secret: document, key, JSON pointer, text. What is no text is left out.
fn entries<'p>(
    package: &Package<'p>,
    workload: &Workload<'p>,
    kind: &'static str,
    name: &'p str,
) -> Vec<(usize, &'p str, String, Cow<'p, str>)> {
    let Some(document) = package.find(kind, workload.namespace, name).filter(|_| !name.is_empty()) else {
        return Vec::new();
    };
    let object = &package.documents[document].object;
    let mut out: Vec<(usize, &'p str, String, Cow<'p, str>)> = Vec::new();
    for member in ["stringData", "data"] {
        for (key, value) in object.get(member).and_then(Value::as_object).into_iter().flatten() {
            // Kubernetes writes `stringData` over `data`.
            let Some(value) = value.as_str().filter(|_| !out.iter().any(|(_, known, ..)| known == key)) else { continue };
            let value = if kind == "Secret" && member == "data" {
                let compact: String = value.split_ascii_whitespace().collect();
                match BASE64_STANDARD.decode(compact).ok().and_then(|bytes| String::from_utf8(bytes).ok()) {
                    Some(decoded) => Cow::Owned(decoded),
                    None => continue,
                }
            } else {
                Cow::Borrowed(value)
            };
            out.push((document, key, format!("/{member}/{}", escape(key)), value));
        }
    }
    out
}

fn annotations<'p>(workload: &Workload<'p>, pointer: &str, out: &mut Vec<Text<'p>>) {
    let annotations = workload.object.pointer(pointer).and_then(Value::as_object);
    for (key, value) in annotations.into_iter().flatten() {
        // A copy of the whole object, written by kubectl.
        if let Some(value) = value.as_str().filter(|_| key != "kubectl.kubernetes.io/last-applied-configuration") {
            out.push(Text {
                document: workload.document,
                path: format!("{pointer}/{}", escape(key)),
                key: Cow::Borrowed(key),
                text: Cow::Borrowed(value),
                secret: false,
                kind: Kind::Annotation,
                init: None,
                ports: Rc::default(),
            });
        }
    }
}

/// All strings of a custom resource below `spec`.
fn walk<'p>(value: &'p Value, document: usize, path: &mut String, key: &'p str, out: &mut Vec<Text<'p>>) {
    let length = path.len();
    match value {
        Value::Object(members) => {
            let top = path.is_empty();
            for (name, member) in members.iter().filter(|(name, _)| !top || *name == "spec") {
                path.push('/');
                path.push_str(&escape(name));
                walk(member, document, path, name, out);
                path.truncate(length);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push('/');
                path.push_str(&index.to_string());
                walk(item, document, path, key, out);
                path.truncate(length);
            }
        }
        Value::String(text) => out.push(Text {
            document,
            path: path.clone(),
            key: Cow::Borrowed(key),
            text: Cow::Borrowed(text),
            secret: false,
            kind: Kind::Setting,
            init: None,
            ports: Rc::default(),
        }),
        _ => {}
    }
}
