//! Decoding a query string.

mod clause;
mod expression;
mod text;

#[cfg(test)]
mod tests;

use super::{Compare, Fields, Filter, Operator, Path, Query, SortKey, limits};
use crate::Problem;
use clause::Assertion;
use text::{decode, split};

impl Query {
    /// Parses a raw query string, still percent-encoded.
    ///
    /// # Errors
    /// 400 for what is malformed or too large, 501 for a JSONPath that is well formed and not served: a filter that is
    /// ignored would answer something else than what was asked.
    pub fn parse(raw: &str) -> Result<Self, Problem> {
        limits::at_most(limits::QUERY, raw.len(), "bytes")?;
        let (mut query, mut all) = (Self::default(), Vec::new());
        for clause in raw.split('&').filter(|clause| !clause.is_empty()) {
            let (name, value) = clause.split_once('=').unwrap_or((clause, ""));
            match decode(name)?.as_str() {
                "fields" => query.fields = fields(std::mem::take(&mut query.fields), &decode(value)?)?,
                "offset" => query.offset = Some(count("offset", &decode(value)?)?),
                "limit" => query.limit = Some(count("limit", &decode(value)?)?),
                "sort" => query.sort.extend(sort(&decode(value)?)?),
                "filter" => all.push(expression::parse(&decode(value)?)?),
                _ => include(&mut all, alternatives(clause)?),
            }
        }
        query.filter = Filter::And(all);
        query.within_limits()?;
        Ok(query)
    }
}

/// The parts of a clause between `;`.
fn alternatives(clause: &str) -> Result<Filter, Problem> {
    let mut any = Vec::new();
    let mut before = None;
    for part in split(clause, b';')? {
        let assertion = Assertion::parse(part, before.as_ref())?;
        let filter = assertion.filter()?;
        match any.iter_mut().find_map(|known| same_equality(known, &filter)) {
            Some(known) => extend(known, filter),
            None => any.push(filter),
        }
        before = Some(assertion);
    }
    Ok(if any.len() == 1 { any.remove(0) } else { Filter::Or(any) })
}

/// Clauses must all hold, but equalities of one attribute are alternatives: `a=x&a=y`.
fn include(all: &mut Vec<Filter>, filter: Filter) {
    match all.iter_mut().find_map(|known| same_equality(known, &filter)) {
        Some(known) => extend(known, filter),
        None => all.push(filter),
    }
}

fn same_equality<'a>(known: &'a mut Filter, filter: &Filter) -> Option<&'a mut Compare> {
    match (known, filter) {
        (Filter::Compare(known), Filter::Compare(more))
            if known.operator == Operator::Eq && more.operator == Operator::Eq && known.path == more.path =>
        {
            Some(known)
        }
        _ => None,
    }
}

fn extend(known: &mut Compare, filter: Filter) {
    if let Filter::Compare(more) = filter {
        known.any_of.extend(more.any_of);
    }
}

fn fields(known: Fields, value: &str) -> Result<Fields, Problem> {
    let names = || value.split(',').map(str::trim).filter(|name| !name.is_empty());
    let mut paths = match known {
        Fields::Some(paths) => paths,
        Fields::All if names().next().is_none() => return Ok(Fields::All),
        _ if value.trim() == "none" => return Ok(Fields::None),
        _ => Vec::new(),
    };
    paths.extend(names().filter(|name| *name != "none").map(Path::parse).collect::<Result<Vec<_>, _>>()?);
    limits::at_most(limits::FIELDS, paths.len(), "names in fields")?;
    Ok(Fields::Some(paths))
}

fn sort(value: &str) -> Result<Vec<SortKey>, Problem> {
    let keys = value.split(',').map(str::trim).filter(|key| !key.is_empty()).map(|key| {
        let (descending, name) = match key.strip_prefix('-') {
            Some(name) => (true, name),
            None => (false, key.strip_prefix('+').unwrap_or(key)),
        };
        Ok(SortKey { path: Path::parse(name.trim())?, descending })
    });
    keys.collect()
}

fn count(name: &str, value: &str) -> Result<u64, Problem> {
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| value.parse().ok()).flatten().ok_or_else(|| {
        Problem::invalid(format!("{name} must be an integer of at least 0")).help(format!("For example {name}=20."))
    })
}
