//! Regular expressions, matched in linear time.

use regex::{Regex, RegexBuilder};

use super::limits;
use crate::Problem;

/// Bytes a compiled pattern may take.
const COMPILED: usize = 256 * 1024;

/// A pattern of the `regex` crate, found anywhere in a text unless it is anchored.
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// 400 for one that is malformed, `HYP-6007` for one that is too large.
    pub fn new(source: &str) -> Result<Self, Problem> {
        limits::at_most(limits::PATTERN, source.len(), "bytes in a pattern")?;
        let compiled = RegexBuilder::new(source).size_limit(COMPILED).dfa_size_limit(COMPILED).build();
        compiled.map(Self).map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => {
                Problem::new(400, hypo_shared::ErrorCode::QueryTooComplex, "the pattern is too large when compiled")
            }
            error => Problem::invalid(format!("the pattern {source:?} cannot be read: {error}")),
        })
    }

    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        self.0.is_match(text)
    }

    #[must_use]
    pub fn source(&self) -> &str {
        self.0.as_str()
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.source() == other.source()
    }
}
