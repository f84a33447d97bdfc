//! The built-in provider `link`: agent-to-agent TLS, dialled out, one small Deployment per service and cluster.
//! This is its control side; the agent is a program of its own.

mod config;
mod objects;
mod ports;
mod provider;

#[cfg(test)]
mod tests;

use hypo_shared::{ClusterId, analysis::Note};

use crate::{fabric::Intent, identity::ServiceIdentity};

/// The provider. It has no state.
#[derive(Clone, Copy, Debug, Default)]
pub struct Link;

/// Name of the provider.
pub const ID: &str = "link";
/// CPU request of an agent, in millicores.
pub const AGENT_CPU_MILLIS: u64 = 50;
/// Memory request of an agent, in bytes.
pub const AGENT_MEMORY_BYTES: u64 = 32 << 20;
/// Label of every link object and agent pod; its value keeps services apart.
pub const LABEL_LINK: &str = "hypo.etsi.org/link";
/// Port on which agents accept agents.
pub const ACCEPT_PORT: u16 = 8443;
/// Port of the agent's own health.
pub const HEALTH_PORT: u16 = 9901;
/// Schema of `link.json`.
pub const SCHEMA: &str = "hypo.link/1";

/// Whether links carry a protocol. An edge that names none is TCP.
#[must_use]
pub fn carries(protocol: &str) -> bool {
    matches!(protocol, "" | "TCP")
}

/// Name of a site in the identities: `spiffe://hypo/<order>/<cluster>/<namespace>`.
#[must_use]
pub fn spiffe(identity: &ServiceIdentity, cluster: ClusterId, namespace: &str) -> String {
    format!("spiffe://hypo/{}/{cluster}/{namespace}", identity.authority)
}

/// Name of the agent's objects.
#[must_use]
pub fn object_name(identity: &ServiceIdentity) -> String {
    format!("hypo-link-{}", identity.suffix())
}

/// What a person should know about an intent.
#[must_use]
pub fn remarks(intent: &Intent) -> Vec<Note> {
    let mut out = Vec::new();
    if !intent.links.is_empty() {
        let text = "Links not verified: they are declared, and nothing has proven the path yet.".to_owned();
        out.push(Note { code: "links-unverified".to_owned(), text });
    }
    for (a, b) in config::pairs(intent) {
        let (Some(a), Some(b)) = (intent.sites.get(&a), intent.sites.get(&b)) else { continue };
        if !a.reachable && !b.reachable {
            let text = format!(
                "Neither {} nor {} can be dialled from outside (no load balancer): their link needs a relay.",
                a.name, b.name
            );
            out.push(Note { code: "link-relay".to_owned(), text });
        }
    }
    out
}
