//! A place in the outbox, without showing the numbers it is made of (GraphQL's Int has 32 bits, and clients count).

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hypo_shared::ErrorCode;
use serde::{Deserialize, Serialize};

use crate::Error;

const VERSION: u8 = 1;

/// A place in the outbox. Text form: URL-safe base64 of a version byte, eight bytes and a check byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Cursor(i64);

impl Cursor {
    /// Before the first event.
    pub const START: Self = Self(0);

    pub(crate) const fn at(seq: i64) -> Self {
        Self(seq)
    }

    pub(crate) const fn seq(self) -> i64 {
        self.0
    }
}

fn check(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0x5a, |sum, byte| sum.rotate_left(1) ^ byte)
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![VERSION];
        bytes.extend(self.0.to_be_bytes());
        bytes.push(check(&bytes));
        f.write_str(&URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl FromStr for Cursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let invalid = || Error::refused(ErrorCode::CursorInvalid, "the text is no cursor of this version");
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| invalid())?;
        let (&given, rest) = bytes.split_last().ok_or_else(invalid)?;
        let [VERSION, number @ ..] = rest else { return Err(invalid()) };
        let seq = i64::from_be_bytes(number.try_into().map_err(|_| invalid())?);
        if given == check(rest) && seq >= 0 { Ok(Self(seq)) } else { Err(invalid()) }
    }
}

impl From<Cursor> for String {
    fn from(cursor: Cursor) -> Self {
        cursor.to_string()
    }
}

impl TryFrom<String> for Cursor {
    type Error = Error;
    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for seq in [0, 1, 77, i64::MAX] {
            assert_eq!(Cursor(seq).to_string().parse(), Ok(Cursor(seq)));
        }
    }

    #[test]
    fn nonsense_and_flipped_bits_are_refused() {
        let good = Cursor(300).to_string();
        for position in 0..good.len() {
            let mut text: Vec<u8> = good.bytes().collect();
            text[position] = if text[position] == b'A' { b'Q' } else { b'A' };
            let text = String::from_utf8(text).unwrap();
            assert_eq!(text.parse::<Cursor>().unwrap_err().code(), ErrorCode::CursorInvalid, "{text}");
        }
        for text in ["", "300", "AAAA", "€"] {
            assert_eq!(text.parse::<Cursor>().unwrap_err().code(), ErrorCode::CursorInvalid, "{text}");
        }
    }
}
