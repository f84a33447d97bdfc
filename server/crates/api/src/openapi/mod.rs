//! OpenAPI 3.1 of every TMF family, written from the registry that also serves it.
//!
//! A document says what this server does: the members the specification knows (others are kept as well), the checks of
//! a create, the filters, headers and errors of TMF630.

mod hub;
mod operations;
mod parts;
mod schemas;

use std::{collections::HashMap, sync::LazyLock};

use axum::{
    Router,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use hypo_tmf::registry::{FAMILIES, Family, Resource};
use serde_json::{Map, Value, json};

use crate::ApiState;

/// Texts of all documents by base path. They never change while the server runs.
static DOCUMENTS: LazyLock<HashMap<&'static str, String>> = LazyLock::new(|| {
    let all = FAMILIES.iter().flat_map(|(family, _)| family.bases().map(move |base| (base, *family)));
    all.map(|(base, family)| (base, document(family, base).to_string())).collect()
});

/// `GET {base}/openapi.json` of every family and alias. They hold nobody's data, so anybody may read them.
pub fn router() -> Router<ApiState> {
    FAMILIES
        .iter()
        .flat_map(|(family, _)| family.bases())
        .fold(Router::new(), |router, base| router.route(&format!("{base}/openapi.json"), get(move || serve(base))))
}

async fn serve(base: &'static str) -> Response {
    let text = DOCUMENTS.get(base).map(String::as_str).unwrap_or_default();
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

/// The document of a family below one of its base paths.
#[must_use]
pub fn document(family: &Family, base: &str) -> Value {
    let resources: Vec<&Resource> = family.resources().collect();
    let mut paths = Map::new();
    for resource in &resources {
        operations::of(resource, &mut paths);
    }
    hub::of(&mut paths);
    let tags: Vec<Value> =
        resources.iter().map(|resource| json!({"name": resource.collection, "description": resource.doc})).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": format!("{} ({})", family.name, family.number),
            "version": family.spec,
            "summary": format!("{} {} as this server serves it.", family.number, family.version),
            "description": parts::ABOUT,
        },
        "servers": [{"url": base}],
        "security": [{"token": []}, {"session": []}],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": schemas::of(&resources),
            "parameters": parts::parameters(),
            "headers": parts::headers(),
            "responses": parts::responses(),
            "securitySchemes": parts::security(),
        },
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Every `$ref` below a value.
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(members) => {
                if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                    found.insert(reference.to_owned());
                }
                members.values().for_each(|value| references(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }

    #[test]
    fn every_document_is_an_openapi_3_1_document() {
        let meta: Value = serde_json::from_str(include_str!("meta.json")).unwrap();
        let meta = jsonschema::draft202012::new(&meta).unwrap();
        for (family, _) in FAMILIES {
            let document = document(family, family.base);
            let wrong: Vec<String> =
                meta.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
            assert!(wrong.is_empty(), "{}: {wrong:#?}", family.number);
            for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
                assert!(jsonschema::draft202012::meta::is_valid(schema), "{}: {name}", family.number);
            }
            let mut found = BTreeSet::new();
            references(&document, &mut found);
            for reference in found {
                let pointer = reference.strip_prefix('#').unwrap();
                assert!(document.pointer(pointer).is_some(), "{}: {reference}", family.number);
            }
        }
    }

    #[test]
    fn operations_have_names_of_their_own_and_declare_their_path_parameters() {
        for (family, _) in FAMILIES {
            let document = document(family, family.base);
            let mut names = BTreeSet::new();
            for (path, item) in document["paths"].as_object().unwrap() {
                let wanted: BTreeSet<&str> =
                    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
                let given: BTreeSet<&str> = item["parameters"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter(|parameter| parameter["in"] == "path")
                    .map(|parameter| parameter["name"].as_str().unwrap())
                    .collect();
                assert_eq!(wanted, given, "{path}");
                for operation in item.as_object().unwrap().iter().filter(|(key, _)| *key != "parameters") {
                    assert!(names.insert(operation.1["operationId"].as_str().unwrap().to_owned()), "{path}");
                }
            }
            assert!(!names.is_empty());
        }
    }

    #[test]
    fn a_document_says_what_the_registry_says() {
        for (family, resources) in FAMILIES {
            let document = document(family, family.base);
            for resource in *resources {
                let path = resource.path(None);
                let path = path.strip_prefix(family.base).unwrap();
                let item = &document["paths"][path];
                assert_eq!(item["get"].is_object(), resource.can(hypo_tmf::Method::List), "{path}");
                assert_eq!(item["post"].is_object(), resource.can(hypo_tmf::Method::Create), "{path}");
                let schema = &document["components"]["schemas"][resource.type_name];
                for attribute in resource.attributes {
                    assert!(schema["properties"][attribute.name].is_object(), "{path}: {}", attribute.name);
                }
                let required = &document["components"]["schemas"][format!("{}_Create", resource.type_name)]["required"];
                for name in resource.create_required.iter().filter(|_| resource.can(hypo_tmf::Method::Create)) {
                    assert!(required.as_array().unwrap().contains(&json!(name)), "{path}: {name}");
                }
            }
        }
    }
}
