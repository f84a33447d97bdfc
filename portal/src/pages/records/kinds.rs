//! What the server offers, asked once.

use std::{cell::RefCell, collections::BTreeMap, sync::Arc};

use hypo_shared::machine::{self, Machine};
use serde_json::Value;

use crate::{
    api::{ApiError, tmf},
    routes::Group,
    ui::badge::Tone,
};

/// A kind of document.
#[derive(Clone, Debug, PartialEq)]
pub struct Kind {
    /// For example `TMF633`.
    pub api: String,
    pub collection: String,
    /// Name of its schema.
    pub type_name: String,
    pub about: String,
    /// Address of the collection.
    pub path: String,
    /// Address of the OpenAPI document.
    pub openapi: String,
    pub creates: bool,
    pub changes: bool,
    pub deletes: bool,
    /// The member that holds the state, and which state may follow which.
    pub state: Option<(String, &'static Machine)>,
}

thread_local! {
    static KINDS: RefCell<Option<Arc<Vec<Kind>>>> = const { RefCell::new(None) };
    static SCHEMAS: RefCell<BTreeMap<String, Arc<Value>>> = const { RefCell::new(BTreeMap::new()) };
}

/// The kinds of a group, in the order of its APIs.
pub async fn of_group(group: Group) -> Result<Vec<Kind>, ApiError> {
    let all = all().await?;
    let order = |kind: &Kind| group.apis().iter().position(|api| *api == kind.api);
    let mut found: Vec<Kind> = all.iter().filter(|kind| order(kind).is_some()).cloned().collect();
    found.sort_by_key(order);
    Ok(found)
}

async fn all() -> Result<Arc<Vec<Kind>>, ApiError> {
    if let Some(kept) = KINDS.with(|kinds| kinds.borrow().clone()) {
        return Ok(kept);
    }
    let read = Arc::new(read(&tmf::json("/nbi/interfaces").await?));
    KINDS.with(|kinds| *kinds.borrow_mut() = Some(Arc::clone(&read)));
    Ok(read)
}

fn read(interfaces: &Value) -> Vec<Kind> {
    let list = |value: &Value, name: &str| value.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let mut found = Vec::new();
    for family in list(interfaces, "tmf") {
        for resource in list(&family, "resources") {
            let path = text(&resource, "path");
            // Elements of another document are shown with it; tasks that import and export files are for programs.
            if path.contains('{') || ["importJob", "exportJob"].contains(&text(&resource, "collection").as_str()) {
                continue;
            }
            let can = |of: &str, method: &str| text(&resource, of).split(", ").any(|it| it == method);
            let state = text(&resource, "state");
            let machine = text(&resource, "machine");
            let machine = machine::ALL.iter().find(|known| known.name == machine);
            found.push(Kind {
                api: text(&family, "api"),
                collection: text(&resource, "collection"),
                type_name: text(&resource, "type"),
                about: text(&resource, "description"),
                path,
                openapi: text(&family, "openapi"),
                creates: can("collectionMethods", "POST"),
                changes: can("documentMethods", "PATCH"),
                deletes: can("documentMethods", "DELETE"),
                state: machine.map(|machine| (state, *machine)),
            });
        }
    }
    found
}

/// A text member; empty where there is none.
pub fn text(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

impl Kind {
    /// The schemas of its family by name.
    pub async fn schemas(&self) -> Result<Arc<Value>, ApiError> {
        if let Some(kept) = SCHEMAS.with(|schemas| schemas.borrow().get(&self.openapi).cloned()) {
            return Ok(kept);
        }
        let mut document = tmf::json(&self.openapi).await?;
        let read = document.pointer_mut("/components/schemas").map(Value::take).unwrap_or_default();
        let read = Arc::new(read);
        SCHEMAS.with(|schemas| schemas.borrow_mut().insert(self.openapi.clone(), Arc::clone(&read)));
        Ok(read)
    }

    /// The document's state.
    pub fn state_of(&self, document: &Value) -> Option<String> {
        let (member, _) = self.state.as_ref()?;
        Some(text(document, member)).filter(|state| !state.is_empty())
    }

    /// States the caller may ask for now.
    pub fn next(&self, document: &Value) -> Vec<&'static str> {
        let Some((_, machine)) = self.state.as_ref().filter(|_| self.changes) else { return Vec::new() };
        let now = self.state_of(document).unwrap_or_default();
        let next = machine.next(&now).unwrap_or_default();
        next.iter().copied().filter(|to| machine.change(&now, to, false).is_ok()).collect()
    }

    /// `serviceSpecification` as `Service specification`.
    pub fn label(&self) -> String {
        words(&self.collection)
    }
}

/// A member's or collection's name in words.
pub fn words(name: &str) -> String {
    let mut out = String::new();
    for c in name.trim_start_matches('@').chars() {
        if out.is_empty() {
            out.extend(c.to_uppercase());
        } else if c.is_uppercase() {
            if !out.ends_with(' ') {
                out.push(' ');
            }
            out.extend(c.to_lowercase());
        } else {
            out.push(c);
        }
    }
    out
}

/// How a state feels. The words are those of all state machines; what is not here is neither good nor bad.
pub fn tone(state: &str) -> Tone {
    match state {
        "active" | "Active" | "Launched" | "available" | "completed" | "Completed" | "validated" | "enable"
        | "done" | "Succeeded" | "unlocked" => Tone::Ok,
        "acknowledged" | "inProgress" | "InProgress" | "pending" | "Running" | "accepted" | "designed" | "reserved"
        | "created" | "pendingActive" | "pendingTerminate" | "In Test" => Tone::Busy,
        "held" | "partial" | "suspended" | "assessingCancellation" | "pendingCancellation" | "alarm" | "Retired" => {
            Tone::Warn
        }
        "failed" | "rejected" | "Rejected" | "aborted" | "Failed" | "InError" | "terminatedWithError" => Tone::Bad,
        _ => Tone::Off,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn kinds_are_read_from_what_the_server_says() {
        let kinds = read(&json!({"tmf": [{
            "api": "TMF633", "openapi": "/x/openapi.json",
            "resources": [
                {"collection": "serviceSpecification", "type": "ServiceSpecification", "path": "/x/serviceSpecification",
                 "collectionMethods": "GET, HEAD, POST", "documentMethods": "GET, HEAD, PATCH",
                 "state": "lifecycleStatus", "machine": "Lifecycle"},
                {"collection": "event", "path": "/x/topic/{id}/event", "collectionMethods": "GET"},
            ],
        }]}));
        assert_eq!(kinds.len(), 1);
        let kind = &kinds[0];
        assert!(kind.creates && kind.changes && !kind.deletes);
        assert_eq!(kind.label(), "Service specification");
        assert_eq!(
            (words("In Study"), words("@type"), words("inProgress")),
            ("In study".into(), "Type".into(), "In progress".into())
        );
        assert_eq!(kind.next(&json!({"lifecycleStatus": "In Test"})), ["Active", "Rejected"]);
        assert_eq!(kind.next(&json!({"lifecycleStatus": "Obsolete"})), Vec::<&str>::new());
        assert_eq!(kind.next(&json!({"lifecycleStatus": "of its own"})), Vec::<&str>::new());
    }
}
