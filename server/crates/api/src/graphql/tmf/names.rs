//! How the registry's names are spelled in GraphQL.
//!
//! Objects are `Tmf` and the document's kind, so that they stand apart from the objects of the product itself; `@type`
//! is `atType`, because GraphQL has no `@` in names.

use std::{collections::HashMap, sync::LazyLock};

use hypo_tmf::registry::{Method, Resource, resources, types};

use crate::words::pascal;

/// Members of every object that the specification does not repeat.
pub const POLYMORPHISM: [&str; 3] = ["@type", "@baseType", "@schemaLocation"];

/// One kind of document with its names.
pub struct View {
    pub resource: &'static Resource,
    /// `serviceOrder`: one by its id.
    pub one: String,
    /// `serviceOrders`: a page of them.
    pub list: String,
    /// `TmfServiceOrder`.
    pub object: String,
    pub connection: String,
    pub edge: String,
    /// `TmfServiceOrderInput`.
    pub input: String,
}

/// A field of one of the roots.
#[derive(Clone, Copy)]
pub struct Verb {
    pub view: &'static View,
    pub method: Method,
}

/// Every kind of document, once: TMF640 and TMF702 show the same services and resources as TMF638 and TMF639. What lies
/// below another document is reached through it.
pub static VIEWS: LazyLock<Vec<View>> = LazyLock::new(|| {
    resources().filter(|resource| resource.is_home() && resource.parent.is_none()).map(View::of).collect()
});

static FIELDS: LazyLock<HashMap<String, Verb>> = LazyLock::new(|| {
    VIEWS.iter().flat_map(|view| view.fields().map(move |(name, method)| (name, Verb { view, method }))).collect()
});

/// What a field of a root does.
pub fn verb(field: &str) -> Option<Verb> {
    FIELDS.get(field).copied()
}

impl View {
    fn of(resource: &'static Resource) -> Self {
        // Tasks on many alarms are called by a plural.
        let plural = resource.kind.ends_with('s') && !resource.kind.ends_with("ss");
        let one = if plural { format!("{}Task", resource.kind) } else { resource.kind.to_owned() };
        let object = format!("Tmf{}", pascal(&one));
        Self {
            resource,
            list: plural_of(&one),
            one,
            connection: format!("{object}Connection"),
            edge: format!("{object}Edge"),
            input: format!("{object}Input"),
            object,
        }
    }

    /// The fields of both roots.
    pub fn fields(&self) -> impl Iterator<Item = (String, Method)> {
        let verb = |word: &str| format!("{word}{}", pascal(&self.one));
        let all = [
            (self.list.clone(), Method::List),
            (self.one.clone(), Method::Get),
            (verb("create"), Method::Create),
            (verb("patch"), Method::Patch),
            (verb("delete"), Method::Delete),
        ];
        all.into_iter().filter(|(_, method)| self.resource.can(*method))
    }
}

/// Object of a sub-object's type. Where a document has the same name, this is the value inside another document.
pub fn sub(name: &str) -> String {
    let object = format!("Tmf{}", pascal(name));
    if VIEWS.iter().any(|view| view.object == object) { format!("{object}Value") } else { object }
}

/// Field of a member.
pub fn member(name: &str) -> String {
    name.strip_prefix('@').map_or_else(|| name.to_owned(), |rest| format!("at{}", pascal(rest)))
}

/// Whether a field is the field of a member, without writing its name down.
pub fn is_member(field: &str, name: &str) -> bool {
    match name.strip_prefix('@') {
        None => field == name,
        Some(rest) => field.strip_prefix("at").is_some_and(|field| {
            let mut pair = field.chars().zip(rest.chars());
            field.len() == rest.len()
                && pair.next().is_some_and(|(a, b)| a == b.to_ascii_uppercase())
                && pair.all(|(a, b)| a == b)
        }),
    }
}

/// The type of a sub-object's object.
pub fn sub_types() -> impl Iterator<Item = &'static types::Type> {
    types::all()
}

fn plural_of(name: &str) -> String {
    let ends = |end: &str| name.ends_with(end);
    if let Some(stem) = name.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'i', 'o', 'u'])) {
        format!("{stem}ies")
    } else if ends("s") || ends("x") || ends("ch") || ends("sh") {
        format!("{name}es")
    } else {
        format!("{name}s")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_names_and_stand_once() {
        let fields: Vec<String> = VIEWS.iter().flat_map(View::fields).map(|(name, _)| name).collect();
        assert_eq!(fields.iter().collect::<BTreeSet<_>>().len(), fields.len());
        let mut objects: Vec<String> = VIEWS.iter().map(|view| view.object.clone()).collect();
        objects.extend(sub_types().map(|known| sub(known.name)));
        assert_eq!(objects.iter().collect::<BTreeSet<_>>().len(), objects.len());
        let name = |text: &String| text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        assert!(fields.iter().chain(&objects).all(name));
        let one = |field: &str| verb(field).map(|verb| (verb.view.resource.collection, verb.method));
        assert_eq!(one("serviceOrders"), Some(("serviceOrder", Method::List)));
        assert_eq!(one("categories"), Some(("category", Method::List)));
        assert_eq!(one("geographicAddresses"), Some(("geographicAddress", Method::List)));
        assert_eq!(one("createServiceOrder"), Some(("serviceOrder", Method::Create)));
        assert!(one("events").is_none());
    }

    #[test]
    fn members_with_an_at() {
        assert_eq!((member("@baseType").as_str(), member("name").as_str()), ("atBaseType", "name"));
        for name in ["@type", "@baseType", "state"] {
            assert!(is_member(&member(name), name));
        }
        assert!(!is_member("atType", "@baseType") && !is_member("attype", "@type") && !is_member("at", "@type"));
    }
}
