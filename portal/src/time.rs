//! Points in time as the server writes them: RFC 3339, UTC.

/// Milliseconds since 1970, as the browser counts.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Time(pub f64);

impl Time {
    /// Reads `2026-11-22T16:20:05.123456Z` or with an offset; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (date, rest) = text.split_once(['T', ' '])?;
        let mut parts = date.splitn(3, '-').map(str::parse::<i64>);
        let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
        let zone = rest.find(['Z', 'z', '+', '-'])?;
        let (clock, zone) = rest.split_at(zone);
        let mut parts = clock.splitn(3, ':');
        let hour: i64 = parts.next()?.parse().ok()?;
        let minute: i64 = parts.next()?.parse().ok()?;
        let second: f64 = parts.next()?.parse().ok()?;
        let offset = offset_minutes(zone)?;
        let minutes = (days(year, month, day) * 24 + hour) * 60 + minute - offset;
        #[expect(clippy::cast_precision_loss, reason = "minutes since 1970 have 26 bits")]
        Some(Self((minutes as f64) * 60_000.0 + second * 1000.0))
    }
}

fn offset_minutes(zone: &str) -> Option<i64> {
    let mut chars = zone.chars();
    let sign = match chars.next()? {
        'Z' | 'z' => return Some(0),
        '+' => 1,
        _ => -1,
    };
    let (hours, minutes) = chars.as_str().split_once(':')?;
    Some(sign * (hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?))
}

/// Days since 1970-01-01 of a proleptic Gregorian date (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// A length of time in few letters: `850 ms`, `12 s`, `3 min 5 s`, `2 h 4 min`, `3 d`.
#[must_use]
pub fn length(ms: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "lengths of time on a screen")]
    let seconds = (ms / 1000.0).round() as i64;
    match seconds {
        ..=0 => format!("{:.0} ms", ms.max(0.0)),
        1..60 => format!("{seconds} s"),
        60..3600 if seconds % 60 == 0 => format!("{} min", seconds / 60),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3600..86_400 if seconds % 3600 < 60 => format!("{} h", seconds / 3600),
        3600..86_400 => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// The same for the ticks of an axis: `12 s`, `3:05`, `2:04 h`.
#[must_use]
pub fn brief(ms: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "lengths of time on a screen")]
    let seconds = (ms / 1000.0).round() as i64;
    match seconds {
        ..60 => format!("{} s", seconds.max(0)),
        60..3600 => format!("{}:{:02}", seconds / 60, seconds % 60),
        _ => format!("{}:{:02} h", seconds / 3600, seconds % 3600 / 60),
    }
}

/// Hours, minutes and seconds of the day, UTC.
#[must_use]
pub fn clock(time: Time) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "seconds of a day")]
    let second = (time.0 / 1000.0).rem_euclid(86_400.0) as i64;
    format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_server_writes() {
        assert_eq!(Time::parse("1970-01-01T00:00:00Z"), Some(Time(0.0)));
        assert_eq!(Time::parse("2026-11-22T16:20:05.250Z"), Some(Time(1_795_364_405_250.0)));
        assert_eq!(Time::parse("2026-11-22T18:20:05.250+02:00"), Some(Time(1_795_364_405_250.0)));
        assert_eq!(Time::parse("2024-02-29T00:00:00-01:30"), Some(Time(1_709_170_200_000.0)));
        assert_eq!(Time::parse("today"), None);
        assert_eq!(Time::parse("2026-11-22"), None);
    }

    #[test]
    fn lengths_read_well() {
        let all = [850.0, 12_400.0, 120_000.0, 185_000.0, 7_440_000.0, 300_000_000.0].map(length);
        assert_eq!(all, ["1 s", "12 s", "2 min", "3 min 5 s", "2 h 4 min", "3 d"]);
        assert_eq!(length(120.0), "120 ms");
        assert_eq!(length(3_600_000.0), "1 h");
        assert_eq!([0.0, 59_400.0, 225_000.0, 7_440_000.0].map(brief), ["0 s", "59 s", "3:45", "2:04 h"]);
        assert_eq!(clock(Time(1_795_364_405_250.0)), "16:20:05");
    }
}
