//! TMF657 Service Quality Management 4.0.0.

use super::rows::*;

/// TMF657 Service Quality Management 4.0.0.
pub static SERVICE_QUALITY: Family = Family {
    number: "TMF657",
    name: "Service Quality Management",
    base: "/tmf-api/serviceQualityManagement/v4",
    aliases: &[],
    version: "v4",
    spec: "4.0.0",
    area: Area::Inventory,
};

pub(super) static RESOURCES: &[Resource] = &[Resource {
    family: &SERVICE_QUALITY,
    collection: "serviceLevelObjective",
    kind: "serviceLevelObjective",
    type_name: "ServiceLevelObjective",
    doc: "A target for a measured parameter of a service, with its tolerance and consequences.",
    parent: None,
    methods: ALL,
    attributes: attributes! {
        id text, href text, conformanceComparator text, conformanceTarget text, graceTimes text, name text,
        thresholdTarget text, toleranceTarget text, conformancePeriod TimePeriod, serviceLevelObjectiveConsequence
        [ServiceLevelSpecConsequence], serviceLevelObjectiveParameter ServiceLevelSpecParameter, tolerancePeriod
        TimePeriod, validFor TimePeriod, "@baseType" text, "@schemaLocation" text, "@type" text
    },
    create_required: &["conformanceComparator", "conformanceTarget", "serviceLevelObjectiveParameter"],
    nested: &[],
    server_set: &["id", "href"],
    presets: &[],
    non_patchable: &["id", "href", "validFor", "@type", "@baseType", "@schemaLocation"],
    state: None,
    machines: &[],
    events: &[
        "ServiceLevelObjectiveCreateEvent",
        "ServiceLevelObjectiveAttributeValueChangeEvent",
        "ServiceLevelObjectiveDeleteEvent",
    ],
}];
