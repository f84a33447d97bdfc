//! What the operations in `graphql/*.graphql` have in common. The types are written by `build.rs`.

use serde_json::Value;

use super::json::Json;

/// Query, mutation or subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Query,
    Mutation,
    Subscription,
}

/// One operation with its variables; it asks for exactly one root field.
pub trait Operation: Clone + 'static {
    type Output: Json + Clone + Send + Sync + 'static;
    const NAME: &'static str;
    const KIND: Kind;
    const FIELD: &'static str;
    /// The operation and its fragments, as the portal sends and shows it.
    const TEXT: &'static str;
    fn variables(&self) -> Value;
}

/// What "Show as GraphQL" shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Snippet {
    pub name: &'static str,
    pub text: &'static str,
    pub variables: Value,
}

impl Snippet {
    #[must_use]
    pub fn of<O: Operation>(operation: &O) -> Self {
        Self { name: O::NAME, text: O::TEXT, variables: operation.variables() }
    }
}
