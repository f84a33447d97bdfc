//! Which documents keep another one from being removed: kind, and the member that holds its id.

/// The references to a kind.
pub(super) fn to(kind: &str) -> &'static [(&'static str, &'static str)] {
    TABLE.iter().find(|(known, _)| *known == kind).map_or(&[], |(_, references)| *references)
}

type References = &'static [(&'static str, &'static str)];

const TABLE: &[(&str, References)] = &[
    ("category", &[("category", "parentId"), ("productOffering", "category.id"), ("catalog", "category.id")]),
    ("productOffering", &[("product", "productOffering.id"), ("productOffering", "bundledProductOffering.id")]),
    ("productOfferingPrice", &[("productOffering", "productOfferingPrice.id")]),
    ("productSpecification", &[("productOffering", "productSpecification.id"), ("product", "productSpecification.id")]),
    ("serviceCategory", &[("serviceCategory", "parentId"), ("serviceCandidate", "category.id")]),
    ("serviceCandidate", &[("productOffering", "serviceCandidate.id")]),
    (
        "serviceSpecification",
        &[
            ("service", "serviceSpecification.id"),
            ("serviceCandidate", "serviceSpecification.id"),
            ("productSpecification", "serviceSpecification.id"),
        ],
    ),
    ("resourceCategory", &[("resourceCategory", "parentId"), ("resourceCandidate", "category.id")]),
    ("resourceCandidate", &[("productOffering", "resourceCandidate.id")]),
    (
        "resourceSpecification",
        &[
            ("resource", "resourceSpecification.id"),
            ("resourceCandidate", "resourceSpecification.id"),
            ("serviceSpecification", "resourceSpecification.id"),
        ],
    ),
    ("service", &[("service", "supportingService.id"), ("product", "realizingService.id")]),
    ("resource", &[("service", "supportingResource.id"), ("product", "realizingResource.id")]),
    ("individual", &[("partyRole", "engagedParty.id")]),
    ("organization", &[("partyRole", "engagedParty.id")]),
    ("geographicAddress", &[("geographicSite", "place.id")]),
    ("geographicLocation", &[("geographicSite", "place.id"), ("geographicAddress", "geographicLocation.id")]),
];

#[cfg(test)]
mod tests {
    use hypo_tmf::Resource;

    use super::*;

    #[test]
    fn every_reference_is_of_a_kind_and_a_member() {
        for (kind, references) in TABLE {
            assert!(Resource::of_kind(kind).is_some(), "{kind}");
            for (other, path) in *references {
                let member = path.split('.').next().unwrap_or_default();
                assert!(Resource::of_kind(other).is_some_and(|row| row.shape(member).is_some()), "{other}.{path}");
            }
        }
        assert!(to("nothing").is_empty());
    }
}
