//! Writes the objects of the TMF view into the schema's registry, from the rows of `hypo-tmf`. There is no Rust type
//! per object: all of them are resolved by [`project`](super::project).

use async_graphql::{
    OutputType,
    indexmap::IndexMap,
    registry::{MetaField, MetaInputValue, MetaType, Registry},
};
use chrono::{DateTime, Utc};
use hypo_tmf::registry::{Attribute, Method, Shape};
use serde_json::Value;

use super::names::{self, POLYMORPHISM, VIEWS, View};
use crate::words;

type Fields = IndexMap<String, MetaField>;

/// `TmfPageInfo`, the Relay page with all four of its fields.
pub const PAGE_INFO: &str = "TmfPageInfo";

/// Name of the member that is the whole document.
pub const DOCUMENT: &str = "document";
/// Name of the member that is the revision.
pub const ETAG: &str = "etag";
/// Input member for members the specification does not know.
pub const EXTRA: &str = "extra";

/// Registers every object, connection and input.
pub fn register(registry: &mut Registry) {
    <Value as OutputType>::create_type_info(registry);
    <DateTime<Utc> as OutputType>::create_type_info(registry);
    let mut page = Fields::new();
    add(&mut page, "hasNextPage", "Boolean!", "Whether more follow.");
    add(&mut page, "hasPreviousPage", "Boolean!", "Whether some come before.");
    add(&mut page, "startCursor", "String", "Cursor of the first edge.");
    add(&mut page, "endCursor", "String", "Cursor of the last edge, for `after`.");
    object(registry, PAGE_INFO, "Where a page lies in its list (Relay).".into(), page);
    for known in names::sub_types() {
        let mut fields = members(known.attributes);
        whole(&mut fields);
        object(registry, &names::sub(known.name), words::about_type(known.name), fields);
    }
    for view in VIEWS.iter() {
        document(registry, view);
    }
}

fn document(registry: &mut Registry, view: &View) {
    let family = view.resource.family;
    let mut fields = members(view.resource.attributes);
    add(&mut fields, "id", "ID!", &words::about("id"));
    add(&mut fields, "href", "String!", "Address of the document on the TMF face.");
    add(&mut fields, ETAG, "String!", "Revision of the document; `ifMatch` of a change.");
    whole(&mut fields);
    object(registry, &view.object, format!("{} ({} {})", view.resource.doc, family.number, family.name), fields);
    let mut fields = Fields::new();
    add(&mut fields, "cursor", "String!", "Place of the node in the list, for `after`.");
    add(&mut fields, "node", &format!("{}!", view.object), "The document.");
    object(registry, &view.edge, format!("A {} and its place in a list.", view.resource.type_name), fields);
    let mut fields = Fields::new();
    add(&mut fields, "edges", &format!("[{}!]!", view.edge), "Documents with their cursors.");
    add(&mut fields, "nodes", &format!("[{}!]!", view.object), "The documents alone.");
    add(&mut fields, "pageInfo", &format!("{PAGE_INFO}!"), "Where the page lies in the list.");
    add(&mut fields, "totalCount", "Int!", "Documents that match, on all pages.");
    object(registry, &view.connection, format!("A page of {} documents.", view.resource.type_name), fields);
    if view.resource.can(Method::Create) {
        input(registry, view);
    }
}

/// The fields of a root, `reads` or changes.
pub fn root(reads: bool) -> Fields {
    let mut fields = Fields::new();
    for view in VIEWS.iter() {
        for (name, method) in view.fields() {
            let about = |verb: &str| format!("{verb} {}: {}", view.resource.family.number, view.resource.doc);
            let field = match method {
                Method::List if reads => {
                    let mut field = meta(&name, &format!("{}!", view.connection), &about("Lists or finds, from"));
                    argument(
                        &mut field,
                        "filter",
                        "String",
                        "Conditions in the grammar of the TMF face, as after its `?`: `state=held,failed&orderDate.gt=2026-01-01`.",
                    );
                    argument(
                        &mut field,
                        "sort",
                        "String",
                        "Members to order by, separated by commas; `-` before one turns it round.",
                    );
                    argument(&mut field, "first", "Int", "Documents of the page, 1 to 200; 50 when it is not given.");
                    argument(&mut field, "after", "String", "`endCursor` of the page before.");
                    field
                }
                Method::Get if reads => {
                    let mut field = meta(&name, &view.object, &about("One by its id, from"));
                    argument(&mut field, "id", "ID!", "Identifier of the document.");
                    field
                }
                Method::Create if !reads => {
                    let mut field = meta(&name, &format!("{}!", view.object), &about("Creates, as"));
                    argument(&mut field, "input", &format!("{}!", view.input), "The new document.");
                    field
                }
                Method::Patch if !reads => {
                    let mut field = meta(&name, &format!("{}!", view.object), &about("Changes, as"));
                    argument(&mut field, "id", "ID!", "Identifier of the document.");
                    argument(
                        &mut field,
                        "patch",
                        "JSON!",
                        "A merge patch (RFC 7386) as an object, or a JSON patch (RFC 6902) as a list.",
                    );
                    argument(&mut field, "ifMatch", "String", "Only when the document still has this `etag`.");
                    field
                }
                Method::Delete if !reads => {
                    let mut field = meta(&name, "Boolean!", &about("Deletes, as"));
                    argument(&mut field, "id", "ID!", "Identifier of the document.");
                    argument(&mut field, "ifMatch", "String", "Only when the document still has this `etag`.");
                    field
                }
                _ => continue,
            };
            fields.insert(name, field);
        }
    }
    fields
}

fn input(registry: &mut Registry, view: &View) {
    let given = |attribute: &&Attribute| !view.resource.server_set.contains(&attribute.name);
    let mut members: IndexMap<String, MetaInputValue> = IndexMap::new();
    for attribute in view.resource.attributes.iter().filter(given) {
        let name = names::member(attribute.name);
        // What is below the first level is checked by the TMF face's own rules, which accept members of others.
        let of = match attribute.shape {
            Shape::Text | Shape::DateTime => "String",
            Shape::Integer => "Int",
            Shape::Number => "Float",
            Shape::Boolean => "Boolean",
            Shape::Any | Shape::Object(_) | Shape::List(_) => "JSON",
        };
        let required = view.resource.create_required.contains(&attribute.name);
        let of = if required { format!("{of}!") } else { of.to_owned() };
        members.insert(name.clone(), value(&name, &of, &words::about(attribute.name)));
    }
    for name in POLYMORPHISM {
        members
            .entry(names::member(name))
            .or_insert_with(|| value(&names::member(name), "String", &words::about(name)));
    }
    members.insert(EXTRA.into(), value(EXTRA, "JSON", "An object of further members; they are kept as they are."));
    let meta = MetaType::InputObject {
        name: view.input.clone(),
        description: Some(format!("A new {}.", view.resource.type_name)),
        input_fields: members,
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        rust_typename: None,
        oneof: false,
        directive_invocations: Vec::new(),
    };
    registry.types.insert(view.input.clone(), meta);
}

fn members(attributes: &[Attribute]) -> Fields {
    let mut fields = Fields::new();
    for attribute in attributes {
        add(&mut fields, &names::member(attribute.name), &output(attribute.shape), &words::about(attribute.name));
    }
    fields
}

fn output(shape: Shape) -> String {
    match shape {
        Shape::Text => "String".into(),
        Shape::DateTime => "DateTime".into(),
        Shape::Integer => "Int".into(),
        Shape::Number => "Float".into(),
        Shape::Boolean => "Boolean".into(),
        Shape::Any => "JSON".into(),
        Shape::Object(name) => names::sub(name),
        Shape::List(inner) => format!("[{}!]", output(*inner)),
    }
}

/// What every object has beside its members.
fn whole(fields: &mut Fields) {
    for name in POLYMORPHISM {
        let field = names::member(name);
        if !fields.contains_key(&field) {
            add(fields, &field, "String", &words::about(name));
        }
    }
    add(fields, DOCUMENT, "JSON!", "The whole object as it is kept, with the members the specification does not know.");
}

fn add(fields: &mut Fields, name: &str, of: &str, description: &str) {
    fields.insert(name.to_owned(), meta(name, of, description));
}

fn meta(name: &str, of: &str, description: &str) -> MetaField {
    MetaField {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        args: IndexMap::new(),
        ty: of.to_owned(),
        deprecation: Default::default(),
        cache_control: Default::default(),
        external: false,
        requires: None,
        provides: None,
        visible: None,
        shareable: false,
        inaccessible: false,
        tags: Vec::new(),
        override_from: None,
        compute_complexity: None,
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}

fn value(name: &str, of: &str, description: &str) -> MetaInputValue {
    MetaInputValue {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        ty: of.to_owned(),
        deprecation: Default::default(),
        default_value: None,
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        is_secret: false,
        directive_invocations: Vec::new(),
    }
}

fn argument(field: &mut MetaField, name: &str, of: &str, description: &str) {
    field.args.insert(name.to_owned(), value(name, of, description));
}

/// An object as the registry keeps it.
pub fn meta_object(name: &str, description: String, fields: Fields) -> MetaType {
    MetaType::Object {
        name: name.to_owned(),
        description: Some(description),
        fields,
        cache_control: Default::default(),
        extends: false,
        shareable: false,
        resolvable: true,
        keys: None,
        visible: None,
        inaccessible: false,
        interface_object: false,
        tags: Vec::new(),
        is_subscription: false,
        rust_typename: None,
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}

fn object(registry: &mut Registry, name: &str, description: String, fields: Fields) {
    registry.types.insert(name.to_owned(), meta_object(name, description, fields));
}
