//! The order of a list.

use std::cmp::Ordering;

use serde_json::Value;

use super::{Path, instant};

/// Characters of a text that sorting looks at.
pub const KEY_CHARS: usize = 256;

/// One `sort` attribute. The path leads through objects only.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SortKey {
    pub path: Path,
    pub descending: bool,
}

/// What a value sorts by: numbers, then booleans, instants, other texts, arrays and objects (all alike). What is
/// missing or null comes last, in both directions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Key<'a> {
    Number(f64),
    Boolean(bool),
    Instant(i64),
    /// Its first [`KEY_CHARS`] characters, bytewise.
    Text(&'a str),
    Container,
    Missing,
}

impl<'a> Key<'a> {
    /// The key of a value.
    #[must_use]
    pub fn of(value: Option<&'a Value>) -> Self {
        match value {
            None | Some(Value::Null) => Self::Missing,
            Some(Value::Number(number)) => Self::Number(number.as_f64().unwrap_or_default()),
            Some(Value::Bool(value)) => Self::Boolean(*value),
            Some(Value::String(text)) => match instant(text) {
                Some(instant) => Self::Instant(instant),
                None => Self::Text(text.char_indices().nth(KEY_CHARS).map_or(text, |(end, _)| &text[..end])),
            },
            Some(Value::Array(_) | Value::Object(_)) => Self::Container,
        }
    }

    fn rank(self) -> u8 {
        match self {
            Self::Number(_) => 0,
            Self::Boolean(_) => 1,
            Self::Instant(_) => 2,
            Self::Text(_) => 3,
            Self::Container => 4,
            Self::Missing => 5,
        }
    }

    fn ascending(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
            (Self::Boolean(a), Self::Boolean(b)) => a.cmp(&b),
            (Self::Instant(a), Self::Instant(b)) => a.cmp(&b),
            (Self::Text(a), Self::Text(b)) => a.as_bytes().cmp(b.as_bytes()),
            (a, b) => a.rank().cmp(&b.rank()),
        }
    }
}

impl SortKey {
    /// The key of a document.
    #[must_use]
    pub fn of<'a>(&self, document: &'a Value) -> Key<'a> {
        Key::of(self.path.members().iter().try_fold(document, |value, member| value.as_object()?.get(member)))
    }

    /// The order of two documents.
    #[must_use]
    pub fn compare(&self, one: &Value, other: &Value) -> Ordering {
        match (self.of(one), self.of(other)) {
            (Key::Missing, _) | (_, Key::Missing) => self.of(one).ascending(self.of(other)),
            (a, b) if self.descending => b.ascending(a),
            (a, b) => a.ascending(b),
        }
    }
}

/// Sorts by the keys; the id breaks ties, in the direction of the last key.
pub(super) fn sort<T, I: Ord>(
    keys: &[SortKey],
    items: &mut [T],
    document: impl Fn(&T) -> &Value,
    id: impl Fn(&T) -> I,
) {
    let Some(last) = keys.last() else { return };
    items.sort_by(|one, other| {
        let by_keys = keys.iter().map(|key| key.compare(document(one), document(other)));
        let by_id = if last.descending { id(other).cmp(&id(one)) } else { id(one).cmp(&id(other)) };
        by_keys.fold(Ordering::Equal, Ordering::then).then(by_id)
    });
}
