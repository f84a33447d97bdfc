//! TMF675 Geographic Location Management 4.0.0.

use super::rows::*;

/// TMF675 Geographic Location Management 4.0.0.
pub static GEOGRAPHIC_LOCATION: Family = Family {
    number: "TMF675",
    name: "Geographic Location Management",
    base: "/tmf-api/geographicLocation/v4",
    aliases: &[],
    version: "v4",
    spec: "4.0.0",
    area: Area::Location,
};

pub(super) static RESOURCES: &[Resource] = &[Resource {
    family: &GEOGRAPHIC_LOCATION,
    collection: "geographicLocation",
    kind: "geographicLocation",
    type_name: "GeographicLocation",
    doc: "A point, line or area on the map, as GeoJSON.",
    parent: None,
    methods: ALL,
    attributes: attributes! {
        id text, href text, name text, "@baseType" text, "@schemaLocation" text, "@type" text, bbox [number]
    },
    create_required: &["@type"],
    nested: &[],
    // In the specification the server sets `bbox`; here clients do, for nothing else in the resource says where it is.
    server_set: &["id", "href"],
    presets: &[],
    non_patchable: &["id", "href", "@type", "@baseType", "@schemaLocation"],
    state: None,
    machines: &[],
    events: &[
        "GeographicLocationCreateEvent",
        "GeographicLocationAttributeValueChangeEvent",
        "GeographicLocationDeleteEvent",
    ],
}];
