//! The operations of a resource.

use hypo_tmf::{
    Method,
    registry::{Resource, Shape},
};
use serde_json::{Map, Value, json};

use crate::words::pascal;

/// Parameters of every list.
pub const LIST: [&str; 5] = ["fields", "sort", "offset", "limit", "filter"];

/// Adds the paths of a resource.
pub fn of(resource: &Resource, paths: &mut Map<String, Value>) {
    let whole = resource.path(None);
    let collection = whole.strip_prefix(resource.family.base).unwrap_or(&whole).to_owned();
    let above: Vec<Value> = resource.parent.iter().map(|parent| in_path(&format!("{}Id", parent.collection))).collect();
    let mut item = Map::new();
    if resource.can(Method::List) {
        item.insert("get".into(), list(resource));
    }
    if resource.can(Method::Create) {
        item.insert("post".into(), create(resource));
    }
    add(paths, collection.clone(), &above, item);
    let mut item = Map::new();
    if resource.can(Method::Get) {
        item.insert("get".into(), get(resource));
    }
    if resource.can(Method::Patch) {
        item.insert("patch".into(), patch(resource));
    }
    if resource.can(Method::Delete) {
        item.insert("delete".into(), delete(resource));
    }
    let mut of_one = above;
    of_one.push(in_path("id"));
    add(paths, format!("{collection}/{{id}}"), &of_one, item);
}

fn add(paths: &mut Map<String, Value>, path: String, parameters: &[Value], mut item: Map<String, Value>) {
    if item.is_empty() {
        return;
    }
    if !parameters.is_empty() {
        item.insert("parameters".into(), parameters.into());
    }
    paths.insert(path, Value::Object(item));
}

/// A parameter in the path.
pub fn in_path(name: &str) -> Value {
    json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}, "description": "Identifier, as the server gave it."})
}

/// A reference to one of the parts.
pub fn part(kind: &str, name: &str) -> Value {
    json!({"$ref": format!("#/components/{kind}/{name}")})
}

/// The answers an operation shares with the others: what went right, and these errors.
pub fn responses(fine: Value, errors: &[&str]) -> Value {
    let mut all = fine;
    for status in errors {
        all[*status] = part("responses", status);
    }
    all["default"] = part("responses", "default");
    all
}

fn operation(resource: &Resource, verb: &str, summary: String) -> Value {
    json!({
        "operationId": format!("{verb}{}", pascal(resource.collection)),
        "tags": [resource.collection],
        "summary": summary,
    })
}

fn body(schema: &str) -> Value {
    json!({"application/json": {"schema": part("schemas", schema)}})
}

fn list(resource: &Resource) -> Value {
    let mut parameters: Vec<Value> = LIST.iter().map(|name| part("parameters", name)).collect();
    for attribute in resource.attributes.iter().filter(|attribute| filterable(attribute.name)) {
        let format = matches!(attribute.shape, Shape::Integer | Shape::Number | Shape::Boolean | Shape::Text);
        if format {
            parameters.push(json!({
                "name": attribute.name, "in": "query", "schema": {"type": "string"},
                "description": "One of the filters; any member can be filtered by, see the document's description.",
            }));
        }
    }
    let headers = json!({
        "X-Total-Count": part("headers", "X-Total-Count"),
        "X-Result-Count": part("headers", "X-Result-Count"),
        "Link": part("headers", "Link"),
    });
    let rows = json!({"application/json": {"schema": {"type": "array", "items": part("schemas", resource.type_name)}}});
    let mut operation = operation(resource, "list", format!("Lists or finds {} documents.", resource.type_name));
    operation["parameters"] = json!(parameters);
    operation["responses"] = responses(
        json!({
            "200": {"description": "All that was asked for.", "headers": headers, "content": rows},
            "206": {"description": "The page that was asked for, and there is more.", "headers": headers, "content": rows},
        }),
        &["400", "401", "403", "404", "501"],
    );
    operation
}

/// Members that are indexed.
fn filterable(name: &str) -> bool {
    matches!(name, "id" | "name" | "state" | "status" | "lifecycleStatus" | "externalId" | "category")
}

fn one(resource: &Resource, description: &str) -> Value {
    json!({"description": description, "headers": {"ETag": part("headers", "ETag")}, "content": body(resource.type_name)})
}

fn create(resource: &Resource) -> Value {
    let mut operation = operation(resource, "create", format!("Creates a {}.", resource.type_name));
    operation["parameters"] = json!([part("parameters", "fields")]);
    operation["requestBody"] = json!({"required": true, "content": body(&format!("{}_Create", resource.type_name))});
    let mut created = one(resource, "Created; the whole document.");
    created["headers"]["Location"] = part("headers", "Location");
    operation["responses"] = responses(json!({"201": created}), &["400", "401", "403", "404", "409", "413", "415"]);
    operation
}

fn get(resource: &Resource) -> Value {
    let mut operation = operation(resource, "get", format!("Gives one {}.", resource.type_name));
    operation["parameters"] = json!([part("parameters", "fields"), part("parameters", "If-None-Match")]);
    let fine = json!({"200": one(resource, "The document."), "304": {"description": "It is as the caller knows it."}});
    operation["responses"] = responses(fine, &["400", "401", "403", "404"]);
    operation
}

fn patch(resource: &Resource) -> Value {
    let mut operation = operation(resource, "patch", format!("Changes a {}.", resource.type_name));
    operation["parameters"] = json!([part("parameters", "fields"), part("parameters", "If-Match")]);
    let update = json!({"schema": part("schemas", &format!("{}_Update", resource.type_name))});
    operation["requestBody"] = json!({"required": true, "content": {
        "application/merge-patch+json": update,
        "application/json": update,
        "application/json-patch+json": {"schema": part("schemas", "JsonPatch")},
    }});
    operation["responses"] = responses(
        json!({"200": one(resource, "Changed; the whole document.")}),
        &["400", "401", "403", "404", "409", "412", "413", "415"],
    );
    operation
}

fn delete(resource: &Resource) -> Value {
    let mut operation = operation(resource, "delete", format!("Deletes a {}.", resource.type_name));
    operation["parameters"] = json!([part("parameters", "If-Match")]);
    operation["responses"] =
        responses(json!({"204": {"description": "Deleted."}}), &["400", "401", "403", "404", "409", "412"]);
    operation
}
