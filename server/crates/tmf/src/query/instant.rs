//! RFC 3339 times as numbers, by rules that SQL can follow to the letter.

const DAY: i64 = 86_400;

/// Microseconds since 1970 of an RFC 3339 date-time (`T` and `Z` upper-case, years 0001 to 9999, no leap second), or
/// of a bare date at 00:00Z. Digits behind the sixth of the fraction are cut.
#[must_use]
pub fn instant(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let days = date(bytes.get(..10)?)?;
    if bytes.len() == 10 {
        return Some(days * DAY * 1_000_000);
    }
    let clock = bytes.get(10..19)?;
    if clock[0] != b'T' || clock[3] != b':' || clock[6] != b':' {
        return None;
    }
    let (hour, minute, second) = (number(&clock[1..3])?, number(&clock[4..6])?, number(&clock[7..9])?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (fraction, offset) = zone(&bytes[19..])?;
    let seconds = days * DAY + hour * 3600 + minute * 60 + second - offset;
    Some(seconds * 1_000_000 + fraction)
}

/// Days since 1970.
fn date(text: &[u8]) -> Option<i64> {
    if text[4] != b'-' || text[7] != b'-' {
        return None;
    }
    let (year, month, day) = (number(&text[..4])?, number(&text[5..7])?, number(&text[8..])?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if year == 0 || day == 0 || day > length {
        return None;
    }
    // Years begin in March, so that the leap day is the last; an era is 400 years.
    let shifted = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (shifted.div_euclid(400), shifted.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

/// Microseconds of the fraction and seconds of the offset.
fn zone(text: &[u8]) -> Option<(i64, i64)> {
    let (text, offset) = match text {
        [text @ .., b'Z'] => (text, 0),
        [text @ .., sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (number(&[*h1, *h2])?, number(&[*m1, *m2])?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            let offset = hours * 3600 + minutes * 60;
            (text, if *sign == b'-' { -offset } else { offset })
        }
        _ => return None,
    };
    let fraction = match text {
        [] => 0,
        [b'.', digits @ ..] if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) => digits
            .iter()
            .copied()
            .chain(std::iter::repeat(b'0'))
            .take(6)
            .fold(0, |sum, d| sum * 10 + i64::from(d - b'0')),
        _ => return None,
    };
    Some((fraction, offset))
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants() {
        for (text, micros) in [
            ("1970-01-01", 0),
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01T01:00:00+01:00", 0),
            ("1969-12-31T23:59:59.999999999Z", -1),
            ("2013-04-20", 1_366_416_000_000_000),
            ("2000-02-29T12:30:15.5-02:30", 951_836_415_500_000),
            ("0001-01-01T00:00:00Z", -62_135_596_800_000_000),
            ("9999-12-31T23:59:59Z", 253_402_300_799_000_000),
        ] {
            assert_eq!(instant(text), Some(micros), "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_one() {
        for text in [
            "",
            "2013",
            "2013-4-20",
            "2013-02-29",
            "1900-02-29",
            "2013-13-01",
            "2013-00-10",
            "2013-04-31",
            "0000-01-01",
            "2013-04-20T10:00",
            "2013-04-20T10:00:00",
            "2013-04-20 10:00:00Z",
            "2013-04-20t10:00:00Z",
            "2013-04-20T24:00:00Z",
            "2013-04-20T10:00:60Z",
            "2013-04-20T10:00:00.Z",
            "2013-04-20T10:00:00,5Z",
            "2013-04-20T10:00:00+24:00",
            "2013-04-20T10:00:00+0100",
            "2013-04-20Z",
            "2013-04-20T10:00:00.5",
            "２013-04-20",
            "2013-04-2\u{e9}",
            "2013-04-20T10:00:00Z ",
        ] {
            assert_eq!(instant(text), None, "{text}");
        }
    }
}
