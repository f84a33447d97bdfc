//! How large a query may get. Beyond: 400 with `HYP-6007`.

use hypo_shared::ErrorCode;

use super::{Filter, Query};
use crate::Problem;

/// Bytes of a query string.
pub const QUERY: usize = 16 * 1024;
/// Literals and conditions of all filters together.
pub const CONDITIONS: usize = 256;
/// Conditions inside conditions.
pub const DEPTH: usize = 16;
/// Members of a path.
pub const MEMBERS: usize = 8;
/// Bytes of a member's name.
pub const NAME: usize = 100;
/// Bytes of a literal.
pub const LITERAL: usize = 2048;
/// Bytes of a pattern.
pub const PATTERN: usize = 256;
/// Patterns of a query.
pub const PATTERNS: usize = 4;
/// Sort keys.
pub const SORT: usize = 8;
/// Names in `fields`.
pub const FIELDS: usize = 100;

impl Query {
    /// Checks the size of a query, however it was made.
    ///
    /// # Errors
    /// 400 with `HYP-6007`.
    pub fn within_limits(&self) -> Result<(), Problem> {
        let (mut conditions, mut patterns) = (0, 0);
        count(&self.filter, 0, &mut conditions, &mut patterns)?;
        at_most(CONDITIONS, conditions, "conditions")?;
        at_most(PATTERNS, patterns, "patterns")?;
        at_most(SORT, self.sort.len(), "sort keys")
    }
}

fn count(filter: &Filter, depth: usize, conditions: &mut usize, patterns: &mut usize) -> Result<(), Problem> {
    at_most(DEPTH, depth, "levels of conditions")?;
    *conditions += 1;
    match filter {
        Filter::And(all) | Filter::Or(all) => {
            all.iter().try_for_each(|one| count(one, depth + 1, conditions, patterns))?;
        }
        Filter::Not(one) | Filter::Element { holds: one, .. } => count(one, depth + 1, conditions, patterns)?,
        Filter::Compare(compare) => {
            *conditions += compare.any_of.len() - 1;
            compare.any_of.iter().try_for_each(|literal| at_most(LITERAL, literal.text().len(), "bytes of a value"))?;
        }
        Filter::Matches { .. } => *patterns += 1,
        Filter::Exists(_) => {}
    }
    Ok(())
}

pub(super) fn at_most(limit: usize, is: usize, what: &str) -> Result<(), Problem> {
    if is <= limit {
        return Ok(());
    }
    Err(Problem::new(400, ErrorCode::QueryTooComplex, format!("a query has at most {limit} {what}")))
}
