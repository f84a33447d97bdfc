//! Secret data leaves a render for the secret store and is put back when objects are applied (architecture rule 7).
//! What stays in the record are digests.

use std::collections::BTreeMap;

use hypo_model::{
    digest::DigestKey,
    ports::secrets::{SecretRef, SecretValue},
};
use hypo_package::{
    Document, Render,
    values::{FieldKind, FormField},
};
use hypo_shared::{PackageId, TenantId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{Error, Result};

/// Kind of the secret that holds a package's secret data; its name is the package's id.
const KIND: &str = "package-secret";
/// Members of a Secret that hold data (core `v1`).
const DATA: [&str; 2] = ["data", "stringData"];

/// Secret data of a render: document index to the members of its Secret.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Sealed {
    documents: BTreeMap<usize, Value>,
}

impl Sealed {
    /// Takes the secret data out of a render and leaves digests.
    pub fn take(render: &mut Render, key: &DigestKey) -> Self {
        let mut documents = BTreeMap::new();
        for (index, document) in render.documents.iter_mut().enumerate() {
            if let Some(data) = take(document, key) {
                documents.insert(index, data);
            }
        }
        // Those are never applied.
        for document in &mut render.dropped {
            take(document, key);
        }
        Self { documents }
    }

    /// Puts the secret data back.
    pub fn put(&self, render: &mut Render) {
        for (index, data) in &self.documents {
            let Some(document) = render.documents.get_mut(*index) else { continue };
            for member in DATA {
                if let Some(value) = data.get(member) {
                    document.object[member] = value.clone();
                }
            }
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    pub fn to_secret(&self) -> Result<SecretValue> {
        Ok(SecretValue(serde_json::to_vec(self)?))
    }

    pub fn from_secret(secret: &SecretValue) -> Result<Self> {
        serde_json::from_slice(&secret.0).map_err(Error::from)
    }
}

/// Where a package's secret data lies.
pub fn at(tenant: TenantId, package: PackageId) -> SecretRef {
    SecretRef { tenant, kind: KIND.to_owned(), name: package.to_string() }
}

/// Replaces the data of a Secret by digests and gives what was there; `None` for any other object.
fn take(document: &mut Document, key: &DigestKey) -> Option<Value> {
    let object = &mut document.object;
    if object["kind"] != "Secret" || object["apiVersion"] != "v1" {
        return None;
    }
    let mut taken = json!({});
    for member in DATA {
        let Some(data) = object.get_mut(member).filter(|data| data.is_object()) else { continue };
        taken[member] = data.clone();
        for value in data.as_object_mut().into_iter().flat_map(|data| data.values_mut()) {
            *value = Value::String(digest(value, key));
        }
    }
    Some(taken)
}

fn digest(value: &Value, key: &DigestKey) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    key.mark(text.as_bytes())
}

/// Replaces what a user typed into secret fields of the form by digests.
pub fn redact_values(values: &mut Value, form: &[FormField], key: &DigestKey) {
    for field in form.iter().filter(|field| field.kind == FieldKind::Secret) {
        let mut at = Some(&mut *values);
        for key in keys_of(&field.path) {
            at = at.and_then(|value| value.get_mut(&key));
        }
        if let Some(value) = at.filter(|value| !value.is_null() && value.as_str() != Some("")) {
            *value = Value::String(digest(value, key));
        }
    }
}

/// The keys of a values path; `\.` is a dot inside a key.
pub fn keys_of(path: &str) -> Vec<String> {
    let mut keys = vec![String::new()];
    let mut letters = path.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => keys.last_mut().into_iter().for_each(|key| key.extend(letters.next())),
            '.' => keys.push(String::new()),
            letter => keys.last_mut().into_iter().for_each(|key| key.push(letter)),
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use hypo_package::Origin;

    use super::*;

    fn render() -> Render {
        let document = |object: Value| Document { object, origin: Origin::default() };
        Render::new(vec![
            document(
                json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"k": "plain"}}),
            ),
            document(json!({
                "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "b"},
                "data": {"password": "aHVudGVyMg=="}, "stringData": {"token": "canary"},
            })),
        ])
    }

    #[test]
    fn nothing_secret_stays_and_all_of_it_comes_back() {
        let (original, mut stored) = (render(), render());
        let sealed = Sealed::take(&mut stored, &DigestKey::new([7; 32]));
        let text = serde_json::to_string(&stored).unwrap();
        assert!(!text.contains("aHVudGVyMg==") && !text.contains("canary") && text.contains("plain"));
        assert_eq!(stored.digest, original.digest);
        let secret = sealed.to_secret().unwrap();
        Sealed::from_secret(&secret).unwrap().put(&mut stored);
        assert_eq!(stored, original);
    }

    #[test]
    fn secret_values_are_stored_as_digests() {
        let field = |path: &str, kind| FormField {
            path: path.to_owned(),
            kind,
            default: Value::Null,
            allowed: Vec::new(),
            description: String::new(),
            required: false,
        };
        let mut values = json!({"db": {"pass.word": "canary", "user": "ada"}});
        redact_values(
            &mut values,
            &[field("db.pass\\.word", FieldKind::Secret), field("db.user", FieldKind::Text)],
            &DigestKey::new([7; 32]),
        );
        assert!(!values.to_string().contains("canary"));
        assert_eq!(values["db"]["user"], "ada");
    }
}
