//! States: OpenSlice writes those of orders and their items in upper case, those of services as the specification
//! does, and reads any case.

use serde_json::Value;

use super::is_work;
use crate::{Resource, registry::Area};

/// States of orders where lower case alone is not the rule, and the one the specification has no name for: an order
/// that nobody has taken up yet.
const ORDERS: &[(&str, &str)] = &[
    ("inProgress", "INPROGRESS"),
    ("assessingCancellation", "ASSESSINGCANCELLATION"),
    ("pendingCancellation", "PENDINGCANCELLATION"),
    ("acknowledged", "INITIAL"),
];

/// The members of an order that hold its items, in both dialects.
const ITEMS: [&str; 3] = ["serviceOrderItem", "orderItem", "productOrderItem"];

pub(super) fn inward(resource: &Resource, document: &mut Value) {
    if resource.family.area == Area::Ordering {
        each_of_order(document, &official);
    } else if is_work(resource)
        && let Some(Value::String(state)) = document.get_mut("state")
    {
        let known = resource.main_machine().into_iter().flat_map(|machine| machine.names());
        if let Some(known) = known.into_iter().find(|known| known.eq_ignore_ascii_case(state)) {
            *state = known.to_owned();
        }
    }
}

pub(super) fn outward(resource: &Resource, document: &mut Value) {
    if resource.family.area == Area::Ordering {
        each_of_order(document, &|state| state.to_ascii_uppercase());
    }
}

fn official(state: &str) -> String {
    let known = ORDERS.iter().find(|(_, other)| state.eq_ignore_ascii_case(other));
    known.map_or_else(|| state.to_ascii_lowercase(), |(official, _)| (*official).to_owned())
}

/// Applies a spelling to the state of an order and of its items.
fn each_of_order(document: &mut Value, spelling: &dyn Fn(&str) -> String) {
    let spell = |value: &mut Value| {
        if let Some(Value::String(state)) = value.get_mut("state") {
            *state = spelling(state);
        }
    };
    spell(document);
    for items in ITEMS {
        if let Some(Value::Array(items)) = document.get_mut(items) {
            items.iter_mut().for_each(spell);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{
        Dialect, Resource,
        registry::{SERVICE_INVENTORY, SERVICE_ORDERING},
        shape,
    };

    #[test]
    fn orders_are_upper_case_and_services_are_not() {
        let order = Resource::find(SERVICE_ORDERING.base, "serviceOrder").unwrap();
        let stored = json!({"state": "inProgress", "serviceOrderItem": [
            {"id": "1", "state": "acknowledged", "service": {"state": "feasibilityChecked"}}]});
        let shown = Dialect::OpenSlice.outward(order, stored.clone());
        assert_eq!(
            shown,
            json!({"state": "INPROGRESS", "orderItem": [
                {"id": "1", "state": "ACKNOWLEDGED", "service": {"state": "feasibilityChecked"}}]})
        );
        let mut back = Dialect::OpenSlice.inward(order, shown);
        back.as_object_mut().unwrap().shift_remove(shape::DIALECT);
        assert_eq!(back, stored);
        let new = Dialect::OpenSlice.inward(order, json!({"state": "INITIAL"}));
        assert_eq!(new["state"], "acknowledged");
    }

    #[test]
    fn a_service_is_read_in_any_case() {
        let service = Resource::find(SERVICE_INVENTORY.base, "service").unwrap();
        for (sent, read) in [("TERMINATED", "terminated"), ("FeasibilityChecked", "feasibilityChecked"), ("odd", "odd")]
        {
            assert_eq!(Dialect::OpenSlice.inward(service, json!({"state": sent}))["state"], read);
        }
        assert_eq!(Dialect::OpenSlice.outward(service, json!({"state": "active"}))["state"], "active");
    }
}
