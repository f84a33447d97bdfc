//! Round numbers for axes.

/// A step of 1, 2 or 5 times a power of ten, or a power of two for bytes, so that about `count` steps cover `span`.
#[must_use]
pub fn step(span: f64, count: f64, unit: &str) -> f64 {
    if span <= 0.0 || !span.is_finite() {
        return 1.0;
    }
    let raw = span / count.max(1.0);
    if is_bytes(unit) {
        return raw.log2().ceil().exp2().max(1.0);
    }
    let power = 10_f64.powf(raw.log10().floor());
    let unit = raw / power;
    power
        * if unit <= 1.0 {
            1.0
        } else if unit <= 2.0 {
            2.0
        } else if unit <= 5.0 {
            5.0
        } else {
            10.0
        }
}

/// A value with its unit, short: `128Mi`, `250 m`, `1.2k`.
#[must_use]
pub fn format(value: f64, unit: &str) -> String {
    if value.is_nan() {
        return "–".into();
    }
    match unit.to_ascii_lowercase().as_str() {
        _ if is_bytes(unit) => {
            let mut value = value;
            for unit in ["", "Ki", "Mi", "Gi"] {
                if value < 1024.0 {
                    return format!("{}{unit}", short(value));
                }
                value /= 1024.0;
            }
            format!("{}Ti", short(value))
        }
        "m" | "millicores" | "milli" => format!("{} m", short(value)),
        "" => short(value),
        other => format!("{} {other}", short(value)),
    }
}

fn is_bytes(unit: &str) -> bool {
    ["b", "bytes", "byte"].iter().any(|known| unit.eq_ignore_ascii_case(known))
}

fn short(value: f64) -> String {
    if value == 0.0 || value.abs() >= 100.0 {
        format!("{value:.0}")
    } else if value.abs() >= 10.0 {
        format!("{value:.1}").trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        format!("{value:.2}").trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round() {
        assert_eq!(step(100.0, 4.0, "m"), 50.0);
        assert_eq!(step(7.0, 4.0, "m"), 2.0);
        assert_eq!(step(0.3, 4.0, ""), 0.1);
        assert_eq!(step(0.0, 4.0, ""), 1.0);
        assert_eq!(step(120.0 * 1024.0 * 1024.0, 4.0, "bytes"), 32.0 * 1024.0 * 1024.0);
    }

    #[test]
    fn values_read_well() {
        assert_eq!(format(134_217_728.0, "bytes"), "128Mi");
        assert_eq!(format(12.5, "millicores"), "12.5 m");
        assert_eq!(format(0.0, ""), "0");
        assert_eq!(format(f64::NAN, "bytes"), "–");
    }
}
