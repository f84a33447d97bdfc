//! TMF674 Geographic Site Management 4.0.0.

use super::rows::*;

/// TMF674 Geographic Site Management 4.0.0.
pub static GEOGRAPHIC_SITE: Family = Family {
    number: "TMF674",
    name: "Geographic Site Management",
    base: "/tmf-api/geographicSiteManagement/v4",
    aliases: &[],
    version: "v4",
    spec: "4.0.0",
    area: Area::Location,
};

pub(super) static RESOURCES: &[Resource] = &[Resource {
    family: &GEOGRAPHIC_SITE,
    collection: "geographicSite",
    kind: "geographicSite",
    type_name: "GeographicSite",
    doc: "A place with a meaning for the business, for example a data centre.",
    parent: None,
    methods: ALL,
    attributes: attributes! {
        id text, href text, code text, description text, name text, status text, calendar [CalendarPeriod],
        place [PlaceRefOrValue], relatedParty [RelatedParty], siteRelationship [GeographicSiteRelationship],
        "@baseType" text, "@schemaLocation" text, "@type" text
    },
    create_required: &[],
    nested: &[],
    server_set: &["id", "href"],
    presets: &[],
    non_patchable: &["id", "href", "@type", "@baseType", "@schemaLocation"],
    state: Some("status"),
    machines: &[],
    events: &[
        "GeographicSiteCreateEvent",
        "GeographicSiteAttributeValueChangeEvent",
        "GeographicSiteStatusChangeEvent",
        "GeographicSiteDeleteEvent",
    ],
}];
