//! The end of a service: said when it is ordered, carried out when it has come. Volumes are kept.

use chrono::{DateTime, Utc};
use hypo_shared::{ErrorCode, ServiceId, TenantId, order::OnFailure};
use hypo_store::{
    Scope, Tx,
    documents::{self, kind},
    ordering::{self, ServiceEnd},
};
use hypo_tmf::dialect::is_openslices;
use serde_json::{Value, json};

use super::{acting, id, instant, time};
use crate::{App, Result, orders::Asked, permit::may, services};

/// When a service of an order is to end: `service.endDate`, the characteristic `hypo.leaseEnd`, or, for a client that
/// speaks as OpenSlice does, the order's `requestedCompletionDate`.
pub(crate) fn asked(order: &Value, service: &Value) -> Option<DateTime<Utc>> {
    let lease = || {
        let all = service["serviceCharacteristic"].as_array()?;
        let value = &all.iter().find(|one| one["name"] == "hypo.leaseEnd")?["value"];
        time(value.get("value").unwrap_or(value))
    };
    let openslice = || time(&order["requestedCompletionDate"]).filter(|_| is_openslices(order));
    time(&service["endDate"]).or_else(lease).or_else(openslice)
}

/// Notes the ends that an order asks for, in the transaction that writes it.
pub(crate) async fn note(tx: &mut Tx, tenant: TenantId, order: &Value) -> hypo_store::Result<()> {
    for item in order["serviceOrderItem"].as_array().into_iter().flatten() {
        if item["action"] != "add" && item["action"] != "modify" {
            continue;
        }
        if let (Some(at), Some(service)) = (asked(order, &item["service"]), id(&item["service"]["id"])) {
            let why = format!("order {}", order["id"].as_str().unwrap_or_default());
            ordering::set_end(tx, &ServiceEnd { service, tenant, at, why }).await?;
        }
    }
    Ok(())
}

/// Orders the end of a service whose time has come. While another order of it is under way it waits.
pub(super) async fn end(app: &App, end: &ServiceEnd) -> Result<()> {
    let service = documents::find(app.store().read(), Scope::Platform, kind::SERVICE, end.service).await?;
    if service.is_none_or(|service| service.state == "terminated") {
        hypo_store::write!(app.store(), |tx| ordering::forget_end(tx, end.service).await)?;
        return Ok(());
    }
    let ctx = acting("serviceEnd", end.tenant);
    let permit = app.permit::<may::ControlService>(&ctx).await?;
    let text =
        format!("The service ends because its lease ended at {} ({}). Volumes are kept.", instant(end.at), end.why);
    let document = json!({"note": [{"author": "hypo", "date": instant(app.now()), "text": text}]});
    let wish = services::Terminate {
        service: ServiceId(end.service),
        delete_volumes: Vec::new(),
        on_failure: OnFailure::Hold,
        asked: Some(Asked { document, key: None, parent: None }),
    };
    match services::terminate(app, &ctx, permit, wish).await {
        Ok(order) => tracing::info!(service.id = %end.service, order.id = %order.id, "A service has come to its end."),
        // An order is under way, or the service is not there yet.
        Err(error) if matches!(error.code, ErrorCode::ServiceStateConflict | ErrorCode::ServiceNotFound) => {}
        Err(error) => return Err(error),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use hypo_tmf::shape::DIALECT;

    use super::*;

    #[test]
    fn an_end_is_said_in_three_ways() {
        let at = "2030-01-02T03:04:05Z";
        let wanted = time(&json!(at));
        assert!(wanted.is_some());
        assert_eq!(asked(&json!({}), &json!({"endDate": at})), wanted);
        let lease = json!({"serviceCharacteristic": [{"name": "hypo.leaseEnd", "value": {"value": at}}]});
        assert_eq!(asked(&json!({}), &lease), wanted);
        let order = json!({"requestedCompletionDate": at});
        assert_eq!(asked(&order, &json!({})), None, "it is a wish of the order unless OpenSlice says it");
        let openslice = json!({"requestedCompletionDate": at, DIALECT: "orderItem"});
        assert_eq!(asked(&openslice, &json!({})), wanted);
    }
}
