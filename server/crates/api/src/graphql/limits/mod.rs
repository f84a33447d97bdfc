//! The limits of the GraphQL face, all in one extension: what a text, an operation, a token, a session and a
//! connection may ask for. Everything is judged before anything is resolved, and what depends on the text alone
//! before it is parsed.

mod budget;
mod items;
mod shape;
mod text;
mod trusted;

use std::{
    any::{Any, TypeId},
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use async_graphql::{
    Data, Request, Response, ServerError, ServerResult, Value, async_trait,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute, NextPrepareRequest, NextSubscribe},
    futures_util::stream::BoxStream,
    parser::types::OperationType,
    registry::Registry,
};
use futures::StreamExt;
use hypo_app::{Ctx, Error, ctx::Credential};
use hypo_shared::ErrorCode;
use tokio::{sync::Semaphore, time::timeout};

pub use budget::Budget;
pub use shape::DIRECTIVES;

use super::error;
use budget::{Budgets, Spent};

/// Bytes of the query text; variables are bounded by the body.
pub const BYTES: usize = 16 * 1024;
/// Lexical tokens of the query text.
pub const TOKENS: usize = 2_000;
/// Operations that run at the same time on one connection.
pub const SUBSCRIPTIONS: usize = 20;
/// How long a query, or one event of a subscription, may take.
const QUERY: Duration = Duration::from_secs(10);
/// How long a mutation may take: it may render a chart and ask clusters.
const MUTATION: Duration = Duration::from_secs(60);

/// What an operation came in by; data of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    Http,
    Socket,
}

/// Operations that one connection may still start; session data of the connection.
pub struct Slots(Arc<Semaphore>);

impl Slots {
    /// Of a new connection.
    pub fn session() -> Arc<Data> {
        let mut data = Data::default();
        data.insert(Self(Arc::new(Semaphore::new(SUBSCRIPTIONS))));
        Arc::new(data)
    }
}

/// The extension. One lives as long as the schema; [`Check`] as long as a request.
pub struct Limits {
    budgets: Arc<Budgets>,
}

impl Limits {
    pub fn new(budget: Budget) -> Self {
        Self { budgets: Arc::new(Budgets::new(budget)) }
    }
}

impl ExtensionFactory for Limits {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Check { budgets: Arc::clone(&self.budgets), admitted: OnceLock::new() })
    }
}

struct Check {
    budgets: Arc<Budgets>,
    admitted: OnceLock<Admitted>,
}

/// What is known of an admitted operation.
#[derive(Clone, Copy)]
struct Admitted {
    kind: OperationType,
    cost: u64,
    /// Of the token's budget; sessions have none.
    remaining: Option<u64>,
}

impl Check {
    /// Judges a request.
    ///
    /// # Errors
    /// `HYP-6010` for a text that is too long, `HYP-6021` for a session's own document, `HYP-6001` for what cannot be
    /// parsed, `HYP-6007` for every limit of shape, `HYP-6022` for a spent budget.
    fn admit(&self, registry: &Registry, request: &mut Request) -> ServerResult<Admitted> {
        if request.query.len() > BYTES {
            return Err(refuse(ErrorCode::PayloadTooLarge, format!("The query is longer than {BYTES} bytes.")));
        }
        if text::tokens(&request.query).nth(TOKENS).is_some() {
            return Err(refuse(ErrorCode::PayloadTooLarge, format!("The query has more than {TOKENS} tokens.")));
        }
        let who = get::<Arc<Ctx>>(&request.data).map_or(Credential::System, |ctx| ctx.who.credential);
        let session = matches!(who, Credential::Session(_));
        if session && !trusted::is_trusted(&request.query) {
            let text = "A session runs the portal's own documents only. Create a token under Settings to send others.";
            return Err(refuse(ErrorCode::DocumentNotTrusted, text));
        }
        let shape::Shape { kind, cost } = shape::check(request, registry).map_err(error::server)?;
        if kind == OperationType::Subscription && get(&request.data) == Some(&Channel::Http) {
            return Err(refuse(ErrorCode::InvalidInput, "Subscriptions are served on /graphql/ws."));
        }
        let remaining = match who {
            Credential::Session(_) | Credential::System => None,
            token @ Credential::Token(_) => {
                Some(self.budgets.take(token, cost, Instant::now()).map_err(|spent| self.spent(cost, spent))?)
            }
        };
        Ok(Admitted { kind, cost, remaining })
    }

    fn spent(&self, cost: u64, Spent { remaining, wait }: Spent) -> ServerError {
        let text = format!("This operation costs {cost} and {remaining} of the token's budget are left.");
        let mut error = Error::new(ErrorCode::BudgetSpent, text);
        error.retry_after = wait;
        let mut error = error::server(error);
        error.extensions.get_or_insert_default().set("cost", self.bill(cost, remaining));
        error
    }

    fn bill(&self, cost: u64, remaining: u64) -> Value {
        let Budget { capacity, per_second } = self.budgets.rule();
        async_graphql::value!({
            "cost": cost, "remaining": remaining, "capacity": capacity, "perSecond": per_second,
        })
    }
}

#[async_trait::async_trait]
impl Extension for Check {
    async fn prepare_request(
        &self,
        context: &ExtensionContext<'_>,
        mut request: Request,
        next: NextPrepareRequest<'_>,
    ) -> ServerResult<Request> {
        let admitted = self.admit(&context.schema_env.registry, &mut request)?;
        // A request is prepared once.
        let _ = self.admitted.set(admitted);
        next.run(context, request).await
    }

    async fn execute(&self, context: &ExtensionContext<'_>, name: Option<&str>, next: NextExecute<'_>) -> Response {
        let admitted = self.admitted.get();
        let kind = admitted.map_or(OperationType::Query, |admitted| admitted.kind);
        let deadline = if kind == OperationType::Mutation { MUTATION } else { QUERY };
        let mut response = match timeout(deadline, next.run(context, name)).await {
            Ok(response) => response,
            Err(_) => Response::from_errors(vec![refuse(ErrorCode::Overloaded, "The answer took too long.")]),
        };
        if let Some(Admitted { cost, remaining: Some(remaining), .. }) = admitted
            && kind != OperationType::Subscription
        {
            response.extensions.insert("cost".to_owned(), self.bill(*cost, *remaining));
        }
        response
    }

    fn subscribe<'s>(
        &self,
        context: &ExtensionContext<'_>,
        stream: BoxStream<'s, Response>,
        next: NextSubscribe<'_>,
    ) -> BoxStream<'s, Response> {
        let slot = context.data_opt::<Slots>().map(|slots| Arc::clone(&slots.0).try_acquire_owned());
        let stream = match slot {
            None => stream,
            Some(Ok(slot)) => stream
                .map(move |response| {
                    // Given back when the stream is dropped.
                    let _held = &slot;
                    response
                })
                .boxed(),
            Some(Err(_)) => {
                let text = format!("A connection runs at most {SUBSCRIPTIONS} operations at a time.");
                let response = Response::from_errors(vec![refuse(ErrorCode::QueryTooComplex, text)]);
                futures::stream::once(async move { response }).boxed()
            }
        };
        next.run(context, stream)
    }
}

fn refuse(code: ErrorCode, text: impl Into<String>) -> ServerError {
    error::server(Error::new(code, text))
}

fn get<D: Any + Send + Sync>(data: &Data) -> Option<&D> {
    data.get(&TypeId::of::<D>()).and_then(|data| data.downcast_ref())
}

#[cfg(test)]
mod tests {
    use super::text::{canonical, tokens};

    #[test]
    fn tokens_are_those_of_the_specification() {
        let found = |text| tokens(text).collect::<Vec<_>>();
        assert_eq!(found("{a...b,c(d:-1.5e+3)}"), ["{", "a", "...", "b", "c", "(", "d", ":", "-1.5e+3", ")", "}"]);
        assert_eq!(
            found("a # b\n\"x \\\" y\" \"\"\"p \"q\" \\\"\"\" \"\"\" é"),
            ["a", "\"x \\\" y\"", "\"\"\"p \"q\" \\\"\"\" \"\"\"", "é"]
        );
        assert_eq!(found("\"open é\\"), ["\"open é\\"]);
        assert_eq!(canonical(tokens("query A {\n  b,  c }")), "query A { b c }");
    }
}
