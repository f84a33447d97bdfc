//! The query string of a list or a read (TMF630 part 1, 4.1 to 4.7, and the one filter form of part 6), decoded into
//! one value.
//!
//! [`Query::parse`] reads the text. [`Filter::matches`] and [`Query::apply`] say what it means; the store compiles the
//! same value to SQL, and a property test holds the two together. `docs/tmf630.md` tells the rules to clients.
//!
//! What a filter looks at: a path leads through members of objects; an array on the way, or at its end, stands for its
//! elements, one level deep (an array directly inside an array is not entered). A condition holds when it holds for one
//! of the values found. Null is the same as absent, and absent fulfils no comparison.

mod evaluate;
mod fields;
mod instant;
pub mod limits;
mod literal;
mod order;
mod parse;
mod path;
mod pattern;
#[cfg(test)]
mod tests;

pub use fields::Fields;
pub use instant::instant;
pub use literal::Literal;
pub use order::{KEY_CHARS, Key, SortKey};
pub use path::Path;
pub use pattern::Pattern;

/// What a client asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    pub filter: Filter,
    pub fields: Fields,
    /// From the most significant key on; the id breaks ties.
    pub sort: Vec<SortKey>,
    pub offset: Option<u64>,
    pub limit: Option<u64>,
}

/// Which documents.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// All hold; of none, every document.
    And(Vec<Filter>),
    /// One holds; of none, no document.
    Or(Vec<Filter>),
    Not(Box<Filter>),
    Compare(Compare),
    /// A text at the path that the pattern is found in.
    Matches {
        path: Path,
        pattern: Pattern,
    },
    /// A value other than null is at the path.
    Exists(Path),
    /// One and the same element at the path fulfils the condition, whose paths begin at that element.
    Element {
        path: Path,
        holds: Box<Filter>,
    },
}

/// A scalar at the path compares with one of the literals.
///
/// A number in the document compares as a number (a double), a text that is an RFC 3339 instant as an instant when the
/// literal is one too, any other text bytewise. `true` and `false` are only equal or not. Values that cannot be
/// compared are in no order.
#[derive(Clone, Debug, PartialEq)]
pub struct Compare {
    pub path: Path,
    pub operator: Operator,
    /// Never empty. With [`Operator::Ne`] the value differs from all of them.
    pub any_of: Vec<Literal>,
}

/// How a value compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    Eq,
    Ne,
    Lt,
    Lte,
    Gt,
    Gte,
}

impl Default for Filter {
    /// Every document.
    fn default() -> Self {
        Self::And(Vec::new())
    }
}

impl Filter {
    /// The value at a path equals the text.
    #[must_use]
    pub fn equals(path: Path, text: impl Into<String>) -> Self {
        Self::compare(path, Operator::Eq, [text.into()])
    }

    /// A comparison with one of several texts.
    #[must_use]
    pub fn compare<T: Into<String>>(path: Path, operator: Operator, any_of: impl IntoIterator<Item = T>) -> Self {
        let any_of = any_of.into_iter().map(|text| Literal::new(text.into())).collect();
        Self::Compare(Compare { path, operator, any_of })
    }

    /// This and another condition.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::And(mut all), Self::And(more)) => {
                all.extend(more);
                Self::And(all)
            }
            (Self::And(mut all), one) => {
                all.push(one);
                Self::And(all)
            }
            (one, Self::And(mut all)) => {
                all.insert(0, one);
                Self::And(all)
            }
            (one, other) => Self::And(vec![one, other]),
        }
    }

    /// Whether every document matches, so that there is nothing to look at.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        matches!(self, Self::And(all) if all.iter().all(Filter::is_everything))
    }

    /// Whether a pattern has to be matched, which databases do differently.
    #[must_use]
    pub fn has_pattern(&self) -> bool {
        match self {
            Self::And(all) | Self::Or(all) => all.iter().any(Self::has_pattern),
            Self::Not(one) | Self::Element { holds: one, .. } => one.has_pattern(),
            Self::Matches { .. } => true,
            Self::Compare(_) | Self::Exists(_) => false,
        }
    }
}
