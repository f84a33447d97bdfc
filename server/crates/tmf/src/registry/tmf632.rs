//! TMF632 Party Management 4.0.0.

use super::rows::*;

/// TMF632 Party Management 4.0.0.
pub static PARTY: Family = Family {
    number: "TMF632",
    name: "Party Management",
    base: "/tmf-api/party/v4",
    aliases: &["/tmf-api/partyManagement/v4"],
    version: "v4",
    spec: "4.0.0",
    area: Area::Party,
};

pub(super) static RESOURCES: &[Resource] = &[
    Resource {
        family: &PARTY,
        collection: "individual",
        kind: "individual",
        type_name: "Individual",
        doc: "A person.",
        parent: None,
        methods: ALL,
        attributes: attributes! {
            id text, href text, aristocraticTitle text, birthDate dateTime, countryOfBirth text, deathDate dateTime,
            familyName text, familyNamePrefix text, formattedName text, fullName text, gender text, generation text,
            givenName text, legalName text, location text, maritalStatus text, middleName text, nationality text,
            placeOfBirth text, preferredGivenName text, title text, contactMedium [ContactMedium],
            creditRating [PartyCreditProfile], disability [Disability], externalReference [ExternalReference],
            individualIdentification [IndividualIdentification], languageAbility [LanguageAbility],
            otherName [OtherNameIndividual], partyCharacteristic [Characteristic], relatedParty [RelatedParty],
            skill [Skill], status text, taxExemptionCertificate [TaxExemptionCertificate], "@baseType" text,
            "@schemaLocation" text, "@type" text
        },
        create_required: &["givenName", "familyName"],
        nested: &[Nested { path: "relatedParty", required: &["id", "@referredType"], not_empty: false, one_of: None }],
        server_set: &["id", "href"],
        presets: &[],
        non_patchable: &["id", "href", "@type", "@baseType", "@schemaLocation"],
        state: Some("status"),
        machines: &[("status", &machine::INDIVIDUAL)],
        events: &[
            "IndividualCreateEvent",
            "IndividualAttributeValueChangeEvent",
            "IndividualStateChangeEvent",
            "IndividualDeleteEvent",
        ],
    },
    Resource {
        family: &PARTY,
        collection: "organization",
        kind: "organization",
        type_name: "Organization",
        doc: "A company, department or other body; tenants and peers of the platform are organizations.",
        parent: None,
        methods: ALL,
        attributes: attributes! {
            id text, href text, isHeadOffice boolean, isLegalEntity boolean, name text, nameType text,
            organizationType text, tradingName text, contactMedium [ContactMedium], creditRating [PartyCreditProfile],
            existsDuring TimePeriod, externalReference [ExternalReference],
            organizationChildRelationship [OrganizationChildRelationship],
            organizationIdentification [OrganizationIdentification],
            organizationParentRelationship OrganizationParentRelationship, otherName [OtherNameOrganization],
            partyCharacteristic [Characteristic], relatedParty [RelatedParty], status text,
            taxExemptionCertificate [TaxExemptionCertificate], "@baseType" text, "@schemaLocation" text, "@type" text
        },
        create_required: &["tradingName"],
        nested: &[Nested { path: "relatedParty", required: &["id", "@referredType"], not_empty: false, one_of: None }],
        server_set: &["id", "href"],
        presets: &[],
        non_patchable: &["id", "href", "@type", "@baseType", "@schemaLocation"],
        state: Some("status"),
        machines: &[("status", &machine::ORGANIZATION)],
        events: &[
            "OrganizationCreateEvent",
            "OrganizationAttributeValueChangeEvent",
            "OrganizationStateChangeEvent",
            "OrganizationDeleteEvent",
        ],
    },
];
