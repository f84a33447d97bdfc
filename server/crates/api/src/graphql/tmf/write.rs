//! Changing: the same functions as the TMF face, with the same checks, events and audit rows.

use async_graphql::{Context, ID, Value};
use hypo_app::{Error, tmf};
use hypo_shared::ErrorCode;
use hypo_tmf::{Method, patch::Format};
use serde_json::{Map, Value as Json};

use super::{
    arguments::argument,
    names::{self, POLYMORPHISM, Verb, View},
    project::Projector,
    read::shown,
    types::EXTRA,
};
use crate::graphql::{
    error::Result,
    gate::{app, caller},
};

/// Does what a field asks for.
pub async fn write(context: &Context<'_>, Verb { view, method }: Verb) -> Result<Value> {
    let (app, ctx) = (app(context), caller(context)?);
    let proof = tmf::permit(app, &ctx, view.resource, method).await?;
    let projector = Projector { fragments: &context.query_env.fragments };
    let set = &context.item.node.selection_set.node;
    match method {
        Method::Create => {
            let body = body(view, argument::<Json>(context, "input")?);
            let made = tmf::create(app, &ctx, proof, view.resource, body, None).await?;
            Ok(projector.document(view, &shown(view, made), set))
        }
        Method::Patch => {
            let body: Json = argument(context, "patch")?;
            let format = if body.is_array() { Format::Json } else { Format::Merge };
            let change = tmf::Change { format, body, revisions: revisions(context)? };
            let changed = tmf::change(app, &ctx, proof, view.resource, id(context)?, &change).await?;
            Ok(projector.document(view, &shown(view, changed), set))
        }
        _ => {
            let revisions = revisions(context)?;
            tmf::remove(app, &ctx, proof, view.resource, id(context)?, revisions.as_deref()).await?;
            Ok(Value::Boolean(true))
        }
    }
}

fn id(context: &Context<'_>) -> Result<uuid::Uuid> {
    let id: ID = argument(context, "id")?;
    Ok(id.parse().map_err(|_| Error::of(ErrorCode::NotFound))?)
}

/// The revision of `ifMatch`. A tag that is none of ours matches nothing.
fn revisions(context: &Context<'_>) -> Result<Option<Vec<i64>>> {
    let tag: Option<String> = argument(context, "ifMatch")?;
    Ok(tag.map(|tag| tag.trim().trim_matches('"').parse().into_iter().collect()))
}

/// The document of an input: members under their own names, further ones from `extra`.
fn body(view: &View, input: Json) -> Json {
    let Json::Object(input) = input else { return input };
    let (mut members, mut further) = (Map::new(), Map::new());
    let known = || view.resource.attributes.iter().map(|attribute| attribute.name).chain(POLYMORPHISM);
    for (field, value) in input {
        match value {
            Json::Null => {}
            Json::Object(extra) if field == EXTRA => further = extra,
            value => {
                let name = known().find(|name| names::is_member(&field, name)).map_or(field, str::to_owned);
                members.insert(name, value);
            }
        }
    }
    for (name, value) in further {
        members.entry(name).or_insert(value);
    }
    Json::Object(members)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_input_is_a_document() {
        let view = names::verb("createServiceOrder").unwrap().view;
        let input = json!({"atType": "Mine", "state": null, "note": [], "extra": {"x-own": 1, "@type": "Other"}});
        assert_eq!(body(view, input), json!({"@type": "Mine", "note": [], "x-own": 1}));
    }
}
