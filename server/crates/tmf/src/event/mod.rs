//! Events about documents (TMF630 part 1, section 10, and TMF688): which events a change is, and their bodies.

mod body;
mod hub;

use serde_json::Value;

use crate::{Resource, registry};

pub use body::Happening;
pub use hub::HubQuery;

/// What happened to a document. One TMF event each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Change {
    Created,
    /// Members other than the state.
    Changed,
    StateChanged,
    Deleted,
}

impl Change {
    /// As the outbox calls it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Change::Created => "created",
            Change::Changed => "changed",
            Change::StateChanged => "stateChanged",
            Change::Deleted => "deleted",
        }
    }

    /// Endings of event names, the first that a specification declares is taken. Some families know one kind of
    /// change only, and TMF674 speaks of a status.
    const fn endings(self) -> &'static [&'static str] {
        match self {
            Change::Created => &["CreateEvent"],
            Change::Changed => &["AttributeValueChangeEvent", "ChangeEvent"],
            Change::StateChanged => &["StateChangeEvent", "StatusChangeEvent", "ChangeEvent"],
            Change::Deleted => &["DeleteEvent"],
        }
    }
}

/// The resource type that events of a kind of document are about.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    resource: Option<&'static Resource>,
}

impl Subject {
    /// The home of a kind of document. An unknown kind has no TMF events.
    #[must_use]
    pub fn of(kind: &str) -> Self {
        Self { resource: Resource::of_kind(kind) }
    }

    /// The name of the event, or `None` when the specification declares events and none for this. A resource whose
    /// specification declares none at all (geographicAddress, the jobs of TMF620) has the usual four, as an extension.
    #[must_use]
    pub fn event_type(self, change: Change) -> Option<String> {
        let resource = self.resource?;
        let name = |ending: &&str| format!("{}{ending}", resource.type_name);
        if resource.events.is_empty() {
            return change.endings().first().map(name);
        }
        change.endings().iter().map(name).find(|name| resource.events.contains(&name.as_str()))
    }

    /// What an update was: the state, anything else, or both. A family that has one event for both gets one. An
    /// update that changed nothing is a change of attributes: its revision is a new one.
    #[must_use]
    pub fn changes(self, before: &Value, after: &Value, state_moved: bool) -> Vec<Change> {
        let state = self.resource.and_then(|resource| resource.state).unwrap_or("state");
        let moved = state_moved || before.get(state) != after.get(state);
        let others = differ(before, after, state);
        match (moved, others) {
            (true, true) if self.event_type(Change::StateChanged) == self.event_type(Change::Changed) => {
                vec![Change::StateChanged]
            }
            (true, true) => vec![Change::StateChanged, Change::Changed],
            (true, false) => vec![Change::StateChanged],
            (false, _) => vec![Change::Changed],
        }
    }
}

/// Whether members other than `except` differ.
fn differ(before: &Value, after: &Value, except: &str) -> bool {
    let (Some(before), Some(after)) = (before.as_object(), after.as_object()) else { return before != after };
    let others = |members: &serde_json::Map<String, Value>| members.keys().filter(|name| *name != except).count();
    others(before) != others(after)
        || before.iter().any(|(name, value)| name != except && after.get(name) != Some(value))
}

/// Kinds of documents whose events a listener at this base path hears.
#[must_use]
pub fn kinds_at(base: &str) -> Vec<&'static str> {
    registry::resources()
        .filter(|resource| resource.family.bases().any(|known| known == base))
        .map(|resource| resource.kind)
        .collect()
}

/// The base path of an API that `path` lies in, the official one when an alias was used, and what follows it.
#[must_use]
pub fn base_of(path: &str) -> Option<(&'static str, &str)> {
    registry::resources().find_map(|resource| {
        let rest = resource.family.bases().find_map(|base| path.strip_prefix(base)?.strip_prefix('/'))?;
        Some((resource.family.base, rest))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_those_of_the_specifications() {
        for (kind, change, expected) in [
            ("serviceOrder", Change::Created, Some("ServiceOrderCreateEvent")),
            ("serviceOrder", Change::StateChanged, Some("ServiceOrderStateChangeEvent")),
            ("serviceOrder", Change::Changed, Some("ServiceOrderAttributeValueChangeEvent")),
            ("service", Change::Deleted, Some("ServiceDeleteEvent")),
            ("serviceSpecification", Change::StateChanged, Some("ServiceSpecificationChangeEvent")),
            ("serviceSpecification", Change::Changed, Some("ServiceSpecificationChangeEvent")),
            ("organization", Change::Created, Some("OrganizationCreateEvent")),
            ("nothing", Change::Created, None),
        ] {
            assert_eq!(Subject::of(kind).event_type(change).as_deref(), expected, "{kind} {change:?}");
        }
    }

    #[test]
    fn an_update_is_what_differs() {
        let order = Subject::of("serviceOrder");
        let (a, b) = (json!({"state": "held", "note": [1]}), json!({"state": "inProgress", "note": [1]}));
        let c = json!({"state": "inProgress", "note": [1, 2], "new": null});
        assert_eq!(order.changes(&a, &b, false), [Change::StateChanged]);
        assert_eq!(order.changes(&b, &c, false), [Change::Changed]);
        assert_eq!(order.changes(&a, &c, false), [Change::StateChanged, Change::Changed]);
        assert_eq!(order.changes(&a, &a, true), [Change::StateChanged]);
        assert_eq!(order.changes(&a, &a, false), [Change::Changed]);
        let specification = Subject::of("serviceSpecification");
        let (old, new) = (json!({"lifecycleStatus": "Active", "v": 1}), json!({"lifecycleStatus": "Retired", "v": 2}));
        assert_eq!(specification.changes(&old, &new, false), [Change::StateChanged]);
    }

    #[test]
    fn a_base_path_has_its_kinds() {
        assert!(kinds_at("/tmf-api/serviceOrdering/v4").contains(&"serviceOrder"));
        assert!(!kinds_at("/tmf-api/serviceOrdering/v4").contains(&"service"));
        assert_eq!(base_of("/tmf-api/serviceOrdering/v4/hub/7"), Some(("/tmf-api/serviceOrdering/v4", "hub/7")));
        assert_eq!(base_of("/tmf-api/serviceOrdering/v4"), None);
    }
}
