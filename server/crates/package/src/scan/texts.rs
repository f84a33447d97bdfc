//! The strings of a component that may name a peer, with variables expanded and the place each was found at.

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
    rc::Rc,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::Value;

use super::{
    environment::{Variable, commands, environment, lookup},
    expand,
    names::Names,
};
use crate::{
    components::{package::Package, workload::Workload},
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

/// Collects the texts of a workload. `resources` are custom resources that it controls.
pub(crate) fn collect<'p>(
    package: &Package<'p>,
    names: &Names<'p>,
    index: usize,
    resources: &[usize],
) -> Vec<Text<'p>> {
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
            let (value, tainted) = match expand::expand(&value, false, |name| lookup(names, workload, variables, name))
            {
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
pub(super) fn entries<'p>(
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
            let Some(value) = value.as_str().filter(|_| !out.iter().any(|(_, known, ..)| known == key)) else {
                continue;
            };
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
