//! Headers a client speaks with: what it accepts, what it sends, which revision it means, which dialect it speaks.

use axum::http::{HeaderMap, HeaderName, header};
use hypo_app::ctx::Principal;
use hypo_shared::ErrorCode;
use hypo_tmf::{Dialect, Problem};

use super::reply::Refusal;

/// Asks for the words of another implementation.
const DIALECT: HeaderName = HeaderName::from_static("x-hypo-dialect");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// 406 for a client that takes no JSON. An empty header says as much as none (RFC 9110, 12.5.1).
pub fn accepts_json(headers: &HeaderMap) -> Result<(), Refusal> {
    let given = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut given = given.filter(|value| !value.trim().is_empty()).peekable();
    if given.peek().is_none() {
        return Ok(());
    }
    let fits = |range: &str| {
        let mut parts = range.split(';').map(str::trim);
        let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
        let refused = parts.any(|part| part.strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0)));
        !refused && matches!(kind.as_str(), "*/*" | "application/*" | "application/json")
    };
    if given.flat_map(|value| value.split(',')).any(fits) {
        return Ok(());
    }
    Err(Problem::new(406, ErrorCode::NotAcceptable, "Only application/json is served.").into())
}

/// The media type of the body, without parameters.
pub fn media_type(headers: &HeaderMap) -> &str {
    let kind = text(headers, &header::CONTENT_TYPE).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim()
}

/// What the body is packed with, when it is.
pub fn packed(headers: &HeaderMap) -> Option<&str> {
    let mut given = headers.get_all(header::CONTENT_ENCODING).iter();
    given.find_map(|value| match value.to_str() {
        Ok(plain) if plain.trim().is_empty() || plain.trim().eq_ignore_ascii_case("identity") => None,
        Ok(coding) => Some(coding),
        Err(_) => Some("?"),
    })
}

/// The dialect of the request: what it says, else that of its client.
pub fn dialect(headers: &HeaderMap, client: &Principal) -> Dialect {
    let own = if client.openslice { Dialect::OpenSlice } else { Dialect::Official };
    text(headers, &DIALECT).map_or(own, Dialect::named)
}

/// `Idempotency-Key`.
pub fn key(headers: &HeaderMap) -> Option<&str> {
    text(headers, &IDEMPOTENCY_KEY)
}

/// The revisions `If-Match` names; `None` when any will do. A weak tag matches nothing here (RFC 9110, 13.1.1).
pub fn revisions(headers: &HeaderMap) -> Option<Vec<i64>> {
    let given = text(headers, &header::IF_MATCH)?;
    let tags: Vec<&str> = given.split(',').map(str::trim).collect();
    if tags.contains(&"*") {
        return None;
    }
    let revision = |tag: &&str| tag.strip_prefix('"')?.strip_suffix('"')?.parse().ok();
    Some(tags.iter().filter_map(revision).collect())
}

/// The entity tag of a revision.
pub fn tag(rev: i64) -> String {
    format!("\"{rev}\"")
}

/// Whether the client has this revision already (`If-None-Match`, where weak tags compare too).
pub fn is_known(headers: &HeaderMap, rev: i64) -> bool {
    let Some(known) = text(headers, &header::IF_NONE_MATCH) else { return false };
    let tag = tag(rev);
    known.split(',').map(str::trim).any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().unwrap())])
    }

    #[test]
    fn json_must_be_acceptable() {
        assert!(accepts_json(&HeaderMap::new()).is_ok());
        for good in
            ["*/*", "text/html, application/json;q=0.1", "application/*", "application/json;charset=utf-8", "", " "]
        {
            assert!(accepts_json(&with(header::ACCEPT, good)).is_ok(), "{good}");
        }
        for bad in ["text/html", "application/xml", "application/json;q=0"] {
            assert!(accepts_json(&with(header::ACCEPT, bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn tags_are_strong_for_changes_and_weak_for_reads() {
        let of = |value: &str| revisions(&with(header::IF_MATCH, value));
        assert_eq!(of("\"3\""), Some(vec![3]));
        assert_eq!(of("\"3\", \"7\""), Some(vec![3, 7]));
        assert_eq!(of("W/\"3\""), Some(vec![]));
        assert_eq!(of("rubbish"), Some(vec![]));
        assert_eq!((of("*"), revisions(&HeaderMap::new())), (None, None));
        let knows = |value: &str| is_known(&with(header::IF_NONE_MATCH, value), 3);
        assert!(knows("\"3\"") && knows("W/\"3\"") && knows("\"1\", \"3\"") && knows("*") && !knows("\"4\""));
    }
}
