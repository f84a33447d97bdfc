//! Starting an item whose time has come: an order at its provider, planned and placed under the provider's rights.

use chrono::Duration;
use hypo_shared::{
    ErrorCode, PackageId, ServiceId,
    order::{ItemAction, OnFailure},
    validate,
};
use hypo_store::{
    Scope,
    documents::{self, Document, kind},
    offerings::{self as rows, OfferingRow},
    ordering::{self, OrderItem, Shown, step},
};
use hypo_tmf::{Resource, shape};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    OFFERED, PRODUCT_ORDER, SERVICE_TYPE, acting, asked, corrupt, ends, external_id, href, id, instant, items_of,
    parse, product, rollup, told,
};
use crate::{
    App, Ctx, Error, Result,
    access::audit,
    new_id,
    offerings::{self, apply},
    orders::{self, Asked, PlaceOrder},
    packages,
    permit::may,
    plans::{self, NewPlan},
    services, tmf,
};

/// Between two tries of what may still work.
const AGAIN: Duration = Duration::seconds(3);

/// Starts an item. What cannot be started is told on the item.
pub(super) async fn start(app: &App, item: &OrderItem) -> Result<()> {
    let outcome = match (item.kind.as_str(), item.offering) {
        (PRODUCT_ORDER, _) => product::decompose(app, item).await,
        (_, Some(offering)) => offered(app, item, offering).await,
        (_, None) => own(app, item).await,
    };
    match outcome {
        Ok(()) => Ok(()),
        Err(error) if may_still_work(error.code) => {
            tracing::info!(order.id = %item.order, error = %error, "An item cannot start yet; it is tried again.");
            let later = OrderItem { due_at: app.now() + AGAIN, reason: error.to_string(), ..item.clone() };
            hypo_store::write!(app.store(), |tx| ordering::advance(tx, &later, step::WAITING).await.map(drop))?;
            Ok(())
        }
        Err(error) => refuse(app, item, &error).await,
    }
}

const fn may_still_work(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::StoreUnavailable
            | ErrorCode::Overloaded
            | ErrorCode::ClusterUnreachable
            | ErrorCode::PreconditionFailed
            | ErrorCode::PlanStale
            | ErrorCode::ServiceStateConflict
    )
}

/// The item is rejected, for nothing of it was begun; of several items of one's own it is the one that failed.
async fn refuse(app: &App, item: &OrderItem, error: &Error) -> Result<()> {
    tracing::info!(order.id = %item.order, error = %error, error.detail = error.detail, "An item was rejected.");
    let now = app.now();
    let why = match item.provider.filter(|provider| *provider != item.tenant) {
        Some(_) => told(error.code, now),
        None => json!({"code": error.code.code(), "reason": error.message, "timestamp": instant(now)}),
    };
    let reason = error.detail.clone().unwrap_or_else(|| error.message.clone());
    let done = OrderItem { step: step::DONE.to_owned(), reason, ..item.clone() };
    hypo_store::write!(app.store(), |tx| {
        if ordering::advance(tx, &done, step::WAITING).await? {
            let order = documents::get(tx, item.tenant, &item.kind, item.order).await?;
            let several = order.doc[items_of(&item.kind)].as_array().is_some_and(|items| items.len() > 1);
            let state = if item.offering.is_none() && several { "failed" } else { "rejected" };
            documents::update(tx, &rollup::with(&order, item, state, vec![why.clone()], now)).await?;
        }
        Ok(())
    })?;
    Ok(())
}

/// An item about one's own package or service. An order that was placed before a crash is found by its external id.
async fn own(app: &App, item: &OrderItem) -> Result<()> {
    let read = app.store().read();
    let external = external_id(item);
    if documents::find_external(read, item.tenant, kind::SERVICE_ORDER, &external).await?.is_none() {
        let order = documents::get(read, item.tenant, &item.kind, item.order).await?;
        let ctx = acting("order", item.tenant);
        tmf::begin(app, &ctx, &order, usize::try_from(item.position).map_err(corrupt)?, external).await?;
    }
    let done = OrderItem { step: step::DONE.to_owned(), ..item.clone() };
    hypo_store::write!(app.store(), |tx| ordering::advance(tx, &done, step::WAITING).await.map(drop))?;
    Ok(())
}

/// An item about an offering. An order that was placed before a crash is found by its external id.
async fn offered(app: &App, item: &OrderItem, offering: Uuid) -> Result<()> {
    let read = app.store().read();
    let missing = || corrupt(format!("offering {offering} of order {}", item.order));
    let row = rows::find(read, Scope::Platform, offering).await?.ok_or_else(missing)?;
    let order = documents::get(read, item.tenant, kind::SERVICE_ORDER, item.order).await?;
    let external = external_id(item);
    if let Some(known) = documents::find_external(read, row.tenant, kind::SERVICE_ORDER, &external).await? {
        return placed(app, item, order, &row, &known).await;
    }
    let ctx = acting("offering", row.tenant);
    let wanted = Wanted::of(app, item, &order, &row).await?;
    let document = wanted.document(&order, item, &external);
    let asked = Some(Asked { document, key: None, parent: None });
    let made = match (wanted.action, wanted.service) {
        (ItemAction::Delete, Some(service)) => {
            let permit = app.permit::<may::ControlService>(&ctx).await?;
            let on_failure = OnFailure::Hold;
            let wish = services::Terminate { service, delete_volumes: Vec::new(), on_failure, asked };
            services::terminate(app, &ctx, permit, wish).await?
        }
        _ => {
            let (request, values) = apply::apply(&offerings::terms(&row)?, &wanted.chosen);
            let package = match values {
                Some(values) => rendered(app, &ctx, &row, &wanted, values).await?,
                None => row.package,
            };
            let permit = app.permit::<may::CreatePlan>(&ctx).await?;
            let new = NewPlan {
                package,
                name: wanted.name.clone(),
                request,
                service: wanted.service,
                attach_volumes: Vec::new(),
                delete_volumes: Vec::new(),
            };
            let plan = plans::create(app, &ctx, permit, new).await?;
            let permit = app.permit::<may::PlaceOrder>(&ctx).await?;
            let (on_failure, external_id) = (wanted.on_failure, Some(external));
            orders::place(
                app,
                &ctx,
                permit,
                PlaceOrder { plan: plan.id, hash: plan.hash, on_failure, external_id, asked },
            )
            .await?
        }
    };
    let made = documents::get(read, row.tenant, kind::SERVICE_ORDER, made.id.0).await?;
    placed(app, item, order, &row, &made).await
}

/// A chart is rendered for the customer's values as a package of the provider, one name per service.
async fn rendered(app: &App, ctx: &Ctx, row: &OfferingRow, wanted: &Wanted, values: Value) -> Result<PackageId> {
    let permit = app.permit::<may::ImportPackage>(ctx).await?;
    Ok(packages::derive(app, ctx, permit, row.package, &wanted.rendering, values).await?.id)
}

/// What the item asks the provider for.
struct Wanted {
    action: ItemAction,
    /// Name of the service.
    name: String,
    /// Name of the customer's own rendering, where there has to be one.
    rendering: String,
    /// The provider's service, for a change or an end.
    service: Option<ServiceId>,
    chosen: Map<String, Value>,
    on_failure: OnFailure,
    end: Option<String>,
}

impl Wanted {
    async fn of(app: &App, item: &OrderItem, order: &Document, row: &OfferingRow) -> Result<Self> {
        let service = &asked(&order.doc, item)["service"];
        let now = offerings::given(&service["serviceCharacteristic"]);
        let mut wanted = Self {
            action: parse("action", &asked(&order.doc, item)["action"])?,
            name: service["name"].as_str().map_or_else(|| label(&row.name), str::to_owned),
            rendering: rendering(&row.name, item.order, item.position),
            service: None,
            on_failure: now
                .get("hypo.onFailure")
                .map(|value| parse("hypo.onFailure", value))
                .transpose()?
                .unwrap_or_default(),
            chosen: now,
            end: ends::asked(&order.doc, service).map(instant),
        };
        let Some(subject) = item.subject else { return Ok(wanted) };
        let read = app.store().read();
        let gone = || Error::of(ErrorCode::ServiceNotFound);
        let shown = ordering::shown(read, item.tenant, kind::SERVICE, subject).await?.ok_or_else(gone)?;
        let theirs = documents::get(read, shown.tenant, kind::SERVICE, subject).await?;
        let running = documents::get(read, shown.provider, kind::SERVICE, shown.shows).await?;
        if running.state == "terminated" {
            return Err(Error::new(ErrorCode::ServiceNotFound, "The service has ended."));
        }
        let before = offerings::given(&theirs.doc["serviceCharacteristic"]);
        wanted.chosen = apply::over(&before, &wanted.chosen);
        wanted.service = Some(ServiceId(running.id));
        wanted.name = running.name;
        if let Some(known) = theirs.doc["hypo:rendering"].as_str() {
            wanted.rendering = known.to_owned();
        }
        Ok(wanted)
    }

    /// The provider's order says whose order it carries out, and when the service ends.
    fn document(&self, order: &Document, item: &OrderItem, external: &str) -> Value {
        let mut service = json!({});
        if let Some(end) = &self.end {
            service["endDate"] = json!(end);
        }
        json!({
            "externalId": external,
            "serviceOrderItem": [{"id": asked(&order.doc, item)["id"], "service": service}],
            "orderRelationship": [{
                "id": order.id, "href": href(kind::SERVICE_ORDER, order.id), "relationshipType": "fulfils",
                "@referredType": "ServiceOrder",
            }],
            "relatedParty": [{"id": order.tenant, "role": "buyer", "@referredType": "Organization"}],
        })
    }
}

/// Writes down that the provider's order is there; a new service gets a document of the customer's own.
async fn placed(app: &App, item: &OrderItem, mut order: Document, row: &OfferingRow, made: &Document) -> Result<()> {
    let now = app.now();
    let theirs =
        id(&made.doc["serviceOrderItem"][0]["service"]["id"]).ok_or_else(|| corrupt("an order without service"))?;
    let subject = item.subject.unwrap_or_else(new_id);
    let action = asked(&order.doc, item)["action"].clone();
    let position = usize::try_from(item.position).map_err(corrupt)?;
    let service = &mut order.doc[items_of(&item.kind)][position]["service"];
    service["id"] = json!(subject);
    service["href"] = json!(href(kind::SERVICE, subject));
    let (chosen, name) = (service["serviceCharacteristic"].clone(), made.name.clone());
    if service.get("name").is_none() {
        service["name"] = json!(name);
    }
    order.updated_at = now;
    let mut document = None;
    if action == "add" {
        let mut facing = facing(&order, item, row, subject, &name, chosen, now)?;
        facing.doc["hypo:rendering"] = json!(rendering(&row.name, item.order, item.position));
        document = Some(facing);
    }
    let next = OrderItem {
        step: step::PLACED.to_owned(),
        part: Some(made.id),
        subject: Some(subject),
        seen: String::new(),
        ..item.clone()
    };
    let ctx = acting("offering", row.tenant);
    hypo_store::write!(app.store(), |tx| {
        if !ordering::advance(tx, &next, step::WAITING).await? {
            return Ok(());
        }
        documents::update(tx, &order).await?;
        if let Some(document) = &document {
            documents::create(tx, document).await?;
            // The provider sees who has its service; the customer alone changes the order.
            documents::open_to(tx, document.id, row.tenant).await?;
            let shown = Shown {
                id: subject,
                kind: kind::SERVICE.to_owned(),
                tenant: item.tenant,
                shows: theirs,
                provider: row.tenant,
                offering: row.id,
                seen: "reserved".to_owned(),
            };
            ordering::show(tx, &shown).await?;
        }
        let detail = json!({"order": order.id, "offering": row.id, "part": made.id});
        audit::done_for(tx, app, &ctx, item.tenant, "startOrderItem", format!("serviceOrder/{}", order.id), detail);
        Ok(())
    })?;
    Ok(())
}

/// The customer's service: what it is and what was chosen, nothing of what it is made of.
fn facing(
    order: &Document,
    item: &OrderItem,
    row: &OfferingRow,
    subject: Uuid,
    name: &str,
    chosen: Value,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Document> {
    let resource = Resource::of_kind(kind::SERVICE).ok_or_else(|| corrupt("no resource for services"))?;
    let mut body = json!({
        "name": name,
        "serviceType": SERVICE_TYPE,
        "category": row.name,
        "state": "reserved",
        "serviceDate": instant(now),
        "serviceSpecification": {
            "id": row.id, "href": href(kind::SERVICE_SPECIFICATION, row.id), "name": row.name, "version": row.version,
            "@referredType": "CustomerFacingServiceSpecification",
        },
        "serviceOrderItem": [{
            "serviceOrderId": order.id, "serviceOrderHref": href(kind::SERVICE_ORDER, order.id),
            "itemId": asked(&order.doc, item)["id"], "itemAction": "add",
        }],
        "relatedParty": [
            {"id": item.tenant, "role": "customer", "@referredType": "Organization"},
            {"id": row.tenant, "role": "provider", "@referredType": "Organization"},
        ],
        "@type": "CustomerFacingService",
        "@baseType": "Service",
    });
    if chosen.is_array() {
        body["serviceCharacteristic"] = chosen;
    }
    body[OFFERED] = json!(row.id);
    if let Some(end) = ends::asked(&order.doc, &asked(&order.doc, item)["service"]) {
        body["endDate"] = json!(instant(end));
    }
    let doc = shape::fresh(resource, &subject.to_string(), body, &instant(now));
    Ok(Document {
        state: "reserved".to_owned(),
        name: name.to_owned(),
        ..Document::new(kind::SERVICE, subject, item.tenant, doc, now)
    })
}

/// The name of an offering as a part of Kubernetes names.
fn label(name: &str) -> String {
    let label = validate::as_label(name, 30);
    if label.is_empty() { "service".to_owned() } else { label }
}

/// A rendering belongs to one service: its generated passwords stay over changes and are nobody else's.
pub(crate) fn rendering(name: &str, order: Uuid, position: impl std::fmt::Display) -> String {
    let id = order.simple().to_string();
    // The end of a UUIDv7 is chance, its beginning is time.
    let tail = &id[id.len() - 8..];
    let label: String = label(name).chars().take(22).collect();
    format!("{}-{tail}-{position}", label.trim_matches('-'))
}

#[cfg(test)]
mod tests {
    use hypo_shared::validate::dns_label;

    use super::*;

    #[test]
    fn names_of_offerings_become_labels() {
        for (name, wanted) in [("Web shop, large", "web-shop--large"), ("…", "service"), ("Ünit 7", "nit-7")] {
            assert_eq!(label(name), wanted);
        }
        let long = rendering(&"Very long name of something ".repeat(4), Uuid::now_v7(), 12);
        assert_eq!(dns_label("name", &long, 40), Vec::new(), "{long}");
    }
}
