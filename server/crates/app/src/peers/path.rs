//! Which paths may be passed on. A peer may decode a path more than once, and cut parameters off its segments, before it
//! looks for dots: what leaves the API in any of these readings is not sent.

/// Times a path is decoded; what still changes then is made to confuse.
const ROUNDS: usize = 8;

/// Whether a path (without its query) stays where it says in every reading.
pub fn is_plain(path: &str) -> bool {
    path.split('/').all(|segment| {
        let mut bytes = segment.as_bytes().to_vec();
        for round in 0..ROUNDS {
            if !is_harmless(&bytes, round > 0) {
                return false;
            }
            match decoded(&bytes) {
                Some(next) => bytes = next,
                None => return true,
            }
        }
        false
    })
}

/// Judges one reading of a segment. Every slash in it was an encoded one.
fn is_harmless(segment: &[u8], decoded: bool) -> bool {
    let name = segment.split(|byte| *byte == b';').next().unwrap_or_default();
    let odd = |byte: &u8| *byte == b'\\' || byte.is_ascii_control() || (decoded && *byte == b'/');
    !matches!(name, b"." | b"..") && !segment.iter().any(odd)
}

/// Percent-decoded once; `None` when there is nothing to decode.
fn decoded(bytes: &[u8]) -> Option<Vec<u8>> {
    let digit = |at: usize| char::from(*bytes.get(at)?).to_digit(16);
    let (mut out, mut at, mut changed) = (Vec::with_capacity(bytes.len()), 0, false);
    while let Some(byte) = bytes.get(at) {
        let pair = digit(at + 1).zip(digit(at + 2)).filter(|_| *byte == b'%');
        match pair.and_then(|(high, low)| u8::try_from(high * 16 + low).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
                changed = true;
            }
            None => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    changed.then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_the_api_in_some_reading_is_refused() {
        for good in ["/tmf-api/a/v4/b", "/tmf-api/a/v4/b/7%20x", "/tmf-api/a/v4/b/", "/tmf-api/a/..b/c.d/...", "/x;v=1"]
        {
            assert!(is_plain(good), "{good}");
        }
        for good in ["/tmf-api/a/100%", "/tmf-api/a/%zz", "/tmf-api/a/%25", "/tmf-api/a/%C3%A9"] {
            assert!(is_plain(good), "{good}");
        }
        for bad in [
            "/tmf-api/../admin",
            "/tmf-api/./admin",
            "/tmf-api/..%2fadmin",
            "/tmf-api/%2e%2e%2fadmin",
            "/tmf-api/%2E./admin",
            "/tmf-api/..%5cadmin",
            "/tmf-api/..\\admin",
            "/tmf-api/x/..;/admin",
            "/tmf-api/x/..;a=b/admin",
            "/tmf-api/x/%2e%2e%3b/admin",
            "/tmf-api/%252e%252e/admin",
            "/tmf-api/%25252e%25252e/admin",
            "/tmf-api/a%2fb",
            "/tmf-api/a%252Fb",
            "/tmf-api/a%00b",
            "/tmf-api/a%2500b",
            "/tmf-api/a%0d%0ab",
        ] {
            assert!(!is_plain(bad), "{bad}");
        }
        assert!(!is_plain(&format!("/tmf-api/%{}41", "25".repeat(20))), "decoded again and again");
    }
}
