//! TMF640 Service Activation and Configuration 4.0.0.

use super::rows::*;

/// TMF640 Service Activation and Configuration 4.0.0.
pub static SERVICE_ACTIVATION: Family = Family {
    number: "TMF640",
    name: "Service Activation and Configuration",
    base: "/tmf-api/ServiceActivationAndConfiguration/v4",
    aliases: &["/tmf-api/ServiceActivationAndConfiguration/v3"],
    version: "v4",
    spec: "4.0.0",
    area: Area::Inventory,
};

pub(super) static RESOURCES: &[Resource] = &[
    Resource {
        family: &SERVICE_ACTIVATION,
        collection: "service",
        kind: "service",
        type_name: "Service",
        doc: "The services of the inventory, for systems that configure them.",
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
    },
    Resource {
        family: &SERVICE_ACTIVATION,
        collection: "monitor",
        kind: "serviceMonitor",
        type_name: "Monitor",
        doc: "What became of a request that was answered before it was done.",
        parent: None,
        methods: READ,
        attributes: attributes! {
            id text, href text, sourceHref text, state text, request Request, response Response, "@baseType" text,
            "@schemaLocation" text, "@type" text
        },
        create_required: &[],
        nested: &[],
        server_set: &[],
        presets: &[],
        non_patchable: &[],
        state: Some("state"),
        machines: &[("state", &machine::MONITOR)],
        events: &[
            "MonitorCreateEvent",
            "MonitorAttributeValueChangeEvent",
            "MonitorStateChangeEvent",
            "MonitorDeleteEvent",
        ],
    },
];
