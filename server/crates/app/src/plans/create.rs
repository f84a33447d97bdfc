//! Making a plan: place, validate, look, build, seal, store.

use std::collections::BTreeMap;

use hypo_model::{
    identity::{self, KeptVolume, ServiceIdentity},
    placement::{self, PlacementInput},
    plan::{self, PlanInput},
};
use hypo_package::graph;
use hypo_shared::{
    ErrorCode, OrderId, PlanId, ServiceId, TenantId, VolumeId, order::ItemAction, placement::Placement, validate,
};
use hypo_store::{
    documents::{self, kind},
    plans as rows, services,
};
use serde_json::json;

use super::{Asked, LIFETIME, NewPlan, StoredPlan, facts, observe::observe, read};
use crate::{
    App, Ctx, Error, Result,
    access::audit,
    clusters, new_id, packages,
    permit::{Permit, may},
};

/// Makes a plan and stores it for 24 hours.
///
/// # Errors
/// `HYP-6001` for the name, `HYP-1012`, `HYP-3003`, `HYP-3111`; `HYP-2001` to `HYP-2006` when there is no placement;
/// `HYP-2011`; `HYP-4004` and its kin when a cluster that would be used does not answer.
pub async fn create(app: &App, ctx: &Ctx, _: Permit<may::CreatePlan>, new: NewPlan) -> Result<StoredPlan> {
    make(app, ctx, new).await
}

/// The same for a redeployment, which has a permission of its own.
pub(crate) async fn make(app: &App, ctx: &Ctx, new: NewPlan) -> Result<StoredPlan> {
    Error::check(validate::dns_label("name", &new.name, 40))?;
    let tenant = ctx.who.tenant;
    let packages::Loaded { package, render } = packages::load(app, ctx.reach(), new.package).await?;
    let offered = clusters::offered(app, tenant).await?;
    let running = match new.service {
        Some(service) => Some(Running::of(app, tenant, service).await?),
        None => None,
    };
    let identity = identify(&new.name, running.as_ref());
    let graph = graph(&render);
    let needs = placement::needs(&render, &graph);
    let input = PlacementInput {
        analysis: &package.analysis,
        clusters: &offered.clusters,
        offered: &offered.ids,
        current: running.as_ref().map(|running| &running.placement),
        request: &new.request,
        needs: &needs,
        weights: app.settings().weights,
    };
    let placed = placement::solve(&input).map_err(|error| explain(error, &offered))?;
    let broken = placement::validate(&input, &placed);
    if let Some(first) = broken.first() {
        // The solver and the validator disagree: nobody may order such a plan.
        return Err(Error::new(first.code, first.text.clone()));
    }
    let kept = kept(app, tenant, &new.attach_volumes).await?;
    let mut known = offered.clusters.clone();
    if let Some(running) = &running {
        // A cluster that is no longer offered can be left, not used.
        let runs_on = running.placement.assignments.values().flatten().copied();
        known.extend(clusters::left(app, &offered, runs_on).await?);
    }
    let mut input = PlanInput {
        render: &render,
        graph: &graph,
        analysis: &package.analysis,
        clusters: &known,
        request: &new.request,
        placement: &placed,
        identity: &identity,
        observed: &BTreeMap::new(),
        kept: &kept,
        link: &app.settings().link,
    };
    let wanted = plan::wanted(&input)?;
    let observed = observe(app, ctx, &offered, new.service, wanted).await?;
    input.observed = &observed;
    let body = plan::build(&input)?;
    let objects = plan::objects(&input)?;
    let used: Vec<_> =
        body.clusters.iter().filter_map(|cluster| known.iter().find(|known| known.id == cluster.cluster)).collect();
    let facts_digest = facts::digest(&used);
    let (id, now) = (new_id::<PlanId>(), app.now());
    let action = if running.is_some() { ItemAction::Modify } else { ItemAction::Add };
    let asked = Asked { request: new.request, identity, action, attach_volumes: new.attach_volumes };
    let row = rows::PlanRow {
        id,
        tenant,
        package: Some(package.id),
        request: serde_json::to_value(&asked)?,
        hash: plan::hash(&body, &render.digest, &facts_digest),
        body,
        facts_digest,
        created_at: now,
        expires_at: now + LIFETIME,
        order: None,
    };
    app.orchestrator().seal_plan(tenant, id, &objects).await?;
    hypo_store::write!(app.store(), |tx| {
        rows::create(tx, &row).await?;
        let detail = json!({"package": package.id, "name": new.name, "hash": row.hash});
        audit::done(tx, app, ctx, "createPlan", format!("plan/{id}"), detail);
        Ok(())
    })?;
    read::view(row)
}

/// A service that runs and is to be changed.
struct Running {
    service: ServiceId,
    namespace: String,
    authority: OrderId,
    placement: Placement,
}

impl Running {
    async fn of(app: &App, tenant: TenantId, service: ServiceId) -> Result<Self> {
        let read = app.store().read();
        let document = documents::get(read, tenant, kind::SERVICE, service.0).await?;
        if document.state != "active" || document.tenant != tenant {
            return Err(Error::of(ErrorCode::ServiceStateConflict));
        }
        let plan = crate::services::document::plan(&document.doc)
            .ok_or_else(|| Error::internal(format!("service {service} names no plan")))?;
        let plan = read::view(rows::get(read, tenant, plan).await?)?;
        Ok(Self {
            service,
            namespace: plan.asked.identity.namespace,
            authority: plan.asked.identity.authority,
            placement: plan.plan.placement,
        })
    }
}

fn identify(name: &str, running: Option<&Running>) -> ServiceIdentity {
    let order = new_id::<OrderId>();
    match running {
        Some(running) => ServiceIdentity {
            service: running.service,
            order,
            authority: running.authority,
            name: name.to_owned(),
            namespace: running.namespace.clone(),
        },
        None => {
            let service = new_id::<ServiceId>();
            // Two services of one name never share a namespace.
            let namespace = format!("{name}-{}", identity::suffix(service));
            ServiceIdentity { service, order, authority: order, name: name.to_owned(), namespace }
        }
    }
}

async fn kept(app: &App, tenant: TenantId, ids: &[VolumeId]) -> Result<Vec<KeptVolume>> {
    let mut kept = Vec::with_capacity(ids.len());
    for id in ids {
        let volume = services::get_volume(app.store().read(), tenant, *id).await?;
        if volume.deleted_at.is_some() {
            return Err(Error::of(ErrorCode::VolumeNotFound));
        }
        kept.push(KeptVolume {
            id: volume.id,
            cluster: volume.cluster,
            namespace: volume.namespace,
            claim: volume.claim,
            component: volume.component,
            bytes: volume.bytes,
        });
    }
    Ok(kept)
}

/// The component, the constraint, and what ruled each cluster out.
fn explain(error: placement::PlacementError, offered: &clusters::Offered) -> Error {
    let rejected: Vec<String> = error
        .rejected
        .iter()
        .map(|rejection| format!("{}: {}", offered.name(rejection.cluster), rejection.reason))
        .collect();
    let message =
        if rejected.is_empty() { error.message } else { format!("{} ({})", error.message, rejected.join("; ")) };
    Error::new(error.code, message)
}
