//! Finding rows, and what follows from them.

use hypo_shared::machine::Machine;

use super::{Family, Method, Resource, Shape, resources};

impl Family {
    /// The base paths: the official one first.
    pub fn bases(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.base).chain(self.aliases.iter().copied())
    }

    /// Its resources.
    pub fn resources(&self) -> impl Iterator<Item = &'static Resource> {
        resources().filter(|resource| resource.family.number == self.number)
    }
}

impl Resource {
    /// The resource of a collection below an official base path.
    #[must_use]
    pub fn find(base: &str, collection: &str) -> Option<&'static Resource> {
        resources().find(|resource| resource.family.base == base && resource.collection == collection)
    }

    /// The home of the documents of a kind.
    #[must_use]
    pub fn of_kind(kind: &str) -> Option<&'static Resource> {
        resources().find(|resource| resource.kind == kind)
    }

    /// Whether this row is the home of its documents, and not a second view of them.
    #[must_use]
    pub fn is_home(&self) -> bool {
        Self::of_kind(self.kind).is_some_and(|home| home.family.number == self.family.number)
    }

    /// Path of the collection, or of a document in it. For a resource below another one only its parent's id is
    /// missing: see [`Resource::path_below`].
    #[must_use]
    pub fn path(&self, id: Option<&str>) -> String {
        let parent = self.parent.map(|parent| format!("/{}/{{{0}Id}}", parent.collection)).unwrap_or_default();
        Self::join(format!("{}{parent}/{}", self.family.base, self.collection), id)
    }

    /// Path of a collection below a document, or of one of its elements.
    #[must_use]
    pub fn path_below(&self, owner: &str, id: Option<&str>) -> String {
        let parent = self.parent.map(|parent| format!("/{}/{owner}", parent.collection)).unwrap_or_default();
        Self::join(format!("{}{parent}/{}", self.family.base, self.collection), id)
    }

    fn join(collection: String, id: Option<&str>) -> String {
        match id {
            Some(id) => format!("{collection}/{id}"),
            None => collection,
        }
    }

    /// Whether the row has a method.
    #[must_use]
    pub fn can(&self, method: Method) -> bool {
        self.methods.contains(&method)
    }

    /// HTTP methods of the collection (`false`) or of a document (`true`), for `Allow`.
    #[must_use]
    pub fn allow(&self, document: bool) -> String {
        let names = self.methods.iter().filter_map(|method| match (method, document) {
            (Method::List, false) | (Method::Get, true) => Some("GET, HEAD"),
            (Method::Create, false) => Some("POST"),
            (Method::Patch, true) => Some("PATCH"),
            (Method::Delete, true) => Some("DELETE"),
            _ => None,
        });
        names.collect::<Vec<_>>().join(", ")
    }

    /// The shape of a first-level member the specification knows.
    #[must_use]
    pub fn shape(&self, member: &str) -> Option<Shape> {
        self.attributes.iter().find(|attribute| attribute.name == member).map(|attribute| attribute.shape)
    }

    /// The machine of a member.
    #[must_use]
    pub fn machine(&self, member: &str) -> Option<&'static Machine> {
        self.machines.iter().find(|(name, _)| *name == member).map(|(_, machine)| *machine)
    }

    /// The machine of the state member.
    #[must_use]
    pub fn main_machine(&self) -> Option<&'static Machine> {
        self.machine(self.state?)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::registry::{FAMILIES, SERVICE_ORDERING, types};

    #[test]
    fn paths_are_unique_and_begin_alike() {
        let paths: BTreeSet<String> = resources().map(|resource| resource.path(None)).collect();
        assert_eq!(paths.len(), resources().count());
        assert!(paths.iter().all(|path| path.starts_with("/tmf-api/") && !path.ends_with('/')));
        let bases: Vec<&str> = FAMILIES.iter().flat_map(|(family, _)| family.bases()).collect();
        assert_eq!(bases.iter().collect::<BTreeSet<_>>().len(), bases.len());
    }

    #[test]
    fn rows_are_whole() {
        for resource in resources() {
            let named = resource.create_required.iter().chain(resource.server_set).chain(resource.non_patchable);
            let preset = resource.presets.iter().map(|(name, _)| name);
            for member in named.chain(preset).chain(resource.state.iter()) {
                assert!(resource.shape(member).is_some(), "{}: {member}", resource.path(None));
            }
            assert!(resource.doc.ends_with('.') && !resource.kind.contains('.'), "{}", resource.path(None));
            let known: BTreeSet<&str> = resource.attributes.iter().map(|attribute| attribute.name).collect();
            assert_eq!(known.len(), resource.attributes.len(), "{}", resource.path(None));
            assert_eq!(resource.family.resources().filter(|other| other.kind == resource.kind).count(), 1);
        }
    }

    #[test]
    fn every_named_type_is_there() {
        fn named(shape: Shape) -> Option<&'static str> {
            match shape {
                Shape::Object(name) => Some(name),
                Shape::List(inner) => named(*inner),
                _ => None,
            }
        }
        let below = types::all().flat_map(|known| known.attributes);
        for attribute in resources().flat_map(|resource| resource.attributes).chain(below) {
            if let Some(name) = named(attribute.shape) {
                assert!(types::find(name).is_some(), "{name}");
            }
        }
    }

    #[test]
    fn two_views_of_one_kind_have_one_home() {
        let service = Resource::of_kind("service").unwrap();
        assert_eq!(service.family.number, "TMF638");
        let views: Vec<&str> =
            resources().filter(|resource| !resource.is_home()).map(|resource| resource.family.number).collect();
        assert_eq!(views, ["TMF640", "TMF702"]);
    }

    #[test]
    fn allow_names_what_the_row_has() {
        let order = Resource::find(SERVICE_ORDERING.base, "serviceOrder").unwrap();
        assert_eq!(
            (order.allow(false).as_str(), order.allow(true).as_str()),
            ("GET, HEAD, POST", "GET, HEAD, PATCH, DELETE")
        );
        assert_eq!(order.path(Some("x")), "/tmf-api/serviceOrdering/v4/serviceOrder/x");
    }
}
