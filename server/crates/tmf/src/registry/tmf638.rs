//! TMF638 Service Inventory Management 4.0.0.

use super::rows::*;

/// TMF638 Service Inventory Management 4.0.0.
pub static SERVICE_INVENTORY: Family = Family {
    number: "TMF638",
    name: "Service Inventory Management",
    base: "/tmf-api/serviceInventory/v4",
    aliases: &["/tmf-api/serviceInventoryManagement/v4"],
    version: "v4",
    spec: "4.0.0",
    area: Area::Inventory,
};

pub(super) static RESOURCES: &[Resource] = &[Resource {
    family: &SERVICE_INVENTORY,
    collection: "service",
    kind: "service",
    type_name: "Service",
    doc: "A service that runs or ran, customer-facing or resource-facing.",
    parent: None,
    methods: ALL,
    attributes: attributes! {
        id text, href text, category text, description text, endDate dateTime, hasStarted boolean,
        isBundle boolean, isServiceEnabled boolean, isStateful boolean, name text, serviceDate text,
        serviceType text, startDate dateTime, startMode text, feature [Feature], note [Note],
        place [RelatedPlaceRefOrValue], relatedEntity [RelatedEntityRefOrValue], relatedParty [RelatedParty],
        serviceCharacteristic [Characteristic], serviceOrderItem [RelatedServiceOrderItem],
        serviceRelationship [ServiceRelationship], serviceSpecification ServiceSpecificationRef, state text,
        supportingResource [ResourceRef], supportingService [ServiceRefOrValue], "@baseType" text,
        "@schemaLocation" text, "@type" text
    },
    create_required: &["state", "serviceSpecification"],
    nested: &[Nested { path: "serviceSpecification", required: &["id"], not_empty: false, one_of: None }],
    server_set: &["id", "href"],
    presets: &[],
    non_patchable: &["id", "href", "serviceDate", "@type", "@baseType", "@schemaLocation"],
    state: Some("state"),
    machines: &[("state", &machine::SERVICE)],
    events: &[
        "ServiceCreateEvent",
        "ServiceAttributeValueChangeEvent",
        "ServiceStateChangeEvent",
        "ServiceDeleteEvent",
    ],
}];
