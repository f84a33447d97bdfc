//! Fulfilling an order: add a service, or modify one that runs.
//!
//! `check` → `snapshot` → `register` → `adopt` (only with kept volumes) → `authority` (only with links), then phase by
//! phase over all clusters at once: `apply:PHASE:CLUSTER` → `ready:PHASE:CLUSTER`; a phase starts when the one before
//! it is ready everywhere, so that the data tier runs before what needs it. Then `prune:CLUSTER` takes away what is no
//! longer wanted, `activate` hands the service to the reconcilers, and `settle` does what was chosen for volumes that
//! nothing mounts any more.

mod activate;
mod adopt;
mod apply;
mod authority;
mod check;
mod evaluate;
mod prune;
mod ready;
mod register;
mod settle;
mod snapshot;

use std::collections::BTreeSet;

use hypo_engine::{Dag, DagError, Registry, Retry, StepDef};
use hypo_model::identity::ServiceIdentity;
use hypo_shared::{
    ClusterId, OrderId, PackageId, PlanId, TenantId, VolumeId,
    order::{ItemAction, OnFailure},
    plan::{ChangeKind, Plan},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

pub(crate) use authority::forget as forget_identity;

use crate::{
    sites::{Site, WORKLOADS, WorkloadRef},
    volumes::Owner,
    world::World,
};

/// The saga kind.
pub const KIND: &str = "fulfil";

/// What an order asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fulfil {
    pub order: OrderId,
    pub tenant: TenantId,
    pub plan: PlanId,
    pub package: PackageId,
    pub identity: ServiceIdentity,
    /// `add` or `modify`.
    pub action: ItemAction,
    pub on_failure: OnFailure,
    pub sites: Vec<Site>,
    /// Whether links are declared.
    pub links: bool,
    /// Volumes the plan re-attaches.
    #[serde(default)]
    pub attaches: Vec<VolumeId>,
}

/// A step in one cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct AtSite {
    cluster: ClusterId,
    phase: u8,
}

impl Fulfil {
    /// The sites of a plan. `names` gives a cluster's display name.
    #[must_use]
    pub fn sites_of(plan: &Plan, names: impl Fn(ClusterId) -> String) -> Vec<Site> {
        let sites = plan.clusters.iter().map(|cluster| {
            let applied = || cluster.objects.iter().filter(|object| object.change != ChangeKind::Delete);
            let phases: BTreeSet<u8> = applied().map(|object| object.phase).collect();
            let workloads = applied().filter(|object| WORKLOADS.contains(&object.object.kind.as_str()));
            Site {
                cluster: cluster.cluster,
                name: names(cluster.cluster),
                namespace: cluster.namespace.clone(),
                makes_namespace: cluster.makes_namespace,
                phases: phases.into_iter().collect(),
                workloads: workloads
                    .map(|object| WorkloadRef {
                        component: object.component.clone().unwrap_or_else(|| object.object.name.clone()),
                        api_version: object.object.api_version.clone(),
                        kind: object.object.kind.clone(),
                        name: object.object.name.clone(),
                        phase: object.phase,
                    })
                    .collect(),
                prunes: cluster.objects.iter().any(|object| object.change == ChangeKind::Delete),
            }
        });
        sites.collect()
    }

    fn site(&self, cluster: ClusterId) -> Option<&Site> {
        self.sites.iter().find(|site| site.cluster == cluster)
    }

    fn owner(&self) -> Owner {
        Owner { tenant: self.tenant, service: self.identity.service }
    }
}

/// Registers the kind and its actions.
#[must_use]
pub fn register(registry: Registry<World>) -> Registry<World> {
    registry
        .kind(KIND, |params| {
            let fulfil = Fulfil::deserialize(params).map_err(|error| DagError::Params(error.to_string()))?;
            Ok(dag(&fulfil))
        })
        .action("fulfil.check", check::Check)
        .action("fulfil.snapshot", snapshot::Snapshot)
        .action("fulfil.register", register::Register)
        .action("fulfil.adopt", adopt::Adopt)
        .action("fulfil.authority", authority::Authority)
        .action("fulfil.apply", apply::Apply)
        .action("fulfil.ready", ready::Ready)
        .action("fulfil.prune", prune::Prune)
        .action("fulfil.activate", activate::Activate)
        .action("fulfil.settle", settle::Settle)
}

fn dag(fulfil: &Fulfil) -> Dag {
    let mut steps = vec![
        StepDef::new("check", "fulfil.check", json!({})),
        StepDef::new("snapshot", "fulfil.snapshot", json!({})).after(["check"]),
        StepDef::new("register", "fulfil.register", json!({})).after(["snapshot"]),
    ];
    let mut before = vec!["register".to_owned()];
    if !fulfil.attaches.is_empty() {
        steps.push(StepDef::new("adopt", "fulfil.adopt", json!({})).after(before.clone()));
        before = vec!["adopt".to_owned()];
    }
    if fulfil.links {
        steps.push(StepDef::new("authority", "fulfil.authority", json!({})).after(before.clone()));
        before = vec!["authority".to_owned()];
    }
    let phases: BTreeSet<u8> = fulfil.sites.iter().flat_map(|site| site.phases.iter().copied()).collect();
    for phase in phases {
        let mut ends = Vec::new();
        for site in fulfil.sites.iter().filter(|site| site.phases.contains(&phase)) {
            let params = json!(AtSite { cluster: site.cluster, phase });
            let apply = format!("apply:{phase}:{}", site.cluster);
            steps.push(StepDef::new(&apply, "fulfil.apply", params.clone()).after(before.clone()));
            if site.workloads.iter().any(|workload| workload.phase == phase) {
                let ready = format!("ready:{phase}:{}", site.cluster);
                // What is waited for is bounded by the step itself; only the way there is tried again.
                let retry = Retry { attempts: 3, first_ms: 1000, max_ms: 5000, timeout_ms: None };
                steps.push(StepDef::new(&ready, "fulfil.ready", params).after([apply]).retry(retry));
                ends.push(ready);
            } else {
                ends.push(apply);
            }
        }
        before = ends;
    }
    let pruned: Vec<String> =
        fulfil.sites.iter().filter(|site| site.prunes).map(|site| site.cluster.to_string()).collect();
    if !pruned.is_empty() {
        let mut ends = Vec::new();
        for site in fulfil.sites.iter().filter(|site| site.prunes) {
            let prune = format!("prune:{}", site.cluster);
            let params = json!(AtSite { cluster: site.cluster, phase: 0 });
            steps.push(StepDef::new(&prune, "fulfil.prune", params).after(before.clone()));
            ends.push(prune);
        }
        before = ends;
    }
    steps.push(StepDef::new("activate", "fulfil.activate", json!({})).after(before));
    // The step itself decides when a person is asked.
    let retry = Retry { attempts: u32::MAX, first_ms: 500, max_ms: 5000, timeout_ms: None };
    steps.push(StepDef::new("settle", "fulfil.settle", json!({})).after(["activate"]).retry(retry));
    Dag::new(steps).on_failure(fulfil.on_failure).about(fulfil.tenant, fulfil.order.0)
}
