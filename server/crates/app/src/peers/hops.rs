//! How often a request was passed on: what keeps two peers that are registered at each other from asking in a circle.

use hypo_shared::ErrorCode;

use crate::{Error, Result};

/// The header that counts how often a request was passed on.
pub const HOPS: &str = "hypo-hops";
/// Peers a request goes through at most.
const MOST: u32 = 4;

/// The count of the request that is passed on now. A count that cannot be read is refused: begun anew, it would let a
/// circle go on for ever.
///
/// # Errors
/// `HYP-6214` beyond the limit, `HYP-6001` for what is no count.
pub fn next(headers: &[(String, Vec<u8>)]) -> Result<u32> {
    let mut given = headers.iter().filter(|(name, _)| name == HOPS).map(|(_, value)| value);
    let hops = match (given.next(), given.next()) {
        (None, _) => 0,
        (Some(one), None) => count(one).ok_or_else(unreadable)?,
        (Some(_), Some(_)) => return Err(unreadable()),
    };
    if hops >= MOST { Err(Error::of(ErrorCode::PeerLoop)) } else { Ok(hops + 1) }
}

/// A number that is too large to hold is a number beyond the limit.
fn count(value: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(value).ok()?.trim();
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u32::MAX))
}

fn unreadable() -> Error {
    Error::new(ErrorCode::InvalidInput, "The header HypO-Hops is one whole number, or is left out.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_goes_on_and_never_begins_anew() {
        let of = |values: &[&str]| {
            let headers: Vec<_> = values.iter().map(|value| (HOPS.to_owned(), value.as_bytes().to_vec())).collect();
            next(&headers).map_err(|error| error.code)
        };
        assert_eq!((of(&[]), of(&["0"]), of(&[" 3 "])), (Ok(1), Ok(1), Ok(4)));
        for full in ["4", "4294967295", "99999999999999999999"] {
            assert_eq!(of(&[full]), Err(ErrorCode::PeerLoop), "{full}");
        }
        for bad in [&["abc"][..], &["-1"], &["+1"], &["4,1"], &["1 1"], &[""], &["1.0"], &["1", "1"], &["4", "1"]] {
            assert_eq!(of(bad), Err(ErrorCode::InvalidInput), "{bad:?}");
        }
    }
}
