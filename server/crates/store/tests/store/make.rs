//! Rows for the tests, complete and plain.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use hypo_shared::{
    AuditId, ClusterId, DomainId, ErrorCode, OrderId, Role, ServiceId, TenantId, UserId, analysis::ObjectRef,
    order::OnFailure, resource::ResourceStatus, service::Health,
};
use hypo_store::{
    accounts::{Session, Tenant, Token, User, secret_hash},
    audit::NewEntry,
    clusters::{ClusterRow, DomainRow},
    documents::{Document, kind},
    events::Cursor,
    grants::Grant,
    hubs,
    offerings::OfferingRow,
    ordering::{OrderItem, Shown, step},
    packages::Package,
    peers,
    plans::{OrderRun, PlanRow},
    services::{AppliedObject, ComponentStatus, KeptVolume},
};
use serde_json::{Value, json};
use uuid::Uuid;

pub fn id<T: From<Uuid>>() -> T {
    Uuid::now_v7().into()
}

/// A fixed time, `seconds` after noon.
pub fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_900_000_000 + seconds, 123_456_000).expect("a time in range")
}

pub fn document(tenant: TenantId, name: &str) -> Document {
    Document {
        state: "acknowledged".into(),
        name: name.into(),
        ..Document::new(kind::SERVICE_ORDER, id(), tenant, json!({"description": name}), at(0))
    }
}

pub fn tenant(name: &str) -> Tenant {
    Tenant { id: id(), name: name.into(), roles: vec![Role::Provider, Role::DomainOwner], created_at: at(0) }
}

pub fn user(tenant: TenantId, name: &str) -> User {
    User {
        id: id(),
        tenant,
        name: name.into(),
        display_name: name.to_uppercase(),
        password_hash: "$argon2id$secret".into(),
        role: Role::Provider,
        disabled: false,
        created_at: at(0),
    }
}

pub fn session(user: &User, secret: &str) -> Session {
    Session {
        id: id(),
        hash: secret_hash(secret),
        user: user.id,
        tenant: user.tenant,
        created_at: at(0),
        expires_at: at(0) + Duration::hours(8),
        last_seen: at(0),
    }
}

pub fn token(user: UserId, tenant: TenantId, secret: &str) -> Token {
    Token {
        id: id(),
        user,
        tenant,
        name: "ci".into(),
        role: Role::Viewer,
        hash: secret_hash(secret),
        created_at: at(0),
        expires_at: at(0) + Duration::days(30),
        revoked_at: None,
        last_used_at: None,
        openslice: false,
    }
}

pub fn domain(tenant: TenantId, name: &str) -> DomainRow {
    DomainRow {
        id: id(),
        tenant,
        name: name.into(),
        country: "GR".into(),
        lat: Some(37.98),
        lon: None,
        description: String::new(),
        created_at: at(0),
    }
}

pub fn cluster(tenant: TenantId, domain: DomainId, name: &str) -> ClusterRow {
    ClusterRow {
        id: id(),
        domain,
        tenant,
        name: name.into(),
        country: "GR".into(),
        labels: BTreeMap::from([("tier".into(), "edge".into())]),
        kubeconfig: Some("kubeconfig/edge".into()),
        facts: Value::Null,
        probed_at: None,
        status: ResourceStatus::Unknown,
        problem: None,
        price_per_cpu_hour: Some(0.04),
        latency_ms: BTreeMap::from([(id(), 12.5)]),
        created_at: at(0),
    }
}

pub fn grant(owner: TenantId, grantee: TenantId, cluster: ClusterId) -> Grant {
    Grant { id: id(), owner, grantee, cluster, created_at: at(1), revoked_at: None }
}

pub fn package(tenant: TenantId, name: &str, blob: &str) -> Package {
    Package {
        id: id(),
        tenant,
        name: name.into(),
        version: "1.2.3".into(),
        kind: "helm".into(),
        digest: "d".repeat(64),
        blob: blob.into(),
        values: json!({"z": 1, "a": 2}),
        revision: 0,
        created_at: at(0),
        render: None,
        analysis: Value::Null,
        generated: Value::Null,
    }
}

pub fn plan(tenant: TenantId) -> PlanRow {
    PlanRow {
        id: id(),
        tenant,
        package: None,
        request: json!({"pins": {}}),
        body: hypo_shared::plan::Plan::default(),
        hash: "h".repeat(64),
        facts_digest: "f".repeat(64),
        created_at: at(0),
        expires_at: at(0) + Duration::hours(24),
        order: None,
    }
}

pub fn run(tenant: TenantId, order: OrderId, service: ServiceId) -> OrderRun {
    OrderRun {
        order,
        tenant,
        saga: id(),
        on_failure: OnFailure::Hold,
        plan: None,
        service: Some(service),
        created_at: at(0),
    }
}

pub fn object(name: &str) -> ObjectRef {
    ObjectRef { api_version: "apps/v1".into(), kind: "Deployment".into(), namespace: "shop".into(), name: name.into() }
}

pub fn applied(tenant: TenantId, service: ServiceId, cluster: ClusterId, name: &str) -> AppliedObject {
    let ObjectRef { api_version, kind, namespace, name } = object(name);
    AppliedObject {
        tenant,
        service,
        cluster,
        api_version,
        kind,
        namespace,
        component: Some(name.clone()),
        name,
        phase: 3,
        digest: "0".repeat(64),
        desired: json!({"spec": {"replicas": 1}}),
        uid: None,
        applied_at: at(0),
    }
}

pub fn status(tenant: TenantId, service: ServiceId, cluster: ClusterId, component: &str) -> ComponentStatus {
    ComponentStatus {
        tenant,
        service,
        component: component.into(),
        cluster,
        desired: 2,
        ready: 1,
        health: Health::Degraded,
        message: "one of two".into(),
        cause: Some(ErrorCode::ImagePull),
        observed_at: at(0),
    }
}

pub fn volume(tenant: TenantId, service: ServiceId, cluster: ClusterId, claim: &str) -> KeptVolume {
    KeptVolume {
        id: id(),
        tenant,
        service,
        cluster,
        namespace: "shop".into(),
        claim: claim.into(),
        bytes: 5 << 30,
        component: "store".into(),
        kept_at: at(0),
        deleted_at: None,
        attached_to: None,
    }
}

pub fn entry(tenant: TenantId, action: &str) -> NewEntry {
    NewEntry {
        id: id::<AuditId>(),
        tenant,
        actor: "user:ada".into(),
        role: Some(Role::Provider),
        action: action.into(),
        subject: "serviceOrder/1".into(),
        outcome: "done".into(),
        detail: json!({"b": 1.5, "a": [true, null]}),
        at: at(0),
    }
}

pub fn hub(tenant: TenantId) -> hubs::Hub {
    hubs::Hub {
        id: id(),
        tenant,
        base: "/tmf-api/serviceOrdering/v4".into(),
        topic: None,
        callback: "https://listener.test/".into(),
        query: None,
        format: "tmf".into(),
        position: Cursor::START,
        paused: false,
        created_by: "user:test".into(),
        created_at: at(1),
    }
}

pub fn peer(tenant: TenantId, name: &str) -> peers::Peer {
    peers::Peer {
        id: id(),
        tenant,
        name: name.into(),
        base_url: "https://oss.test".into(),
        auth: "none".into(),
        account: None,
        token_url: None,
        scope: None,
        dialect: "official".into(),
        created_by: "user:test".into(),
        created_at: at(1),
    }
}

pub fn offering(tenant: TenantId, name: &str) -> OfferingRow {
    OfferingRow {
        id: id(),
        tenant,
        name: name.into(),
        version: "1.0".into(),
        package: id(),
        approval: "provider".into(),
        terms: json!({}),
        candidate: id(),
        product_specification: id(),
        product_offering: id(),
        created_at: at(1),
    }
}

/// An item of this order of an offering, which waits for its provider's word.
pub fn order_item(order: Uuid, offering: &OfferingRow) -> OrderItem {
    OrderItem {
        order,
        position: 0,
        kind: kind::SERVICE_ORDER.into(),
        tenant: offering.tenant,
        provider: Some(offering.tenant),
        offering: Some(offering.id),
        step: step::APPROVAL.into(),
        due_at: at(1),
        part: None,
        seen: String::new(),
        subject: None,
        reason: String::new(),
    }
}

/// This document shows a service of the offering's provider.
pub fn shown(document: Uuid, offering: &OfferingRow) -> Shown {
    Shown {
        id: document,
        kind: kind::SERVICE_ORDER.into(),
        tenant: offering.tenant,
        shows: id(),
        provider: offering.tenant,
        offering: offering.id,
        seen: String::new(),
    }
}
