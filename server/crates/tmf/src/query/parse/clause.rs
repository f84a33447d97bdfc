//! One assertion: a name, an operator, a value.

use super::text::{decode, unquoted};
use crate::{
    Problem,
    query::{Compare, Filter, Literal, Operator, Path, Pattern, instant},
};

/// What an assertion does with its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Compare(Operator),
    Match,
}

/// A name, an operator and the still undivided value. Behind a `;` name and operator may be those of the part before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    pub name: String,
    pub verb: Verb,
    pub value: String,
}

/// Literals in the name, the longer first.
const LITERALS: [(&str, Verb); 9] = [
    ("==", Verb::Compare(Operator::Eq)),
    ("=~", Verb::Match),
    ("*=", Verb::Match),
    (">=", Verb::Compare(Operator::Gte)),
    ("<=", Verb::Compare(Operator::Lte)),
    ("!=", Verb::Compare(Operator::Ne)),
    (">", Verb::Compare(Operator::Gt)),
    ("<", Verb::Compare(Operator::Lt)),
    ("=", Verb::Compare(Operator::Eq)),
];

const SUFFIXES: [(&str, Verb); 7] = [
    (".eq", Verb::Compare(Operator::Eq)),
    (".ne", Verb::Compare(Operator::Ne)),
    (".gt", Verb::Compare(Operator::Gt)),
    (".gte", Verb::Compare(Operator::Gte)),
    (".lt", Verb::Compare(Operator::Lt)),
    (".lte", Verb::Compare(Operator::Lte)),
    (".regex", Verb::Match),
];

impl Assertion {
    /// Reads one part of a clause, still percent-encoded. `before` is the assertion in front of a `;`.
    pub fn parse(raw: &str, before: Option<&Self>) -> Result<Self, Problem> {
        let (left, right) = match raw.split_once('=') {
            Some((left, right)) => (decode(left)?, Some(decode(right)?)),
            None => (decode(raw)?, None),
        };
        let operator = left.find(['>', '<', '=', '!', '*', '~']).filter(|_| !left.starts_with('"'));
        let (name, verb, value) = match (operator, right) {
            (None, Some(value)) => match value.strip_prefix('=') {
                Some(value) => (left, Verb::Compare(Operator::Eq), value.to_owned()),
                None => suffixed(left, value),
            },
            (None, None) => return Self::continued(left, before),
            (Some(at), right) => {
                let (name, rest) = left.split_at(at);
                let (verb, value) = literal(rest, right)?;
                (name.to_owned(), verb, value)
            }
        };
        Ok(Self { name, verb, value })
    }

    /// `a=x;y`: the same question with another value.
    fn continued(value: String, before: Option<&Self>) -> Result<Self, Problem> {
        match before {
            Some(before) => Ok(Self { value, ..before.clone() }),
            None => Err(Problem::invalid(format!("{value:?} is no filter: it has no operator"))),
        }
    }

    /// The condition. Values between commas are alternatives; a pattern is one value.
    pub fn filter(&self) -> Result<Filter, Problem> {
        let path = Path::parse(&self.name)?;
        match self.verb {
            Verb::Match => Ok(Filter::Matches { path, pattern: Pattern::new(unquoted(&self.value))? }),
            Verb::Compare(operator) => {
                let any_of = values(&self.value).into_iter().map(|value| Literal::new(plus(value))).collect();
                Ok(Filter::Compare(Compare { path, operator, any_of }))
            }
        }
    }
}

fn suffixed(name: String, value: String) -> (String, Verb, String) {
    let found = SUFFIXES.iter().find_map(|(suffix, verb)| Some((name.strip_suffix(suffix)?.to_owned(), *verb)));
    let (name, verb) = found.unwrap_or((name, Verb::Compare(Operator::Eq)));
    (name, verb, value)
}

/// `rest` begins with an operator; `right` is what follows the first raw `=`, which may belong to the operator.
fn literal(rest: &str, right: Option<String>) -> Result<(Verb, String), Problem> {
    let verb = |text: &str| LITERALS.iter().find(|(literal, _)| *literal == text).map(|(_, verb)| *verb);
    let joined = match right {
        // `a%3E%3D=x`: the operator is whole, the `=` stands between it and the value.
        Some(value) if rest.len() == 2 && verb(rest).is_some() => {
            return Ok((verb(rest).unwrap_or(Verb::Match), value));
        }
        Some(value) => format!("{rest}={value}"),
        None => rest.to_owned(),
    };
    LITERALS
        .iter()
        .find_map(|(literal, verb)| Some((*verb, joined.strip_prefix(literal)?.to_owned())))
        .ok_or_else(|| Problem::invalid(format!("{joined:?} begins with no operator")))
}

/// Values between commas, without their quotes. A comma in quotes separates nothing.
fn values(text: &str) -> Vec<&str> {
    let (mut values, mut rest) = (Vec::new(), text);
    loop {
        let end = match rest.strip_prefix('"') {
            // Up to the quote that a comma or the end follows.
            Some(quoted) => quoted.find("\",").map_or(rest.len(), |end| end + 2),
            None => rest.find(',').unwrap_or(rest.len()),
        };
        values.push(unquoted(&rest[..end]));
        match rest[end..].strip_prefix(',') {
            Some(more) => rest = more,
            None => return values,
        }
    }
}

/// A `+` of an offset that was not encoded has become a space.
fn plus(value: &str) -> String {
    let mended = value.len().checked_sub(6).filter(|at| value.as_bytes()[*at] == b' ').map(|at| {
        let (time, offset) = value.split_at(at);
        format!("{time}+{}", &offset[1..])
    });
    mended.filter(|mended| instant(mended).is_some()).unwrap_or_else(|| value.to_owned())
}
