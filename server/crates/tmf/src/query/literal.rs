//! What a value is compared with.

use serde_json::{Number, Value};

use super::instant;

/// A text, and what else it means: a number, an instant.
#[derive(Clone, Debug, PartialEq)]
pub struct Literal {
    text: String,
    number: Option<Number>,
    instant: Option<i64>,
}

impl Literal {
    /// Reads a text.
    #[must_use]
    pub fn new(text: String) -> Self {
        let is_number =
            text.starts_with(|c: char| c == '-' || c.is_ascii_digit()) && text.ends_with(|c: char| c.is_ascii_digit());
        let number = if is_number { serde_json::from_str(&text).ok() } else { None };
        let instant = instant(&text);
        Self { text, number, instant }
    }

    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The number the text is, by the grammar of JSON.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        self.number.as_ref().and_then(Number::as_f64)
    }

    /// The number as it would stand in a stored document.
    #[must_use]
    pub fn number_text(&self) -> Option<String> {
        self.number.as_ref().map(Number::to_string)
    }

    /// Microseconds since 1970, see [`instant`].
    #[must_use]
    pub fn instant(&self) -> Option<i64> {
        self.instant
    }

    /// `true` or `false`.
    #[must_use]
    pub fn boolean(&self) -> Option<bool> {
        match self.text.as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }
}

impl From<&str> for Literal {
    fn from(text: &str) -> Self {
        Self::new(text.to_owned())
    }
}

impl From<&Value> for Literal {
    /// A JSON string is its text, anything else its JSON.
    fn from(value: &Value) -> Self {
        Self::new(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    }
}
