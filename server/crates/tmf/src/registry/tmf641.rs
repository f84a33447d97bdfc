//! TMF641 Service Ordering Management 4.1.0.

use super::rows::*;

/// TMF641 Service Ordering Management 4.1.0.
pub static SERVICE_ORDERING: Family = Family {
    number: "TMF641",
    name: "Service Ordering Management",
    base: "/tmf-api/serviceOrdering/v4",
    aliases: &[],
    version: "v4",
    spec: "4.1.0",
    area: Area::Ordering,
};

pub(super) static RESOURCES: &[Resource] = &[
    Resource {
        family: &SERVICE_ORDERING,
        collection: "serviceOrder",
        kind: "serviceOrder",
        type_name: "ServiceOrder",
        doc: "An order of services, item by item; the orchestrator carries it out.",
        parent: None,
        methods: ALL,
        attributes: attributes! {
            id text, href text, cancellationDate dateTime, cancellationReason text, category text,
            completionDate dateTime, description text, expectedCompletionDate dateTime, externalId text,
            notificationContact text, orderDate dateTime, priority text, requestedCompletionDate dateTime,
            requestedStartDate dateTime, startDate dateTime, errorMessage [ServiceOrderErrorMessage],
            externalReference [ExternalReference], jeopardyAlert [ServiceOrderJeopardyAlert],
            milestone [ServiceOrderMilestone], note [Note], orderRelationship [ServiceOrderRelationship],
            relatedParty [RelatedParty], serviceOrderItem [ServiceOrderItem], state text, "@baseType" text,
            "@schemaLocation" text, "@type" text
        },
        create_required: &["serviceOrderItem"],
        nested: &[
            Nested {
                path: "serviceOrderItem",
                required: &["id", "action", "service"],
                not_empty: true,
                one_of: ITEM_ACTION,
            },
            Nested {
                path: "serviceOrderItem.service.serviceSpecification",
                required: &["id"],
                not_empty: false,
                one_of: None,
            },
        ],
        server_set: &[
            "id",
            "href",
            "completionDate",
            "expectedCompletionDate",
            "orderDate",
            "startDate",
            "errorMessage",
            "jeopardyAlert",
            "milestone",
            "state",
        ],
        presets: &[("state", Preset::Text("acknowledged")), ("orderDate", Preset::Now)],
        non_patchable: &[
            "id",
            "href",
            "cancellationDate",
            "cancellationReason",
            "category",
            "completionDate",
            "orderDate",
            "startDate",
            "errorMessage",
            "jeopardyAlert",
            "milestone",
            "@baseType",
            "@schemaLocation",
            "@type",
        ],
        state: Some("state"),
        machines: &[("state", &machine::SERVICE_ORDER)],
        events: &[
            "ServiceOrderCreateEvent",
            "ServiceOrderAttributeValueChangeEvent",
            "ServiceOrderStateChangeEvent",
            "ServiceOrderDeleteEvent",
            "ServiceOrderInformationRequiredEvent",
            "ServiceOrderMilestoneEvent",
            "ServiceOrderJeopardyEvent",
        ],
    },
    Resource {
        family: &SERVICE_ORDERING,
        collection: "cancelServiceOrder",
        kind: "cancelServiceOrder",
        type_name: "CancelServiceOrder",
        doc: "The request to cancel a service order, and what became of it.",
        parent: None,
        methods: TASK,
        attributes: attributes! {
            id text, href text, cancellationReason text, completionMessage text, effectiveCancellationDate dateTime,
            requestedCancellationDate dateTime, errorMessage ErrorMessage, serviceOrder ServiceOrderRef, state text,
            "@baseType" text, "@schemaLocation" text, "@type" text
        },
        create_required: &["serviceOrder"],
        nested: &[Nested { path: "serviceOrder", required: &["id"], not_empty: false, one_of: None }],
        server_set: &["id", "href", "completionMessage", "effectiveCancellationDate", "errorMessage", "state"],
        presets: &[("state", Preset::Text("accepted"))],
        non_patchable: &[],
        state: Some("state"),
        machines: &[("state", &machine::CANCEL_ORDER)],
        events: &[
            "CancelServiceOrderCreateEvent",
            "CancelServiceOrderStateChangeEvent",
            "CancelServiceOrderInformationRequiredEvent",
        ],
    },
];
