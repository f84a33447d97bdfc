//! `$(VAR)` as Kubernetes expands it, `${VAR}` and `$VAR` as shells and `envsubst` do.

use std::borrow::Cow;

/// Expansion stops growing here: variables may name each other, and doubling adds up.
const LONGEST: usize = 64 << 10;

/// A variable's value and whether a Secret is in it.
pub(crate) type Value<'v> = (Cow<'v, str>, bool);

/// Text with the variables that `lookup` knows put in, and whether any of them came from a Secret.
/// `shell` also expands `$VAR` with upper-case names. Unknown variables stay as they are.
pub(crate) fn expand<'t, 'v>(
    text: &'t str,
    shell: bool,
    lookup: impl Fn(&str) -> Option<Value<'v>>,
) -> (Cow<'t, str>, bool) {
    if !text.contains('$') {
        return (Cow::Borrowed(text), false);
    }
    let mut out = String::with_capacity(text.len());
    let mut secret = false;
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if out.len() > LONGEST {
            return (Cow::Borrowed(text), secret);
        }
        // `$$(VAR)` is an escape and means the text itself.
        if rest.starts_with("$$") {
            out.push_str("$$");
            rest = &rest[2..];
            continue;
        }
        let Some((name, fallback, length)) = variable(rest, shell) else {
            out.push('$');
            rest = &rest[1..];
            continue;
        };
        match lookup(name) {
            Some((value, from_secret)) if out.len() + value.len() <= LONGEST => {
                out.push_str(&value);
                secret |= from_secret;
            }
            _ => out.push_str(fallback.unwrap_or(&rest[..length])),
        }
        rest = &rest[length..];
    }
    out.push_str(rest);
    (Cow::Owned(out), secret)
}

/// Name, default and length of the variable that `text` starts with.
fn variable(text: &str, shell: bool) -> Option<(&str, Option<&str>, usize)> {
    let (open, close) = match text.as_bytes().get(1)? {
        b'(' => ('(', ')'),
        b'{' => ('{', '}'),
        first if shell && (first.is_ascii_uppercase() || *first == b'_') => {
            let length = text[1..]
                .bytes()
                .take_while(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
                .count();
            return Some((&text[1..=length], None, length + 1));
        }
        _ => return None,
    };
    let end = text.find(close)?;
    let inside = &text[2..end];
    let length =
        inside.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')).count();
    // `-` belongs to a name in `$(a-b)` and starts a default in `${A-b}`.
    let length = if open == '{' { inside.find('-').map_or(length, |dash| dash.min(length)) } else { length };
    let name = &inside[..length];
    let tail = &inside[length..];
    let fallback = match tail {
        "" => None,
        _ if open == '(' => return None,
        tail => Some(tail.strip_prefix(":-").or_else(|| tail.strip_prefix('-')).or_else(|| tail.strip_prefix(':'))?),
    };
    (!name.is_empty()).then_some((name, fallback, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(text: &str, shell: bool) -> String {
        let lookup = |name: &str| match name {
            "HOST" => Some((Cow::Borrowed("db"), false)),
            "PW" => Some((Cow::Borrowed("x"), true)),
            _ => None,
        };
        expand(text, shell, lookup).0.into_owned()
    }

    #[test]
    fn kinds_of_variables() {
        assert_eq!(
            run("$(HOST):1 ${HOST} ${NO:-def} ${NO:spring} $(NO) $HOST $$(HOST)", false),
            "db:1 db def spring $(NO) $HOST $$(HOST)"
        );
        assert_eq!(run("$HOST $OTHER ${HOST}", true), "db $OTHER db");
        assert_eq!(run("$ $( ${ ${} $()", true), "$ $( ${ ${} $()");
        assert!(expand("$(PW)", false, |_| Some((Cow::Borrowed("x"), true))).1);
    }

    #[test]
    fn growth_is_bounded() {
        let long = "x".repeat(40_000);
        let text = "$(A)$(A)$(A)$(A)";
        let (out, _) = expand(text, false, |_| Some((Cow::Owned(long.clone()), false)));
        assert!(out.len() <= LONGEST + 64);
    }
}
