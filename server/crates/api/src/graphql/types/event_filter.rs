//! Which events are asked for. A name that no event has would give an empty list for ever, so it is refused.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use async_graphql::InputObject;
use hypo_app::{Error, events};
use hypo_tmf::{
    event::{Change, Subject},
    registry::resources,
};
use uuid::Uuid;

/// Kind of the events that clients publish to topics; their types are the clients' own.
const PUBLISHED: &str = "event";
/// Names that are offered instead of a wrong one.
const NEAREST: usize = 3;

/// Which events. Members that are left out do not restrict.
#[derive(Default, InputObject)]
pub struct EventFilter {
    /// Names such as `ServiceOrderStateChangeEvent`. With `event` among the resources also those of clients' own.
    types: Option<Vec<String>>,
    /// Kinds of documents, for example `serviceOrder`; `event` for what clients publish to topics.
    resources: Option<Vec<String>>,
    /// One document.
    resource_id: Option<Uuid>,
    /// TMF630 filters on the event and `fields`, for example `event.serviceOrder.state=completed`.
    query: Option<String>,
}

/// Kinds of documents with the types of their events.
static KNOWN: LazyLock<BTreeMap<&'static str, BTreeSet<String>>> = LazyLock::new(|| {
    let all = [Change::Created, Change::Changed, Change::StateChanged, Change::Deleted];
    let types = |kind| all.into_iter().filter_map(move |change| Subject::of(kind).event_type(change));
    let declared = |events: &'static [&'static str]| events.iter().map(|name| (*name).to_owned());
    let mut known: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
    for resource in resources() {
        known.entry(resource.kind).or_default().extend(types(resource.kind).chain(declared(resource.events)));
    }
    known
});

impl TryFrom<EventFilter> for events::Wish {
    type Error = Error;

    fn try_from(filter: EventFilter) -> Result<Self, Error> {
        let (types, resources) = (filter.types.unwrap_or_default(), filter.resources.unwrap_or_default());
        for kind in &resources {
            if !KNOWN.contains_key(kind.as_str()) {
                return Err(unknown("resources", kind, KNOWN.keys().copied()));
            }
        }
        let names = || KNOWN.values().flatten().map(String::as_str);
        let own = resources.iter().any(|kind| kind == PUBLISHED);
        for name in types.iter().filter(|_| !own) {
            if !names().any(|known| known == name) {
                return Err(unknown("types", name, names()));
            }
        }
        Ok(Self { types, resources, subject: filter.resource_id, query: filter.query })
    }
}

fn unknown<'a>(member: &str, name: &str, known: impl Iterator<Item = &'a str>) -> Error {
    let mut known: Vec<&str> = known.collect();
    known.sort_by_key(|known| distance(name, known));
    let nearest = known[..known.len().min(NEAREST)].join(", ");
    let text = match member {
        "types" => {
            format!(
                "No event has the type {name:?}; the nearest are {nearest}. Types of clients' own events go with resources: [\"event\"]."
            )
        }
        _ => format!("No events are about {name:?}; the nearest are {nearest}."),
    };
    Error::field(&format!("filter.{member}"), "unknown", text)
}

/// Letters to change, add or take away to come from one name to the other, whatever their case.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().flat_map(char::to_lowercase).collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    // Nobody means a name that long.
    for (line, letter) in one.chars().take(100).flat_map(char::to_lowercase).enumerate() {
        let mut before = std::mem::replace(&mut row[0], line + 1);
        for (column, known) in other.iter().enumerate() {
            let swap = before + usize::from(letter != *known);
            before = row[column + 1];
            row[column + 1] = swap.min(before + 1).min(row[column] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(types: &[&str], resources: &[&str]) -> Result<events::Wish, String> {
        let list = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect());
        let filter = EventFilter { types: list(types), resources: list(resources), ..EventFilter::default() };
        filter.try_into().map_err(|error: Error| error.message)
    }

    #[test]
    fn known_names_pass_and_others_are_refused_with_the_nearest() {
        assert!(read(&[], &[]).is_ok());
        assert!(read(&["ServiceOrderStateChangeEvent", "TopicCreateEvent"], &["serviceOrder", "topic"]).is_ok());
        assert!(read(&["GeographicAddressCreateEvent"], &[]).is_ok(), "an extension of ours");
        assert!(read(&["theirs.own"], &["event"]).is_ok(), "what clients publish has types of their own");
        let refused = read(&["ServiceOrderStateChangedEvent"], &[]).unwrap_err();
        assert!(refused.contains("ServiceOrderStateChangeEvent"), "{refused}");
        assert!(read(&["Nope"], &["serviceOrder"]).is_err());
        let refused = read(&[], &["ServiceOrders"]).unwrap_err();
        assert!(refused.contains("serviceOrder"), "{refused}");
    }

    #[test]
    fn the_distance_counts_letters() {
        assert_eq!(["abc", "abd", "ab", "", "xABC"].map(|name| distance(name, "abc")), [0, 1, 1, 3, 1]);
    }
}
