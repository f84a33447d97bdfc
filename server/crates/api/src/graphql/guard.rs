//! Runs requests: the schema behind its limits, and errors that say no more than they should.

use std::sync::Arc;

use async_graphql::{Data, Request, Response, futures_util::stream::BoxStream};
use futures::StreamExt;
use hypo_app::{App, Ctx};
use hypo_shared::ErrorCode;

use crate::{
    graphql::{
        HypoSchema, error,
        limits::{Budget, Channel},
        loaders::Loaders,
        schema,
    },
    metrics::Metrics,
};

/// The schema behind its limits.
#[derive(Clone)]
pub struct Guard {
    schema: HypoSchema,
    app: App,
    metrics: Arc<Metrics>,
}

impl Guard {
    /// Builds the schema over an application.
    pub fn new(app: App, metrics: Arc<Metrics>, budget: Budget) -> Self {
        Self { schema: schema(app.clone(), budget), app, metrics }
    }

    /// Runs a query or mutation.
    pub async fn run(&self, request: Request, ctx: Arc<Ctx>) -> Response {
        let response = self.schema.execute(self.equip(request, &ctx, Channel::Http)).await;
        self.finish(response, &ctx)
    }

    /// Runs a subscription (or, as the protocol allows, anything else) as a stream of responses. `session` is the
    /// connection's.
    pub fn stream(&self, request: Request, ctx: Arc<Ctx>, session: Arc<Data>) -> BoxStream<'static, Response> {
        let guard = self.clone();
        let request = self.equip(request, &ctx, Channel::Socket);
        let responses = self.schema.execute_stream_with_session_data(request, session);
        responses.map(move |response| guard.finish(response, &ctx)).boxed()
    }

    fn equip(&self, request: Request, ctx: &Arc<Ctx>, channel: Channel) -> Request {
        let loaders = Loaders::new(self.app.clone(), Arc::clone(ctx));
        request.data(Arc::clone(ctx)).data(channel).data(loaders)
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
