//! The GraphQL face of the application. Objects live here and nowhere else.

pub mod error;
mod gate;
pub mod guard;
mod input;
mod limits;
mod loaders;
mod mutation;
mod query;
mod subscription;
mod tmf;
mod types;
mod yaml;

use async_graphql::{SDLExportOptions, Schema};
use hypo_app::App;

pub use guard::Guard;
pub use limits::{Budget, SUBSCRIPTIONS, Slots};

/// The schema with its three roots.
pub type HypoSchema = Schema<query::Query, mutation::Mutation, subscription::Subscription>;

/// The schema without an application, for its text.
fn builder() -> async_graphql::SchemaBuilder<query::Query, mutation::Mutation, subscription::Subscription> {
    Schema::build(query::Query::default(), mutation::Mutation::default(), subscription::Subscription)
        .register_output_type::<hypo_shared::timeline::SagaState>()
        .register_output_type::<hypo_shared::placement::PeerPolicy>()
        .register_output_type::<types::VolumeChoice>()
        .limit_recursive_depth(64)
        .limit_directives(limits::DIRECTIVES)
        .disable_suggestions()
}

/// The schema as it is served.
pub fn schema(app: App, budget: Budget) -> HypoSchema {
    builder().data(app).extension(limits::Limits::new(budget)).finish()
}

/// The schema's text, `schema.graphql`.
#[must_use]
pub fn schema_sdl() -> String {
    builder()
        .finish()
        .sdl_with_options(SDLExportOptions::new().use_space_ident().indent_width(2).prefer_single_line_descriptions())
}
