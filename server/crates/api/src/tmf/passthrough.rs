//! `/peers/{peer}/tmf-api/…`: a peer's TMF API, reached with our credentials under the caller's rights.

use axum::{
    body::Body,
    extract::{OriginalUri, Path, Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::{StreamExt, TryStreamExt};
use hypo_app::{
    Ctx,
    peers::{self, Forward},
    permit::may,
};
use hypo_shared::ErrorCode;

use super::reply::{self, Refusal};
use crate::{ApiState, http::caller};

/// Asks for documents in the official dialect whatever the peer speaks.
const TRANSLATE: &str = "x-hypo-translate";
/// What is passed on.
const METHODS: &str = "GET, HEAD, POST, PATCH, PUT, DELETE";

/// Passes a request on. Every refusal of ours has the TMF630 shape; what the peer answers is given as it is.
pub async fn handle(
    State(state): State<ApiState>,
    Path((peer, _)): Path<(String, String)>,
    OriginalUri(uri): OriginalUri,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let caller = match caller::identify(&state, &parts.headers, &parts.extensions).await {
        Ok(caller) => caller,
        Err(failure) => return Refusal::from(failure.0).into_response(),
    };
    if caller::same_site(&caller, &parts.headers, state.config()).is_err() {
        return Refusal::of(ErrorCode::Forbidden).into_response();
    }
    if !METHODS.split(", ").any(|method| method == parts.method.as_str()) {
        return reply::not_allowed(METHODS).into_response();
    }
    let whole = uri.path_and_query().map_or(uri.path(), |whole| whole.as_str());
    let path = whole.strip_prefix("/peers/").and_then(|rest| rest.find('/').map(|at| rest[at..].to_owned()));
    let headers = parts.headers.iter().map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()));
    let forward = Forward {
        peer,
        method: parts.method.as_str().to_owned(),
        path: path.unwrap_or_default(),
        headers: headers.collect(),
        body: body.into_data_stream().map_err(std::io::Error::other).boxed(),
        translate: parts.headers.get(TRANSLATE).is_some_and(|value| value == "official"),
    };
    let reading = matches!(parts.method, Method::GET | Method::HEAD);
    match pass(&state, &caller.ctx.because("peer"), reading, forward).await {
        Ok(response) => response,
        Err(error) => {
            let wait = error.retry_after;
            let mut response = Refusal::from(error).into_response();
            if let Some(wait) = wait {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
            }
            response
        }
    }
}

async fn pass(state: &ApiState, ctx: &Ctx, reading: bool, forward: Forward) -> hypo_app::Result<Response> {
    let answer = if reading {
        let permit = state.app().permit::<may::ReadPeers>(ctx).await?;
        peers::read(state.app(), ctx, permit, forward).await?
    } else {
        let permit = state.app().permit::<may::WritePeers>(ctx).await?;
        peers::write(state.app(), ctx, permit, forward).await?
    };
    let mut response = Response::new(Body::from_stream(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(&value)) {
            response.headers_mut().append(name, value);
        }
    }
    Ok(response)
}
