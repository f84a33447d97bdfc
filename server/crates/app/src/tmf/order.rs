//! A TMF641 order: what its item asks for decides which function runs.

use hypo_shared::{
    ErrorCode, OrderId, PackageId, PlanId, ServiceId,
    order::{ItemAction, OnFailure},
    placement::PlacementRequest,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    App, Ctx, Error, Result, orders,
    permit::may,
    plans::{self, NewPlan},
    services,
};

/// Places the order of a client's document, which has passed `hypo_tmf::validate::create`.
///
/// One item. `add` and `modify` name a plan by the characteristics `hypo.planId` and `hypo.planHash`, or a package by
/// `service.serviceSpecification.id`, which the server then plans and orders at once. `delete` names a service; its
/// volumes are kept.
///
/// # Errors
/// Those of plans and orders; `HYP-6001` for what one item cannot say.
pub async fn create_order(app: &App, ctx: &Ctx, document: &Value) -> Result<OrderId> {
    let items = document["serviceOrderItem"].as_array().map(Vec::as_slice).unwrap_or_default();
    let [item] = items else {
        return Err(Error::field("serviceOrderItem", "count", "An order has exactly one item."));
    };
    let service = &item["service"];
    let on_failure: OnFailure = optional(service, "hypo.onFailure")?.unwrap_or_default();
    let external_id = document["externalId"].as_str().map(str::to_owned);
    match read::<ItemAction>("action", &item["action"])? {
        ItemAction::Add | ItemAction::Modify => {
            let (plan, hash) = match optional::<PlanId>(service, "hypo.planId")? {
                Some(plan) => {
                    let hash = optional::<String>(service, "hypo.planHash")?;
                    (plan, hash.ok_or_else(|| Error::of(ErrorCode::PlanHashMismatch))?)
                }
                None => planned(app, ctx, service, document).await?,
            };
            let permit = app.permit::<may::PlaceOrder>(ctx).await?;
            let wish = orders::PlaceOrder { plan, hash, on_failure, external_id };
            Ok(orders::place(app, ctx, permit, wish).await?.id)
        }
        ItemAction::Delete => {
            let permit = app.permit::<may::ControlService>(ctx).await?;
            let id: ServiceId = read("service.id", &service["id"])?;
            let wish = services::Terminate { service: id, delete_volumes: Vec::new(), on_failure };
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
    let new =
        NewPlan { package, name, request, service: running, attach_volumes: Vec::new(), delete_volumes: Vec::new() };
    let plan = plans::create(app, ctx, permit, new).await?;
    Ok((plan.id, plan.hash))
}

/// A characteristic's value in the type it should have.
fn optional<T: DeserializeOwned>(service: &Value, name: &str) -> Result<Option<T>> {
    let all = service["serviceCharacteristic"].as_array();
    let found = all.into_iter().flatten().find(|known| known["name"] == name);
    // OpenSlice and others wrap the value once more: `{"value": …}`.
    let value = found.map(|found| found["value"].get("value").unwrap_or(&found["value"]));
    value.map(|value| read(name, value)).transpose()
}

fn read<T: DeserializeOwned>(name: &str, value: &Value) -> Result<T> {
    T::deserialize(value).map_err(|_| Error::field(name, "format", format!("{name} is missing or not readable.")))
}
