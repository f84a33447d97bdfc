//! Listeners: `{base}/hub` of every family, and what is sent to them.

use serde_json::{Map, Value, json};

use super::operations::{LIST, in_path, part, responses};

/// Adds the paths.
pub fn of(paths: &mut Map<String, Value>) {
    let one = |description: &str| json!({"description": description, "content": {"application/json": {"schema": part("schemas", "Hub")}}});
    let operation = |verb: &str, summary: &str, responses: Value| json!({"operationId": format!("{verb}Listener"), "tags": ["hub"], "summary": summary, "responses": responses});
    let mut created = one("Registered.");
    created["headers"] = json!({"Location": part("headers", "Location")});
    let refused = ["400", "401", "403", "404"];
    let mut post = operation(
        "create",
        "Registers a listener.",
        responses(json!({"201": created}), &["400", "401", "403", "409", "413", "415"]),
    );
    post["requestBody"] =
        json!({"required": true, "content": {"application/json": {"schema": part("schemas", "Hub_Create")}}});
    let many = json!({"description": "The caller's listeners.", "content": {"application/json": {"schema": {"type": "array", "items": part("schemas", "Hub")}}}});
    let mut list =
        operation("list", "Lists or finds listeners.", responses(json!({"200": many, "206": many}), &refused));
    list["parameters"] = LIST.iter().map(|name| part("parameters", name)).collect();
    let mut get = operation("get", "Gives one listener.", responses(json!({"200": one("The listener.")}), &refused));
    get["parameters"] = json!([part("parameters", "fields")]);
    let delete =
        operation("delete", "Ends a listener.", responses(json!({"204": {"description": "Ended."}}), &refused));
    paths.insert("/hub".into(), json!({"get": list, "post": post}));
    paths.insert("/hub/{id}".into(), json!({"parameters": [in_path("id")], "get": get, "delete": delete}));
}

/// Adds the schemas.
pub fn schemas(schemas: &mut Map<String, Value>) {
    let callback = json!({"type": "string", "format": "uri", "description": "Where events are posted."});
    let query = json!({"type": "string", "description": "A filter over events, in the grammar of lists: `eventType=ServiceOrderStateChangeEvent&event.serviceOrder.state=completed`."});
    let create = json!({
        "type": "object", "description": "A new listener.", "required": ["callback"],
        "properties": {"callback": callback, "query": query},
    });
    let hub = json!({
        "type": "object", "description": "A listener.", "required": ["id", "callback"],
        "properties": {"id": {"type": "string", "readOnly": true, "description": "Identifier."}, "callback": callback, "query": query},
    });
    schemas.entry("Hub_Create").or_insert(create);
    schemas.entry("Hub").or_insert(hub);
    schemas.insert(
        "JsonPatch".into(),
        json!({
            "type": "array", "description": "Changes one after the other, all or none (RFC 6902).",
            "items": {
                "type": "object", "required": ["op", "path"],
                "properties": {
                    "op": {"enum": ["add", "remove", "replace", "move", "copy", "test"]},
                    "path": {"type": "string"}, "from": {"type": "string"}, "value": {},
                },
            },
        }),
    );
}
