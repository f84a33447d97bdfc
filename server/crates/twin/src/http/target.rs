//! What a path and query mean.

use std::{collections::HashMap, sync::Arc};

use crate::kinds::{Kind, Registry};

/// A parsed path.
#[derive(Clone, Debug)]
pub enum Target {
    /// `/version`.
    Version,
    /// `/healthz`, `/livez`, `/readyz`.
    Health,
    /// `/api`.
    Api,
    /// `/apis`.
    Apis,
    /// `/apis/GROUP`.
    Group(String),
    /// `/api/v1` or `/apis/GROUP/VERSION`.
    GroupVersion(String, String),
    /// `/openapi/v3`.
    OpenApi,
    /// `/openapi/v3/api/VERSION` or `/openapi/v3/apis/GROUP/VERSION`, from `api` on.
    OpenApiOf(String),
    /// An object or a collection.
    Resource(Resource),
    /// `/twin/...`.
    Control,
    /// Nothing the server knows.
    Unknown,
}

/// A path into the resource tree.
#[derive(Clone, Debug)]
pub struct Resource {
    pub kind: Arc<Kind>,
    /// `""` at the cluster scope and for lists over all namespaces.
    pub namespace: String,
    /// `""` for a collection.
    pub name: String,
    /// `""`, `status`, `scale`, `log`, ...
    pub sub: String,
}

/// Reads a path.
pub fn parse(registry: &Registry, path: &str) -> Target {
    let parts: Vec<String> = path.split('/').filter(|part| !part.is_empty()).map(decode).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let (group, version, rest) = match parts.as_slice() {
        ["version"] => return Target::Version,
        ["healthz" | "livez" | "readyz", ..] => return Target::Health,
        ["openapi", "v3"] => return Target::OpenApi,
        ["openapi", "v3", rest @ ..] => return Target::OpenApiOf(rest.join("/")),
        ["twin", ..] => return Target::Control,
        ["api"] => return Target::Api,
        ["apis"] => return Target::Apis,
        ["api", version] => return Target::GroupVersion(String::new(), (*version).to_owned()),
        ["apis", group] => return Target::Group((*group).to_owned()),
        ["apis", group, version] => return Target::GroupVersion((*group).to_owned(), (*version).to_owned()),
        ["api", version, rest @ ..] => ("", *version, rest),
        ["apis", group, version, rest @ ..] => (*group, *version, rest),
        _ => return Target::Unknown,
    };
    // /namespaces/NAME[/status|/finalize] is the Namespace itself, anything else below is inside it.
    let (namespace, rest) = match rest {
        ["namespaces", namespace, inside @ ..]
            if !(inside.is_empty() || group.is_empty() && matches!(inside, ["status" | "finalize"])) =>
        {
            (*namespace, inside)
        }
        rest => ("", rest),
    };
    let (plural, name, sub) = match rest {
        [plural] => (*plural, "", String::new()),
        [plural, name] => (*plural, *name, String::new()),
        [plural, name, sub @ ..] => (*plural, *name, sub.join("/")),
        [] => return Target::Unknown,
    };
    match registry.find(group, version, plural) {
        Some(kind) if kind.namespaced || namespace.is_empty() => {
            Target::Resource(Resource { kind, namespace: namespace.into(), name: name.into(), sub })
        }
        _ => Target::Unknown,
    }
}

/// Query parameters, percent-decoded; a repeated name keeps its first value.
#[derive(Clone, Debug, Default)]
pub struct Query(HashMap<String, String>);

impl Query {
    /// Reads the part after `?`.
    pub fn parse(query: &str) -> Self {
        let mut all = HashMap::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            all.entry(decode(key)).or_insert_with(|| decode(&value.replace('+', " ")));
        }
        Self(all)
    }

    /// A parameter, or `""`.
    pub fn get(&self, key: &str) -> &str {
        self.0.get(key).map_or("", String::as_str)
    }

    /// Whether a parameter says true.
    pub fn flag(&self, key: &str) -> bool {
        matches!(self.get(key), "true" | "1" | "True")
    }

    /// A numeric parameter.
    pub fn number<T: std::str::FromStr>(&self, key: &str) -> Option<T> {
        self.get(key).parse().ok()
    }
}

fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            out.push(byte);
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        let registry = Registry::new();
        let resource = |path: &str| match parse(&registry, path) {
            Target::Resource(found) => (found.kind.id.to_string(), found.namespace, found.name, found.sub),
            other => panic!("{path}: {other:?}"),
        };
        let text = |a: &str, b: &str, c: &str, d: &str| (a.to_owned(), b.to_owned(), c.to_owned(), d.to_owned());
        assert_eq!(resource("/api/v1/pods"), text("pods", "", "", ""));
        assert_eq!(resource("/api/v1/namespaces/a"), text("namespaces", "", "a", ""));
        assert_eq!(resource("/api/v1/namespaces/a/status"), text("namespaces", "", "a", "status"));
        assert_eq!(resource("/api/v1/namespaces/a/pods/b/log"), text("pods", "a", "b", "log"));
        assert_eq!(resource("/apis/apps/v1/namespaces/a/deployments/b"), text("deployments.apps", "a", "b", ""));
        assert!(matches!(parse(&registry, "/apis/apps/v2/deployments"), Target::Unknown));
    }

    #[test]
    fn queries() {
        let query = Query::parse("labelSelector=a%3Db%2Cc&watch=true&limit=5&x=a+b");
        assert_eq!(query.get("labelSelector"), "a=b,c");
        assert!(query.flag("watch"));
        assert_eq!(query.number::<usize>("limit"), Some(5));
        assert_eq!(query.get("x"), "a b");
    }
}
