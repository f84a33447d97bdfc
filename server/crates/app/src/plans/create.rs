//! Making a plan: place, validate, look, build, seal, store.

use std::collections::{BTreeMap, BTreeSet};

use hypo_model::{
    identity::{self, KeptVolume, ServiceIdentity},
    placement::{self, PlacementInput},
    plan::{self, PlanInput},
};
use hypo_package::graph;
use hypo_shared::{OrderId, PlanId, ServiceId, order::ItemAction, validate};
use hypo_store::plans as rows;
use serde_json::json;

use super::{Asked, LIFETIME, NewPlan, StoredPlan, facts, kept, observe::observe, read, running::Running};
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
/// `HYP-2011`; `HYP-3112` and `HYP-3113` for volumes; `HYP-4004` and its kin when a cluster that would be used does not answer.
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
    let kept = kept::load(app, tenant, &new.attach_volumes, new.service).await?;
    let identity = identify(&new.name, running.as_ref(), &kept);
    let graph = graph(&render);
    let needs = placement::needs(&render, &graph);
    let apart = placement::apart(&render, &graph);
    let mut request = new.request;
    if let Some(running) = &running {
        let names: Vec<&str> = package.analysis.components.iter().map(|component| component.name.as_str()).collect();
        running.keep_replicas(&mut request, &names);
    }
    // Data does not move: what mounts a kept volume runs where it lies, unless it was placed by hand.
    for (component, clusters) in plan::homes(&package.analysis, &graph, &render, &request, &kept) {
        request.pins.entry(component).or_insert(clusters);
    }
    let input = PlacementInput {
        analysis: &package.analysis,
        clusters: &offered.clusters,
        offered: &offered.ids,
        current: running.as_ref().map(|running| &running.placement),
        before: running.as_ref().map(|running| &running.request),
        request: &request,
        needs: &needs,
        apart: &apart,
        weights: app.settings().weights,
    };
    let placed = placement::solve(&input).map_err(|error| Error::new(error.code, error.message))?;
    let broken = placement::validate(&input, &placed);
    if let Some(first) = broken.first() {
        // The solver and the validator disagree: nobody may order such a plan.
        return Err(Error::new(first.code, first.text.clone()));
    }
    let mut known = offered.clusters.clone();
    if let Some(running) = &running {
        // A cluster that is no longer offered can be left, not used.
        let runs_on = running.placement.assignments.values().flatten().copied();
        known.extend(clusters::left(app, &offered, runs_on).await?);
    }
    let delete_volumes =
        new.delete_volumes.into_iter().map(|volume| (volume.cluster, volume.claim)).collect::<BTreeSet<_>>();
    let digests = app.digest_key(tenant).await?;
    let mut input = PlanInput {
        render: &render,
        graph: &graph,
        analysis: &package.analysis,
        clusters: &known,
        request: &request,
        placement: &placed,
        identity: &identity,
        observed: &BTreeMap::new(),
        kept: &kept,
        delete_volumes: &delete_volumes,
        link: &app.settings().link,
        before: running.as_ref().map(|running| &running.request),
        digests: &digests,
    };
    let wanted = plan::wanted(&input)?;
    let observed = observe(app, ctx, &offered, &identity, running.is_some(), wanted).await?;
    input.observed = &observed;
    let plan::Made { plan: body, objects } = plan::make(&input)?;
    let used: Vec<_> =
        body.clusters.iter().filter_map(|cluster| known.iter().find(|known| known.id == cluster.cluster)).collect();
    let facts_digest = facts::digest(&used);
    let (id, now) = (new_id::<PlanId>(), app.now());
    let action = if running.is_some() { ItemAction::Modify } else { ItemAction::Add };
    let base = running.map(|running| running.plan);
    let asked = Asked { request, identity, action, attach_volumes: new.attach_volumes, base };
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

/// A new service with kept volumes lives where they lie: a claim cannot leave its namespace.
fn identify(name: &str, running: Option<&Running>, kept: &[KeptVolume]) -> ServiceIdentity {
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
            let own = || format!("{name}-{}", identity::suffix(service));
            let namespace = kept.first().map_or_else(own, |kept| kept.namespace.clone());
            ServiceIdentity { service, order, authority: order, name: name.to_owned(), namespace }
        }
    }
}
