//! The TMF641 v4.1 document of an order: written here once, read here; its state is written by the projector.

use chrono::{DateTime, Utc};
use hypo_shared::{
    ErrorCode, OrderId, PlanId, ServiceId, TenantId,
    analysis::Note,
    order::{ItemAction, OnFailure, OrderState},
};
use hypo_store::documents::{Document, kind};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Asked, Failure, Order};
use crate::{Ctx, Error, Result};

/// An order to write.
pub(crate) struct NewOrder<'a> {
    pub id: OrderId,
    pub tenant: TenantId,
    /// The service's.
    pub name: &'a str,
    pub service: ServiceId,
    pub action: ItemAction,
    pub on_failure: OnFailure,
    /// Plan and hash; a termination has none.
    pub plan: Option<(PlanId, &'a str)>,
    pub specification: Option<Value>,
    pub external_id: Option<&'a str>,
    pub notes: Vec<String>,
    /// What a TMF client sent.
    pub asked: Option<&'a Asked>,
}

/// The document of a new order, `acknowledged`.
pub(crate) fn write(ctx: &Ctx, new: &NewOrder<'_>, now: DateTime<Utc>) -> Document {
    let mut characteristics = vec![characteristic("hypo.onFailure", json!(new.on_failure))];
    if let Some((plan, hash)) = new.plan {
        characteristics.insert(0, characteristic("hypo.planId", json!(plan)));
        characteristics.insert(1, characteristic("hypo.planHash", json!(hash)));
    }
    let mut service = json!({
        "id": new.service, "href": href("serviceInventory", "service", new.service.0), "name": new.name,
        "serviceType": "CFS", "serviceCharacteristic": characteristics,
    });
    if let Some(specification) = &new.specification {
        service["serviceSpecification"] = specification.clone();
    }
    let state = OrderState::Acknowledged;
    let mut doc = json!({
        "id": new.id,
        "href": href("serviceOrdering", "serviceOrder", new.id.0),
        "category": "hypo",
        "description": new.name,
        "orderDate": now,
        "state": state,
        "serviceOrderItem": [{"id": "1", "action": new.action, "quantity": 1, "state": state, "service": service, "@type": "ServiceOrderItem"}],
        "relatedParty": parties(ctx, new.tenant),
        "@type": "ServiceOrder",
    });
    if let Some(external) = new.external_id {
        doc["externalId"] = json!(external);
    }
    if !new.notes.is_empty() {
        doc["note"] = new.notes.iter().map(|text| json!({"author": "hypo", "date": now, "text": text})).collect();
    }
    if let Some(asked) = new.asked {
        doc = asked.dress(doc);
    }
    Document {
        state: state.as_str().to_owned(),
        name: new.name.to_owned(),
        external_id: new.external_id.map(str::to_owned),
        ..Document::new(kind::SERVICE_ORDER, new.id.0, new.tenant, doc, now)
    }
}

/// Who asks, and for whom.
pub(crate) fn parties(ctx: &Ctx, tenant: TenantId) -> [Value; 2] {
    [
        json!({"id": ctx.who.user, "name": ctx.who.name, "role": "requester", "@referredType": "Individual"}),
        json!({"id": tenant, "name": ctx.who.tenant_name, "role": "customer", "@referredType": "Organization"}),
    ]
}

fn characteristic(name: &str, value: Value) -> Value {
    json!({"name": name, "valueType": "string", "value": value})
}

pub(crate) fn href(api: &str, collection: &str, id: Uuid) -> String {
    format!("/tmf-api/{api}/v4/{collection}/{id}")
}

/// The order a document stands for.
pub(crate) fn read(document: Document) -> Result<Order> {
    let Document { id, tenant, name, doc, created_at, state, .. } = document;
    let item = doc.pointer("/serviceOrderItem/0").cloned().unwrap_or_default();
    let given = |name: &str| {
        let all = item.pointer("/service/serviceCharacteristic")?.as_array()?;
        all.iter().find(|known| known["name"] == name)?.get("value")
    };
    // What a client writes has no name of its own (TMF641 has none): it is called by the service it asks for.
    let called = item.pointer("/service/name").and_then(Value::as_str).filter(|_| name.is_empty()).map(str::to_owned);
    let name = called.or(Some(name).filter(|name| !name.is_empty())).unwrap_or_else(|| id.to_string());
    Ok(Order {
        id: OrderId(id),
        tenant,
        name,
        state: parse(&json!(state)).ok_or_else(|| Error::of(ErrorCode::StoreCorrupt))?,
        action: item.get("action").and_then(parse).unwrap_or(ItemAction::Add),
        created_at,
        completed_at: doc.get("completionDate").and_then(parse),
        created_by: requester(&doc),
        plan: given("hypo.planId").and_then(parse),
        service: item.pointer("/service/id").and_then(parse),
        on_failure: given("hypo.onFailure").and_then(parse).unwrap_or_default(),
        notes: notes(&doc),
        failures: failures(&doc),
    })
}

fn requester(doc: &Value) -> String {
    let parties = doc["relatedParty"].as_array();
    let found = parties.into_iter().flatten().find(|party| party["role"] == "requester");
    found.and_then(|party| party["name"].as_str()).unwrap_or_default().to_owned()
}

/// TMF notes; a code of ours where the text begins with one.
pub(crate) fn notes(doc: &Value) -> Vec<Note> {
    let notes = doc["note"].as_array();
    let texts = notes.into_iter().flatten().filter_map(|note| note["text"].as_str());
    texts.map(|text| Note { code: "note".to_owned(), text: text.to_owned() }).collect()
}

/// TMF641 `errorMessage`, with our own reading beside it where the projector has put one.
fn failures(doc: &Value) -> Vec<Failure> {
    let messages = doc["errorMessage"].as_array();
    let failure = |message: &Value| {
        let text = |member: &str| message[member].as_str().unwrap_or_default().to_owned();
        match message.get("hypo.failure").and_then(parse::<hypo_orchestrator::Failure>) {
            Some(failure) => failure.into(),
            None => {
                Failure { code: text("code"), title: text("reason"), remedy: text("message"), ..Failure::default() }
            }
        }
    };
    messages.into_iter().flatten().map(failure).collect()
}

/// A member in the type it should have.
pub(crate) fn parse<T: DeserializeOwned>(value: &Value) -> Option<T> {
    T::deserialize(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let ctx = Ctx::system("test", TenantId(Uuid::now_v7()));
        let (id, service, plan) = (OrderId(Uuid::now_v7()), ServiceId(Uuid::now_v7()), PlanId(Uuid::now_v7()));
        let new = NewOrder {
            id,
            tenant: ctx.who.tenant,
            name: "shop",
            service,
            action: ItemAction::Modify,
            on_failure: OnFailure::Hold,
            plan: Some((plan, "abc")),
            specification: None,
            external_id: Some("x-1"),
            notes: vec!["links not verified".to_owned()],
            asked: None,
        };
        let document = write(&ctx, &new, Utc::now());
        assert_eq!(document.doc["serviceOrderItem"][0]["service"]["serviceCharacteristic"][1]["value"], "abc");
        let order = read(document).unwrap();
        assert_eq!((order.id, order.service, order.plan), (id, Some(service), Some(plan)));
        assert_eq!((order.action, order.on_failure), (ItemAction::Modify, OnFailure::Hold));
        assert_eq!((order.created_by.as_str(), order.notes[0].text.as_str()), ("test", "links not verified"));
    }
}
