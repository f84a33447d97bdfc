//! Every TMF document as a typed view of the same rows: one list, one statement, and the selection taken from what it
//! gave. The objects come from the registry of `hypo-tmf`; there is no code per resource.

mod arguments;
mod names;
mod project;
mod read;
mod types;
mod write;

use std::borrow::Cow;

use async_graphql::{
    ContainerType, Context, ContextSelectionSet, OutputType, Positioned, ServerResult, Value,
    parser::types::Field,
    registry::{MetaType, MetaTypeId, Registry},
    resolver_utils::{resolve_container, resolve_container_serial},
};

use super::error::Result;

/// Reading TMF documents.
pub struct Tmf;

impl OutputType for Tmf {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed("Tmf")
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.create_output_type::<Self, _>(MetaTypeId::Object, |registry| {
            types::register(registry);
            named::<Self>("Tmf", "TMF documents: a page or one of each kind.", true)
        })
    }

    async fn resolve(&self, context: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        resolve_container(context, self).await
    }
}

impl ContainerType for Tmf {
    async fn resolve_field(&self, context: &Context<'_>) -> ServerResult<Option<Value>> {
        let Some(verb) = names::verb(context.item.node.name.node.as_str()) else { return Ok(None) };
        answer(context, read::read(context, verb).await)
    }
}

/// Changing TMF documents.
pub struct TmfChange;

impl OutputType for TmfChange {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed("TmfChange")
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.create_output_type::<Self, _>(MetaTypeId::Object, |registry| {
            types::register(registry);
            named::<Self>("TmfChange", "Changes of TMF documents, one after the other.", false)
        })
    }

    async fn resolve(&self, context: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        resolve_container_serial(context, self).await
    }
}

impl ContainerType for TmfChange {
    async fn resolve_field(&self, context: &Context<'_>) -> ServerResult<Option<Value>> {
        let Some(verb) = names::verb(context.item.node.name.node.as_str()) else { return Ok(None) };
        answer(context, write::write(context, verb).await)
    }
}

fn named<T>(name: &str, description: &str, reads: bool) -> MetaType {
    let mut meta = types::meta_object(name, description.to_owned(), types::root(reads));
    if let MetaType::Object { rust_typename, .. } = &mut meta {
        *rust_typename = Some(std::any::type_name::<T>());
    }
    meta
}

/// A refusal with the place it happened at.
fn answer(context: &Context<'_>, outcome: Result<Value>) -> ServerResult<Option<Value>> {
    outcome.map(Some).map_err(|refusal| {
        let error = async_graphql::Error::from(refusal).into_server_error(context.item.pos);
        context.set_error_path(error)
    })
}
