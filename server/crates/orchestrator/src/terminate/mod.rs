//! Ending a service: what was shown in the termination plan is deleted, cluster by cluster; volumes that nobody named
//! are kept and listed.
//!
//! A deletion cannot be undone, so the saga holds on failure and is not cancelled once it runs.

mod delete;
mod finish;

use hypo_engine::{Dag, DagError, Registry, StepDef};
use hypo_shared::{ClusterId, OrderId, ServiceId, TenantId, analysis::ObjectRef, order::OnFailure};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{sites::Site, world::World};

/// The saga kind.
pub const KIND: &str = "terminate";

/// What an order to end a service asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Terminate {
    pub order: OrderId,
    pub tenant: TenantId,
    pub service: ServiceId,
    pub sites: Vec<TerminateSite>,
}

/// What goes and what stays in one cluster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TerminateSite {
    #[serde(flatten)]
    pub site: Site,
    /// In delete order; without claims and without the namespace.
    pub delete: Vec<ObjectRef>,
    /// Claims a person named.
    pub delete_claims: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct AtCluster {
    cluster: ClusterId,
}

/// Registers the kind and its actions.
#[must_use]
pub fn register(registry: Registry<World>) -> Registry<World> {
    registry
        .kind(KIND, |params| {
            let terminate = Terminate::deserialize(params).map_err(|error| DagError::Params(error.to_string()))?;
            Ok(dag(&terminate))
        })
        .action("terminate.delete", delete::Delete)
        .action("terminate.finish", finish::Finish)
}

fn dag(terminate: &Terminate) -> Dag {
    let mut steps: Vec<StepDef> = terminate
        .sites
        .iter()
        .map(|site| {
            let cluster = site.site.cluster;
            StepDef::new(format!("delete:{cluster}"), "terminate.delete", json!(AtCluster { cluster }))
        })
        .collect();
    let names: Vec<String> = steps.iter().map(|step| step.name.clone()).collect();
    steps.push(StepDef::new("finish", "terminate.finish", json!({})).after(names));
    Dag::new(steps).on_failure(OnFailure::Hold).about(terminate.tenant, terminate.order.0)
}
