//! What a path names.

use hypo_tmf::{
    Resource,
    registry::{Holds, resources},
};

use super::path::segments;

/// What a path names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Collection(&'static Resource),
    Document(&'static Resource, String),
    /// The elements of a document, by its id.
    Children(&'static Resource, String),
    /// One of them: the document's id and its own.
    Child(&'static Resource, String, String),
}

/// Finds the resource of a path. Unknown depths name nothing; every alias of a family counts.
pub fn of(path: &str) -> Option<Target> {
    resources().find_map(|resource| {
        let rest = resource.family.bases().find_map(|base| path.strip_prefix(base)?.strip_prefix('/'))?;
        let segments = segments(rest)?;
        match (resource.parent, segments.as_slice()) {
            (None, [collection]) if *collection == resource.collection => Some(Target::Collection(resource)),
            (None, [collection, id]) if *collection == resource.collection => {
                Some(Target::Document(resource, id.clone()))
            }
            (Some(parent), [above, owner, collection, rest @ ..])
                if parent.holds == Holds::Member
                    && *above == parent.collection
                    && *collection == resource.collection =>
            {
                match rest {
                    [] => Some(Target::Children(resource, owner.clone())),
                    [id] => Some(Target::Child(resource, owner.clone(), id.clone())),
                    _ => None,
                }
            }
            _ => None,
        }
    })
}

impl Target {
    /// The row of the registry.
    pub const fn resource(&self) -> &'static Resource {
        match self {
            Self::Collection(resource)
            | Self::Document(resource, _)
            | Self::Children(resource, _)
            | Self::Child(resource, ..) => resource,
        }
    }

    /// For `Allow`.
    pub fn allow(&self) -> String {
        self.resource().allow(matches!(self, Self::Document(..) | Self::Child(..)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_resources() {
        let name = |path: &str| match of(path) {
            Some(Target::Collection(resource)) => resource.collection.to_owned(),
            Some(Target::Document(resource, id)) => format!("{}:{id}", resource.collection),
            Some(Target::Children(resource, owner)) => format!("{owner}>{}", resource.collection),
            Some(Target::Child(resource, owner, id)) => format!("{owner}>{}:{id}", resource.collection),
            None => "-".to_owned(),
        };
        assert_eq!(name("/tmf-api/serviceOrdering/v4/serviceOrder"), "serviceOrder");
        assert_eq!(name("/tmf-api/serviceInventory/v4/service/7"), "service:7");
        assert_eq!(name("/tmf-api/resourceCatalogManagement/v4/resourceSpecification"), "resourceSpecification");
        let sub = "/tmf-api/geographicAddressManagement/v4/geographicAddress/7/geographicSubAddress";
        assert_eq!(name(sub), "7>geographicSubAddress");
        assert_eq!(name(&format!("{sub}/8")), "7>geographicSubAddress:8");
        assert_eq!(name("/tmf-api/serviceInventory/v4/service/"), "service");
        assert_eq!(name("/tmf-api/ResourceActivationAndConfiguration/v4/resource/%301a2/"), "resource:01a2");
        assert_eq!(name(&format!("{sub}/a%2Fb/")), "7>geographicSubAddress:a/b");
        for path in [
            "/tmf-api/serviceInventory/v4/service//",
            "/tmf-api/serviceInventory/v4//service",
            "/tmf-api/serviceInventory/v4/service/7/8",
            "/tmf-api/serviceInventory/v5/service",
            "/tmf-api/serviceInventory/v4/serviceX",
            "/tmf-api/geographicAddressManagement/v4/geographicSubAddress",
            "/tmf-api/event/v4/topic/7/event",
            "/tmf-api",
        ] {
            assert_eq!(name(path), "-", "{path}");
        }
    }

    #[test]
    fn a_family_is_one_whatever_it_is_called() {
        let home = of("/tmf-api/serviceInventory/v4/service").unwrap();
        let other = of("/tmf-api/serviceInventoryManagement/v4/service").unwrap();
        assert_eq!(home, other);
        let activation = of("/tmf-api/ServiceActivationAndConfiguration/v4/service").unwrap();
        assert_ne!(home, activation);
        assert_eq!(home.resource().kind, activation.resource().kind);
    }
}
