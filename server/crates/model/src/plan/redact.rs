//! Secrets without their data: keyed digests are enough to see a change.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hypo_package::canonical;
use serde_json::{Map, Value, json};

use crate::{
    digest::{DigestKey, is_mark},
    object,
};

const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

pub(super) fn is_secret(object: &Value) -> bool {
    object::kind(object) == "Secret" && object::api_version(object) == "v1"
}

/// A Secret with `stringData` folded into `data`, as the API server stores it; other objects as they are.
pub(super) fn fold(target: &Value) -> Value {
    let mut out = target.clone();
    if !is_secret(target) {
        return out;
    }
    let Some(map) = out.as_object_mut() else { return out };
    let Some(Value::Object(plain)) = map.shift_remove("stringData") else { return out };
    if let Some(data) = object::ensure(&mut out, &["data"]) {
        for (key, value) in plain {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            data.insert(key, json!(if is_mark(&text) { text } else { BASE64_STANDARD.encode(text) }));
        }
    }
    out
}

/// The object with a keyed digest in place of every value of a Secret's data; other objects as they are. What is
/// redacted already stays as it is.
#[must_use]
pub fn redacted(target: &Value, key: &DigestKey) -> Value {
    let mut out = target.clone();
    if !is_secret(target) {
        return out;
    }
    for section in ["data", "stringData"] {
        for value in out.get_mut(section).and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut) {
            let bytes = match (section, value.as_str()) {
                // Redacted already: what a stored plan holds is compared with what is live.
                (_, Some(text)) if is_mark(text) => continue,
                ("data", Some(text)) => {
                    BASE64_STANDARD.decode(text.trim()).unwrap_or_else(|_| text.as_bytes().to_vec())
                }
                (_, Some(text)) => text.as_bytes().to_vec(),
                _ => value.to_string().into_bytes(),
            };
            *value = json!(key.mark(&bytes));
        }
    }
    // The client's copy of the whole object would carry the data along.
    if let Some(notes) = out.pointer_mut("/metadata/annotations").and_then(Value::as_object_mut) {
        notes.shift_remove(LAST_APPLIED);
    }
    out
}

/// Keyed digest of a Secret's data, hex, whichever way it is spelled.
pub(super) fn data_digest(secret: &Value, key: &DigestKey) -> String {
    key.digest(canonical::to_string(fold(secret).get("data").unwrap_or(&Value::Null)).as_bytes())
}

#[cfg(test)]
mod redact_tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_stored_plan_is_compared_with_what_is_live() {
        let key = DigestKey::new([7; 32]);
        for section in [json!({"data": {"k": "dmFsdWU="}}), json!({"stringData": {"k": "value"}})] {
            let mut secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}});
            secret.as_object_mut().unwrap().extend(section.as_object().unwrap().clone());
            let stored = redacted(&secret, &key);
            assert_eq!(redacted(&fold(&stored), &key), redacted(&fold(&secret), &key));
            assert!(!stored.to_string().contains("dmFsdWU="));
            assert_ne!(stored, redacted(&secret, &DigestKey::new([8; 32])), "the key counts");
        }
    }
}
