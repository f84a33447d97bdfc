//! Helm hooks: annotation `helm.sh/hook` (helm.sh, "Chart Hooks").

use super::Hook;
use crate::{manifest::Document, object};

const APPLIED: [&str; 4] = ["pre-install", "post-install", "pre-upgrade", "post-upgrade"];

/// Documents that are applied, the hooks among them, and the hooks that are not applied.
pub(super) fn separate(documents: Vec<Document>) -> (Vec<Document>, Vec<Hook>, Vec<Document>) {
    let mut kept = Vec::with_capacity(documents.len());
    let mut hooks = Vec::new();
    let mut dropped = Vec::new();
    for document in documents {
        let text = object::text(&document.object, "/metadata/annotations/helm.sh~1hook");
        if text.is_empty() {
            kept.push(document);
            continue;
        }
        let events: Vec<String> =
            text.split(',').map(str::trim).filter(|event| APPLIED.contains(event)).map(str::to_owned).collect();
        // `crd-install` is Helm 2's; such objects are applied like any other.
        if events.is_empty() && !text.contains("crd-install") {
            dropped.push(document);
            continue;
        }
        if !events.is_empty() {
            let weight =
                object::text(&document.object, "/metadata/annotations/helm.sh~1hook-weight").parse().unwrap_or(0);
            hooks.push(Hook { document: kept.len(), events, weight });
        }
        kept.push(document);
    }
    (kept, hooks, dropped)
}

/// The events of a hook document that is not applied, for notes.
pub(crate) fn events(document: &Document) -> &str {
    object::text(&document.object, "/metadata/annotations/helm.sh~1hook")
}
