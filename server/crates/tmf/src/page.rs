//! Pages: counts, links and the status of a partial answer (TMF630 part 1, 4.5.1).

use crate::Query;

/// Rows of a list without `limit` at most; the counts tell that there are more.
pub const CAP: u64 = 1000;

/// What a list answers with beside its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paging {
    /// 200, or 206 when the client asked for a page and got a part.
    pub status: u16,
    /// `X-Total-Count`.
    pub total: u64,
    /// `X-Result-Count`.
    pub count: u64,
    /// `Link`, empty when there is one page.
    pub link: String,
}

impl Query {
    /// Where the page begins and how long it may get.
    #[must_use]
    pub fn window(&self) -> (u64, u64) {
        (self.offset.unwrap_or(0), self.limit.unwrap_or(CAP).min(CAP))
    }
}

impl Paging {
    /// The headers of one page. `path` is the collection, `raw` the query string as it was sent.
    #[must_use]
    pub fn of(query: &Query, path: &str, raw: &str, total: u64, count: u64) -> Self {
        let asked = query.offset.is_some() || query.limit.is_some();
        let (offset, limit) = query.window();
        // Behind the end there is nothing to be a part of.
        let status = if asked && count < total && offset < total { 206 } else { 200 };
        Self { status, total, count, link: links(path, raw, offset, limit, total) }
    }
}

fn links(path: &str, raw: &str, offset: u64, limit: u64, total: u64) -> String {
    if limit == 0 || (offset == 0 && total <= limit) {
        return String::new();
    }
    let kept: Vec<&str> = raw
        .split('&')
        .filter(|clause| !clause.is_empty() && !clause.starts_with("offset=") && !clause.starts_with("limit="))
        .collect();
    let page = |offset: u64, limit: u64| {
        let mut clauses: Vec<String> = kept.iter().map(|clause| (*clause).to_owned()).collect();
        clauses.push(format!("offset={offset}"));
        clauses.push(format!("limit={limit}"));
        format!("<{path}?{}>", clauses.join("&"))
    };
    let at = |offset: u64| page(offset, limit);
    // Pages follow one another from the present one, wherever it begins.
    let last = match total.saturating_sub(1).checked_sub(offset) {
        Some(behind) => offset + behind / limit * limit,
        None => total.saturating_sub(1) / limit * limit,
    };
    let mut links = vec![format!("{}; rel=\"self\"", at(offset)), format!("{}; rel=\"first\"", at(0))];
    if offset + limit < total {
        links.push(format!("{}; rel=\"next\"", at(offset + limit)));
    }
    if offset > 0 {
        let before = if offset < limit { page(0, offset) } else { at((offset - limit).min(last)) };
        links.push(format!("{before}; rel=\"prev\""));
    }
    links.push(format!("{}; rel=\"last\"", at(last)));
    links.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_partial_only_when_it_was_asked_for() {
        let of = |raw: &str, total, count| Paging::of(&Query::parse(raw).unwrap(), "/p", raw, total, count);
        assert_eq!(of("", 3, 3).status, 200);
        assert_eq!(of("limit=2", 3, 2).status, 206);
        assert_eq!(of("limit=5", 3, 3).status, 200);
        assert_eq!(of("", 5000, 1000).status, 200, "capped by the server");
        assert_eq!(of("offset=2", 3, 1).status, 206);
        assert_eq!(of("limit=0", 3, 0).status, 206, "a part, if an empty one");
        assert_eq!(of("offset=9", 3, 0).status, 200, "behind the end");
    }

    #[test]
    fn pages_that_begin_anywhere_follow_one_another() {
        let links = |raw: &str, total| Paging::of(&Query::parse(raw).unwrap(), "/p", raw, total, 1).link;
        let odd = links("offset=40&limit=1000", 1060);
        assert!(
            odd.contains("offset=1040&limit=1000>; rel=\"next\"")
                && odd.contains("offset=1040&limit=1000>; rel=\"last\"")
        );
        assert!(odd.contains("offset=0&limit=40>; rel=\"prev\""), "{odd}");
        assert!(links("offset=9&limit=2", 5).contains("offset=4&limit=2>; rel=\"last\""));
    }

    #[test]
    fn links_lead_to_every_page() {
        let raw = "state=a&limit=2&offset=2";
        let page = Paging::of(&Query::parse(raw).unwrap(), "/p", raw, 5, 2);
        assert_eq!(
            page.link,
            "</p?state=a&offset=2&limit=2>; rel=\"self\", </p?state=a&offset=0&limit=2>; rel=\"first\", \
             </p?state=a&offset=4&limit=2>; rel=\"next\", </p?state=a&offset=0&limit=2>; rel=\"prev\", \
             </p?state=a&offset=4&limit=2>; rel=\"last\""
        );
    }
}
