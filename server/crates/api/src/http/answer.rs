//! Failures as HTTP responses. The body has the GraphQL shape too, so that one reader serves both.

use std::any::Any;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use hypo_app::Error;
use hypo_shared::ErrorCode;
use serde_json::json;

use crate::graphql::error::{note, page};

/// A failure on its way out.
#[derive(Debug)]
pub struct Failure(pub Error);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl From<ErrorCode> for Failure {
    fn from(code: ErrorCode) -> Self {
        Self(Error::of(code))
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let Self(error) = self;
        note(&error);
        let extensions = json!({
            "code": error.code.code(), "title": error.code.title(), "hypo": page(error.code),
            "violations": error.violations,
        });
        let body = json!({
            "code": error.code.code(), "message": error.message, "hypo": page(error.code),
            "errors": [{"message": error.message, "extensions": extensions}],
        });
        let mut response = (status(error.code), Json(body)).into_response();
        if let Some(wait) = error.retry_after {
            let seconds = wait.as_secs().max(1);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// The HTTP status of a code.
pub const fn status(code: ErrorCode) -> StatusCode {
    use ErrorCode as E;
    match code {
        E::Unauthenticated | E::BadCredentials | E::TokenExpired | E::SetupTokenUsed => StatusCode::UNAUTHORIZED,
        E::Forbidden | E::DocumentNotTrusted => StatusCode::FORBIDDEN,
        E::TooManyAttempts | E::BudgetSpent => StatusCode::TOO_MANY_REQUESTS,
        E::NotFound
        | E::PackageNotFound
        | E::PlanNotFound
        | E::OrderNotFound
        | E::ServiceNotFound
        | E::ClusterNotFound
        | E::DomainNotFound
        | E::GrantNotFound
        | E::UserNotFound
        | E::TokenNotFound
        | E::VolumeNotFound
        | E::HubNotFound
        | E::PeerNotFound => StatusCode::NOT_FOUND,
        E::PeerUnreachable | E::PeerRefused => StatusCode::BAD_GATEWAY,
        E::PeerLoop => StatusCode::LOOP_DETECTED,
        E::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        E::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
        E::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        E::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
        E::StateConflict
        | E::OrderStateConflict
        | E::ServiceStateConflict
        | E::PlanAlreadyOrdered
        | E::PlanStale
        | E::IdempotencyConflict => StatusCode::CONFLICT,
        E::PayloadTooLarge | E::PackageTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        E::Overloaded | E::StoreUnavailable | E::SecretStore => StatusCode::SERVICE_UNAVAILABLE,
        E::Internal | E::StoreCorrupt | E::ConfigInvalid => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// Answers a handler that panicked, without its words.
pub fn panicked(reason: Box<dyn Any + Send + 'static>) -> Response {
    let words = reason.downcast_ref::<&str>().map(|words| (*words).to_owned());
    let words = words.or_else(|| reason.downcast_ref::<String>().cloned()).unwrap_or_default();
    Failure(Error::internal(format!("a handler panicked: {words}"))).into_response()
}
