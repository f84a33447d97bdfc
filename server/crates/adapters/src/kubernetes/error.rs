//! What an API server's refusal means in our codes.

use hypo_model::ports::cluster::Error;
use hypo_shared::ErrorCode;

/// Translates a client error. The operation is named by the caller; the message is the server's own.
pub fn translate(error: kube::Error) -> Error {
    match error {
        kube::Error::Api(status) => from_status(status.code, &status.reason, &status.message),
        kube::Error::HyperError(error) => unreachable_cluster(&error),
        kube::Error::Service(error) => unreachable_cluster(error.as_ref()),
        kube::Error::ReadEvents(error) => unreachable_cluster(&error),
        kube::Error::Discovery(error) => {
            Error { code: ErrorCode::ApplyRefused, message: error.to_string(), transient: false }
        }
        other => Error { code: ErrorCode::ClusterUnreachable, message: other.to_string(), transient: true },
    }
}

fn from_status(code: u16, reason: &str, message: &str) -> Error {
    let (error, transient) = match code {
        401 => (ErrorCode::ClusterUnauthorized, false),
        403 if message.contains("exceeded quota") => (ErrorCode::QuotaExceeded, false),
        403 => (ErrorCode::ClusterForbidden, false),
        // A server-side apply conflict names the other manager and does not go away by itself.
        409 if message.contains("conflict with") => (ErrorCode::ClusterConflict, false),
        409 => (ErrorCode::ClusterConflict, true),
        429 | 500 | 502 | 503 | 504 => (ErrorCode::ClusterUnreachable, true),
        _ => (ErrorCode::ApplyRefused, false),
    };
    let message = if message.is_empty() { format!("{code} {reason}") } else { message.to_owned() };
    Error { code: error, message, transient }
}

fn unreachable_cluster(error: &(dyn std::error::Error + 'static)) -> Error {
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if !message.contains(&text) {
            message = format!("{message}: {text}");
        }
        source = cause.source();
    }
    Error { code: ErrorCode::ClusterUnreachable, message, transient: true }
}

/// Whether the server says that the object is not there.
pub fn is_not_found(error: &kube::Error) -> bool {
    matches!(error, kube::Error::Api(status) if status.code == 404)
}
