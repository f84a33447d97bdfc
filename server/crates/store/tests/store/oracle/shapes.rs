//! Documents of every shape: mixed types in one attribute, arrays in arrays, dates in every spelling.

use serde_json::{Map, Number, Value, json};

use super::chance::Chance;

/// Names that have a key column, and names that have none.
pub const NAMES: [&str; 13] =
    ["name", "state", "category", "lastUpdate", "orderDate", "externalId", "a", "b", "list", "@type", "x y", "ü", "0"];

pub const TEXTS: [&str; 56] = [
    "",
    "a",
    "b",
    "A",
    "B",
    "ab",
    "a b",
    "ä",
    "€",
    "😀",
    "\u{ffff}",
    "active",
    "it's \"quoted\" \\ here",
    "a\nb",
    "a%",
    "_",
    "$.a",
    "5",
    "5.0",
    "05",
    "5e0",
    "-1",
    "1e300",
    "9007199254740993",
    "true",
    "false",
    "null",
    "[]",
    "{}",
    "\"5\"",
    "2020-01-01",
    "2020-01-01T00:00:00Z",
    "2020-01-01T00:00:00.000Z",
    "2020-01-01T01:00:00+01:00",
    "2019-12-31T23:30:00-00:30",
    "2020-01-01T00:00:00.0000009Z",
    "2020-01-01T00:00:00.000001Z",
    "2020-01-01T00:00:00.1234567+05:45",
    "2020-13-01",
    "2020-02-30",
    "2020-02-29",
    "2021-02-29",
    "2021-02-29T00:00:00Z",
    "2020-04-31T10:00:00-01:00",
    "2020-01-01T00:00:00",
    "2020-01-01T24:00:00Z",
    "2020-01-01T23:59:60Z",
    "2020-01-01T00:00:00+24:00",
    "2020-01-01T00:00:00,5Z",
    "2020-01-01 00:00:00Z",
    "2020-01-01T00:00:00.Z",
    "0000-01-01",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59.9-23:59",
    "1969-12-31T23:59:59.5Z",
    "2020-01-01T00:00:00.5é+01:00",
];

pub fn numbers() -> Vec<Value> {
    let whole =
        [0, 1, 5, -1, -3, 10, 9_007_199_254_740_992, 9_007_199_254_740_993, i64::MAX, i64::MIN].map(Value::from);
    let real = [-0.0, 0.1, 0.3, 1.0, 5.0, 5.5, -2.25, 1e22, 1e300, 1.797_693_134_862_315_7e308, 5e-324, 1e-7]
        .map(|number| Value::Number(Number::from_f64(number).expect("finite")));
    whole.into_iter().chain(real).chain([json!(u64::MAX), json!(u64::MAX - 1000)]).collect()
}

pub fn document(chance: &mut Chance) -> Value {
    Value::Object(object(chance, 0, NAMES.len()))
}

fn object(chance: &mut Chance, depth: usize, members: usize) -> Map<String, Value> {
    let mut object = Map::new();
    for _ in 0..=chance.below(members) {
        object.insert(chance.pick(&NAMES).to_owned(), value(chance, depth));
    }
    object
}

fn value(chance: &mut Chance, depth: usize) -> Value {
    match chance.below(if depth < 3 { 100 } else { 70 }) {
        0..40 => json!(text(chance)),
        40..60 => {
            let numbers = numbers();
            numbers[chance.below(numbers.len())].clone()
        }
        60..65 => json!(chance.percent(50)),
        65..70 => Value::Null,
        70..85 => (0..chance.below(4)).map(|_| value(chance, depth + 1)).collect(),
        _ => Value::Object(object(chance, depth + 1, 4)),
    }
}

/// Mostly short; some are longer than a sort key, equal in it or not.
fn text(chance: &mut Chance) -> String {
    if chance.percent(4) {
        let letter = chance.pick(&["x", "ü"]);
        return format!("{}{}", letter.repeat(254 + chance.below(4)), chance.pick(&["", "a", "b"]));
    }
    chance.pick(&TEXTS).to_owned()
}
