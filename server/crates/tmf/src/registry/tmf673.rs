//! TMF673 Geographic Address Management 4.0.1.

use super::rows::*;

/// TMF673 Geographic Address Management 4.0.1.
pub static GEOGRAPHIC_ADDRESS: Family = Family {
    number: "TMF673",
    name: "Geographic Address Management",
    base: "/tmf-api/geographicAddressManagement/v4",
    aliases: &[],
    version: "v4",
    spec: "4.0.1",
    area: Area::Location,
};

pub(super) static RESOURCES: &[Resource] = &[
    Resource {
        family: &GEOGRAPHIC_ADDRESS,
        collection: "geographicAddressValidation",
        kind: "geographicAddressValidation",
        type_name: "GeographicAddressValidation",
        doc: "The task that checks an address and proposes others.",
        parent: None,
        methods: NO_DELETE,
        attributes: attributes! {
            id text, href text, provideAlternative boolean, validationDate dateTime, validationResult text,
            alternateGeographicAddress [GeographicAddress], state text, submittedGeographicAddress GeographicAddress,
            validGeographicAddress GeographicAddress, "@baseType" text, "@schemaLocation" text, "@type" text
        },
        create_required: &["submittedGeographicAddress", "provideAlternative"],
        nested: &[],
        server_set: &[
            "id",
            "href",
            "validationDate",
            "validationResult",
            "alternateGeographicAddress",
            "state",
            "validGeographicAddress",
        ],
        presets: &[("state", Preset::Text("accepted"))],
        non_patchable: &["id", "href", "@type", "@baseType", "@schemaLocation"],
        state: Some("state"),
        machines: &[("state", &machine::TASK)],
        events: &["GeographicAddressValidationStateChangeEvent"],
    },
    Resource {
        family: &GEOGRAPHIC_ADDRESS,
        collection: "geographicAddress",
        kind: "geographicAddress",
        type_name: "GeographicAddress",
        doc: "A postal address. Writing is an extension: the specification only reads.",
        parent: None,
        methods: ALL,
        attributes: attributes! {
            id text, href text, city text, country text, locality text, name text, postcode text,
            stateOrProvince text, streetName text, streetNr text, streetNrLast text, streetNrLastSuffix text,
            streetNrSuffix text, streetSuffix text, streetType text, geographicLocation GeographicLocationRefOrValue,
            geographicSubAddress [GeographicSubAddress], "@baseType" text, "@schemaLocation" text, "@type" text
        },
        create_required: &[],
        nested: &[],
        server_set: &["id", "href"],
        presets: &[],
        non_patchable: &["id", "href", "@type", "@baseType", "@schemaLocation"],
        state: None,
        machines: &[],
        events: &[],
    },
    Resource {
        family: &GEOGRAPHIC_ADDRESS,
        collection: "geographicSubAddress",
        kind: "geographicSubAddress",
        type_name: "GeographicSubAddress",
        doc: "A part of an address, for example a floor; read from the address it belongs to.",
        parent: Some(Parent { collection: "geographicAddress", holds: Holds::Member }),
        methods: READ,
        attributes: attributes! {
            id text, href text, buildingName text, levelNumber text, levelType text, name text,
            privateStreetName text, privateStreetNumber text, subAddressType text, subUnitNumber text,
            subUnitType text, "@baseType" text, "@schemaLocation" text, "@type" text
        },
        create_required: &[],
        nested: &[],
        server_set: &[],
        presets: &[],
        non_patchable: &[],
        state: None,
        machines: &[],
        events: &[],
    },
];
