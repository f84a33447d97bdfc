//! The TMF Open APIs: one set of handlers over the registry of `hypo-tmf`. Adding an API is adding rows there.

mod change;
mod create;
mod hub;
mod negotiate;
mod passthrough;
mod path;
mod read;
mod remove;
mod reply;
mod target;

use std::{any::Any, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{OriginalUri, State},
    http::{HeaderMap, Method, Request, Uri},
    response::{IntoResponse, Response},
    routing::any,
};
use hypo_app::{Ctx, tmf};
use hypo_shared::ErrorCode;
use hypo_tmf::{Dialect, Problem, Query, Resource};
use tower_http::catch_panic::CatchPanicLayer;

use crate::{ApiState, http::caller};
pub use negotiate::packed;
use reply::Refusal;
use target::Target;

/// Bytes of a document.
const BODY: usize = 1 << 20;

/// How long a request may take: less than what the outer layer allows, which knows no TMF630.
const DEADLINE: Duration = Duration::from_secs(70);

/// Routes below `/tmf-api`. Every answer has the TMF630 shape, refusals of the router included.
pub fn router(_: ApiState) -> Router<ApiState> {
    let paths = ["/tmf-api", "/tmf-api/", "/tmf-api/{*rest}"];
    let router = paths.into_iter().fold(Router::new(), |router, path| router.route(path, any(handle)));
    let router = router.route("/peers/{peer}/tmf-api/{*rest}", any(passthrough::handle));
    router.layer(CatchPanicLayer::custom(panicked))
}

/// A request, as the handlers see it.
struct Asked<'a> {
    state: &'a ApiState,
    ctx: Arc<Ctx>,
    resource: &'static Resource,
    headers: &'a HeaderMap,
    /// The query string as it was sent.
    raw: &'a str,
    dialect: Dialect,
}

impl Asked<'_> {
    /// Asks the policy table for a method of the resource.
    async fn permit(&self, method: hypo_tmf::Method) -> Result<hypo_app::permit::Proof, Refusal> {
        Ok(tmf::permit(self.state.app(), &self.ctx, self.resource, method).await?)
    }

    fn query(&self) -> Result<Query, Refusal> {
        Ok(Query::parse(self.raw)?)
    }
}

async fn handle(State(state): State<ApiState>, OriginalUri(uri): OriginalUri, request: Request<Body>) -> Response {
    let answer = tokio::time::timeout(DEADLINE, answer(&state, &uri, request));
    match answer.await {
        Ok(answer) => answer.unwrap_or_else(IntoResponse::into_response),
        Err(_) => Refusal::from(Problem::new(504, ErrorCode::Overloaded, "The request took too long.")).into_response(),
    }
}

async fn answer(state: &ApiState, uri: &Uri, request: Request<Body>) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let caller =
        caller::identify(state, &parts.headers, &parts.extensions).await.map_err(|failure| Refusal::from(failure.0))?;
    if caller::same_site(&caller, &parts.headers, state.config()).is_err() {
        return Err(Refusal::of(ErrorCode::Forbidden));
    }
    negotiate::accepts_json(&parts.headers)?;
    let ctx = Arc::new(caller.ctx.because("tmf"));
    let raw = uri.query().unwrap_or_default();
    if let Some(place) = hub::place(uri.path()) {
        return hub::serve(state, &ctx, &place, &parts.method, &parts.headers, raw, body).await;
    }
    let target = target::of(uri.path()).ok_or_else(|| nothing(uri.path()))?;
    let resource = target.resource();
    let dialect = negotiate::dialect(&parts.headers, &ctx.who);
    let asked = Asked { state, ctx, resource, headers: &parts.headers, raw, dialect };
    let can = |method| resource.can(method);
    use hypo_tmf::Method as Tmf;
    match (&target, &parts.method) {
        (Target::Collection(_), &Method::GET | &Method::HEAD) if can(Tmf::List) => read::list(&asked).await,
        (Target::Collection(_), &Method::POST) if can(Tmf::Create) => create::create(&asked, body).await,
        (Target::Document(_, id), &Method::GET | &Method::HEAD) if can(Tmf::Get) => read::one(&asked, id).await,
        (Target::Document(_, id), &Method::PATCH) if can(Tmf::Patch) => change::change(&asked, id, body).await,
        (Target::Document(_, id), &Method::DELETE) if can(Tmf::Delete) => remove::remove(&asked, id).await,
        (Target::Children(_, owner), &Method::GET | &Method::HEAD) => read::children(&asked, owner).await,
        (Target::Child(_, owner, id), &Method::GET | &Method::HEAD) => read::child(&asked, owner, id).await,
        _ => Err(reply::not_allowed(&target.allow())),
    }
}

fn nothing(path: &str) -> Refusal {
    let problem = Problem::not_found(format!("nothing is served at {path}"));
    problem.help("The APIs and their paths are listed at /nbi/interfaces.").into()
}

/// For paths the router does not lead here that are meant for this face, such as `//tmf-api/…`.
pub fn nothing_at(path: &str) -> Response {
    nothing(path).into_response()
}

/// The bytes of a body within the limit.
async fn read_body(body: Body) -> Result<axum::body::Bytes, Refusal> {
    let too_large = || Problem::new(413, ErrorCode::PayloadTooLarge, format!("the body is larger than {BODY} bytes"));
    Ok(axum::body::to_bytes(body, BODY).await.map_err(|_| too_large())?)
}

fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("A request of the TMF face panicked.");
    Refusal::of(ErrorCode::Internal).into_response()
}
