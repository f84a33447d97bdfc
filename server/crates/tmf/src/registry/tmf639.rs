//! TMF639 Resource Inventory Management 4.0.0.

use super::rows::*;

/// TMF639 Resource Inventory Management 4.0.0.
pub static RESOURCE_INVENTORY: Family = Family {
    number: "TMF639",
    name: "Resource Inventory Management",
    base: "/tmf-api/resourceInventoryManagement/v4",
    aliases: &[],
    version: "v4",
    spec: "4.0.0",
    area: Area::Inventory,
};

pub(super) static RESOURCES: &[Resource] = &[Resource {
    family: &RESOURCE_INVENTORY,
    collection: "resource",
    kind: "resource",
    type_name: "Resource",
    doc: "A physical or logical resource; clusters are logical resources.",
    parent: None,
    methods: ALL,
    attributes: attributes! {
        id text, href text, category text, description text, endOperatingDate dateTime, name text,
        resourceVersion text, startOperatingDate dateTime, activationFeature [Feature], administrativeState text,
        attachment [AttachmentRefOrValue], note [Note], operationalState text, place RelatedPlaceRefOrValue,
        relatedParty [RelatedParty], resourceCharacteristic [Characteristic],
        resourceRelationship [ResourceRelationship], resourceSpecification ResourceSpecificationRef,
        resourceStatus text, usageState text, "@baseType" text, "@schemaLocation" text, "@type" text
    },
    create_required: &["name"],
    nested: &[],
    server_set: &["id", "href"],
    presets: &[],
    non_patchable: &["id", "href", "@type", "@baseType", "@schemaLocation"],
    state: Some("resourceStatus"),
    machines: &[
        ("resourceStatus", &machine::RESOURCE_STATUS),
        ("administrativeState", &machine::ADMINISTRATIVE),
        ("operationalState", &machine::OPERATIONAL),
        ("usageState", &machine::USAGE),
    ],
    events: &[
        "ResourceCreateEvent",
        "ResourceAttributeValueChangeEvent",
        "ResourceStateChangeEvent",
        "ResourceDeleteEvent",
    ],
}];
