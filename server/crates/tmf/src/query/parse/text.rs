//! Percent-encoding, separators and quotes.

use crate::Problem;

/// Decodes percent-encoding; a raw `+` is a space.
pub fn decode(text: &str) -> Result<String, Problem> {
    let bytes = units(text).map(|unit| unit.map(|(_, byte)| byte)).collect::<Result<_, _>>()?;
    let text = String::from_utf8(bytes).map_err(|_| Problem::invalid("the query string is not UTF-8"))?;
    if text.contains('\0') { Err(Problem::invalid("the query string holds a NUL character")) } else { Ok(text) }
}

/// Parts of still encoded text between separators, which may be encoded too. A separator in quotes separates nothing.
pub fn split(raw: &str, separator: u8) -> Result<Vec<&str>, Problem> {
    let (mut parts, mut start, mut before) = (Vec::new(), 0, b'=');
    let mut units = units(raw);
    while let Some(unit) = units.next() {
        let (at, byte) = unit?;
        // A quote opens where a value begins and closes where a value ends.
        if byte == b'"' && b"=><~,;".contains(&before) {
            let mut rest = units.clone().peekable();
            loop {
                match rest.next().ok_or_else(|| Problem::invalid("a quoted value has no closing quote"))?? {
                    (_, b'"') => {
                        let ends = match rest.peek() {
                            None => true,
                            Some(next) => matches!(next, Ok((_, b',' | b';'))),
                        };
                        if ends {
                            break;
                        }
                        units.next();
                    }
                    _ => {
                        units.next();
                    }
                }
            }
            units.next();
        } else if byte == separator {
            parts.push(&raw[start..at]);
            start = units.at;
        }
        before = byte;
    }
    parts.push(&raw[start..]);
    Ok(parts)
}

/// A value without the quotes around it.
pub fn unquoted(text: &str) -> &str {
    text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text)
}

fn units(text: &str) -> Units<'_> {
    Units { bytes: text.as_bytes(), at: 0 }
}

/// Decoded bytes, each with the place it begins at.
#[derive(Clone)]
struct Units<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Iterator for Units<'_> {
    type Item = Result<(usize, u8), Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        let at = self.at;
        let byte = *self.bytes.get(at)?;
        self.at += 1;
        Some(match byte {
            b'+' => Ok((at, b' ')),
            b'%' => {
                let digit = |at: usize| self.bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
                let (high, low) = (digit(at + 1), digit(at + 2));
                self.at = (at + 3).min(self.bytes.len());
                match (high, low) {
                    (Some(high), Some(low)) => Ok((at, u8::try_from(high * 16 + low).unwrap_or_default())),
                    _ => Err(Problem::invalid("the query string is not percent-encoded correctly")),
                }
            }
            byte => Ok((at, byte)),
        })
    }
}
