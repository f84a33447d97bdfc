//! OpenShift's constraint `restricted-v2` picks user and group itself: fixed ones are taken out.

use serde_json::Value;

use super::{Outcome, note, put};
use crate::object;

const FIXED: [&str; 4] = ["runAsUser", "runAsGroup", "fsGroup", "supplementalGroups"];

pub(super) fn relax(target: &mut Value, pointer: &str, outcome: &mut Outcome) {
    let reason = "OpenShift chooses user and group (SCC restricted-v2)";
    let before = outcome.overrides.len();
    let mut contexts = vec![format!("{pointer}/securityContext")];
    for list in ["initContainers", "containers"] {
        let count = target.pointer(&format!("{pointer}/{list}")).and_then(Value::as_array).map_or(0, Vec::len);
        contexts.extend((0..count).map(|index| format!("{pointer}/{list}/{index}/securityContext")));
    }
    for context in contexts {
        for key in FIXED {
            put(target, outcome, &format!("{context}/{key}"), Value::Null, reason);
        }
    }
    if outcome.overrides.len() > before {
        let text = format!(
            "{}: OpenShift runs it as an arbitrary user of group 0; folders it writes to must allow that.",
            object::name(target)
        );
        note(outcome, "openshift-user", text);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fixed_ids_go_and_the_rest_stays() {
        let mut pod = json!({"kind": "Pod", "metadata": {"name": "p"}, "spec": {
            "securityContext": {"fsGroup": 1000, "runAsUser": 1000, "runAsNonRoot": true},
            "containers": [{"name": "a", "securityContext": {"runAsUser": 1000, "readOnlyRootFilesystem": true}}, {"name": "b"}]}});
        let mut outcome = Outcome::default();
        relax(&mut pod, "/spec", &mut outcome);
        assert_eq!(pod.pointer("/spec/securityContext"), Some(&json!({"runAsNonRoot": true})));
        assert_eq!(pod.pointer("/spec/containers/0/securityContext"), Some(&json!({"readOnlyRootFilesystem": true})));
        assert_eq!(pod.pointer("/spec/containers/1"), Some(&json!({"name": "b"})));
        assert_eq!(outcome.overrides.len(), 3);
        assert_eq!(outcome.notes.len(), 1);
    }
}
