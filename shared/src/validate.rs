//! Form validation shared by portal and server: the same function, the same paths, the same codes.
//! Hand-written parsers (a regex engine would triple the portal's size).

use serde::{Deserialize, Serialize};

/// One thing wrong with one field of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// Field, for example `email` or `limits.cpu`.
    pub path: String,
    /// Stable word, for example `required`, `tooLong`, `format`.
    pub code: String,
    /// A sentence for people.
    pub text: String,
}

impl Violation {
    fn new(path: &str, code: &str, text: impl Into<String>) -> Self {
        Self { path: path.to_owned(), code: code.to_owned(), text: text.into() }
    }
}

/// The shortest password that is accepted (NIST SP 800-63B asks for 8, 12 is ours).
pub const PASSWORD_MIN: usize = 12;

/// A name that becomes part of Kubernetes names: RFC 1123 label of at most `max` characters.
#[must_use]
pub fn dns_label(path: &str, text: &str, max: usize) -> Vec<Violation> {
    if text.is_empty() {
        return vec![Violation::new(path, "required", "Give a name.")];
    }
    if text.len() > max {
        return vec![Violation::new(path, "tooLong", format!("Use at most {max} characters."))];
    }
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    let inner = text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if !inner || !edge(text.chars().next()) || !edge(text.chars().last()) {
        return vec![Violation::new(
            path,
            "format",
            "Use lower-case letters, digits and '-', with a letter or digit at both ends.",
        )];
    }
    Vec::new()
}

/// What a [`dns_label`] of at most `max` characters can keep of a text; empty when that is nothing.
#[must_use]
pub fn as_label(text: &str, max: usize) -> String {
    let plain = text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
    let cut: String = plain.skip_while(|c| *c == '-').take(max).collect();
    cut.trim_end_matches('-').to_owned()
}

/// A name for people: 1 to 100 characters, no control characters, no blank ends.
#[must_use]
pub fn display_name(path: &str, text: &str) -> Vec<Violation> {
    if text.trim().is_empty() {
        return vec![Violation::new(path, "required", "Give a name.")];
    }
    if text.chars().count() > 100 {
        return vec![Violation::new(path, "tooLong", "Use at most 100 characters.")];
    }
    if text.chars().any(char::is_control) || text.trim() != text {
        return vec![Violation::new(path, "format", "Leave out control characters and blanks at the ends.")];
    }
    Vec::new()
}

/// A new password.
#[must_use]
pub fn password(path: &str, text: &str) -> Vec<Violation> {
    match text.chars().count() {
        n if n < PASSWORD_MIN => {
            vec![Violation::new(path, "tooShort", format!("Use at least {PASSWORD_MIN} characters."))]
        }
        n if n > 256 => vec![Violation::new(path, "tooLong", "Use at most 256 characters.")],
        _ => Vec::new(),
    }
}

/// A sign-in name: 1 to 64 of lower-case letters, digits and `.-_@`.
#[must_use]
pub fn user_name(path: &str, text: &str) -> Vec<Violation> {
    if text.is_empty() {
        return vec![Violation::new(path, "required", "Give a name.")];
    }
    if text.len() > 64 {
        return vec![Violation::new(path, "tooLong", "Use at most 64 characters.")];
    }
    if !text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_@".contains(c)) {
        return vec![Violation::new(path, "format", "Use lower-case letters, digits and '.', '-', '_', '@'.")];
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels() {
        assert!(dns_label("name", "edge-1", 40).is_empty());
        for (text, code) in [("", "required"), ("-a", "format"), ("A", "format"), ("aaa", "tooLong")] {
            assert_eq!(dns_label("name", text, 2)[0].code, code, "{text}");
        }
    }

    #[test]
    fn names_and_passwords() {
        assert!(display_name("name", "Edge site Turin").is_empty());
        assert_eq!(display_name("name", " x")[0].code, "format");
        assert_eq!(password("password", "short")[0].code, "tooShort");
        assert!(user_name("user", "ada@edge").is_empty());
        assert_eq!(user_name("user", "Ada")[0].code, "format");
    }
}
