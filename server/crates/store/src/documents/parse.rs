//! Reading a document so that nothing in it changes: numbers are kept as 64-bit integers or doubles, and one that
//! does not fit would come back as another number.

use hypo_shared::ErrorCode;
use serde_json::{Number, Value};

use crate::{Error, Result};

/// Reads JSON text for [`super::create`] and [`super::update`].
///
/// # Errors
/// `InvalidInput` for text that is no JSON, and for a number that would come back as another one, such as
/// `12345678901234567890123` or `0.1234567890123456789`.
pub fn parse(text: &str) -> Result<Value> {
    let invalid = |detail: String| Error::refused(ErrorCode::InvalidInput, detail);
    let value = serde_json::from_str(text).map_err(|error| invalid(error.to_string()))?;
    match numbers(text).find(|number| !is_kept(number)) {
        Some(number) => Err(invalid(format!("the number {number} cannot be kept exactly"))),
        None => Ok(value),
    }
}

/// The number tokens of valid JSON.
fn numbers(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let start = rest.find(|c: char| c == '"' || c == '-' || c.is_ascii_digit())?;
            rest = &rest[start..];
            if let Some(string) = rest.strip_prefix('"') {
                rest = behind_string(string);
                continue;
            }
            let in_number = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
            let end = rest.find(|c: char| !in_number(c)).unwrap_or(rest.len());
            let (number, behind) = rest.split_at(end);
            rest = behind;
            return Some(number);
        }
    })
}

/// What follows the closing quote.
fn behind_string(string: &str) -> &str {
    let mut escaped = false;
    for (position, character) in string.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return &string[position + 1..],
            _ => {}
        }
    }
    ""
}

fn is_kept(number: &str) -> bool {
    let kept: Option<Number> = serde_json::from_str(number).ok();
    kept.is_some_and(|kept| decimal(&kept.to_string()) == decimal(number))
}

/// Sign, digits without zeros around them, and the power of ten of the last digit. Zero has no sign.
fn decimal(number: &str) -> (bool, String, i64) {
    let (negative, number) = number.strip_prefix('-').map_or((false, number), |rest| (true, rest));
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let digits = digits.trim_start_matches('0');
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return (false, String::new(), 0);
    }
    // Lengths are those of a text in memory, and an exponent that does not fit is no double either.
    let exponent: i64 = exponent.parse().unwrap_or(i64::MAX / 2);
    let shift = digits.len() as i64 - significant.len() as i64 - fraction.len() as i64;
    (negative, significant.to_owned(), exponent.saturating_add(shift))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_read() {
        let text = r#"{"1":-0.10,"s":"99999999999999999999 \" 1e999 \\","n":[0,-0,1e2,1.5E-3,18446744073709551615,
                      -9223372036854775808,1.7976931348623157e308,5e-324,100.00,0.1,9007199254740993]}"#;
        let value = parse(text).unwrap();
        assert_eq!(value["n"][10].as_i64(), Some(9_007_199_254_740_993));
        assert_eq!(parse(&value.to_string()), Ok(value));
    }

    #[test]
    fn what_would_change_is_refused() {
        for number in [
            "18446744073709551616",
            "12345678901234567890123",
            "0.1234567890123456789",
            "1e400",
            "-1e400",
            "1e-400",
            "9007199254740993.0",
            "3.14159265358979323846",
        ] {
            for text in [number.to_owned(), format!("{{\"a\":[\"b\",{number}]}}")] {
                assert_eq!(parse(&text).unwrap_err().code(), ErrorCode::InvalidInput, "{text}");
            }
        }
        for text in ["", "{", "{\"a\":1,}", "NaN", "01", "1 2"] {
            assert_eq!(parse(text).unwrap_err().code(), ErrorCode::InvalidInput, "{text}");
        }
    }
}
