//! TMF622 Product Ordering Management 4.0.0.

use super::rows::*;

/// TMF622 Product Ordering Management 4.0.0.
pub static PRODUCT_ORDERING: Family = Family {
    number: "TMF622",
    name: "Product Ordering Management",
    base: "/tmf-api/productOrderingManagement/v4",
    aliases: &[],
    version: "v4",
    spec: "4.0.0",
    area: Area::Ordering,
};

pub(super) static RESOURCES: &[Resource] = &[
    Resource {
        family: &PRODUCT_ORDERING,
        collection: "productOrder",
        kind: "productOrder",
        type_name: "ProductOrder",
        doc: "An order of product offerings, item by item.",
        parent: None,
        methods: ALL,
        attributes: attributes! {
            id text, href text, cancellationDate dateTime, cancellationReason text, category text,
            completionDate dateTime, description text, expectedCompletionDate dateTime, externalId text,
            notificationContact text, orderDate dateTime, priority text, requestedCompletionDate dateTime,
            requestedStartDate dateTime, agreement [AgreementRef], billingAccount BillingAccountRef,
            channel [RelatedChannel], note [Note], orderTotalPrice [OrderPrice], payment [PaymentRef],
            productOfferingQualification [ProductOfferingQualificationRef], productOrderItem [ProductOrderItem],
            quote [QuoteRef], relatedParty [RelatedParty], state text, "@baseType" text, "@schemaLocation" text,
            "@type" text
        },
        create_required: &["productOrderItem"],
        nested: &[
            Nested { path: "productOrderItem", required: &["id", "action"], not_empty: true, one_of: ITEM_ACTION },
            Nested { path: "relatedParty", required: &["id", "@referredType"], not_empty: false, one_of: None },
        ],
        server_set: &["id", "href", "completionDate", "expectedCompletionDate", "orderDate", "state"],
        presets: &[("state", Preset::Text("acknowledged")), ("orderDate", Preset::Now)],
        non_patchable: &["id", "href", "orderDate", "@type", "@baseType", "@schemaLocation"],
        state: Some("state"),
        machines: &[("state", &machine::PRODUCT_ORDER)],
        events: &[
            "ProductOrderCreateEvent",
            "ProductOrderAttributeValueChangeEvent",
            "ProductOrderDeleteEvent",
            "ProductOrderStateChangeEvent",
            "ProductOrderInformationRequiredEvent",
        ],
    },
    Resource {
        family: &PRODUCT_ORDERING,
        collection: "cancelProductOrder",
        kind: "cancelProductOrder",
        type_name: "CancelProductOrder",
        doc: "The request to cancel a product order, and what became of it.",
        parent: None,
        methods: TASK,
        attributes: attributes! {
            id text, href text, cancellationReason text, effectiveCancellationDate dateTime,
            requestedCancellationDate dateTime, productOrder ProductOrderRef, state text, "@baseType" text,
            "@schemaLocation" text, "@type" text
        },
        create_required: &["productOrder"],
        nested: &[Nested { path: "productOrder", required: &["id"], not_empty: false, one_of: None }],
        server_set: &["id", "href", "effectiveCancellationDate", "state"],
        presets: &[("state", Preset::Text("acknowledged"))],
        non_patchable: &[],
        state: Some("state"),
        machines: &[("state", &machine::CANCEL_PRODUCT_ORDER)],
        events: &[
            "CancelProductOrderCreateEvent",
            "CancelProductOrderStateChangeEvent",
            "CancelProductOrderInformationRequiredEvent",
        ],
    },
];
