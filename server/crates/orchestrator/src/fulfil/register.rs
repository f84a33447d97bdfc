//! Writes the service documents: one customer-facing service and, beneath it, a resource-facing service per component
//! and cluster (TMF638). A new service starts `reserved`.

use async_trait::async_trait;
use hypo_engine::{Action, StepContext, StepError};
use hypo_shared::{order::ItemAction, service::ServiceState};
use hypo_store::{Scope, clusters, plans};
use serde_json::{Value, json};

use super::{Fulfil, snapshot::Before};
use crate::{failure, project::services, world::World};

pub(super) struct Register;

#[async_trait]
impl Action<World> for Register {
    async fn run(&self, cx: &StepContext<'_, World>) -> Result<Value, StepError> {
        let fulfil: Fulfil = cx.saga_params()?;
        services::reserve(cx.ports, &fulfil).await.map_err(|error| failure::store(&error))?;
        Ok(json!({"service": fulfil.identity.service}))
    }

    async fn undo(&self, cx: &StepContext<'_, World>) -> Result<(), StepError> {
        let fulfil: Fulfil = cx.saga_params()?;
        if fulfil.action != ItemAction::Add {
            let before: Before = cx.output("snapshot").unwrap_or_default();
            return restate(cx, fulfil, before).await;
        }
        services::end(cx.ports, fulfil.tenant, fulfil.identity.service, ServiceState::Terminated)
            .await
            .map_err(|error| failure::store(&error))
    }
}

/// Writes the documents as the plan before had them: what the order placed anew ends, what it ended runs again.
async fn restate(cx: &StepContext<'_, World>, fulfil: Fulfil, before: Before) -> Result<(), StepError> {
    let Some(plan) = before.plan else { return Ok(()) };
    let stored = async {
        let read = cx.ports.store.read();
        let row = plans::get(read, fulfil.tenant, plan).await?;
        let mut names = std::collections::HashMap::new();
        for cluster in &row.body.clusters {
            let known = clusters::find(read, Scope::Platform, cluster.cluster).await?;
            names.extend(known.map(|known| (known.id, known.name)));
        }
        let earlier = Fulfil {
            plan,
            package: row.package.unwrap_or(fulfil.package),
            sites: Fulfil::sites_of(&row.body, |id| names.get(&id).cloned().unwrap_or_else(|| id.to_string())),
            links: !row.body.links.is_empty(),
            attaches: Vec::new(),
            ..fulfil
        };
        services::activate(cx.ports, &earlier).await
    };
    stored.await.map_err(|error| failure::store(&error))
}
