//! Places in streams. Opaque to clients: base64url of a kind and what the stream needs to go on.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hypo_shared::ErrorCode;
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use crate::{Error, Result};

/// Bytes of a cursor that are looked at.
const LONGEST: usize = 16 << 10;

/// Writes a cursor of one kind of stream.
pub(super) fn write<T: Serialize>(kind: u8, place: &T) -> String {
    let mut bytes = vec![kind];
    // A place is numbers and short texts: writing it cannot fail.
    bytes.extend(serde_json::to_vec(place).unwrap_or_default());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads one.
pub(super) fn read<T: DeserializeOwned>(kind: u8, text: &str) -> Result<T> {
    let refused = || Error::of(ErrorCode::CursorInvalid);
    if text.len() > LONGEST {
        return Err(refused());
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| refused())?;
    match bytes.split_first() {
        Some((found, rest)) if *found == kind => serde_json::from_slice(rest).map_err(|_| refused()),
        _ => Err(refused()),
    }
}

/// A short name for a state: equal states have equal names.
pub(super) fn name(state: &impl std::fmt::Debug) -> String {
    let mut hash = hex::encode(Sha256::digest(format!("{state:?}").as_bytes()));
    hash.truncate(16);
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_of_other_streams_are_refused() {
        let text = write(7, &(1_u64, "a"));
        assert_eq!(read::<(u64, String)>(7, &text).unwrap(), (1, "a".to_owned()));
        assert_eq!(read::<(u64, String)>(8, &text).unwrap_err().code, ErrorCode::CursorInvalid);
        assert_eq!(read::<u64>(7, "€").unwrap_err().code, ErrorCode::CursorInvalid);
    }
}
