//! TMF622: an item becomes a service order of the same tenant, and a TMF637 product that lives as the item goes.

use chrono::{DateTime, Utc};
use hypo_shared::machine;
use hypo_store::{
    Scope, Tx,
    documents::{self, Document, kind},
    offerings::{self as rows, OfferingRow},
    ordering::{self, OrderItem, Shown, step},
};
use hypo_tmf::{Resource, shape};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{PRODUCT, PRODUCT_ORDER, acting, asked, corrupt, external_id, href, id, instant};
use crate::{
    App, Result,
    access::audit,
    new_id,
    offerings::{self, Approval},
};

/// Makes the service order of an item and, for a new one, its product: one transaction.
pub(super) async fn decompose(app: &App, item: &OrderItem) -> Result<()> {
    let read = app.store().read();
    let missing = || corrupt(format!("product order {} names no offering", item.order));
    let offering = item.offering.ok_or_else(missing)?;
    let row = rows::find(read, Scope::Platform, offering).await?.ok_or_else(missing)?;
    let mut order = documents::get(read, item.tenant, PRODUCT_ORDER, item.order).await?;
    let now = app.now();
    let asked = asked(&order.doc, item).clone();
    let (subject, action) = (item.subject.unwrap_or_else(new_id), asked["action"].clone());
    // A product that is there leads to its service.
    let service = match item.subject {
        Some(product) => ordering::shown(read, item.tenant, PRODUCT, product).await?.map(|shown| shown.shows),
        None => None,
    };
    let part = service_order(&order, item, &row, &asked, service, now)?;
    let product = (action == "add").then(|| product(&order, item, &row, &asked, subject, now)).transpose()?;
    let position = usize::try_from(item.position).map_err(corrupt)?;
    let reference = &mut order.doc["productOrderItem"][position]["product"];
    reference["id"] = json!(subject);
    reference["href"] = json!(href(PRODUCT, subject));
    order.updated_at = now;
    let approval = offerings::approval(&row) == Approval::Provider && row.tenant != item.tenant && action != "delete";
    let first = OrderItem {
        order: part.id,
        position: 0,
        kind: kind::SERVICE_ORDER.to_owned(),
        provider: Some(row.tenant),
        step: if approval { step::APPROVAL } else { step::WAITING }.to_owned(),
        due_at: now,
        part: None,
        seen: String::new(),
        subject: service,
        ..item.clone()
    };
    let next = OrderItem { step: step::PLACED.to_owned(), part: Some(part.id), subject: Some(subject), ..item.clone() };
    let ctx = acting("productOrder", item.tenant);
    hypo_store::write!(app.store(), |tx| {
        if !ordering::advance(tx, &next, step::WAITING).await? {
            return Ok(());
        }
        documents::update(tx, &order).await?;
        documents::create(tx, &part).await?;
        ordering::create(tx, &first).await?;
        super::address(tx, &part, std::slice::from_ref(&first)).await?;
        if let Some(product) = &product {
            documents::create(tx, product).await?;
        }
        let detail = json!({"productOrder": item.order, "offering": row.id, "product": subject});
        audit::done(tx, app, &ctx, "decomposeProductOrder", format!("serviceOrder/{}", part.id), detail);
        Ok(())
    })?;
    Ok(())
}

fn service_order(
    order: &Document,
    item: &OrderItem,
    row: &OfferingRow,
    asked: &Value,
    service: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<Document> {
    let mut wanted = json!({
        "serviceSpecification": {
            "id": row.id, "href": href(kind::SERVICE_SPECIFICATION, row.id), "name": row.name, "version": row.version,
        },
    });
    if let Some(characteristics) = asked["product"].get("productCharacteristic") {
        wanted["serviceCharacteristic"] = characteristics.clone();
    }
    if let Some(name) =
        asked["product"]["name"].as_str().filter(|name| hypo_shared::validate::dns_label("name", name, 40).is_empty())
    {
        wanted["name"] = json!(name);
    }
    if let Some(service) = service {
        wanted["id"] = json!(service);
        wanted["href"] = json!(href(kind::SERVICE, service));
    }
    let body = json!({
        "externalId": external_id(item),
        "category": "productOrder",
        "description": order.doc["description"].as_str().unwrap_or(&row.name),
        "serviceOrderItem": [{
            "id": "1", "action": asked["action"], "quantity": 1, "state": "acknowledged", "service": wanted,
            "@type": "ServiceOrderItem",
        }],
        "orderRelationship": [{
            "id": order.id, "href": href(PRODUCT_ORDER, order.id), "relationshipType": "partOf", "@referredType": "ProductOrder",
        }],
        "relatedParty": [{"id": item.tenant, "role": "customer", "@referredType": "Organization"}],
    });
    document(kind::SERVICE_ORDER, "acknowledged", new_id(), item, body, &row.name, now)
}

fn product(
    order: &Document,
    item: &OrderItem,
    row: &OfferingRow,
    asked: &Value,
    subject: Uuid,
    now: DateTime<Utc>,
) -> Result<Document> {
    let mut body = json!({
        "name": asked["product"]["name"].as_str().unwrap_or(&row.name),
        "status": "created",
        "isBundle": false,
        "isCustomerVisible": true,
        "orderDate": instant(order.created_at),
        "productOffering": {"id": row.product_offering, "href": href("productOffering", row.product_offering), "name": row.name},
        "productSpecification": {
            "id": row.product_specification, "href": href("productSpecification", row.product_specification),
            "name": row.name, "version": row.version,
        },
        "productOrderItem": [{
            "productOrderId": order.id, "productOrderHref": href(PRODUCT_ORDER, order.id),
            "orderItemId": asked["id"], "orderItemAction": "add", "role": "creator",
        }],
        "relatedParty": [
            {"id": item.tenant, "role": "customer", "@referredType": "Organization"},
            {"id": row.tenant, "role": "provider", "@referredType": "Organization"},
        ],
    });
    if let Some(characteristics) = asked["product"].get("productCharacteristic") {
        body["productCharacteristic"] = characteristics.clone();
    }
    document(PRODUCT, "created", subject, item, body, &row.name, now)
}

fn document(
    kind: &str,
    state: &str,
    id: Uuid,
    item: &OrderItem,
    body: Value,
    name: &str,
    now: DateTime<Utc>,
) -> Result<Document> {
    let resource = Resource::of_kind(kind).ok_or_else(|| corrupt(format!("no resource for {kind}")))?;
    let external_id = body["externalId"].as_str().map(str::to_owned);
    let doc = shape::fresh(resource, &id.to_string(), body, &instant(now));
    let (state, name) = (state.to_owned(), name.to_owned());
    Ok(Document { state, name, external_id, ..Document::new(kind, id, item.tenant, doc, now) })
}

/// The states a product goes through when its item comes to a state.
fn way(action: &str, item: &str) -> &'static [&'static str] {
    match (action, item) {
        ("add", "inProgress" | "held" | "pending" | "pendingCancellation") => &["pendingActive"],
        ("add", "completed") => &["pendingActive", "active"],
        ("add", "failed" | "partial") => &["pendingActive", "aborted"],
        ("add", "cancelled" | "rejected") => &["pendingActive", "cancelled"],
        ("delete", "inProgress" | "held" | "pending") => &["pendingTerminate"],
        ("delete", "completed") => &["pendingTerminate", "terminated"],
        _ => &[],
    }
}

/// Lets the product of an item go where its service order has come.
pub(super) async fn follow(
    tx: &mut Tx,
    item: &OrderItem,
    part: &Document,
    now: DateTime<Utc>,
) -> hypo_store::Result<()> {
    let Some(subject) = item.subject else { return Ok(()) };
    let Some(mut product) = documents::find(tx, item.tenant, PRODUCT, subject).await? else { return Ok(()) };
    let asked = &part.doc["serviceOrderItem"][0];
    let action = asked["action"].as_str().unwrap_or_default();
    let completed = part.state == "completed";
    if completed && action == "modify" {
        merge(&mut product.doc, "productCharacteristic", &asked["service"]["serviceCharacteristic"]);
        product.updated_at = now;
        documents::update(tx, &product).await?;
    }
    for to in way(action, &part.state) {
        if product.state == *to || !machine::PRODUCT.leads(&product.state, to) {
            continue;
        }
        product.state = (*to).to_owned();
        product.doc["status"] = json!(to);
        product.updated_at = now;
        match *to {
            "active" => {
                product.doc["startDate"] = json!(instant(now));
                if let Some(service) = id(&asked["service"]["id"]) {
                    product.doc["realizingService"] = json!([{
                        "id": service, "href": href(kind::SERVICE, service), "name": asked["service"]["name"],
                        "@referredType": "CustomerFacingService",
                    }]);
                }
            }
            "terminated" => product.doc["terminationDate"] = json!(instant(now)),
            _ => {}
        }
        product = documents::update(tx, &product).await?;
    }
    let (Some(service), Some(offering)) = (id(&asked["service"]["id"]), item.offering) else { return Ok(()) };
    if completed && action == "add" {
        let shown = Shown {
            id: subject,
            kind: PRODUCT.to_owned(),
            tenant: item.tenant,
            shows: service,
            provider: item.tenant,
            offering,
            seen: "active".to_owned(),
        };
        ordering::show(tx, &shown).await?;
    }
    Ok(())
}

/// Characteristics of a document with others over them.
pub(super) fn merge(doc: &mut Value, member: &str, over: &Value) {
    let Some(over) = over.as_array() else { return };
    let mut all = doc[member].as_array().cloned().unwrap_or_default();
    all.retain(|known| over.iter().all(|one| one["name"] != known["name"]));
    all.extend(over.iter().cloned());
    doc[member] = Value::Array(all);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_goes_along_its_diagram() {
        for (action, item) in [
            ("add", "inProgress"),
            ("add", "completed"),
            ("add", "failed"),
            ("add", "cancelled"),
            ("add", "rejected"),
            ("delete", "inProgress"),
            ("delete", "completed"),
            ("modify", "completed"),
        ] {
            let mut state = if action == "add" { "created" } else { "active" };
            for to in way(action, item) {
                assert!(machine::PRODUCT.next(state).unwrap().contains(to), "{state} -> {to}");
                state = to;
            }
        }
    }

    #[test]
    fn chosen_values_replace_their_namesakes() {
        let mut doc = json!({"c": [{"name": "a", "value": 1}, {"name": "b", "value": 2}]});
        merge(&mut doc, "c", &json!([{"name": "a", "value": 3}]));
        assert_eq!(doc["c"], json!([{"name": "b", "value": 2}, {"name": "a", "value": 3}]));
        merge(&mut doc, "c", &Value::Null);
        assert_eq!(doc["c"].as_array().map(Vec::len), Some(2));
    }
}
