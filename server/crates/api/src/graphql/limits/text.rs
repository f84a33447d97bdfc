//! Lexical tokens of GraphQL texts (October 2021, 2.1). Nothing is built from them: counting comes before parsing.
//! The build script reads this file too, so that it writes trusted documents down as requests are compared with them.

/// The tokens of a text, without what GraphQL ignores: white space, commas, comments.
pub fn tokens(text: &str) -> Tokens<'_> {
    Tokens { text, at: 0 }
}

/// One spelling for all texts with the same tokens.
pub fn canonical<'a>(tokens: impl Iterator<Item = &'a str>) -> String {
    let mut out = String::new();
    for token in tokens {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(token);
    }
    out
}

/// See [`tokens`].
pub struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at) {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' | b',' => self.at += 1,
                b'#' => self.skip(|byte| byte != b'\n' && byte != b'\r'),
                _ => break,
            }
        }
        let start = self.at;
        match *bytes.get(start)? {
            b'"' => self.string(),
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => self.skip(|byte| byte == b'_' || byte.is_ascii_alphanumeric()),
            b'-' | b'0'..=b'9' => {
                self.at += 1;
                self.skip(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'+' | b'-'));
            }
            b'.' if self.text[start..].starts_with("...") => self.at += 3,
            _ => self.at += self.text[start..].chars().next().map_or(1, char::len_utf8),
        }
        Some(&self.text[start..self.at])
    }
}

impl Tokens<'_> {
    fn skip(&mut self, more: impl Fn(u8) -> bool) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().position(|byte| !more(*byte)).unwrap_or(rest.len());
    }

    /// Stands on a quote; an open string reaches to the end of the text.
    fn string(&mut self) {
        let rest = &self.text[self.at..];
        let length = if let Some(inside) = rest.strip_prefix("\"\"\"") {
            let mut from = 0;
            loop {
                match inside[from..].find("\"\"\"") {
                    None => break rest.len(),
                    Some(at) if at > 0 && inside.as_bytes()[from + at - 1] == b'\\' => from += at + 3,
                    Some(at) => break from + at + 6,
                }
            }
        } else {
            let mut escaped = false;
            let end = rest.char_indices().skip(1).find(|(_, c)| {
                let ends = *c == '"' && !escaped;
                escaped = *c == '\\' && !escaped;
                ends
            });
            end.map_or(rest.len(), |(at, _)| at + 1)
        };
        self.at += length;
    }
}
