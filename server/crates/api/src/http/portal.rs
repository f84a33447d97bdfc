//! The portal's files: from a folder or from the program, compressed where a compressed copy lies beside them.

use std::{borrow::Cow, path::Path};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use hypo_shared::ErrorCode;
use sha2::{Digest, Sha256};

use super::{Portal, answer::Failure};
use crate::ApiState;

const EMBEDDED: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/portal.rs"));
const INDEX: &str = "index.html";

/// Everything no other route takes: a file, or the page that shows every address of the portal.
pub async fn serve(State(state): State<ApiState>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    if is_tmf(parts.uri.path()) {
        return crate::tmf::nothing_at(parts.uri.path());
    }
    if parts.method != Method::GET && parts.method != Method::HEAD {
        return Failure::from(ErrorCode::NotFound).into_response();
    }
    let path = parts.uri.path().trim_start_matches('/');
    if !path.is_empty()
        && path != INDEX
        && let Some(response) = file(&state, path, &parts.headers).await
    {
        return response;
    }
    // An address of the portal; a missing file or API path is an error, whatever it accepts.
    let page = path.is_empty() || path == INDEX || wants_page(&parts.headers) && !path.contains('.');
    let found = if page { index(&state, &parts.headers).await } else { None };
    found.unwrap_or_else(|| Failure::from(ErrorCode::NotFound).into_response())
}

/// Meant for the TMF face, if misspelled: its clients read its refusals.
fn is_tmf(path: &str) -> bool {
    path.trim_start_matches('/').starts_with("tmf-api")
}

/// A browser that opens an address, not a program that asks for data.
pub fn wants_page(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}

/// The page, with a policy that allows exactly its own inline scripts.
pub async fn index(state: &ApiState, headers: &HeaderMap) -> Option<Response> {
    let plain = read(&state.config().portal, INDEX).await?;
    let policy = content_security_policy(&String::from_utf8_lossy(&plain));
    let mut response = file(state, INDEX, headers).await?;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_str(&policy).ok()?);
    Some(response)
}

async fn file(state: &ApiState, path: &str, headers: &HeaderMap) -> Option<Response> {
    if !is_plain(path) {
        return None;
    }
    let portal = &state.config().portal;
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut found = None;
    for (encoding, end) in [("br", ".br"), ("gzip", ".gz")] {
        if accepts(accepted, encoding)
            && let Some(bytes) = read(portal, &format!("{path}{end}")).await
        {
            found = Some((bytes, Some(encoding)));
            break;
        }
    }
    let (bytes, encoding) = match found {
        Some(found) => found,
        None => (read(portal, path).await?, None),
    };
    let mut response = Response::new(match bytes {
        Cow::Borrowed(bytes) => Body::from(bytes),
        Cow::Owned(bytes) => Body::from(bytes),
    });
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(path)));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    let caching = if is_hashed(path) { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    *response.status_mut() = StatusCode::OK;
    Some(response)
}

async fn read(portal: &Portal, path: &str) -> Option<Cow<'static, [u8]>> {
    match portal {
        Portal::None => None,
        Portal::Dir(folder) => {
            let file = folder.join(path);
            if !tokio::fs::symlink_metadata(&file).await.ok()?.is_file() {
                return None;
            }
            tokio::fs::read(file).await.ok().map(Cow::Owned)
        }
        Portal::Embedded => EMBEDDED.iter().find(|(name, _)| *name == path).map(|(_, bytes)| Cow::Borrowed(*bytes)),
    }
}

/// Names with nothing that leaves the folder, hides, or needs decoding.
fn is_plain(path: &str) -> bool {
    !path.is_empty()
        && path.split('/').all(|part| {
            !part.is_empty()
                && !part.starts_with('.')
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        })
}

fn accepts(list: &str, encoding: &str) -> bool {
    list.split(',').any(|item| {
        let mut parts = item.split(';');
        let refused =
            |quality: &str| quality.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()) == Some(0.0);
        parts.next().is_some_and(|name| name.trim() == encoding) && !parts.any(refused)
    })
}

/// Whether the name carries a hash of its content: `name-0123456789abcdef.ext`.
fn is_hashed(path: &str) -> bool {
    let stem = Path::new(path).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let hash = stem.trim_end_matches("_bg").rsplit('-').next().unwrap_or_default();
    hash.len() >= 8 && stem.contains('-') && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn media_type(path: &str) -> &'static str {
    match Path::new(path).extension().and_then(|end| end.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "webmanifest" => "application/manifest+json",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// No inline script but those of the page itself, by hash; WebAssembly but no `eval`.
fn content_security_policy(html: &str) -> String {
    let hashes: String = inline_scripts(html)
        .map(|script| format!(" 'sha256-{}'", STANDARD.encode(Sha256::digest(script.as_bytes()))))
        .collect();
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{hashes}; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'"
    )
}

fn inline_scripts(html: &str) -> impl Iterator<Item = &str> {
    html.split("<script").skip(1).filter_map(|rest| {
        let (attributes, rest) = rest.split_once('>')?;
        let (body, _) = rest.split_once("</script>")?;
        (!attributes.contains("src=")).then_some(body)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_leave_the_folder_are_not_plain() {
        for path in ["", "../x", "a/../b", "a//b", ".stamp", "a/.git/config", "a%2e", "a\\b", "/etc/passwd"] {
            assert!(!is_plain(path), "{path}");
        }
        assert!(is_plain("assets/portal-0123abcd.js"));
    }

    #[test]
    fn hashed_names_never_change() {
        assert!(is_hashed("portal-0123456789abcdef.wasm"));
        assert!(!is_hashed("assets/logo.svg") && !is_hashed("index.html") && !is_hashed("fonts/inter-regular.woff2"));
    }

    #[test]
    fn encodings_are_read_exactly() {
        assert!(accepts("gzip, deflate, br;q=0.9", "br"));
        assert!(!accepts("gzip, br;q=0", "br") && !accepts("brotli", "br"));
    }

    #[test]
    fn the_policy_names_each_inline_script_and_no_other() {
        let html = "<script type=\"module\">init()</script><script src=\"/a.js\"></script>";
        let policy = content_security_policy(html);
        let hash = STANDARD.encode(Sha256::digest(b"init()"));
        assert!(policy.contains(&format!("script-src 'self' 'wasm-unsafe-eval' 'sha256-{hash}'; style-src 'self';")));
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
    }
}
