//! Changes of a running service that are orders: a client that sets its state to `terminated` or another value of a
//! characteristic in the inventory (TMF638), as OpenSlice's and HypO's clients do, has ordered that.

use hypo_shared::ErrorCode;
use hypo_store::documents::{Document, kind};
use hypo_tmf::{Method, Resource};
use serde_json::{Map, Value, json};

use crate::{
    App, Ctx, Error, Result, end_user,
    offerings::given,
    ordering::OFFERED,
    tmf::{create, permission, rejected},
};

const CHARACTERISTICS: &str = "serviceCharacteristic";

/// The order item a change asks for; `None` when it is no matter of an order, or asks for more than one can do.
pub(super) fn asked(before: &Document, after: &Value) -> Option<Value> {
    let (ends, changes) = (after["state"] != before.doc["state"], differ(&before.doc, after));
    let members = before.doc.as_object()?.iter().chain(after.as_object()?).map(|(name, _)| name.as_str());
    let others = members.filter(|name| !["state", CHARACTERISTICS].contains(name));
    if others.into_iter().any(|name| before.doc.get(name) != after.get(name)) {
        return None;
    }
    match (ends, changes) {
        (true, false) if after["state"] == "terminated" => {
            Some(json!({"action": "delete", "service": {"id": before.id}}))
        }
        (false, true) if before.doc.get(OFFERED).is_some() => Some(json!({"action": "modify", "service": {
            "id": before.id, CHARACTERISTICS: theirs(&after[CHARACTERISTICS]),
        }})),
        (false, true) => end_user::modification(before, theirs(&after[CHARACTERISTICS])),
        _ => None,
    }
}

/// Places the order with this item.
pub(super) async fn place(app: &App, ctx: &Ctx, mut item: Value) -> Result<()> {
    let resource = Resource::of_kind(kind::SERVICE_ORDER).ok_or_else(|| Error::internal("no resource for orders"))?;
    let proof = permission::permit(app, ctx, resource, Method::Create).await?;
    item["id"] = json!("1");
    let made = create(app, ctx, proof, resource, json!({"serviceOrderItem": [item]}), None).await?;
    match rejected::reason(&made.document) {
        Some(reason) => Err(Error::new(ErrorCode::StateConflict, reason)),
        None => Ok(()),
    }
}

/// A client that writes values as text in an object has changed nothing with that.
pub(super) fn keep_spelling(before: &Value, after: &mut Value) {
    if !differ(before, after)
        && let Some(known) = before.get(CHARACTERISTICS)
    {
        after[CHARACTERISTICS] = known.clone();
    }
}

fn differ(before: &Value, after: &Value) -> bool {
    said(&before[CHARACTERISTICS]) != said(&after[CHARACTERISTICS])
}

/// Values by name, as text.
fn said(characteristics: &Value) -> Map<String, Value> {
    let mut all = given(characteristics);
    for value in all.values_mut().filter(|value| !value.is_string()) {
        *value = Value::String(value.to_string());
    }
    all
}

/// What the client has to say: ours are the orchestrator's.
fn theirs(characteristics: &Value) -> Value {
    let all = characteristics.as_array().into_iter().flatten();
    all.filter(|one| !one["name"].as_str().is_some_and(|name| name.starts_with("hypo."))).cloned().collect()
}

#[cfg(test)]
mod tests {
    use chrono::Utc;
    use hypo_shared::TenantId;
    use uuid::Uuid;

    use super::*;

    fn service(doc: Value) -> Document {
        Document::new(kind::SERVICE, Uuid::now_v7(), TenantId(Uuid::now_v7()), doc, Utc::now())
    }

    fn with(size: Value) -> Value {
        json!({"state": "active", OFFERED: "o", CHARACTERISTICS: [
            {"name": "hypo.plan", "value": "p"}, {"name": "size", "value": size}]})
    }

    #[test]
    fn an_end_and_another_value_are_orders() {
        let before = service(with(json!("small")));
        let mut ended = before.doc.clone();
        ended["state"] = json!("terminated");
        assert_eq!(asked(&before, &ended).unwrap()["action"], "delete");
        let item = asked(&before, &with(json!({"value": "big", "alias": null}))).unwrap();
        assert_eq!((&item["action"], &item["service"]["id"]), (&json!("modify"), &json!(before.id)));
        let all = item["service"][CHARACTERISTICS].as_array().unwrap();
        assert!(all.len() == 1 && all[0]["name"] == "size", "what is ours stays out of it: {all:?}");
    }

    #[test]
    fn nothing_else_is() {
        let before = service(with(json!("small")));
        let mut described = before.doc.clone();
        described["description"] = json!("words");
        assert_eq!(asked(&before, &described), None);
        described["state"] = json!("terminated");
        assert_eq!(asked(&before, &described), None, "two things at once are not half done");
        let mut inactive = before.doc.clone();
        inactive["state"] = json!("inactive");
        assert_eq!(asked(&before, &inactive), None);
        let mut wrapped = with(json!({"value": "small", "alias": ""}));
        assert_eq!(asked(&before, &wrapped), None, "the same value in other words");
        keep_spelling(&before.doc, &mut wrapped);
        assert_eq!(wrapped, before.doc);
    }
}
