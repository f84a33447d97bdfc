//! Drift: fields whose live value is no longer the planned one.

use hypo_shared::plan::FieldDiff;
use serde_json::Value;

use crate::digest::DigestKey;

/// Fields of `desired` that differ in `live`, after defaults, status and managed fields are set aside; secret data
/// is compared and shown by digest only, under the key that `desired` was stored with. An object that is gone gives one
/// difference with an empty path.
#[must_use]
pub fn of(desired: &Value, live: Option<&Value>, digests: &DigestKey) -> Vec<FieldDiff> {
    crate::plan::diff(desired, live, digests)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(desired: &Value, live: Option<&Value>) -> Vec<FieldDiff> {
        super::of(desired, live, &DigestKey::new([7; 32]))
    }

    #[test]
    fn a_changed_field_and_a_missing_object() {
        let desired = json!({"kind": "Deployment", "metadata": {"name": "web"}, "spec": {"replicas": 2}});
        let live = json!({"kind": "Deployment", "metadata": {"name": "web", "uid": "u"}, "spec": {"replicas": 5, "paused": false}});
        let drift = of(&desired, Some(&live));
        assert_eq!(drift.len(), 1);
        assert_eq!((drift[0].path.as_str(), &drift[0].from, &drift[0].to), ("/spec/replicas", &json!(5), &json!(2)));
        assert_eq!(of(&desired, None)[0].path, "");
        assert!(of(&desired, Some(&desired)).is_empty());
    }
}
