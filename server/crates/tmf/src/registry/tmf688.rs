//! TMF688 Event Management 4.0.0.

use super::rows::*;

/// TMF688 Event Management 4.0.0.
pub static EVENT: Family = Family {
    number: "TMF688",
    name: "Event Management",
    base: "/tmf-api/event/v4",
    aliases: &[],
    version: "v4",
    spec: "4.0.0",
    area: Area::Event,
};

pub(super) static RESOURCES: &[Resource] = &[
    Resource {
        family: &EVENT,
        collection: "event",
        kind: "event",
        type_name: "Event",
        doc: "An event of a topic.",
        parent: Some(Parent { collection: "topic", holds: Holds::Events }),
        methods: TASK,
        attributes: attributes! {
            correlationId text, description text, domain text, eventId text, eventTime dateTime, eventType text,
            priority text, timeOcurred dateTime, title text, analyticCharacteristic [Characteristic], event any,
            relatedParty [RelatedParty], reportingSystem EntityRef, source EntityRef, "@baseType" text,
            "@schemaLocation" text, "@type" text
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
    Resource {
        family: &EVENT,
        collection: "topic",
        kind: "topic",
        type_name: "Topic",
        doc: "A filter over the stream of events, with a name.",
        parent: None,
        methods: NO_PATCH,
        attributes: attributes! {
            id text, href text, contentQuery text, headerQuery text, name text, "@baseType" text,
            "@schemaLocation" text, "@type" text
        },
        create_required: &[],
        nested: &[],
        server_set: &["id", "href"],
        presets: &[],
        non_patchable: &[],
        state: None,
        machines: &[],
        events: &["TopicCreateEvent", "TopicChangeEvent", "TopicDeleteEvent"],
    },
    Resource {
        family: &EVENT,
        collection: "hub",
        kind: "topicHub",
        type_name: "Hub",
        doc: "A listener of a topic: where its events are sent.",
        parent: Some(Parent { collection: "topic", holds: Holds::Events }),
        methods: NO_PATCH,
        attributes: attributes! {
            id text, callback text, query text, "@baseType" text, "@schemaLocation" text, "@type" text
        },
        create_required: &["callback"],
        nested: &[],
        server_set: &["id"],
        presets: &[],
        non_patchable: &[],
        state: None,
        machines: &[],
        events: &[],
    },
];
