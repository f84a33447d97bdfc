//! The demonstration: a provider and three owners with a simulated cluster each, in a process of their own.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use chrono::Utc;
use hypo_app::{
    App,
    access::{grants, tenants},
    clusters::{NewCluster, NewDomain, add, add_domain},
};
use hypo_shared::{ClusterId, ErrorCode, Role, TenantId};
use hypo_store::{Scope, Store, clusters};
use hypo_twin::{IngressClassSpec, NodeSpec, TwinConfig, TwinsReport, TwinsSpec};

use super::{
    config::Config,
    seed::{self, Invitation, refused, system},
    twins_process::TwinsProcess,
};
use crate::cli::Result;

/// The tenant that brings packages, and its user.
const PROVIDER: (&str, &str, &str) = ("Aurora Apps", "ada", "Ada Provider");
/// A tenant that orders what others offer, and its user.
const CUSTOMER: (&str, &str, &str) = ("Harbour Lines", "cleo", "Cleo Customer");
const GIB: u64 = 1 << 30;

/// An owner of the demonstration, its domain and its one cluster.
struct Owner {
    tenant: &'static str,
    user: &'static str,
    person: &'static str,
    domain: &'static str,
    cluster: &'static str,
    country: &'static str,
    place: (f64, f64),
    kind: &'static str,
    price: f64,
}

const OWNERS: [Owner; 3] = [
    Owner {
        tenant: "Lakeside Edge",
        user: "eva",
        person: "Eva Edge",
        domain: "Lakeside",
        cluster: "lakeside-edge",
        country: "CH",
        place: (46.204, 6.143),
        kind: "edge",
        price: 0.06,
    },
    Owner {
        tenant: "Nimbus Cloud",
        user: "carl",
        person: "Carl Cloud",
        domain: "Nimbus Central",
        cluster: "nimbus-central",
        country: "DE",
        place: (50.11, 8.682),
        kind: "cloud",
        price: 0.03,
    },
    Owner {
        tenant: "Meridian Mobile",
        user: "mona",
        person: "Mona Mobile",
        domain: "Meridian Core",
        cluster: "meridian-core",
        country: "FR",
        place: (48.857, 2.352),
        kind: "core",
        price: 0.045,
    },
];

/// Round trips between the clusters, milliseconds.
const LATENCY: [(usize, usize, f64); 3] = [(0, 1, 18.0), (0, 2, 7.0), (1, 2, 12.0)];

/// Simulated clusters answer within milliseconds, so a failure is named within seconds.
pub fn adjust(config: &mut Config) {
    config.orders.cause_stands = config.orders.cause_stands.min(6);
    config.orders.ready_within = config.orders.ready_within.min(120);
    config.orders.drift_every = config.orders.drift_every.min(5);
    config.orders.probe_every = config.orders.probe_every.min(15);
    // Whoever tries it out has the listener on the same machine.
    config.events.allow_http = true;
    config.events.allow_addresses.extend(["127.0.0.0/8".to_owned(), "::1/128".to_owned()]);
}

/// Starts the clusters.
pub async fn clusters(home: &Path) -> Result<TwinsProcess> {
    let folder = home.join("twins");
    let spec = TwinsSpec { state_dir: Some(folder.clone()), clusters: configs(), ..TwinsSpec::default() };
    TwinsProcess::start(&folder, &spec).await
}

fn configs() -> Vec<TwinConfig> {
    let class = |name: &str| IngressClassSpec {
        name: name.to_owned(),
        controller: "twin.hypo.dev/ingress".to_owned(),
        default: true,
    };
    let nodes = |count: u64, cpu: u64, memory: u64| {
        (1..=count).map(|number| NodeSpec::new(&format!("node-{number}"), cpu, memory * GIB)).collect()
    };
    vec![
        TwinConfig {
            name: OWNERS[0].cluster.into(),
            seed: 11,
            version: "v1.33.4+k3s1".into(),
            nodes: nodes(2, 4000, 8),
            ingress_classes: vec![class("traefik")],
            programs: programs(),
            ..TwinConfig::default()
        },
        TwinConfig {
            name: OWNERS[1].cluster.into(),
            seed: 22,
            version: "v1.34.2".into(),
            nodes: nodes(3, 16000, 64),
            ingress_classes: vec![class("nginx")],
            load_balancer: true,
            programs: programs(),
            ..TwinConfig::default()
        },
        TwinConfig {
            name: OWNERS[2].cluster.into(),
            seed: 33,
            version: "v1.34.1".into(),
            nodes: nodes(2, 8000, 32),
            ingress_classes: vec![class("nginx")],
            programs: programs(),
            ..TwinConfig::default()
        },
    ]
}

/// The example application runs as real processes where its program stands beside ours.
fn programs() -> BTreeMap<String, PathBuf> {
    let beside = std::env::current_exe().ok().and_then(|exe| exe.parent().map(|folder| folder.join("watchpost")));
    beside
        .filter(|program| program.exists())
        .map(|program| BTreeMap::from([("ghcr.io/hypo/watchpost".to_owned(), program)]))
        .unwrap_or_default()
}

/// Makes what is missing, and gives one-time sign-ins for the provider and its customer.
pub async fn seed(app: &App, store: &Store, report: &TwinsReport) -> Result<Vec<Invitation>> {
    let there = invitations(app).await;
    if !there.is_empty() {
        return Ok(there);
    }
    seed::administrator(app, store).await?;
    let platform = system(TenantId(uuid::Uuid::nil()));
    let permit = app.permit(&platform).await.map_err(refused)?;
    let provider = tenants::create(app, &platform, permit, PROVIDER.0, &[]).await.map_err(refused)?;
    let mut made: Vec<(TenantId, ClusterId)> = Vec::new();
    for owner in &OWNERS {
        let tenant = tenants::create(app, &platform, permit, owner.tenant, &[]).await.map_err(refused)?;
        seed::person(app, store, tenant.id, owner.user, owner.person, Role::DomainOwner).await?;
        let cluster = cluster(app, owner, tenant.id, report).await?;
        let ctx = system(tenant.id);
        let permit = app.permit(&ctx).await.map_err(refused)?;
        grants::create(app, &ctx, permit, cluster, provider.id).await.map_err(refused)?;
        made.push((tenant.id, cluster));
    }
    latencies(store, &made).await?;
    let customer = tenants::create(app, &platform, permit, CUSTOMER.0, &[]).await.map_err(refused)?;
    seed::person(app, store, customer.id, CUSTOMER.1, CUSTOMER.2, Role::Customer).await?;
    // The provider comes last: its user tells the next start that all of this is there.
    seed::person(app, store, provider.id, PROVIDER.1, PROVIDER.2, Role::Provider).await?;
    Ok(invitations(app).await)
}

/// Of those who are there; the demonstration of an earlier version may have fewer.
async fn invitations(app: &App) -> Vec<Invitation> {
    let mut all = Vec::new();
    for (tenant, user, person) in [PROVIDER, CUSTOMER] {
        if let Ok(secret) = seed::invite(app, user).await {
            all.push(Invitation { secret, whose: format!("{person}, {tenant}") });
        }
    }
    all
}

async fn cluster(app: &App, owner: &Owner, tenant: TenantId, report: &TwinsReport) -> Result<ClusterId> {
    let ctx = system(tenant);
    let permit = app.permit(&ctx).await.map_err(refused)?;
    let new = NewDomain {
        name: owner.domain.to_owned(),
        country: Some(owner.country.to_owned()),
        latitude: Some(owner.place.0),
        longitude: Some(owner.place.1),
    };
    let domain = add_domain(app, &ctx, permit, new).await.map_err(refused)?;
    let twin = report.clusters.iter().find(|twin| twin.name == owner.cluster).ok_or_else(|| {
        crate::cli::Error::new(ErrorCode::ClusterNotFound, format!("{} did not start", owner.cluster))
    })?;
    let new = NewCluster {
        domain: domain.id,
        name: owner.cluster.to_owned(),
        kubeconfig: twin.kubeconfig.clone(),
        country: Some(owner.country.to_owned()),
        labels: BTreeMap::from([("site".to_owned(), owner.kind.to_owned())]),
        price_per_cpu_hour: Some(owner.price),
    };
    Ok(add(app, &ctx, permit, new).await.map_err(refused)?.id)
}

/// Published by the owners; nothing measures them yet.
async fn latencies(store: &Store, made: &[(TenantId, ClusterId)]) -> Result<()> {
    let now = Utc::now();
    let written = hypo_store::write!(store, |tx| {
        for (position, (tenant, id)) in made.iter().enumerate() {
            let mut row = clusters::get(tx, Scope::from(*tenant), *id).await?;
            for (a, b, milliseconds) in LATENCY {
                if let Some((_, other)) = (a == position).then(|| made[b]).or_else(|| (b == position).then(|| made[a]))
                {
                    row.latency_ms.insert(other, milliseconds);
                }
            }
            clusters::update(tx, &row, now).await?;
        }
        Ok(())
    });
    written.map_err(|error| crate::cli::Error::new(error.code(), error.to_string()))
}
