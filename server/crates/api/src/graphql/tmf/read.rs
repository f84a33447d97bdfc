//! Reading: a page with one statement, or one document.

use async_graphql::{Context, ID, Value};
use hypo_app::{page::Window, permit::may, tmf};
use hypo_tmf::{Method, shape};

use super::{
    arguments::{argument, list, query},
    names::{Verb, View},
    project::{Page, Projector, Shown},
};
use crate::graphql::{
    error::Result,
    gate::{Gate, nested},
};

/// The page or document that a field asks for.
pub async fn read(context: &Context<'_>, Verb { view, method }: Verb) -> Result<Value> {
    let projector = Projector { fragments: &context.query_env.fragments };
    let set = &context.item.node.selection_set.node;
    let Gate { app, ctx, permit } = nested::<may::Read>(context).await?;
    if method == Method::Get {
        let id: ID = argument(context, "id")?;
        let Ok(id) = id.parse() else { return Ok(Value::Null) };
        let found = tmf::find(&app, &ctx, permit, view.resource, id).await?;
        return Ok(found.map_or(Value::Null, |found| projector.document(view, &shown(view, found), set)));
    }
    let filter: Option<String> = argument(context, "filter")?;
    let sort: Option<String> = argument(context, "sort")?;
    let after: Option<String> = argument(context, "after")?;
    let list = list(view, filter.as_deref(), sort.as_deref());
    let window = Window::read(list, argument(context, "first")?, after.as_deref())?;
    let query = query(filter.as_deref(), sort.as_deref(), window)?;
    let found = tmf::list(&app, &ctx, permit, view.resource, &query).await?;
    let all = found.documents.into_iter().map(|found| shown(view, found)).collect();
    let page = Page { shown: all, total: found.total, window };
    Ok(projector.connection(view, &page, set))
}

/// A document as the TMF face shows it.
pub fn shown(view: &View, found: tmf::Shown) -> Shown {
    let etag = format!("\"{}\"", found.rev);
    Shown { document: shape::outward(view.resource, &found.id.to_string(), found.document), etag }
}
