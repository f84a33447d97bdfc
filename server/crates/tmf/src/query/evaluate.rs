//! The meaning of a filter on one document: the oracle the SQL of the store is tested against.

use std::cmp::Ordering;

use serde_json::Value;

use super::{Compare, Filter, Literal, Operator, Query, instant};

impl Query {
    /// Whether the document is one of those that are asked for.
    #[must_use]
    pub fn matches(&self, document: &Value) -> bool {
        self.filter.matches(document)
    }

    /// What a list answers: the matching items in order and cut to the page, and how many match. Without sort keys
    /// the order stays as it is given.
    pub fn apply<T, I: Ord>(
        &self,
        items: Vec<T>,
        document: impl Fn(&T) -> &Value,
        id: impl Fn(&T) -> I,
    ) -> (Vec<T>, u64) {
        let mut items: Vec<T> = items.into_iter().filter(|item| self.matches(document(item))).collect();
        super::order::sort(&self.sort, &mut items, document, id);
        let total = items.len() as u64;
        let (offset, limit) = self.window();
        let end = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
        (items.into_iter().skip(end(offset)).take(end(limit)).collect(), total)
    }
}

impl Filter {
    /// Whether the filter holds for the value.
    #[must_use]
    pub fn matches(&self, value: &Value) -> bool {
        match self {
            Self::And(all) => all.iter().all(|one| one.matches(value)),
            Self::Or(all) => all.iter().any(|one| one.matches(value)),
            Self::Not(one) => !one.matches(value),
            Self::Compare(compare) => elements(value, compare.path.members(), &mut |found| compare.holds(found)),
            Self::Matches { path, pattern } => {
                elements(value, path.members(), &mut |found| found.as_str().is_some_and(|text| pattern.is_in(text)))
            }
            Self::Exists(path) => reach(value, path.members(), &mut |found| !found.is_null()),
            Self::Element { path, holds } => elements(value, path.members(), &mut |found| holds.matches(found)),
        }
    }
}

impl Compare {
    fn holds(&self, found: &Value) -> bool {
        let ordered =
            |wanted: fn(Ordering) -> bool| self.any_of.iter().any(|literal| order(found, literal).is_some_and(wanted));
        let equal = || self.any_of.iter().any(|literal| equal(found, literal));
        match self.operator {
            Operator::Eq => equal(),
            Operator::Ne => (found.is_string() || found.is_number() || found.is_boolean()) && !equal(),
            Operator::Lt => ordered(Ordering::is_lt),
            Operator::Lte => ordered(Ordering::is_le),
            Operator::Gt => ordered(Ordering::is_gt),
            Operator::Gte => ordered(Ordering::is_ge),
        }
    }
}

/// Every value the path leads to.
fn reach(value: &Value, path: &[String], holds: &mut dyn FnMut(&Value) -> bool) -> bool {
    let Some((first, rest)) = path.split_first() else { return holds(value) };
    match value {
        Value::Object(members) => members.get(first).is_some_and(|value| reach(value, rest, holds)),
        Value::Array(items) => {
            let mut in_items = items.iter().filter_map(|item| item.as_object()?.get(first));
            in_items.any(|value| reach(value, rest, holds))
        }
        _ => false,
    }
}

/// As [`reach`]; an array at the end stands for its elements.
fn elements(value: &Value, path: &[String], holds: &mut dyn FnMut(&Value) -> bool) -> bool {
    reach(value, path, &mut |found| match found {
        Value::Array(items) => items.iter().any(&mut *holds),
        found => holds(found),
    })
}

fn equal(found: &Value, literal: &Literal) -> bool {
    match found {
        Value::String(text) => match literal.instant() {
            Some(wanted) => instant(text) == Some(wanted),
            None => text == literal.text(),
        },
        Value::Number(number) => literal.number().is_some() && number.as_f64() == literal.number(),
        Value::Bool(value) => literal.boolean() == Some(*value),
        _ => false,
    }
}

fn order(found: &Value, literal: &Literal) -> Option<Ordering> {
    match found {
        Value::String(text) => match literal.instant() {
            Some(wanted) => Some(instant(text)?.cmp(&wanted)),
            None => Some(text.as_bytes().cmp(literal.text().as_bytes())),
        },
        Value::Number(number) => number.as_f64()?.partial_cmp(&literal.number()?),
        _ => None,
    }
}
