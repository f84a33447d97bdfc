//! TMF641: each item's action decides what runs. One item is an order of its own; several are orders beneath the
//! client's, whose state rolls up from theirs.

use async_trait::async_trait;
use hypo_shared::{
    ErrorCode, OrderId, PackageId, PlanId, ServiceId, VolumeId,
    order::{ItemAction, OnFailure},
    placement::PlacementRequest,
};
use hypo_store::{
    documents::{self, Document, kind},
    packages,
};
use hypo_tmf::Resource;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{Draft, Hooks, ordered};
use crate::{
    App, Ctx, Error, Result, end_user,
    orders::{self, Asked, PlaceOrder},
    permit::may,
    plans::{self, NewPlan},
    services::{self, DeleteVolume},
    tmf::key::Key,
};

/// Kept volumes to use again: an array of their ids.
const ATTACH: &str = "hypo.attachVolumes";
/// Volumes that go with their data: an array of `{"clusterId", "claim"}`.
const DELETE: &str = "hypo.deleteVolumes";

pub(super) struct ServiceOrder;

#[async_trait]
impl Hooks for ServiceOrder {
    async fn creating(
        &self,
        app: &App,
        ctx: &Ctx,
        resource: &'static Resource,
        document: &mut Value,
        key: Option<&Key>,
    ) -> Result<Draft> {
        if let Some(draft) = ordered::service_order(app, ctx, resource, document, key).await? {
            return Ok(draft);
        }
        let items = document["serviceOrderItem"].as_array().cloned().unwrap_or_default();
        let mut reasons = Vec::new();
        for (position, item) in items.iter().enumerate() {
            reasons.extend(unknown(app, ctx, item).await?.map(|reason| (position, reason)));
        }
        if !reasons.is_empty() {
            return Ok(Draft::Rejected(reasons));
        }
        if let Some(draft) = ordered::own(app, ctx, resource, document, key).await? {
            return Ok(draft);
        }
        let [item] = items.as_slice() else { return Ok(Draft::Store) };
        let asked = Asked { document: document.clone(), key: key.cloned(), parent: None };
        match start(app, ctx, item, asked).await {
            Ok(id) => Ok(Draft::Taken(id.0)),
            Err(error) if is_rejection(&error) => Ok(Draft::Rejected(vec![(0, error.message)])),
            Err(error) => Err(error),
        }
    }
}

/// Places what an item of a stored order asks for, when its time has come, as an order beneath it that is called
/// `external`.
pub(crate) async fn begin(app: &App, ctx: &Ctx, order: &Document, position: usize, external: String) -> Result<()> {
    let item = &order.doc["serviceOrderItem"][position];
    let mut document = json!({"externalId": external, "serviceOrderItem": [item], "category": order.doc["category"]});
    if let Some(description) = order.doc.get("description") {
        document["description"] = description.clone();
    }
    let asked = Asked { document, key: None, parent: Some((OrderId(order.id), position)) };
    start(app, ctx, item, asked).await.map(drop)
}

/// Why an item cannot be carried out by anybody here, or `None`.
async fn unknown(app: &App, ctx: &Ctx, item: &Value) -> Result<Option<String>> {
    let (service, action) = (&item["service"], action(item)?);
    if action == ItemAction::NoChange || characteristic(service, "hypo.planId").is_some() {
        return Ok(None);
    }
    if action != ItemAction::Add {
        let Some(id) = service["id"].as_str() else {
            return Err(Error::field("service.id", "required", "The item names no service."));
        };
        let known = match id.parse() {
            Ok(id) => documents::find(app.store().read(), ctx.who.tenant, kind::SERVICE, id).await?.is_some(),
            Err(_) => false,
        };
        if !known {
            return Ok(Some(format!("You have no service {id}.")));
        }
    }
    if action == ItemAction::Delete || end_user::is_asked(service) {
        return Ok(None);
    }
    let Some(id) = service["serviceSpecification"]["id"].as_str() else {
        return Ok(Some("The item names no service specification.".to_owned()));
    };
    let known = match id.parse() {
        Ok(id) => packages::find(app.store().read(), ctx.reach(), id).await?.is_some(),
        Err(_) => false,
    };
    Ok((!known).then(|| format!("Nothing here delivers the service specification {id}.")))
}

/// What the world says no to, as opposed to the request or the caller.
fn is_rejection(error: &Error) -> bool {
    matches!(error.code.code().as_bytes().get(4), Some(b'1' | b'4'))
        || matches!(
            error.code,
            ErrorCode::PlacementInfeasible | ErrorCode::PlacementIncomplete | ErrorCode::PlacementNotGranted
        )
}

/// Runs what an item asks for. `add` and `modify` name a plan by the characteristics `hypo.planId` and
/// `hypo.planHash`, or a package by `service.serviceSpecification.id`, which the server then plans and orders at once;
/// `hypo.attachVolumes` names kept volumes such a plan uses again, `hypo.deleteVolumes` those it leaves behind and that
/// go with their data. `delete` names a service; its volumes are kept, but for those `hypo.deleteVolumes` names.
async fn start(app: &App, ctx: &Ctx, item: &Value, asked: Asked) -> Result<OrderId> {
    let service = &item["service"];
    let on_failure: OnFailure = optional(service, "hypo.onFailure")?.unwrap_or_default();
    let external_id = asked.document["externalId"].as_str().map(str::to_owned);
    match action(item)? {
        ItemAction::Add | ItemAction::Modify => {
            let (plan, hash) = match optional::<PlanId>(service, "hypo.planId")? {
                Some(plan) => {
                    for name in [ATTACH, DELETE] {
                        nowhere(service, name, "The plan says what happens to volumes.")?;
                    }
                    let hash = optional::<String>(service, "hypo.planHash")?;
                    (plan, hash.ok_or_else(|| Error::of(ErrorCode::PlanHashMismatch))?)
                }
                None if end_user::is_asked(service) => {
                    let part =
                        asked.parent.ok_or_else(|| Error::internal("an end-user service is part of an order"))?;
                    let plan = end_user::planned(app, ctx, service, part).await?;
                    (plan.id, plan.hash)
                }
                None => planned(app, ctx, service, &asked.document).await?,
            };
            let permit = app.permit::<may::PlaceOrder>(ctx).await?;
            let wish = PlaceOrder { plan, hash, on_failure, external_id, asked: Some(asked) };
            Ok(orders::place(app, ctx, permit, wish).await?.id)
        }
        ItemAction::Delete => {
            let permit = app.permit::<may::ControlService>(ctx).await?;
            let id: ServiceId = read("service.id", &service["id"])?;
            nowhere(service, ATTACH, "A service that ends attaches no volumes.")?;
            let delete_volumes = doomed(service)?;
            let wish = services::Terminate { service: id, delete_volumes, on_failure, asked: Some(asked) };
            Ok(services::terminate(app, ctx, permit, wish).await?.id)
        }
        ItemAction::NoChange => Err(Error::field("serviceOrderItem", "action", "The item asks for nothing.")),
    }
}

/// The server plans: the planner places every component.
async fn planned(app: &App, ctx: &Ctx, service: &Value, document: &Value) -> Result<(PlanId, String)> {
    let package: PackageId = read("service.serviceSpecification.id", &service["serviceSpecification"]["id"])?;
    let name = service["name"].as_str().or_else(|| document["description"].as_str()).unwrap_or_default().to_owned();
    let running = match &service["id"] {
        Value::Null => None,
        id => Some(read::<ServiceId>("service.id", id)?),
    };
    let request = optional::<PlacementRequest>(service, "hypo.placement")?.unwrap_or_default();
    let permit = app.permit::<may::CreatePlan>(ctx).await?;
    let attach_volumes = optional::<Vec<VolumeId>>(service, ATTACH)?.unwrap_or_default();
    let new = NewPlan { package, name, request, service: running, attach_volumes, delete_volumes: doomed(service)? };
    let plan = plans::create(app, ctx, permit, new).await?;
    Ok((plan.id, plan.hash))
}

/// Volumes named in full, whose data goes.
fn doomed(service: &Value) -> Result<Vec<DeleteVolume>> {
    Ok(optional(service, DELETE)?.unwrap_or_default())
}

/// Refuses a characteristic that means nothing here, rather than to do without it silently.
fn nowhere(service: &Value, name: &str, why: &str) -> Result<()> {
    match characteristic(service, name) {
        Some(_) => Err(Error::field(name, "conflict", why.to_owned())),
        None => Ok(()),
    }
}

fn action(item: &Value) -> Result<ItemAction> {
    read("action", &item["action"])
}

fn characteristic<'a>(service: &'a Value, name: &str) -> Option<&'a Value> {
    let all = service["serviceCharacteristic"].as_array();
    let found = all.into_iter().flatten().find(|known| known["name"] == name)?;
    // OpenSlice and others wrap the value once more: `{"value": …}`.
    Some(found["value"].get("value").unwrap_or(&found["value"]))
}

/// A characteristic's value in the type it should have.
fn optional<T: DeserializeOwned>(service: &Value, name: &str) -> Result<Option<T>> {
    characteristic(service, name).map(|value| read(name, value)).transpose()
}

fn read<T: DeserializeOwned>(name: &str, value: &Value) -> Result<T> {
    T::deserialize(value).map_err(|_| Error::field(name, "format", format!("{name} is missing or not readable.")))
}
