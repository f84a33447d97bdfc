//! The built-in provider `link`: agent-to-agent TLS, dialled out, one small Deployment per service and cluster.

/// CPU request of an agent, in millicores.
pub const AGENT_CPU_MILLIS: u64 = 50;
/// Memory request of an agent, in bytes.
pub const AGENT_MEMORY_BYTES: u64 = 32 << 20;

/// Whether links carry a protocol. An edge that names none is TCP.
#[must_use]
pub fn carries(protocol: &str) -> bool {
    matches!(protocol, "" | "TCP")
}
