//! The query string of a list or a read (TMF630 part 1, 4.1 to 4.7), decoded into one value.

mod evaluate;
mod parse;

use serde_json::Value;

/// What a client asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// All must hold.
    pub filters: Vec<Equals>,
    pub fields: Fields,
    pub offset: Option<u64>,
    pub limit: Option<u64>,
}

/// The member at `path` has one of these values. Arrays on the way match when one element does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equals {
    /// Dotted, for example `serviceSpecification.id`.
    pub path: String,
    /// Never empty.
    pub any_of: Vec<String>,
}

/// Which members are returned; `id` and `href` always are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Fields {
    #[default]
    All,
    /// `fields=none`.
    None,
    /// First-level names.
    Some(Vec<String>),
}

impl Fields {
    /// The document cut to the wanted members. Unknown names are ignored.
    #[must_use]
    pub fn select(&self, document: Value) -> Value {
        let Value::Object(members) = document else { return document };
        let wanted: &[String] = match self {
            Fields::All => return Value::Object(members),
            Fields::None => &[],
            Fields::Some(names) => names,
        };
        Value::Object(
            members.into_iter().filter(|(name, _)| name == "id" || name == "href" || wanted.contains(name)).collect(),
        )
    }
}
