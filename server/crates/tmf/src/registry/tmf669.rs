//! TMF669 Party Role Management 4.0.

use super::rows::*;

/// TMF669 Party Role Management 4.0.
pub static PARTY_ROLE: Family = Family {
    number: "TMF669",
    name: "Party Role Management",
    base: "/tmf-api/partyRoleManagement/v4",
    aliases: &[],
    version: "v4",
    spec: "4.0",
    area: Area::Party,
};

pub(super) static RESOURCES: &[Resource] = &[Resource {
    family: &PARTY_ROLE,
    collection: "partyRole",
    kind: "partyRole",
    type_name: "PartyRole",
    doc: "The part a party plays, for example supplier or customer.",
    parent: None,
    methods: ALL,
    attributes: attributes! {
        id text, href text, name text, status text, statusReason text, account [AccountRef],
        agreement [AgreementRef], characteristic [Characteristic], contactMedium [ContactMedium],
        creditProfile [CreditProfile], engagedParty RelatedParty, paymentMethod [PaymentMethodRef],
        relatedParty [RelatedParty], validFor TimePeriod, "@baseType" text, "@schemaLocation" text, "@type" text
    },
    create_required: &["name"],
    nested: &[Nested { path: "relatedParty", required: &["id", "@referredType"], not_empty: false, one_of: None }],
    server_set: &["id", "href"],
    presets: &[],
    non_patchable: &["id", "href", "@type", "@baseType", "@schemaLocation"],
    state: Some("status"),
    machines: &[],
    events: &[
        "PartyRoleCreateEvent",
        "PartyRoleAttributeValueChangeEvent",
        "PartyRoleStateChangeEvent",
        "PartyRoleDeleteEvent",
    ],
}];
