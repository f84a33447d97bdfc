//! Arguments of the view's fields, in the words of the TMF face.

use async_graphql::{Context, InputType};
use hypo_app::{Error, page::Window};
use hypo_tmf::{Problem, Query, percent::decoded};

use super::names::View;
use crate::graphql::error::{Refusal, Result};

/// Clauses of the query string that have arguments of their own.
const OWN: [&str; 4] = ["sort", "offset", "limit", "fields"];

/// An argument. The schema has checked its type.
pub fn argument<T: InputType>(context: &Context<'_>, name: &str) -> Result<T> {
    let found = context.param_value::<T>(name, None);
    Ok(found.map_err(|error| Error::field(name, "format", error.message))?.1)
}

/// What a list is asked for.
pub fn query(filter: Option<&str>, sort: Option<&str>, window: Window) -> Result<Query> {
    let filter = bare(filter);
    let names = filter.split('&').filter_map(|clause| decoded(clause.split('=').next()?));
    let own = names.map(|name| name.trim().to_owned()).find(|name| OWN.contains(&name.as_str()));
    if let Some(name) = own {
        return Err(
            Error::field("filter", "clause", format!("{name} is no filter; there is an argument for it.")).into()
        );
    }
    let mut raw = filter.to_owned();
    let mut add = |name: &str, value: &str| {
        raw.push_str(if raw.is_empty() { "" } else { "&" });
        raw.push_str(&format!("{name}={}", encoded(value)));
    };
    if let Some(sort) = sort {
        add("sort", sort);
    }
    add("offset", &window.offset().to_string());
    add("limit", &window.limit().to_string());
    Query::parse(&raw).map_err(refused)
}

/// Tells a list with its filter and order from others: a cursor is good for one of them.
pub fn list(view: &View, filter: Option<&str>, sort: Option<&str>) -> String {
    format!("tmf {} {:?} {:?}", view.list, bare(filter), sort.unwrap_or_default())
}

fn bare(filter: Option<&str>) -> &str {
    filter.unwrap_or_default().trim().trim_start_matches('?')
}

/// A refusal of the TMF rules.
pub fn refused(problem: Problem) -> Refusal {
    Error::new(problem.code, problem.reason).into()
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b',' | b'_' | b'@');
    text.bytes().fold(String::new(), |mut out, byte| {
        if plain(byte) {
            out.push(char::from(byte))
        } else {
            out.push_str(&format!("%{byte:02X}"))
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_only_a_filter() {
        let window = Window::read("a", Some(7), None).unwrap();
        let parsed = query(Some("?state=held"), None, window).unwrap();
        assert_eq!(parsed, Query::parse("state=held&offset=0&limit=7").unwrap());
        assert_eq!(query(None, None, window).unwrap(), Query::parse("offset=0&limit=7").unwrap());
        for filter in [
            "limit=5",
            "state=held&offset=3",
            "sort=name",
            "fields=id",
            "fields=",
            "%6Cimit=1",
            "state=held&%73ort=name",
            "fi%65lds=id",
            "%20limit=1",
        ] {
            assert!(query(Some(filter), None, window).is_err(), "{filter}");
        }
        assert_eq!(encoded("-name,+state&x"), "-name,%2Bstate%26x");
    }
}
