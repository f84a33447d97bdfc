//! The service's own certificate authority for its links, made once and kept in the secret store.

use async_trait::async_trait;
use hypo_engine::{Action, StepContext, StepError};
use hypo_model::{
    fabric::MintRequest,
    ports::{
        identities::Identity,
        secrets::{self, SecretRef, SecretValue},
    },
};
use hypo_shared::{ErrorCode, OrderId, TenantId};
use serde_json::{Value, json};

use super::Fulfil;
use crate::{failure, world::World};

/// Life of a site's certificate. Rotation at half of it comes with the agent that can reload.
const LEAF_HOURS: u32 = 90 * 24;

pub(super) struct Authority;

#[async_trait]
impl Action<World> for Authority {
    async fn run(&self, cx: &StepContext<'_, World>) -> Result<Value, StepError> {
        let fulfil: Fulfil = cx.saga_params()?;
        authority(cx.ports, fulfil.tenant, fulfil.identity.authority).await?;
        Ok(json!({"authority": fulfil.identity.authority}))
    }

    /// Only the order that made the authority takes it away again.
    async fn undo(&self, cx: &StepContext<'_, World>) -> Result<(), StepError> {
        let fulfil: Fulfil = cx.saga_params()?;
        if fulfil.identity.authority != fulfil.order {
            return Ok(());
        }
        let at = authority_at(fulfil.tenant, fulfil.order);
        cx.ports.secrets.delete(&at).await.map_err(|error| failure::sealed(&error))
    }
}

/// The certificate data of one site's Secret: `tls.crt`, `tls.key`, `ca.crt` in PEM. Made once per request.
pub(super) async fn mint(world: &World, tenant: TenantId, request: &MintRequest) -> Result<[String; 3], StepError> {
    let authority = authority(world, tenant, request.authority).await?;
    let at = leaf_at(tenant, request);
    let leaf = get_or_make(world, &at, || world.identities.leaf(&authority, &request.spiffe, LEAF_HOURS)).await?;
    Ok([leaf.certificate, leaf.key, authority.certificate])
}

/// Forgets what was minted for a site and the authority that signed it.
pub(crate) async fn forget(world: &World, tenant: TenantId, request: &MintRequest) -> Result<(), secrets::Error> {
    world.secrets.delete(&leaf_at(tenant, request)).await?;
    world.secrets.delete(&authority_at(tenant, request.authority)).await
}

fn leaf_at(tenant: TenantId, request: &MintRequest) -> SecretRef {
    SecretRef { tenant, kind: "link-identity".into(), name: format!("{}/{}", request.authority, request.spiffe) }
}

async fn authority(world: &World, tenant: TenantId, order: OrderId) -> Result<Identity, StepError> {
    let at = authority_at(tenant, order);
    get_or_make(world, &at, || world.identities.authority(&format!("HypO order {order}"))).await
}

fn authority_at(tenant: TenantId, order: OrderId) -> SecretRef {
    SecretRef { tenant, kind: "link-authority".into(), name: order.to_string() }
}

async fn get_or_make(
    world: &World,
    at: &SecretRef,
    make: impl FnOnce() -> Result<Identity, hypo_model::ports::identities::Error> + Send,
) -> Result<Identity, StepError> {
    if let Some(known) = world.secrets.get(at).await.map_err(|error| failure::sealed(&error))? {
        return read(&known);
    }
    let made = make().map_err(|error| StepError::permanent(ErrorCode::Internal, error.to_string()))?;
    let bytes = serde_json::to_vec(&made)
        .map_err(|error| StepError::permanent(ErrorCode::Internal, format!("a link identity: {error}")))?;
    // Another site's step may have been faster; its identity is the one that counts.
    let kept = world.secrets.put_new(at, &SecretValue(bytes)).await.map_err(|error| failure::sealed(&error))?;
    read(&kept)
}

fn read(kept: &SecretValue) -> Result<Identity, StepError> {
    serde_json::from_slice(&kept.0)
        .map_err(|error| StepError::permanent(ErrorCode::StoreCorrupt, format!("a link identity: {error}")))
}
