//! Where a browser's request comes from.

use axum::http::{HeaderMap, HeaderName, header};

use super::HttpConfig;

/// What a browser says about where a request without `Origin` comes from. A page can not set it.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether the request comes from one of our own pages. Browsers send `Origin` with every request that is not a
/// plain GET, and with every WebSocket; with a GET of a page of the same origin they send `Sec-Fetch-Site`.
pub fn is_ours(headers: &HeaderMap, config: &HttpConfig) -> bool {
    match headers.get(header::ORIGIN) {
        Some(origin) => origin.to_str().is_ok_and(|origin| config.origins.iter().any(|ours| ours == origin)),
        None => headers.get(FETCH_SITE).is_some_and(|site| site == "same-origin"),
    }
}

/// Whether the request says it comes from another site's page.
pub fn is_foreign(headers: &HeaderMap, config: &HttpConfig) -> bool {
    headers.contains_key(header::ORIGIN) && !is_ours(headers, config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_or_not_at_all() {
        let config = HttpConfig::for_address(([127, 0, 0, 1], 8080).into(), false);
        let with = |origin: &'static str| HeaderMap::from_iter([(header::ORIGIN, origin.parse().unwrap())]);
        assert!(is_ours(&with("http://127.0.0.1:8080"), &config));
        assert!(is_ours(&with("http://localhost:8080"), &config));
        for origin in ["https://127.0.0.1:8080", "http://127.0.0.1:80801", "http://127.0.0.1:8080.evil.example", "null"]
        {
            assert!(!is_ours(&with(origin), &config) && is_foreign(&with(origin), &config), "{origin}");
        }
        let fetched = |site: &'static str| HeaderMap::from_iter([(FETCH_SITE, site.parse().unwrap())]);
        assert!(is_ours(&fetched("same-origin"), &config));
        for site in ["same-site", "cross-site", "none"] {
            assert!(!is_ours(&fetched(site), &config), "{site}");
        }
        assert!(!is_ours(&HeaderMap::new(), &config) && !is_foreign(&HeaderMap::new(), &config));
    }
}
