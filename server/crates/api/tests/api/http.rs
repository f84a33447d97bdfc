//! Headers, portal files, help pages, probes, limits.

use crate::support::Server;
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

fn page(path: &str) -> Request<Body> {
    Request::get(path)
        .header(header::ACCEPT, "text/html,*/*")
        .header(header::ACCEPT_ENCODING, "br")
        .body(Body::empty())
        .unwrap()
}

#[tokio::test]
async fn the_portal_is_served_with_a_strict_policy() {
    let folder = tempfile::tempdir().unwrap();
    let script = "import init from '/portal-0123456789abcdef.js';init();";
    std::fs::write(folder.path().join("index.html"), format!("<script type=\"module\">{script}</script>")).unwrap();
    std::fs::write(folder.path().join("portal-0123456789abcdef.js"), "plain").unwrap();
    std::fs::write(folder.path().join("portal-0123456789abcdef.js.br"), "packed").unwrap();
    std::fs::write(folder.path().join(".stamp"), "hidden").unwrap();
    let server = Server::with_portal(folder.path().to_owned()).await;

    // Every address of the portal shows the page.
    for path in ["/", "/orders/0190", "/help/errors/HYP-1001"] {
        let answer = server.send(page(path)).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        let hash = STANDARD.encode(Sha256::digest(script.as_bytes()));
        assert!(policy.contains(&format!("'sha256-{hash}'")), "{policy}");
        assert!(!policy.contains("unsafe-inline") && policy.contains("frame-ancestors 'none'"));
        assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-cache");
    }
    let file = server.send(page("/portal-0123456789abcdef.js")).await;
    assert_eq!(
        (file.text.as_str(), &file.headers[header::CONTENT_ENCODING]),
        ("packed", &header::HeaderValue::from_static("br"))
    );
    assert!(file.headers[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
    for missing in ["/missing.js", "/.stamp", "/../Cargo.toml", "/tmf"] {
        let answer = server.get(missing).await;
        assert_eq!((answer.status, answer.code().as_deref()), (StatusCode::NOT_FOUND, Some("HYP-6002")), "{missing}");
    }
}

#[tokio::test]
async fn probes_metrics_and_help_are_public() {
    let server = Server::start().await;
    assert_eq!(server.get("/healthz").await.text, "ok\n");
    assert_eq!(server.get("/readyz").await.status, StatusCode::OK);
    let help = server.get("/help/errors/HYP-2007").await;
    assert!(
        help.headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/markdown")
            && help.text.starts_with("# HYP-2007")
    );
    assert_eq!(server.get("/help/errors/HYP-0000").await.status, StatusCode::NOT_FOUND);
    assert!(server.get("/help/errors").await.json().as_array().unwrap().len() > 50);
    let metrics = server.get("/metrics").await.text;
    assert!(metrics.contains("hypo_http_responses_total{class=\"2xx\"}"), "{metrics}");
    let id = &server.get("/healthz").await.headers["x-request-id"];
    assert_eq!(id.to_str().unwrap().len(), 32);
}

#[tokio::test]
async fn everything_but_the_public_routes_asks_who_you_are() {
    let server = Server::start().await;
    for (method, path, access) in hypo_api::policy::ROUTES {
        if *access != hypo_api::policy::Access::SignedIn {
            continue;
        }
        let request = Request::builder().method(*method).uri(*path).header(header::CONTENT_TYPE, "application/json");
        let answer = server.send(request.body(Body::from("{}")).unwrap()).await;
        assert_eq!(
            (answer.status, answer.code().as_deref()),
            (StatusCode::UNAUTHORIZED, Some("HYP-5001")),
            "{method} {path}"
        );
    }
}
