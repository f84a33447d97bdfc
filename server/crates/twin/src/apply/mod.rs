//! Field ownership: server-side apply (KEP-555) and the tracking of plain updates.

pub mod fields;
mod managers;
mod merge;
mod shape;

use serde_json::Value;

use crate::{
    error::{ApiError, ApiResult},
    json,
};
use fields::{FieldSet, print_path};
use managers::Manager;
pub use merge::strip_nulls;

/// Who writes, and how it is recorded.
#[derive(Clone, Debug)]
pub struct Writer<'w> {
    pub manager: &'w str,
    pub api_version: &'w str,
    pub subresource: &'w str,
    /// RFC 3339, whole seconds.
    pub time: &'w str,
    /// Custom resources merge without the built-in schema.
    pub custom: bool,
}

/// Fields the server owns; nobody manages them.
fn managed(value: &Value, custom: bool) -> FieldSet {
    let mut set = FieldSet::of(value, custom);
    for field in ["f:apiVersion", "f:kind"] {
        set.cut(&[field]);
    }
    for field in [
        "f:name",
        "f:namespace",
        "f:uid",
        "f:resourceVersion",
        "f:generation",
        "f:creationTimestamp",
        "f:deletionTimestamp",
        "f:deletionGracePeriodSeconds",
        "f:selfLink",
        "f:managedFields",
    ] {
        set.cut(&["f:metadata", field]);
    }
    if let Some(metadata) = set.children.get_mut("f:metadata") {
        metadata.own = false;
        if metadata.is_empty() {
            set.children.remove("f:metadata");
        }
    }
    set
}

/// Applies a configuration to a live object and returns the merged object with its managers.
///
/// # Errors
/// 409 with every conflicting field, unless `force`.
pub fn apply(live: &Value, config: &Value, force: bool, writer: &Writer<'_>) -> ApiResult<Value> {
    let custom = writer.custom;
    let mut config = config.clone();
    strip_nulls(&mut config);
    let wanted = managed(&config, custom);
    let mut all = managers::read(live);
    let me = Manager {
        name: writer.manager.into(),
        operation: "Apply".into(),
        api_version: writer.api_version.into(),
        subresource: writer.subresource.into(),
        time: writer.time.into(),
        fields: wanted.clone(),
    };
    let mut conflicts = vec![];
    for other in all.iter_mut().filter(|other| !other.same(&me)) {
        let mut lost = FieldSet::default();
        for path in other.fields.intersection(&wanted).paths() {
            let mine = merge::lookup(&config, &path, &mut vec![], custom);
            let theirs = merge::lookup(live, &path, &mut vec![], custom);
            let item = path.last().is_some_and(|last| last.starts_with("k:"));
            if mine != theirs && !item {
                conflicts.push((other.print(), print_path(&path)));
                lost.insert(&path);
            }
        }
        if force {
            other.fields.subtract(&lost);
        }
    }
    if !conflicts.is_empty() && !force {
        return Err(ApiError::apply_conflict(&conflicts));
    }
    let mut merged = live.clone();
    let mut overlay = config;
    for server in ["resourceVersion", "uid", "creationTimestamp", "generation", "managedFields"] {
        json::remove(&mut overlay, &format!("/metadata/{server}"));
    }
    merge::merge(&mut merged, &overlay, &mut vec![], custom);
    let previous = all.iter().find(|other| other.same(&me)).cloned();
    if let Some(previous) = &previous {
        let mut kept = wanted.clone();
        all.iter().filter(|other| !other.same(&me)).for_each(|other| kept.add(&other.fields));
        let mut gone = previous.fields.clone();
        gone.subtract(&kept);
        merge::remove(&mut merged, &gone, &kept, &mut vec![], custom);
    }
    match all.iter_mut().find(|other| other.same(&me)) {
        Some(entry) if entry.fields == me.fields => {}
        Some(entry) => *entry = me,
        None => all.push(me),
    }
    managers::write(&mut merged, &all);
    Ok(merged)
}

/// Records a plain create, update or patch: what changed belongs to the writer now.
pub fn track(old: &Value, new: &mut Value, writer: &Writer<'_>) {
    let custom = writer.custom;
    let before = managed(old, custom);
    let after = managed(new, custom);
    let mut removed = before.clone();
    removed.subtract(&after);
    let mut changed = FieldSet::default();
    for path in after.paths() {
        let item = path.last().is_some_and(|last| last.starts_with("k:"));
        let was = merge::lookup(old, &path, &mut vec![], custom);
        if was.is_none() || (!item && was != merge::lookup(new, &path, &mut vec![], custom)) {
            changed.insert(&path);
        }
    }
    let mut all = managers::read(old);
    if !changed.is_empty() || !removed.is_empty() {
        let mut me = Manager {
            name: writer.manager.into(),
            operation: "Update".into(),
            api_version: writer.api_version.into(),
            subresource: writer.subresource.into(),
            time: writer.time.into(),
            fields: FieldSet::default(),
        };
        for other in &mut all {
            other.fields.subtract(&removed);
            if !other.same(&me) {
                other.fields.subtract(&changed);
            }
        }
        match all.iter_mut().find(|other| other.same(&me)) {
            Some(entry) => {
                entry.fields.add(&changed);
                entry.time = writer.time.into();
            }
            None => {
                me.fields = changed;
                all.push(me);
            }
        }
    }
    managers::write(new, &all);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn writer(manager: &str) -> Writer<'_> {
        Writer { manager, api_version: "apps/v1", subresource: "", time: "2026-01-01T00:00:00Z", custom: false }
    }

    fn deployment(image: &str, replicas: Option<i64>) -> Value {
        let mut object = json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "labels": {"app": "web"}},
            "spec": {"template": {"spec": {"containers": [
                {"name": "main", "image": image, "env": [{"name": "A", "value": "1"}]}
            ]}}},
        });
        if let Some(replicas) = replicas {
            object["spec"]["replicas"] = replicas.into();
        }
        object
    }

    #[test]
    fn a_dropped_field_goes_when_nobody_else_has_it() {
        let base = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}});
        let first = apply(&base, &deployment("a", Some(2)), false, &writer("one")).expect("applies");
        assert_eq!(first["spec"]["replicas"], 2);
        let second = apply(&first, &deployment("a", None), false, &writer("one")).expect("applies");
        assert_eq!(second["spec"].get("replicas"), None);
        assert_eq!(second["spec"]["template"]["spec"]["containers"][0]["image"], "a");
    }

    #[test]
    fn shared_fields_survive_and_conflicts_name_the_field() {
        let base = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}});
        let first = apply(&base, &deployment("a", Some(2)), false, &writer("one")).expect("applies");
        let both = apply(&first, &deployment("a", Some(2)), false, &writer("two")).expect("same values, no conflict");
        let less = apply(&both, &deployment("a", None), false, &writer("one")).expect("applies");
        assert_eq!(less["spec"]["replicas"], 2, "still managed by two");
        let error = apply(&both, &deployment("b", Some(2)), false, &writer("two")).unwrap_err();
        assert_eq!(error.code, 409);
        assert_eq!(
            error.message,
            "Apply failed with 1 conflict: conflict with \"one\": .spec.template.spec.containers[name=\"main\"].image"
        );
        let forced = apply(&both, &deployment("b", Some(2)), true, &writer("two")).expect("forced");
        let again = apply(&forced, &deployment("c", Some(2)), false, &writer("two")).expect("sole owner now");
        assert_eq!(again["spec"]["template"]["spec"]["containers"][0]["image"], "c");
    }

    #[test]
    fn an_item_goes_with_its_last_owner() {
        let base = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}});
        let mut two = deployment("a", None);
        two["spec"]["template"]["spec"]["containers"][0]["env"] =
            json!([{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]);
        let first = apply(&base, &two, false, &writer("one")).expect("applies");
        let second = apply(&first, &deployment("a", None), false, &writer("one")).expect("applies");
        assert_eq!(second["spec"]["template"]["spec"]["containers"][0]["env"], json!([{"name": "A", "value": "1"}]));
    }

    #[test]
    fn updates_take_fields_over() {
        let base = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}});
        let live = apply(&base, &deployment("a", Some(2)), false, &writer("one")).expect("applies");
        let mut edited = live.clone();
        edited["spec"]["replicas"] = 5.into();
        track(&live, &mut edited, &writer("editor"));
        let error = apply(&edited, &deployment("a", Some(2)), false, &writer("one")).unwrap_err();
        assert_eq!(
            error.message,
            "Apply failed with 1 conflict: conflict with \"editor\" using apps/v1 at 2026-01-01T00:00:00Z: .spec.replicas"
        );
        let fields = &edited["metadata"]["managedFields"][0]["fieldsV1"]["f:spec"];
        assert_eq!(fields.get("f:replicas"), None);
        assert!(fields["f:template"]["f:spec"]["f:containers"]["k:{\"name\":\"main\"}"].get(".").is_some());
    }
}
