//! The schemas of documents and of what they hold.

use std::collections::BTreeSet;

use hypo_tmf::{
    Method,
    registry::{Attribute, Nested, Resource, Shape, types},
};
use serde_json::{Map, Value, json};

use super::hub;
use crate::words;

/// Members every object may carry: what it really is, and where that is described.
const POLYMORPHISM: [&str; 3] = ["@type", "@baseType", "@schemaLocation"];

/// All schemas of a family: of its resources and of every type they name, directly or not.
pub fn of(resources: &[&Resource]) -> Value {
    let mut schemas = Map::new();
    let mut open = BTreeSet::new();
    for resource in resources {
        schemas.insert(resource.type_name.to_owned(), read(resource));
        if resource.can(Method::Create) {
            schemas.insert(format!("{}_Create", resource.type_name), create(resource));
        }
        if resource.can(Method::Patch) {
            schemas.insert(format!("{}_Update", resource.type_name), update(resource));
        }
        open.extend(named(resource.attributes));
    }
    let mut seen = BTreeSet::new();
    while let Some(name) = open.pop_first() {
        if !seen.insert(name) {
            continue;
        }
        let Some(found) = types::find(name) else { continue };
        let properties = properties(found.attributes.iter(), None);
        // A resource of the same name says more about itself.
        schemas.entry(component(name)).or_insert_with(
            || json!({"type": "object", "description": words::about_type(name), "properties": properties}),
        );
        open.extend(named(found.attributes));
    }
    schemas.insert("Error".into(), error());
    hub::schemas(&mut schemas);
    Value::Object(schemas)
}

/// A sub-object's schema may have a resource's name, for example `Alarm` inside an acknowledgement.
fn component(name: &str) -> String {
    name.to_owned()
}

fn named(attributes: &[Attribute]) -> impl Iterator<Item = &'static str> {
    attributes.iter().filter_map(|attribute| {
        let mut shape = attribute.shape;
        while let Shape::List(inner) = shape {
            shape = *inner;
        }
        if let Shape::Object(name) = shape { Some(name) } else { None }
    })
}

fn properties<'a>(attributes: impl Iterator<Item = &'a Attribute>, resource: Option<&Resource>) -> Map<String, Value> {
    let mut all: Map<String, Value> = attributes
        .map(|attribute| {
            let mut schema = schema(attribute.shape);
            if let Value::Object(members) = &mut schema
                && !members.contains_key("$ref")
            {
                members.insert("description".into(), words::about(attribute.name).into());
                let machine = resource.and_then(|resource| resource.machine(attribute.name));
                if let Some(machine) = machine.filter(|machine| !machine.open) {
                    members.insert("enum".into(), machine.states.iter().map(|(state, _)| *state).collect());
                }
            }
            (attribute.name.to_owned(), schema)
        })
        .collect();
    for name in POLYMORPHISM {
        let schema = json!({"type": "string", "description": words::about(name)});
        all.entry(name).or_insert(schema);
    }
    all
}

fn schema(shape: Shape) -> Value {
    match shape {
        Shape::Text => json!({"type": "string"}),
        Shape::DateTime => json!({"type": "string", "format": "date-time"}),
        Shape::Integer => json!({"type": "integer"}),
        Shape::Number => json!({"type": "number"}),
        Shape::Boolean => json!({"type": "boolean"}),
        Shape::Any => json!({}),
        Shape::Object(name) => json!({"$ref": format!("#/components/schemas/{}", component(name))}),
        Shape::List(inner) => json!({"type": "array", "items": schema(*inner)}),
    }
}

fn read(resource: &Resource) -> Value {
    let mut properties = properties(resource.attributes.iter(), Some(resource));
    let mut required = Vec::new();
    for name in ["id", "href"] {
        if let Some(Value::Object(member)) = properties.get_mut(name) {
            member.insert("readOnly".into(), true.into());
            required.push(name);
        }
    }
    let mut schema = json!({"type": "object", "description": resource.doc, "properties": properties});
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

fn create(resource: &Resource) -> Value {
    let given = |attribute: &&Attribute| !resource.server_set.contains(&attribute.name);
    let properties = properties(resource.attributes.iter().filter(given), None);
    let mut schema = json!({
        "type": "object",
        "description": format!("A new {}. Members the server sets are ignored when they are sent.", resource.type_name),
        "properties": properties,
    });
    if !resource.create_required.is_empty() {
        schema["required"] = json!(resource.create_required);
    }
    let nested: Vec<Value> = resource
        .nested
        .iter()
        .filter_map(|rule| constraint(rule, &rule.path.split('.').collect::<Vec<_>>(), resource.attributes))
        .collect();
    if !nested.is_empty() {
        schema["allOf"] = json!(nested);
    }
    schema
}

fn update(resource: &Resource) -> Value {
    let given = |attribute: &&Attribute| !resource.non_patchable.contains(&attribute.name);
    let properties = properties(resource.attributes.iter().filter(given), Some(resource));
    json!({
        "type": "object",
        "description": format!("A change of a {} (RFC 7386): null removes a member, lists are replaced whole.", resource.type_name),
        "properties": properties,
    })
}

/// A check below a first-level member as a schema that only says this.
fn constraint(rule: &Nested, path: &[&str], attributes: &[Attribute]) -> Option<Value> {
    let (first, rest) = path.split_first()?;
    let shape = attributes.iter().find(|attribute| attribute.name == *first)?.shape;
    let (list, inner) = match shape {
        Shape::List(inner) => (true, *inner),
        other => (false, other),
    };
    let below = if rest.is_empty() {
        let mut below = json!({"type": "object"});
        if !rule.required.is_empty() {
            below["required"] = json!(rule.required);
        }
        if let Some((member, values)) = rule.one_of {
            below["properties"] = json!({member: {"enum": values}});
        }
        below
    } else {
        let Shape::Object(name) = inner else { return None };
        constraint(rule, rest, types::find(name)?.attributes)?
    };
    let mut member = if list { json!({"type": "array", "items": below}) } else { below };
    if list && rest.is_empty() && rule.not_empty {
        member["minItems"] = json!(1);
    }
    Some(json!({"properties": {*first: member}}))
}

fn error() -> Value {
    let text = |description: &str| json!({"type": "string", "description": description});
    json!({
        "type": "object",
        "description": "The body of every 4xx and 5xx (TMF630 part 1, 3.4).",
        "required": ["code", "reason"],
        "properties": {
            "code": text("A stable code of this product, HYP-NNNN."),
            "reason": text("What is wrong, in a sentence."),
            "message": text("What can be done about it."),
            "status": text("The HTTP status, as text."),
            "referenceError": text("Address of the page about the code, on this server."),
            "@type": text("Error."),
        },
    })
}
