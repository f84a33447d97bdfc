//! Ordering what was planned.

use std::collections::BTreeSet;

use hypo_orchestrator::{Fulfil, Work};
use hypo_shared::{
    ErrorCode, OrderId, PlanId, TenantId,
    order::{ItemAction, OnFailure},
    plan::{ChangeKind, ClusterPlan, Plan},
};
use hypo_store::{
    documents::{self, Document, kind},
    packages, plans as rows,
};
use serde_json::{Value, json};

use super::{Asked, Order, document};
use crate::{
    App, Ctx, Error, Result,
    access::audit,
    clusters::{self, Offered},
    ordering,
    permit::{Permit, may},
    plans::{self, StoredPlan},
    services,
};

/// An order of what was planned.
#[derive(Clone, Debug)]
pub struct PlaceOrder {
    pub plan: PlanId,
    /// Of the plan that was seen.
    pub hash: String,
    pub on_failure: OnFailure,
    /// The orderer's own id, unique in the tenant.
    pub external_id: Option<String>,
    /// What a TMF client sent.
    pub asked: Option<Asked>,
}

/// Places an order. One plan, at most one order: a repeated call gives the order that is there.
///
/// # Errors
/// `HYP-2008`, `HYP-2009`, `HYP-2010`; `HYP-2007` when a cluster is gone, no longer granted or not what it was;
/// `HYP-6006` for a taken external id.
pub async fn place(app: &App, ctx: &Ctx, _: Permit<may::PlaceOrder>, wish: PlaceOrder) -> Result<Order> {
    if wish.external_id.as_ref().is_some_and(|id| id.is_empty() || id.len() > 200) {
        return Err(Error::field("externalId", "tooLong", "Use 1 to 200 characters."));
    }
    let plan = plans::load(app, ctx.who.tenant, wish.plan).await?;
    if plan.hash != wish.hash {
        return Err(Error::of(ErrorCode::PlanHashMismatch));
    }
    if let Some(order) = plan.order {
        return existing(app, plan.tenant, order).await;
    }
    order_plan(app, ctx, &plan, &wish, None).await
}

/// An operation on a service that is carried out as an order: its name and detail in the audit trail.
pub(crate) type Operation<'a> = (&'a str, Value);

/// Orders a plan of the caller's tenant that was not ordered yet.
pub(crate) async fn order_plan(
    app: &App,
    ctx: &Ctx,
    plan: &StoredPlan,
    wish: &PlaceOrder,
    operation: Option<Operation<'_>>,
) -> Result<Order> {
    let now = app.now();
    if plan.expires_at <= now {
        return Err(Error::of(ErrorCode::PlanExpired));
    }
    let changed = match plan.asked.action {
        ItemAction::Modify => Some(unchanged(app, ctx, plan).await?),
        _ => None,
    };
    let service = changed.is_some().then_some(plan.asked.identity.service);
    plans::kept::load(app, plan.tenant, &plan.asked.attach_volumes, service).await?;
    let offered = clusters::offered(app, plan.tenant).await?;
    still_true(app, plan, &offered).await?;
    let order = plan.asked.identity.order;
    let package = packages::get(app.store().read(), ctx.reach(), plan.package).await?;
    let work = Work::Fulfil(Fulfil {
        order,
        tenant: plan.tenant,
        plan: plan.id,
        package: plan.package,
        identity: plan.asked.identity.clone(),
        action: plan.asked.action,
        on_failure: wish.on_failure,
        sites: Fulfil::sites_of(&plan.plan, |cluster| offered.name(cluster)),
        links: !plan.plan.links.is_empty(),
        attaches: plan.asked.attach_volumes.clone(),
    });
    let document = document::write(
        ctx,
        &document::NewOrder {
            id: order,
            tenant: plan.tenant,
            name: &plan.asked.identity.name,
            service: plan.asked.identity.service,
            action: plan.asked.action,
            on_failure: wish.on_failure,
            plan: Some((plan.id, &plan.hash)),
            specification: Some(json!({
                "id": package.id, "name": package.name, "version": package.version,
                "href": document::href("serviceCatalogManagement", "serviceSpecification", package.id.0),
            })),
            external_id: wish.external_id.as_deref(),
            notes: notes(&plan.plan),
            asked: wish.asked.as_ref(),
        },
        now,
    );
    let prepared = app.orchestrator().prepare(&work)?;
    let owners = owners(&plan.plan, &offered, plan.tenant);
    let written = hypo_store::write!(app.store(), |tx| {
        if let Some(key) = wish.asked.as_ref().and_then(|asked| asked.key.as_ref()) {
            key.settle(tx, plan.tenant, order.0, now).await?;
        }
        rows::claim_for_order(tx, plan.tenant, plan.id, &plan.hash, order, now).await?;
        let document = documents::create(tx, &document).await?;
        if let Some(service) = &changed {
            services::document::ordered(tx, service, order, plan.asked.action, now).await?;
        }
        prepared.store(tx).await?;
        ordering::ends::note(tx, plan.tenant, &document.doc).await?;
        let detail = json!({"plan": plan.id, "hash": plan.hash, "action": plan.asked.action});
        let subject = format!("serviceOrder/{order}");
        audit::done(tx, app, ctx, "placeOrder", subject.clone(), detail.clone());
        if let Some((action, detail)) = operation.clone() {
            audit::done(tx, app, ctx, action, subject.clone(), detail);
        }
        // What is placed on somebody's cluster is in its owner's trail too.
        for owner in &owners {
            audit::done_for(tx, app, ctx, *owner, "placeOrder", subject.clone(), detail.clone());
        }
        Ok(document)
    });
    let document = match written {
        Ok(document) => document,
        // The same call was faster, or the external id is taken.
        Err(hypo_store::Error::Duplicate(what)) => match existing(app, plan.tenant, order).await {
            Ok(order) => return Ok(order),
            Err(_) => return Err(hypo_store::Error::Duplicate(what).into()),
        },
        Err(error) => return Err(error.into()),
    };
    document::read(document)
}

async fn existing(app: &App, tenant: TenantId, order: OrderId) -> Result<Order> {
    document::read(documents::get(app.store().read(), tenant, kind::SERVICE_ORDER, order.0).await?)
}

/// The service is as it was when the plan was made, and nobody else changes it.
async fn unchanged(app: &App, ctx: &Ctx, plan: &StoredPlan) -> Result<Document> {
    let service = services::own(app, ctx, plan.asked.identity.service).await?;
    if service.state != "active" {
        return Err(Error::of(ErrorCode::ServiceStateConflict));
    }
    if let Some(open) = services::open_order(app, &service).await? {
        let text = format!("Order {open} of this service is under way. Cancel it or wait for its end.");
        return Err(Error::new(ErrorCode::ServiceStateConflict, text));
    }
    if plan.asked.base.is_some() && plan.asked.base != services::document::plan(&service.doc) {
        let text = "Another order has changed the service since this plan was made. Make a new plan.";
        return Err(Error::new(ErrorCode::PlanStale, text));
    }
    Ok(service)
}

/// Every cluster of the plan is still offered and what it was. One that is only left need not be offered any more.
async fn still_true(app: &App, plan: &StoredPlan, offered: &Offered) -> Result<()> {
    let is_left = |cluster: &&ClusterPlan| cluster.objects.iter().all(|object| object.change == ChangeKind::Delete);
    let leaves = plan.plan.clusters.iter().filter(is_left).map(|cluster| cluster.cluster);
    let left = clusters::left(app, offered, leaves).await?;
    let mut used = Vec::new();
    for cluster in &plan.plan.clusters {
        let found = offered.clusters.iter().chain(&left).find(|known| known.id == cluster.cluster);
        used.push(found.ok_or_else(|| {
            Error::new(ErrorCode::PlanStale, "A cluster of the plan is no longer offered to you. Make a new plan.")
        })?);
    }
    if plans::facts_digest(&used) == plan.facts_digest {
        return Ok(());
    }
    let names: Vec<&str> = used.iter().map(|cluster| cluster.name.as_str()).collect();
    let text = format!("{} Clusters: {}. Make a new plan.", ErrorCode::PlanStale.title(), names.join(", "));
    Err(Error::new(ErrorCode::PlanStale, text))
}

/// Owners of used clusters besides the orderer.
fn owners(plan: &Plan, offered: &Offered, tenant: TenantId) -> BTreeSet<TenantId> {
    let used =
        plan.clusters.iter().filter_map(|cluster| offered.clusters.iter().find(|known| known.id == cluster.cluster));
    used.map(|cluster| cluster.owner).filter(|owner| *owner != tenant).collect()
}

fn notes(plan: &Plan) -> Vec<String> {
    if plan.links.is_empty() {
        return Vec::new();
    }
    let connections = match plan.links.len() {
        1 => "one connection between clusters is declared, nothing has proven it yet".to_owned(),
        some => format!("{some} connections between clusters are declared, nothing has proven them yet"),
    };
    vec![format!("links not verified: {connections}")]
}
