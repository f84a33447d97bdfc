//! The built-in provider `link`: agent-to-agent TLS, dialled out, one small Deployment per service and cluster.
