//! Where a browser's request comes from.

use axum::http::{HeaderMap, header};

use super::HttpConfig;

/// Whether the request comes from one of our own pages. Browsers send `Origin` with every request that is not a
/// plain GET, and with every WebSocket; a request without it is no page's.
pub fn is_ours(headers: &HeaderMap, config: &HttpConfig) -> bool {
    let origin = headers.get(header::ORIGIN).and_then(|value| value.to_str().ok());
    origin.is_some_and(|origin| config.origins.iter().any(|ours| ours == origin))
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
        assert!(!is_ours(&HeaderMap::new(), &config) && !is_foreign(&HeaderMap::new(), &config));
    }
}
