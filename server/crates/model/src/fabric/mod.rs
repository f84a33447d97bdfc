//! Connections between clusters, as pure decisions. A provider says what to do next and what the state is;
//! a saga carries it out and asks again until nothing is left (architecture rule 10).

pub mod link;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use hypo_shared::{ClusterId, OrderId, analysis::ObjectRef, plan::LinkPlan, service::LinkState};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::identity::ServiceIdentity;

/// A way to carry connections between clusters.
pub trait Provider: Send + Sync {
    /// Stable name, for example `link`.
    fn id(&self) -> &'static str;

    /// Protocols that can be carried, as Kubernetes spells them.
    fn protocols(&self) -> &'static [&'static str];

    /// The objects the intent needs in every cluster. Secrets are placeholders without data.
    fn objects(&self, intent: &Intent, observed: &Observed) -> BTreeMap<ClusterId, Vec<FabricObject>>;

    /// What to do now; empty when nothing is left.
    fn next(&self, intent: &Intent, observed: &Observed) -> Vec<Effect>;

    /// State per declared link.
    fn status(&self, intent: &Intent, observed: &Observed) -> FabricStatus;
}

/// What is wanted: links and the sites they join. An intent without links wants everything of the service gone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Intent {
    pub identity: ServiceIdentity,
    pub sites: BTreeMap<ClusterId, Site>,
    /// For each caller, cluster and service port: the callee's clusters, nearest first.
    pub links: Vec<LinkPlan>,
    pub options: LinkOptions,
}

/// A cluster and namespace that takes part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Site {
    pub cluster: ClusterId,
    /// Display name.
    pub name: String,
    pub namespace: String,
    /// A Service of type LoadBalancer gets an address, so that peers can dial this site.
    pub reachable: bool,
    /// Selector labels of the pods that may call, by component.
    pub callers: BTreeMap<String, BTreeMap<String, String>>,
    /// The Services that are called from here by name, complete objects as applied where the callee lives.
    pub services: BTreeMap<String, Value>,
    /// Names of the package's Services that stand here themselves: no stub, and never deleted by a provider.
    pub local: BTreeSet<String>,
}

/// Choices for the built-in provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LinkOptions {
    /// Image of the agent.
    pub image: String,
    pub replicas: u32,
}

impl Default for LinkOptions {
    fn default() -> Self {
        Self { image: format!("ghcr.io/hypo/link:{}", env!("CARGO_PKG_VERSION")), replicas: 1 }
    }
}

/// An object a provider wants.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FabricObject {
    pub object: Value,
    /// Why it is there.
    pub reason: String,
    /// Set on a placeholder Secret.
    pub mint: Option<MintRequest>,
}

/// An identity to be made: a leaf of the order's own certificate authority.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MintRequest {
    pub cluster: ClusterId,
    /// Whose certificate authority signs.
    pub authority: OrderId,
    /// Subject alternative name, `spiffe://hypo/<order>/<cluster>/<namespace>`.
    pub spiffe: String,
    /// The Secret of type `kubernetes.io/tls` with `tls.crt`, `tls.key` and `ca.crt`.
    pub secret: ObjectRef,
}

/// What is known of the fabric of one service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    /// Live link objects by cluster (label `hypo.etsi.org/link`), complete.
    pub objects: BTreeMap<ClusterId, Vec<Value>>,
    /// Identities that were minted and applied.
    pub identities: BTreeMap<ClusterId, Minted>,
    /// What agents report about their links; empty until there is an agent that reports.
    pub reports: Vec<LinkReport>,
    /// Clusters that did not answer.
    pub away: BTreeSet<ClusterId>,
}

/// An identity that stands in a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Minted {
    pub spiffe: String,
    /// Half of the life is over: mint anew.
    pub due: bool,
    pub expires: Option<DateTime<Utc>>,
}

/// What an agent has proven about one link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkReport {
    pub from_cluster: ClusterId,
    pub to_cluster: ClusterId,
    /// `<namespace>/<service>:<port>`.
    pub key: String,
    pub up: bool,
    pub detail: String,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Effect {
    Apply {
        cluster: ClusterId,
        object: Value,
    },
    Delete {
        cluster: ClusterId,
        object: ObjectRef,
    },
    /// Make an identity and apply its Secret.
    Mint(MintRequest),
    /// An operation of an outside controller, for providers that have one.
    Controller {
        operation: String,
        key: String,
    },
}

/// State of a service's fabric.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FabricStatus {
    /// Every object of the intent stands in its cluster.
    pub declared: bool,
    pub links: Vec<LinkStatus>,
}

/// State of one link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkStatus {
    pub link: LinkPlan,
    pub state: LinkState,
    /// A sentence for people.
    pub detail: String,
}
