//! The service that a plan changes, as its last order left it.

use hypo_shared::{
    ErrorCode, OrderId, PlanId, ServiceId, TenantId,
    placement::{Placement, PlacementRequest},
};
use hypo_store::{
    documents::{self, kind},
    plans as rows,
};

use super::read;
use crate::{App, Error, Result, services::document};

/// A service that runs and is to be changed.
pub(super) struct Running {
    pub service: ServiceId,
    /// The plan it runs on.
    pub plan: PlanId,
    pub namespace: String,
    pub authority: OrderId,
    pub placement: Placement,
    pub request: PlacementRequest,
}

impl Running {
    pub async fn of(app: &App, tenant: TenantId, service: ServiceId) -> Result<Self> {
        let read = app.store().read();
        let document = documents::get(read, tenant, kind::SERVICE, service.0).await?;
        if document.state != "active" || document.tenant != tenant {
            return Err(Error::of(ErrorCode::ServiceStateConflict));
        }
        let plan =
            document::plan(&document.doc).ok_or_else(|| Error::internal(format!("service {service} names no plan")))?;
        let plan = read::view(rows::get(read, tenant, plan).await?)?;
        Ok(Self {
            service,
            plan: plan.id,
            namespace: plan.asked.identity.namespace,
            authority: plan.asked.identity.authority,
            placement: plan.plan.placement,
            request: plan.asked.request,
        })
    }

    /// Replicas that somebody chose stay chosen until somebody chooses others: an order that says nothing of them does
    /// not undo a scaling.
    pub fn keep_replicas(&self, request: &mut PlacementRequest, components: &[&str]) {
        for (component, before) in &self.request.overrides {
            let chosen = before.replicas.is_some() || !before.replicas_on.is_empty();
            if !chosen || !components.contains(&component.as_str()) {
                continue;
            }
            let now = request.overrides.entry(component.clone()).or_default();
            if now.replicas.is_none() && now.replicas_on.is_empty() {
                now.replicas = before.replicas;
                now.replicas_on.clone_from(&before.replicas_on);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use hypo_shared::{ClusterId, placement::Override};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_scaling_outlives_an_order_that_says_nothing_of_it() {
        let (here, id) = (ClusterId(Uuid::from_u128(1)), Uuid::nil());
        let scaled = Override { replicas_on: BTreeMap::from([(here, 3)]), ..Override::default() };
        let running = Running {
            service: ServiceId(id),
            plan: PlanId(id),
            namespace: "n".into(),
            authority: OrderId(id),
            placement: Placement::default(),
            request: PlacementRequest {
                overrides: BTreeMap::from([("db".into(), scaled.clone()), ("gone".into(), scaled.clone())]),
                ..PlacementRequest::default()
            },
        };
        let mut request = PlacementRequest::default();
        running.keep_replicas(&mut request, &["db", "web"]);
        assert_eq!(request.overrides, BTreeMap::from([("db".into(), scaled)]));
        let chosen = Override { replicas: Some(1), ..Override::default() };
        let mut request = PlacementRequest {
            overrides: BTreeMap::from([("db".into(), chosen.clone())]),
            ..PlacementRequest::default()
        };
        running.keep_replicas(&mut request, &["db"]);
        assert_eq!(request.overrides["db"], chosen, "a new choice counts");
    }
}
