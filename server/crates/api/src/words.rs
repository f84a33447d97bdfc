//! Words about members: sentences for those that mean the same everywhere, and for the others their own name in words.
//! OpenAPI and GraphQL say the same about the same member.

/// What is said of members by name.
const KNOWN: &[(&str, &str)] = &[
    ("id", "Identifier, unique in its collection; made by the server."),
    ("href", "Address of the document on this server."),
    ("name", "Name for people."),
    ("description", "Text for people."),
    ("@type", "What the object really is, when it is more than its place says."),
    ("@baseType", "The type it specialises."),
    ("@schemaLocation", "Address of a schema that describes its further members."),
    ("@referredType", "Type of the document that is referred to."),
    ("state", "Where it is in its life; the state machine says what may follow."),
    ("status", "Where it is in its life; the state machine says what may follow."),
    ("lifecycleStatus", "Where it is in the life of a catalogue element, for example Active."),
    ("externalId", "Identifier the client knows it by; unique per tenant."),
    ("externalReference", "Identifiers in other systems."),
    ("validFor", "From when until when it holds."),
    ("lastUpdate", "When it was changed last."),
    ("version", "Version, as its author counts."),
    ("relatedParty", "Who has to do with it, in which role."),
    ("note", "Remarks of people and systems."),
    ("place", "Where it is or is wanted."),
    ("category", "What it is filed under."),
    ("orderDate", "When it was ordered; set by the server."),
    ("completionDate", "When it was completed; set by the server."),
    ("requestedStartDate", "When work should begin; the past means now."),
    ("requestedCompletionDate", "When it should be complete."),
    ("expectedCompletionDate", "When the server expects it to be complete."),
    ("startDate", "When it began."),
    ("endDate", "When it ends or ended."),
    ("priority", "How urgent it is, from 0 (most) to 4."),
    ("isBundle", "Whether it is made of others."),
    ("role", "In which role."),
    ("value", "The value."),
    ("valueType", "Type of the value, for example string or object."),
    ("action", "What is to be done: add, modify, delete or noChange."),
    ("quantity", "How many."),
    ("serviceOrderItem", "What is ordered, item by item."),
    ("productOrderItem", "What is ordered, item by item."),
    ("serviceCharacteristic", "Properties of the service, by name."),
    ("resourceCharacteristic", "Properties of the resource, by name."),
    ("productCharacteristic", "Properties of the product, by name."),
    ("serviceSpecification", "The specification it was made from."),
    ("resourceSpecification", "The specification it was made from."),
    ("productSpecification", "The specification it was made from."),
    ("relationshipType", "What the relation means."),
    ("errorMessage", "What went wrong, in order."),
    ("code", "A stable code."),
    ("reason", "Why, in a sentence."),
    ("callback", "Where events are posted."),
    ("query", "A filter over events, in the grammar of lists."),
    ("eventType", "Type of the event, for example ServiceOrderStateChangeEvent."),
    ("timeOcurred", "When it happened; spelled as the specification spells it."),
];

/// A sentence about a member.
pub fn about(name: &str) -> String {
    let known = KNOWN.iter().find(|(member, _)| *member == name).map(|(_, text)| (*text).to_owned());
    known.unwrap_or_else(|| {
        let words = split(name.trim_start_matches('@'));
        match name {
            _ if name.ends_with("Date") || name.ends_with("Time") => format!("{words}, an instant (RFC 3339)."),
            _ if name.starts_with("is") || name.starts_with("has") => format!("{words}: yes or no."),
            _ => format!("{words}."),
        }
    })
}

/// A sentence about a type.
pub fn about_type(name: &str) -> String {
    let plain = name.strip_suffix("RefOrValue").or_else(|| name.strip_suffix("Ref"));
    match plain {
        Some(plain) if name.ends_with("Value") => format!("{}, by reference or in place.", split(plain)),
        Some(plain) => format!("A reference to another document: {}.", split(plain).to_lowercase()),
        None => format!("{}.", split(name)),
    }
}

/// `requestedStartDate` as `Requested start date`.
fn split(name: &str) -> String {
    let mut out = String::new();
    let mut before = ' ';
    for c in name.chars() {
        if c.is_uppercase() && before.is_lowercase() {
            out.push(' ');
        }
        if out.is_empty() {
            out.extend(c.to_uppercase());
        } else if c.is_uppercase() && before.is_lowercase() {
            out.extend(c.to_lowercase());
        } else {
            out.push(c);
        }
        before = c;
    }
    out
}

/// `serviceOrder` as `ServiceOrder`.
pub fn pascal(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_described_by_what_is_known_or_by_its_name() {
        assert_eq!(about("startMode"), "Start mode.");
        assert_eq!(about("isServiceEnabled"), "Is service enabled: yes or no.");
        assert_eq!(about("effectiveCancellationDate"), "Effective cancellation date, an instant (RFC 3339).");
        assert!(about("state").contains("state machine"));
        assert_eq!(about_type("RelatedPlaceRefOrValue"), "Related place, by reference or in place.");
        assert_eq!(about_type("ServiceSpecificationRef"), "A reference to another document: service specification.");
        assert_eq!(about_type("Money"), "Money.");
    }
}
