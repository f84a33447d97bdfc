//! Runs requests: limits first, a deadline, and errors that say no more than they should.

use std::{sync::Arc, time::Duration};

use async_graphql::{Request, Response, ServerError, futures_util::stream::BoxStream, parser::types::OperationType};
use futures::StreamExt;
use hypo_app::{App, Ctx, Error};
use hypo_shared::ErrorCode;

use crate::{
    graphql::{HypoSchema, error, limits, loaders::Loaders, schema},
    metrics::Metrics,
};

/// How long a query may take.
const QUERY: Duration = Duration::from_secs(10);
/// How long a mutation may take: it may render a chart and ask clusters.
const MUTATION: Duration = Duration::from_secs(60);

/// The schema behind its limits.
#[derive(Clone)]
pub struct Guard {
    schema: HypoSchema,
    app: App,
    metrics: Arc<Metrics>,
}

impl Guard {
    /// Builds the schema over an application.
    pub fn new(app: App, metrics: Arc<Metrics>) -> Self {
        Self { schema: schema(app.clone()), app, metrics }
    }

    /// Runs a query or mutation.
    pub async fn run(&self, mut request: Request, ctx: Arc<Ctx>) -> Response {
        let kind = match limits::check(&mut request) {
            Ok(OperationType::Subscription) => {
                let text = "Subscriptions are served on /graphql/ws.";
                return self.finish(refusal(Error::new(ErrorCode::InvalidInput, text)), &ctx);
            }
            Ok(kind) => kind,
            Err(error) => return self.finish(refusal(error), &ctx),
        };
        let deadline = if kind == OperationType::Mutation { MUTATION } else { QUERY };
        let work = self.schema.execute(self.equip(request, &ctx));
        let response = match tokio::time::timeout(deadline, work).await {
            Ok(response) => response,
            Err(_) => refusal(Error::new(ErrorCode::Overloaded, "The answer took too long.")),
        };
        self.finish(response, &ctx)
    }

    /// Runs a subscription (or, as the protocol allows, anything else) as a stream of responses.
    pub fn stream(&self, mut request: Request, ctx: Arc<Ctx>) -> BoxStream<'static, Response> {
        let guard = self.clone();
        match limits::check(&mut request) {
            Err(error) => {
                let response = guard.finish(refusal(error), &ctx);
                futures::stream::once(async move { response }).boxed()
            }
            Ok(OperationType::Subscription) => {
                let request = self.equip(request, &ctx);
                self.schema.execute_stream(request).map(move |response| guard.finish(response, &ctx)).boxed()
            }
            Ok(_) => futures::stream::once(async move { guard.run(request, ctx).await }).boxed(),
        }
    }

    fn equip(&self, request: Request, ctx: &Arc<Ctx>) -> Request {
        request.data(Arc::clone(ctx)).data(Loaders::new(self.app.clone(), Arc::clone(ctx)))
    }

    /// Gives every error a code and the trace id.
    fn finish(&self, mut response: Response, ctx: &Ctx) -> Response {
        self.metrics.operation(response.errors.is_empty());
        for error in &mut response.errors {
            let extensions = error.extensions.get_or_insert_default();
            if extensions.get("code").is_none() {
                error::fill(extensions, ErrorCode::InvalidInput);
            }
            extensions.set("trace", ctx.trace.clone());
        }
        response
    }
}

/// A response that is one refusal.
fn refusal(error: Error) -> Response {
    let error = async_graphql::Error::from(error::Refusal(error));
    Response::from_errors(vec![ServerError { extensions: error.extensions, ..ServerError::new(error.message, None) }])
}
