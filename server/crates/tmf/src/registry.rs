//! The resources that are served, as data. Sources: the official v4 specifications of each API.

/// An API: a base path and the resources below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Family {
    /// For example `TMF641`.
    pub number: &'static str,
    pub name: &'static str,
    /// Without a trailing slash.
    pub base: &'static str,
    /// Major version of the specification.
    pub version: &'static str,
}

/// What may be done to a collection or one of its documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    List,
    Get,
    Create,
    Patch,
    Delete,
}

/// One resource type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resource {
    pub family: Family,
    /// Path segment and document kind, for example `serviceOrder`.
    pub collection: &'static str,
    /// `@type` of a document that names none.
    pub type_name: &'static str,
    pub methods: &'static [Method],
    /// Members a client must give on create.
    pub create_required: &'static [&'static str],
    /// Members the server sets; a client's value is ignored on create.
    pub server_set: &'static [&'static str],
}

const fn family(number: &'static str, name: &'static str, base: &'static str) -> Family {
    Family { number, name, base, version: "v4" }
}

/// TMF633 Service Catalog Management 4.0.
pub const SERVICE_CATALOG: Family =
    family("TMF633", "Service Catalog Management", "/tmf-api/serviceCatalogManagement/v4");
/// TMF641 Service Ordering Management 4.1.
pub const SERVICE_ORDERING: Family = family("TMF641", "Service Ordering Management", "/tmf-api/serviceOrdering/v4");
/// TMF638 Service Inventory Management 4.0.
pub const SERVICE_INVENTORY: Family = family("TMF638", "Service Inventory Management", "/tmf-api/serviceInventory/v4");
/// TMF639 Resource Inventory Management 4.0.
pub const RESOURCE_INVENTORY: Family =
    family("TMF639", "Resource Inventory Management", "/tmf-api/resourceInventoryManagement/v4");
/// TMF632 Party Management 4.0.
pub const PARTY: Family = family("TMF632", "Party Management", "/tmf-api/party/v4");

/// All resources. Adding an API is adding rows.
pub const RESOURCES: &[Resource] = &[
    Resource {
        family: SERVICE_ORDERING,
        collection: "serviceOrder",
        type_name: "ServiceOrder",
        methods: &[Method::List, Method::Get, Method::Create],
        create_required: &["serviceOrderItem"],
        server_set: &[
            "id",
            "href",
            "state",
            "orderDate",
            "completionDate",
            "expectedCompletionDate",
            "startDate",
            "milestone",
            "jeopardyAlert",
            "errorMessage",
        ],
    },
    Resource {
        family: SERVICE_INVENTORY,
        collection: "service",
        type_name: "Service",
        methods: &[Method::List, Method::Get],
        create_required: &["state", "serviceSpecification"],
        server_set: &["id", "href"],
    },
    Resource {
        family: RESOURCE_INVENTORY,
        collection: "resource",
        type_name: "Resource",
        methods: &[Method::List, Method::Get],
        create_required: &["name"],
        server_set: &["id", "href"],
    },
    Resource {
        family: SERVICE_CATALOG,
        collection: "serviceSpecification",
        type_name: "ServiceSpecification",
        methods: &[Method::List, Method::Get],
        create_required: &["name"],
        server_set: &["id", "href", "lastUpdate"],
    },
    Resource {
        family: PARTY,
        collection: "organization",
        type_name: "Organization",
        methods: &[Method::List, Method::Get],
        create_required: &["tradingName"],
        server_set: &["id", "href"],
    },
];

impl Resource {
    /// The resource of a collection.
    #[must_use]
    pub fn find(base: &str, collection: &str) -> Option<&'static Resource> {
        RESOURCES.iter().find(|resource| resource.family.base == base && resource.collection == collection)
    }

    /// Path of the collection, or of a document in it.
    #[must_use]
    pub fn path(&self, id: Option<&str>) -> String {
        let collection = format!("{}/{}", self.family.base, self.collection);
        id.map_or(collection.clone(), |id| format!("{collection}/{id}"))
    }

    /// HTTP methods of the collection (`false`) or of a document (`true`), for `Allow`.
    #[must_use]
    pub fn allow(&self, document: bool) -> String {
        let names = self.methods.iter().filter_map(|method| match (method, document) {
            (Method::List, false) | (Method::Get, true) => Some("GET"),
            (Method::Create, false) => Some("POST"),
            (Method::Patch, true) => Some("PATCH"),
            (Method::Delete, true) => Some("DELETE"),
            _ => None,
        });
        names.collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn paths_are_unique_and_begin_alike() {
        let paths: BTreeSet<String> = RESOURCES.iter().map(|resource| resource.path(None)).collect();
        assert_eq!(paths.len(), RESOURCES.len());
        assert!(paths.iter().all(|path| path.starts_with("/tmf-api/") && !path.ends_with('/')));
    }

    #[test]
    fn allow_names_what_the_row_has() {
        let order = Resource::find(SERVICE_ORDERING.base, "serviceOrder").unwrap();
        assert_eq!((order.allow(false).as_str(), order.allow(true).as_str()), ("GET, POST", "GET"));
        assert_eq!(order.path(Some("x")), "/tmf-api/serviceOrdering/v4/serviceOrder/x");
    }
}
