//! Queries over the same names and values.

use hypo_tmf::{
    Query,
    query::{Filter, Operator, Path, Pattern, SortKey},
};

use super::{
    chance::Chance,
    shapes::{NAMES, TEXTS, numbers},
};

pub fn query(chance: &mut Chance) -> Query {
    let conditions = 1 + chance.below(3);
    let filter = match chance.below(20) {
        0 => Filter::default(),
        _ => Filter::And((0..conditions).map(|_| condition(chance, 0)).collect()),
    };
    let sort =
        (0..chance.below(4)).map(|_| SortKey { path: path(chance, 3), descending: chance.percent(50) }).collect();
    let offset = chance.percent(40).then(|| chance.below(30) as u64);
    let limit = chance.percent(60).then(|| chance.below(40) as u64);
    Query { filter, sort, offset, limit, ..Query::default() }
}

fn condition(chance: &mut Chance, depth: usize) -> Filter {
    match chance.below(if depth < 3 { 100 } else { 75 }) {
        0..60 => compare(chance, depth),
        60..65 => Filter::Exists(path(chance, 3)),
        65..70 => Filter::Exists(own_or(chance, depth)),
        70..75 => Filter::Matches { path: own_or(chance, depth), pattern: pattern(chance) },
        75..82 => Filter::Or((0..chance.below(4)).map(|_| condition(chance, depth + 1)).collect()),
        82..87 => Filter::And((0..chance.below(3)).map(|_| condition(chance, depth + 1)).collect()),
        87..93 => Filter::Not(Box::new(condition(chance, depth + 1))),
        _ => Filter::Element { path: path(chance, 2), holds: Box::new(condition(chance, depth + 1)) },
    }
}

fn compare(chance: &mut Chance, depth: usize) -> Filter {
    let operator = match chance.below(10) {
        0..4 => Operator::Eq,
        4 => Operator::Ne,
        5 => Operator::Lt,
        6 => Operator::Lte,
        7 => Operator::Gt,
        _ => Operator::Gte,
    };
    let count = if chance.percent(70) { 1 } else { 1 + chance.below(6) };
    let values: Vec<String> = (0..count).map(|_| literal(chance)).collect();
    Filter::compare(own_or(chance, depth), operator, values)
}

fn literal(chance: &mut Chance) -> String {
    match chance.below(20) {
        0..14 => chance.pick(&TEXTS).to_owned(),
        14 => format!("{}{}", "x".repeat(254 + chance.below(4)), chance.pick(&["", "a"])),
        _ => {
            let numbers = numbers();
            numbers[chance.below(numbers.len())].to_string()
        }
    }
}

/// A path, or the element itself.
fn own_or(chance: &mut Chance, depth: usize) -> Path {
    if depth > 0 && chance.percent(15) { Path::default() } else { path(chance, 3) }
}

fn path(chance: &mut Chance, most: usize) -> Path {
    let length = if chance.percent(70) { 1 } else { 1 + chance.below(most) };
    Path::of((0..length).map(|_| chance.pick(&NAMES).to_owned()).collect()).unwrap()
}

fn pattern(chance: &mut Chance) -> Pattern {
    Pattern::new(chance.pick(&["", "a", "^a", "b$", "^$", "^2020", "[0-9]+", "(?i)A", "é|ü", "^.{255}"])).unwrap()
}
