//! What a row of the registry says, and the short words its files are written in.

pub(super) use hypo_shared::machine;
use hypo_shared::machine::Machine;

pub(super) use super::attributes;

/// An API: where it is served.
#[derive(Debug, PartialEq, Eq)]
pub struct Family {
    /// For example `TMF641`.
    pub number: &'static str,
    pub name: &'static str,
    /// The official base path, without a trailing slash.
    pub base: &'static str,
    /// Base paths of other implementations (OpenSlice's first) that lead to the same resources.
    pub aliases: &'static [&'static str],
    /// Major version of the specification.
    pub version: &'static str,
    /// Version of the specification the rows were taken from.
    pub spec: &'static str,
    pub area: Area,
}

/// What a family is about; permissions are given by area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Area {
    /// Catalogues, offerings, specifications.
    Catalogue,
    /// Products, services, resources and their objectives.
    Inventory,
    Ordering,
    Party,
    /// Addresses, sites, places on the map.
    Location,
    Alarm,
    /// Topics and listeners.
    Event,
}

/// What may be done to a collection or one of its documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Method {
    List,
    Get,
    Create,
    Patch,
    Delete,
}

/// One resource type.
#[derive(Debug, PartialEq, Eq)]
pub struct Resource {
    pub family: &'static Family,
    /// Path segment, for example `serviceOrder`.
    pub collection: &'static str,
    /// Kind of its documents in the store and topic of their events. Two rows with one kind (TMF638 and TMF640
    /// service) are two views of the same documents; the first in order is the home.
    pub kind: &'static str,
    /// `@type` of a document that names none.
    pub type_name: &'static str,
    /// One sentence about it.
    pub doc: &'static str,
    /// Where the collection lies when it is not directly below the base path.
    pub parent: Option<Parent>,
    pub methods: &'static [Method],
    /// First-level members the specification knows. Others are kept as well.
    pub attributes: &'static [Attribute],
    /// Members a client must give on create.
    pub create_required: &'static [&'static str],
    /// What the values of some members must hold.
    pub nested: &'static [Nested],
    /// Members the server sets; a client's value is ignored on create.
    pub server_set: &'static [&'static str],
    /// What the server puts into a new document where a member is not given.
    pub presets: &'static [(&'static str, Preset)],
    /// Members that cannot be changed by a PATCH. Equal values pass.
    pub non_patchable: &'static [&'static str],
    /// The member that says in which state the document is.
    pub state: Option<&'static str>,
    /// State machines by member.
    pub machines: &'static [(&'static str, &'static Machine)],
    /// Event types, for example `ServiceOrderStateChangeEvent`.
    pub events: &'static [&'static str],
}

/// `{base}/{collection}/{id}/…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parent {
    pub collection: &'static str,
    pub holds: Holds,
}

/// How a parent has its children.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// As elements of its member of the child's name.
    Member,
    /// As events and listeners of a topic, which are no documents.
    Events,
}

/// A first-level member.
#[derive(Debug, PartialEq, Eq)]
pub struct Attribute {
    pub name: &'static str,
    pub shape: Shape,
}

/// What a member's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Text,
    /// RFC 3339.
    DateTime,
    Integer,
    Number,
    Boolean,
    /// Any JSON.
    Any,
    /// An object, by the name of its type in [`super::types`].
    Object(&'static str),
    List(&'static Shape),
}

/// A check of what is below a first-level member. Lists on the path are gone through; what is absent passes.
#[derive(Debug, PartialEq, Eq)]
pub struct Nested {
    /// Dotted.
    pub path: &'static str,
    /// Members each object there must have.
    pub required: &'static [&'static str],
    /// The list there must have an element.
    pub not_empty: bool,
    /// A member and the values it may have.
    pub one_of: Option<(&'static str, &'static [&'static str])>,
}

/// A value the server puts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// The time of the request.
    Now,
    Text(&'static str),
    False,
}

pub(super) const ALL: &[Method] = &[Method::List, Method::Get, Method::Create, Method::Patch, Method::Delete];
pub(super) const NO_PATCH: &[Method] = &[Method::List, Method::Get, Method::Create, Method::Delete];
pub(super) const NO_DELETE: &[Method] = &[Method::List, Method::Get, Method::Create, Method::Patch];
pub(super) const TASK: &[Method] = &[Method::List, Method::Get, Method::Create];
pub(super) const READ: &[Method] = &[Method::List, Method::Get];

pub(super) const ITEM_STATE: Option<(&str, &[&str])> = Some((
    "state",
    &[
        "acknowledged",
        "rejected",
        "pending",
        "held",
        "inProgress",
        "cancelled",
        "completed",
        "failed",
        "assessingCancellation",
        "pendingCancellation",
    ],
));

pub(super) const ITEM_ACTION: Option<(&str, &[&str])> = Some(("action", &["add", "modify", "delete", "noChange"]));
