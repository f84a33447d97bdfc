//! What sagas, reconcilers and feeds act through. Made by the composition root.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use hypo_model::{
    digest::DigestKey,
    ports::{
        Clusters, Identities, Secrets,
        cluster::{self, ClusterPort},
        secrets::{self, SecretRef, SecretValue},
    },
};
use hypo_shared::{ClusterId, ErrorCode, TenantId};
use hypo_store::{Store, clusters};
use uuid::Uuid;

/// Kind of the secret that holds a cluster's sanitised kubeconfig; its name is the cluster's id.
pub const KUBECONFIG: &str = "kubeconfig";

/// The store and the ports.
pub struct World {
    pub store: Store,
    pub clusters: Arc<dyn Clusters>,
    pub secrets: Arc<dyn Secrets>,
    pub identities: Arc<dyn Identities>,
    pub clock: fn() -> DateTime<Utc>,
    pub settings: Settings,
}

/// Times that sites differ in.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// A workload that is not ready after this is a failure.
    pub ready_within: Duration,
    /// A cause that stands this long is the failure, before the time is up.
    pub cause_stands: Duration,
    /// Pause between two looks for drift.
    pub drift_every: Duration,
    /// Pause between two probes of a cluster.
    pub probe_every: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            ready_within: Duration::from_secs(600),
            cause_stands: Duration::from_secs(30),
            drift_every: Duration::from_secs(30),
            probe_every: Duration::from_secs(60),
        }
    }
}

impl World {
    /// Connects to a registered cluster with the credentials of its owner.
    ///
    /// # Errors
    /// `HYP-4001` for an unknown cluster; the port's and the secret store's errors as they are.
    pub async fn cluster(&self, id: ClusterId) -> Result<Arc<dyn ClusterPort>, cluster::Error> {
        let row = clusters::get(self.store.read(), hypo_store::Scope::Platform, id).await.map_err(|error| {
            cluster::Error { code: error.code(), message: error.to_string(), transient: is_transient(error.code()) }
        })?;
        let at = kubeconfig(row.tenant, id);
        let secret = self.secrets.get(&at).await.map_err(|error| cluster::Error {
            code: error.code,
            message: error.message,
            transient: error.transient,
        })?;
        let missing = || cluster::Error {
            code: ErrorCode::ClusterUnauthorized,
            message: format!("the cluster {} has no stored credentials", row.name),
            transient: false,
        };
        let secret = secret.ok_or_else(missing)?;
        let text = String::from_utf8(secret.0).map_err(|_| missing())?;
        self.clusters.connect(&text).await
    }
}

/// Kind of the secret that holds a tenant's key for digests of secret data.
const DIGEST_KEY: &str = "digest-key";

impl World {
    /// The key of a tenant's digests, made when it is first asked for.
    ///
    /// # Errors
    /// Those of the secret store.
    pub async fn digest_key(&self, tenant: TenantId) -> Result<DigestKey, secrets::Error> {
        let at = SecretRef { tenant, kind: DIGEST_KEY.into(), name: "digests".into() };
        let kept = match self.secrets.get(&at).await? {
            Some(kept) => kept,
            None => {
                // Two random ids carry 244 random bits.
                let random = [Uuid::new_v4().into_bytes(), Uuid::new_v4().into_bytes()].concat();
                self.secrets.put_new(&at, &SecretValue(random)).await?
            }
        };
        DigestKey::read(&kept.0).ok_or_else(|| secrets::Error {
            code: ErrorCode::StoreCorrupt,
            message: "the key of the tenant's digests does not hold 32 bytes".into(),
            transient: false,
        })
    }
}

/// Where a cluster's kubeconfig lies: under its owner.
#[must_use]
pub fn kubeconfig(owner: TenantId, cluster: ClusterId) -> SecretRef {
    SecretRef { tenant: owner, kind: KUBECONFIG.into(), name: cluster.to_string() }
}

/// Whether waiting may help.
#[must_use]
pub const fn is_transient(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::StoreUnavailable | ErrorCode::Overloaded | ErrorCode::ClusterUnreachable)
}
