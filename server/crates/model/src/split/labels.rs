//! Our labels on objects and pods. Selectors are never touched: they keep selecting what the package meant.

use hypo_shared::plan::RecordedOverride;
use serde_json::{Value, json};

use crate::{
    identity::{ServiceIdentity, label_value},
    object,
    ports::cluster::{LABEL_COMPONENT, LABEL_MANAGED, LABEL_ORDER, LABEL_SERVICE, MANAGED},
};

/// Labels an object, its pod template and its claim templates. Only a label that stood there before is recorded.
pub(super) fn stamp(target: &mut Value, identity: &ServiceIdentity, component: Option<&str>) -> Vec<RecordedOverride> {
    let service = identity.service.to_string();
    let component = component.map(label_value);
    let mut lasting = vec![(LABEL_SERVICE, service)];
    lasting.extend(component.map(|component| (LABEL_COMPONENT, component)));
    let mut own = lasting.clone();
    own.push((LABEL_ORDER, identity.order.to_string()));
    own.push((LABEL_MANAGED, MANAGED.to_owned()));
    let mut recorded = Vec::new();
    put(target, "/metadata", &own, &mut recorded);
    // Pods and claims get no order: a new order would restart every pod.
    let kind = object::kind(target).to_owned();
    if kind == "CronJob" {
        put(target, "/spec/jobTemplate/metadata", &lasting, &mut recorded);
    }
    if let Some(pointer) = object::pod_template_pointer(&kind) {
        put(target, &format!("{pointer}/metadata"), &lasting, &mut recorded);
    }
    if kind == "StatefulSet" {
        for index in 0..object::array(target, "/spec/volumeClaimTemplates").len() {
            put(target, &format!("/spec/volumeClaimTemplates/{index}/metadata"), &lasting, &mut recorded);
        }
    }
    recorded
}

fn put(target: &mut Value, metadata: &str, labels: &[(&str, String)], recorded: &mut Vec<RecordedOverride>) {
    let (parent, key) = metadata.rsplit_once('/').expect("every caller names a member");
    let Some(holder) = target.pointer_mut(parent) else { return };
    let Some(map) = object::ensure(holder, &[key, "labels"]) else { return };
    for (label, value) in labels {
        let before = map.insert((*label).to_owned(), json!(value));
        if let Some(from) = before.filter(|from| from != value) {
            recorded.push(RecordedOverride {
                path: format!("{metadata}/labels/{}", object::escape(label)),
                from,
                to: json!(value),
                reason: "the label says who owns the object".to_owned(),
            });
        }
    }
}
