//! TMF702 Resource Activation and Configuration 4.0.0.

use super::rows::*;

/// TMF702 Resource Activation and Configuration 4.0.0.
pub static RESOURCE_ACTIVATION: Family = Family {
    number: "TMF702",
    name: "Resource Activation and Configuration",
    base: "/tmf-api/ResourceActivationAndConfiguration/v4",
    aliases: &[],
    version: "v4",
    spec: "4.0.0",
    area: Area::Inventory,
};

pub(super) static RESOURCES: &[Resource] = &[
    Resource {
        family: &RESOURCE_ACTIVATION,
        collection: "resource",
        kind: "resource",
        type_name: "Resource",
        doc: "The resources of the inventory, for systems that configure them.",
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
        create_required: &[],
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
    },
    Resource {
        family: &RESOURCE_ACTIVATION,
        collection: "monitor",
        kind: "resourceMonitor",
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
