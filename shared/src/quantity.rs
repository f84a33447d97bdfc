//! Kubernetes resource quantities (apimachinery `resource.Quantity`): CPU in millicores, memory in bytes.

/// The text is no quantity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a Kubernetes quantity")]
pub struct Invalid(pub String);

/// Parses CPU into millicores, rounded up: `"250m"` is 250, `"1.5"` is 1500.
///
/// # Errors
/// [`Invalid`] for anything that is not a non-negative quantity.
pub fn cpu_millis(text: &str) -> Result<u64, Invalid> {
    parse(text, 1000)
}

/// Parses memory or storage into bytes, rounded up: `"64Mi"` is 67108864.
///
/// # Errors
/// [`Invalid`] for anything that is not a non-negative quantity.
pub fn bytes(text: &str) -> Result<u64, Invalid> {
    parse(text, 1)
}

/// Writes bytes with the largest binary suffix that keeps two digits: `67108864` is `64Mi`.
#[must_use]
pub fn format_bytes(bytes: u64) -> String {
    const UNITS: [(&str, u64); 4] = [("Ti", 1 << 40), ("Gi", 1 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10)];
    for (unit, size) in UNITS {
        if bytes >= size {
            return if bytes.is_multiple_of(size) {
                format!("{}{unit}", bytes / size)
            } else {
                format!("{:.1}{unit}", bytes as f64 / size as f64)
            };
        }
    }
    bytes.to_string()
}

fn parse(text: &str, scale: u128) -> Result<u64, Invalid> {
    let invalid = || Invalid(text.to_owned());
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, suffix) = text.split_at(digits);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() || fraction.contains('.') || fraction.len() > 12 {
        return Err(invalid());
    }
    let (numerator, denominator) = multiplier(suffix).ok_or_else(invalid)?;
    let whole: u128 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| invalid())? };
    let places = 10_u128.pow(u32::try_from(fraction.len()).map_err(|_| invalid())?);
    let fraction: u128 = if fraction.is_empty() { 0 } else { fraction.parse().map_err(|_| invalid())? };
    let units = whole.checked_mul(places).and_then(|value| value.checked_add(fraction)).ok_or_else(invalid)?;
    let scaled = units.checked_mul(numerator).and_then(|value| value.checked_mul(scale)).ok_or_else(invalid)?;
    u64::try_from(scaled.div_ceil(places * denominator)).map_err(|_| invalid())
}

fn multiplier(suffix: &str) -> Option<(u128, u128)> {
    Some(match suffix {
        "" => (1, 1),
        "n" => (1, 1_000_000_000),
        "u" => (1, 1_000_000),
        "m" => (1, 1000),
        "k" => (1000, 1),
        "M" => (1_000_000, 1),
        "G" => (1_000_000_000, 1),
        "T" => (1_000_000_000_000, 1),
        "P" => (1_000_000_000_000_000, 1),
        "Ki" => (1 << 10, 1),
        "Mi" => (1 << 20, 1),
        "Gi" => (1 << 30, 1),
        "Ti" => (1 << 40, 1),
        "Pi" => (1 << 50, 1),
        _ => {
            let exponent: u32 = suffix.strip_prefix(['e', 'E'])?.parse().ok().filter(|power| *power <= 18)?;
            (10_u128.pow(exponent), 1)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu() {
        assert_eq!(cpu_millis("250m"), Ok(250));
        assert_eq!(cpu_millis("1.5"), Ok(1500));
        assert_eq!(cpu_millis("2"), Ok(2000));
        assert_eq!(cpu_millis("1u"), Ok(1), "rounded up");
    }

    #[test]
    fn memory() {
        assert_eq!(bytes("64Mi"), Ok(67_108_864));
        assert_eq!(bytes("1.5Gi"), Ok(1_610_612_736));
        assert_eq!(bytes("1e3"), Ok(1000));
        assert_eq!(bytes("128974848"), Ok(128_974_848));
        assert_eq!(bytes("1E"), Err(Invalid("1E".into())));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "-1", "Mi", "1.2.3", "1Zi", "1 Mi", "99999999999999999999999999999999999999999"] {
            assert_eq!(bytes(text), Err(Invalid(text.to_owned())), "{text}");
        }
    }

    #[test]
    fn written_back() {
        assert_eq!(format_bytes(67_108_864), "64Mi");
        assert_eq!(format_bytes(1_610_612_736), "1.5Gi");
        assert_eq!(format_bytes(12), "12");
    }
}
