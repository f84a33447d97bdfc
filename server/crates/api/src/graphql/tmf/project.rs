//! What a selection asks of a document, taken from the document itself: one walk over the selection, without a future
//! or a lookup per field, and without any further question to the store.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned, Value,
    indexmap::IndexMap,
    parser::types::{FragmentDefinition, Selection, SelectionSet},
};
use hypo_app::page::Window;
use hypo_tmf::registry::{Attribute, Shape, types};
use serde_json::Value as Json;

use super::{
    names::{self, POLYMORPHISM, View},
    types::{DOCUMENT, ETAG, PAGE_INFO},
};

type Fragments = HashMap<Name, Positioned<FragmentDefinition>>;
type Members = IndexMap<Name, Value>;

/// A document as the TMF face shows it, and its revision.
pub struct Shown {
    pub document: Json,
    pub etag: String,
}

/// A page of documents.
pub struct Page {
    pub shown: Vec<Shown>,
    pub total: u64,
    pub window: Window,
}

/// Takes selections from documents. Skipped fields are gone from the selections already.
#[derive(Clone, Copy)]
pub struct Projector<'a> {
    pub fragments: &'a Fragments,
}

impl<'a> Projector<'a> {
    /// A connection.
    pub fn connection(self, view: &View, page: &Page, set: &'a SelectionSet) -> Value {
        let cursor = |index: usize| Value::String(page.window.cursor(index as u64 + 1));
        self.object(&view.connection, set, &|name, inner| match name {
            "nodes" => Value::List(page.shown.iter().map(|shown| self.document(view, shown, inner)).collect()),
            "edges" => {
                let edge = |(index, shown): (usize, &Shown)| {
                    self.object(&view.edge, inner, &|name, inner| match name {
                        "cursor" => cursor(index),
                        _ => self.document(view, shown, inner),
                    })
                };
                Value::List(page.shown.iter().enumerate().map(edge).collect())
            }
            "pageInfo" => self.object(PAGE_INFO, inner, &|name, _| match (name, page.shown.len()) {
                ("hasNextPage", count) => Value::Boolean(page.window.offset() + (count as u64) < page.total),
                ("hasPreviousPage", _) => Value::Boolean(page.window.offset() > 0),
                (_, 0) => Value::Null,
                ("startCursor", _) => cursor(0),
                (_, count) => cursor(count - 1),
            }),
            _ => Value::from(i32::try_from(page.total).unwrap_or(i32::MAX)),
        })
    }

    /// A document.
    pub fn document(self, view: &View, shown: &Shown, set: &'a SelectionSet) -> Value {
        self.object(&view.object, set, &|name, inner| match name {
            ETAG => Value::String(shown.etag.clone()),
            _ => self.member(view.resource.attributes, &shown.document, name, inner),
        })
    }

    fn member(self, attributes: &[Attribute], document: &Json, field: &str, set: &'a SelectionSet) -> Value {
        if field == DOCUMENT {
            return whole(document);
        }
        let known = attributes.iter().find(|attribute| names::is_member(field, attribute.name));
        if let Some(attribute) = known {
            return document.get(attribute.name).map_or(Value::Null, |value| self.shaped(attribute.shape, value, set));
        }
        let name = POLYMORPHISM.into_iter().find(|name| names::is_member(field, name)).unwrap_or(field);
        document.get(name).map_or(Value::Null, |value| scalar(Shape::Text, value))
    }

    /// A value in the shape the schema promises; what has another shape is null here and whole in `document`.
    fn shaped(self, shape: Shape, value: &Json, set: &'a SelectionSet) -> Value {
        match (shape, value) {
            (_, Json::Null) => Value::Null,
            (Shape::List(inner), Json::Array(items)) => {
                let items = items.iter().map(|item| self.shaped(*inner, item, set));
                Value::List(items.filter(|item| *item != Value::Null).collect())
            }
            (Shape::List(inner), one) => match self.shaped(*inner, one, set) {
                Value::Null => Value::Null,
                one => Value::List(vec![one]),
            },
            (Shape::Object(name), Json::Object(_)) => match types::find(name) {
                Some(known) => self
                    .object(&names::sub(name), set, &|field, inner| self.member(known.attributes, value, field, inner)),
                None => Value::Null,
            },
            (shape, value) => scalar(shape, value),
        }
    }

    /// An object of a type, field by field.
    fn object(self, on: &str, set: &'a SelectionSet, resolve: &dyn Fn(&str, &'a SelectionSet) -> Value) -> Value {
        let mut members = Members::new();
        self.collect(on, set, resolve, &mut members);
        Value::Object(members)
    }

    fn collect(
        self,
        on: &str,
        set: &'a SelectionSet,
        resolve: &dyn Fn(&str, &'a SelectionSet) -> Value,
        members: &mut Members,
    ) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    let field = &field.node;
                    let name = field.name.node.as_str();
                    let value = match name {
                        "__typename" => Value::String(on.to_owned()),
                        name => resolve(name, &field.selection_set.node),
                    };
                    merge(members, field.response_key().node.clone(), value);
                }
                Selection::InlineFragment(inline) => {
                    let condition = inline.node.type_condition.as_ref().map(|condition| &condition.node.on.node);
                    if condition.is_none_or(|condition| condition == on) {
                        self.collect(on, &inline.node.selection_set.node, resolve, members);
                    }
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.fragments.get(&spread.node.fragment_name.node)
                        && fragment.node.type_condition.node.on.node == on
                    {
                        self.collect(on, &fragment.node.selection_set.node, resolve, members);
                    }
                }
            }
        }
    }
}

/// The same field selected twice is one field with both selections.
fn merge(members: &mut Members, key: Name, value: Value) {
    match (members.get_mut(&key), value) {
        (Some(Value::Object(known)), Value::Object(more)) => {
            for (key, value) in more {
                merge(known, key, value);
            }
        }
        (Some(Value::List(known)), Value::List(more)) => {
            for (known, more) in known.iter_mut().zip(more) {
                if let (Value::Object(known), Value::Object(more)) = (known, more) {
                    for (key, value) in more {
                        merge(known, key, value);
                    }
                }
            }
        }
        (Some(_), _) => {}
        (None, value) => {
            members.insert(key, value);
        }
    }
}

fn scalar(shape: Shape, value: &Json) -> Value {
    match (shape, value) {
        (Shape::Text, Json::String(text)) => Value::String(text.clone()),
        (Shape::Text, Json::Number(_) | Json::Bool(_)) => Value::String(value.to_string()),
        (Shape::DateTime, Json::String(text)) if chrono::DateTime::parse_from_rfc3339(text).is_ok() => {
            Value::String(text.clone())
        }
        (Shape::Integer, Json::Number(number)) => {
            number.as_i64().and_then(|number| i32::try_from(number).ok()).map_or(Value::Null, Value::from)
        }
        (Shape::Number, Json::Number(number)) => number.as_f64().map_or(Value::Null, Value::from),
        (Shape::Boolean, Json::Bool(known)) => Value::Boolean(*known),
        (Shape::Any, value) => whole(value),
        _ => Value::Null,
    }
}

fn whole(value: &Json) -> Value {
    Value::from_json(value.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    fn take(query: &str, document: Json) -> Json {
        let parsed = parse_query(query).unwrap();
        let view = names::verb("serviceOrder").unwrap().view;
        let (_, operation) = parsed.operations.iter().next().unwrap();
        let shown = Shown { document, etag: "\"1\"".into() };
        let projector = Projector { fragments: &parsed.fragments };
        projector.document(view, &shown, &operation.node.selection_set.node).into_json().unwrap()
    }

    #[test]
    fn a_selection_is_taken_from_the_document() {
        let document = json!({
            "id": "1", "@type": "Mine", "state": "held", "orderDate": "2026-01-02T03:04:05Z", "x-own": {"a": [1]},
            "serviceOrderItem": [{"id": "a", "action": "add", "quantity": 2, "service": {"name": "n", "isBundle": true}}],
            "relatedParty": {"id": "p", "role": 7}, "note": "wrong",
        });
        let found = take(
            "query { __typename mine: id state atType etag orderDate description ...Items relatedParty { id role } note { text }
               serviceOrderItem { service { isBundle } } document }
             fragment Items on TmfServiceOrder { serviceOrderItem { id quantity service { name } ... { action } } }",
            document.clone(),
        );
        assert_eq!(
            found,
            json!({
                "__typename": "TmfServiceOrder", "mine": "1", "state": "held", "atType": "Mine", "etag": "\"1\"",
                "orderDate": "2026-01-02T03:04:05Z", "description": null,
                "serviceOrderItem": [{"id": "a", "quantity": 2, "service": {"name": "n", "isBundle": true}, "action": "add"}],
                "relatedParty": [{"id": "p", "role": "7"}], "note": null, "document": document,
            })
        );
    }

    #[test]
    fn values_of_another_shape_are_null() {
        let document = json!({"orderDate": "soon", "state": {"a": 1}, "priority": 3});
        assert_eq!(
            take("{ orderDate state priority }", document),
            json!({"orderDate": null, "state": null, "priority": "3"})
        );
    }
}
