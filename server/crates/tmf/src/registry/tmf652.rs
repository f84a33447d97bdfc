//! TMF652 Resource Ordering Management 4.0.0.

use super::rows::*;

/// TMF652 Resource Ordering Management 4.0.0.
pub static RESOURCE_ORDERING: Family = Family {
    number: "TMF652",
    name: "Resource Ordering Management",
    base: "/tmf-api/resourceOrdering/v4",
    aliases: &["/tmf-api/resourceOrderingManagement/v4"],
    version: "v4",
    spec: "4.0.0",
    area: Area::Ordering,
};

pub(super) static RESOURCES: &[Resource] = &[
    Resource {
        family: &RESOURCE_ORDERING,
        collection: "resourceOrder",
        kind: "resourceOrder",
        type_name: "ResourceOrder",
        doc: "An order of resources, item by item.",
        parent: None,
        methods: ALL,
        attributes: attributes! {
            id text, href text, cancellationDate dateTime, cancellationReason text, category text,
            completionDate dateTime, description text, expectedCompletionDate dateTime, externalId text, name text,
            orderDate dateTime, orderType text, priority integer, requestedCompletionDate dateTime,
            requestedStartDate dateTime, startDate dateTime, externalReference [ExternalReference], note [Note],
            orderItem [ResourceOrderItem], relatedParty [RelatedParty], state text, "@baseType" text,
            "@schemaLocation" text, "@type" text
        },
        create_required: &["orderItem"],
        nested: &[
            Nested { path: "orderItem", required: &["id", "action"], not_empty: true, one_of: ITEM_ACTION },
            Nested { path: "orderItem", required: &[], not_empty: false, one_of: ITEM_STATE },
        ],
        server_set: &[
            "id",
            "href",
            "cancellationDate",
            "cancellationReason",
            "completionDate",
            "expectedCompletionDate",
            "orderDate",
            "state",
        ],
        presets: &[("state", Preset::Text("acknowledged")), ("orderDate", Preset::Now)],
        non_patchable: &["id", "href", "completionDate", "orderDate", "@type", "@baseType", "@schemaLocation"],
        state: Some("state"),
        machines: &[("state", &machine::RESOURCE_ORDER)],
        events: &[
            "ResourceOrderCreateEvent",
            "ResourceOrderAttributeValueChangeEvent",
            "ResourceOrderStateChangeEvent",
            "ResourceOrderDeleteEvent",
            "ResourceOrderInformationRequiredEvent",
        ],
    },
    Resource {
        family: &RESOURCE_ORDERING,
        collection: "cancelResourceOrder",
        kind: "cancelResourceOrder",
        type_name: "CancelResourceOrder",
        doc: "The request to cancel a resource order, and what became of it.",
        parent: None,
        methods: TASK,
        attributes: attributes! {
            id text, href text, cancellationReason text, effectiveCancellationDate dateTime,
            requestedCancellationDate dateTime, resourceOrder ResourceOrderRef, state text, "@baseType" text,
            "@schemaLocation" text, "@type" text
        },
        create_required: &["resourceOrder"],
        nested: &[Nested { path: "resourceOrder", required: &["id"], not_empty: false, one_of: None }],
        server_set: &["id", "href", "effectiveCancellationDate", "state"],
        presets: &[("state", Preset::Text("accepted"))],
        non_patchable: &[],
        state: Some("state"),
        machines: &[("state", &machine::CANCEL_ORDER)],
        events: &[
            "CancelResourceOrderCreateEvent",
            "CancelResourceOrderStateChangeEvent",
            "CancelResourceOrderInformationRequiredEvent",
        ],
    },
];
