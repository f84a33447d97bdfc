//! `fieldValidation` of POST and PUT: fields that no such object has, and fields that are there twice.
//!
//! The twin has no schemas. It knows the outermost fields of its kinds and those of `metadata`; what lies deeper, and
//! what a custom resource holds, is not looked at for unknown names, only for repeated ones.

use std::{cell::RefCell, collections::HashSet, fmt, rc::Rc};

use hyper::header::{HeaderName, HeaderValue};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::Request;
use crate::{
    error::{ApiError, ApiResult},
    kinds::Kind,
};

const METADATA: &[&str] = &[
    "name",
    "generateName",
    "namespace",
    "selfLink",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "labels",
    "annotations",
    "ownerReferences",
    "finalizers",
    "managedFields",
];

/// The outermost fields of a kind besides `apiVersion`, `kind` and `metadata`; `None` where the twin does not know them.
fn outermost(kind: &Kind) -> Option<&'static [&'static str]> {
    let known: &[&str] = match &*kind.id {
        "configmaps" => &["data", "binaryData", "immutable"],
        "secrets" => &["data", "stringData", "immutable", "type"],
        "serviceaccounts" => &["secrets", "imagePullSecrets", "automountServiceAccountToken"],
        "roles.rbac.authorization.k8s.io" => &["rules"],
        "clusterroles.rbac.authorization.k8s.io" => &["rules", "aggregationRule"],
        "rolebindings.rbac.authorization.k8s.io" | "clusterrolebindings.rbac.authorization.k8s.io" => {
            &["subjects", "roleRef"]
        }
        "limitranges" | "networkpolicies.networking.k8s.io" | "ingressclasses.networking.k8s.io" => &["spec"],
        _ if kind.status && !kind.custom => &["spec", "status"],
        _ => return None,
    };
    Some(known)
}

/// What was complained of and let pass.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Warnings(Vec<String>);

impl Warnings {
    /// `Warning` headers (RFC 7234, 5.5).
    pub fn headers(self) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
        let value = |text: String| HeaderValue::from_str(&format!("299 - {:?}", text)).ok();
        self.0.into_iter().filter_map(value).map(|value| (HeaderName::from_static("warning"), value))
    }
}

/// Takes unknown fields out of an object that is to be written.
///
/// # Errors
/// 400 where the request asks for `Strict` and there is anything to complain of; 422 for another word.
pub fn check(request: &Request, kind: &Kind, object: &mut Value) -> ApiResult<Warnings> {
    let mut complaints: Vec<String> =
        unknown(kind, object).iter().map(|path| format!("unknown field {path:?}")).collect();
    complaints.extend(repeated(&request.body).iter().map(|path| format!("duplicate field {path:?}")));
    match request.query.get("fieldValidation") {
        "Ignore" => Ok(Warnings::default()),
        "" | "Warn" => Ok(Warnings(complaints)),
        "Strict" if complaints.is_empty() => Ok(Warnings::default()),
        "Strict" => Err(ApiError::bad_request(format!(
            "{} in version {:?} cannot be handled as a {}: strict decoding error: {}",
            kind.kind,
            kind.version,
            kind.kind,
            complaints.join(", ")
        ))),
        other => Err(ApiError::invalid_options(&format!(
            "fieldValidation: Unsupported value: {other:?}: supported values: \"Ignore\", \"Strict\", \"Warn\""
        ))),
    }
}

fn unknown(kind: &Kind, object: &mut Value) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(known) = outermost(kind) {
        take(
            object,
            |name| ["apiVersion", "kind", "metadata"].contains(&name) || known.contains(&name),
            "",
            &mut found,
        );
    }
    if let Some(metadata) = object.get_mut("metadata") {
        take(metadata, |name| METADATA.contains(&name), "metadata.", &mut found);
    }
    found
}

fn take(object: &mut Value, known: impl Fn(&str) -> bool, at: &str, found: &mut Vec<String>) {
    let Some(members) = object.as_object_mut() else { return };
    members.retain(|name, _| {
        let stays = known(name);
        if !stays {
            found.push(format!("{at}{name}"));
        }
        stays
    });
}

/// Paths of members that are in their object more than once. A body that is no JSON has none here: YAML with repeated
/// keys is not read at all.
fn repeated(body: &[u8]) -> Vec<String> {
    let found = Rc::new(RefCell::new(Vec::new()));
    let look = Look { at: String::new(), found: Rc::clone(&found) };
    // What cannot be read has been refused before.
    let _ = look.deserialize(&mut serde_json::Deserializer::from_slice(body));
    found.take()
}

struct Look {
    at: String,
    found: Rc<RefCell<Vec<String>>>,
}

impl<'de> DeserializeSeed<'de> for Look {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Look {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            let at = if self.at.is_empty() { name.clone() } else { format!("{}.{name}", self.at) };
            if !seen.insert(name) {
                self.found.borrow_mut().push(at.clone());
            }
            map.next_value_seed(Self { at, found: Rc::clone(&self.found) })?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let mut index = 0;
        while seq
            .next_element_seed(Self { at: format!("{}[{index}]", self.at), found: Rc::clone(&self.found) })?
            .is_some()
        {
            index += 1;
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_members_are_found_at_any_depth() {
        let body = br#"{"a": {"b": 1, "b": 2}, "c": [{"d": 1}, {"d": null, "e": true, "d": "x"}], "a": 1.5}"#;
        assert_eq!(repeated(body), ["a.b", "c[1].d", "a"]);
        assert!(repeated(b"a: 1\na: 2\n").is_empty());
    }
}
