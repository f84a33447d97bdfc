//! Signing in and out, cookies, forged requests, tries.

use crate::support::{ORIGIN, PASSWORD, Person, Server, portal};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use hypo_shared::Role;

fn with_cookie(cookie: &str, origin: Option<&str>, query: &str) -> Request<Body> {
    let mut request =
        Request::post("/graphql").header(header::CONTENT_TYPE, "application/json").header(header::COOKIE, cookie);
    if let Some(origin) = origin {
        request = request.header(header::ORIGIN, origin);
    }
    request.body(Body::from(serde_json::json!({"query": query}).to_string())).unwrap()
}

#[tokio::test]
async fn a_session_opens_rotates_and_ends() {
    let server = Server::start().await;
    server.person(server.provider, "ada", Role::Provider).await;
    let answer = server.sign_in("ada", PASSWORD).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(answer.json()["role"], "provider");
    let set = answer.headers[header::SET_COOKIE].to_str().unwrap().to_owned();
    for part in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(set.contains(part), "{set}");
    }
    let first = answer.cookie().unwrap();
    let who = server.send(with_cookie(&first, Some(ORIGIN), &portal("CurrentSession"))).await;
    assert_eq!(who.json()["data"]["session"]["user"]["name"], "ada");

    // Signing in again on the same browser ends the session before it.
    let again = Request::post("/session")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::COOKIE, &first)
        .body(Body::from(serde_json::json!({"name": "ada", "password": PASSWORD}).to_string()))
        .unwrap();
    let second = server.send(again).await.cookie().unwrap();
    assert_ne!(first, second);
    let old = server.send(with_cookie(&first, Some(ORIGIN), "{ session { role } }")).await;
    assert_eq!((old.status, old.code().as_deref()), (StatusCode::UNAUTHORIZED, Some("HYP-5001")));

    let out = Request::delete("/session").header(header::COOKIE, &second).header(header::ORIGIN, ORIGIN);
    assert_eq!(server.send(out.body(Body::empty()).unwrap()).await.status, StatusCode::NO_CONTENT);
    let after = server.send(with_cookie(&second, Some(ORIGIN), "{ session { role } }")).await;
    assert_eq!(after.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn requests_of_other_sites_are_refused() {
    let server = Server::start().await;
    server.person(server.provider, "ada", Role::Provider).await;
    let cookie = server.sign_in("ada", PASSWORD).await.cookie().unwrap();
    for origin in [None, Some("http://127.0.0.1:8081"), Some("https://evil.example"), Some("null")] {
        let answer = server.send(with_cookie(&cookie, origin, "{ session { role } }")).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{origin:?}");
    }
    for media in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
        let request = Request::post("/graphql")
            .header(header::CONTENT_TYPE, media)
            .header(header::COOKIE, &cookie)
            .header(header::ORIGIN, ORIGIN)
            .body(Body::from(r#"{"query":"{ session { role } }"}"#))
            .unwrap();
        assert_eq!(server.send(request).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{media}");
    }
    let get = Request::get("/graphql?query=%7Bsession%7Brole%7D%7D").header(header::COOKIE, &cookie);
    assert_eq!(server.send(get.body(Body::empty()).unwrap()).await.status, StatusCode::METHOD_NOT_ALLOWED);
    let batch = Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::COOKIE, &cookie)
        .header(header::ORIGIN, ORIGIN)
        .body(Body::from(r#"[{"query":"{ session { role } }"}]"#))
        .unwrap();
    assert_eq!(server.send(batch).await.code().as_deref(), Some("HYP-6001"));
}

#[tokio::test]
async fn wrong_passwords_are_slowed_and_do_not_tell_who_exists() {
    let server = Server::start().await;
    server.person(server.provider, "ada", Role::Provider).await;
    for name in ["ada", "nobody"] {
        for _ in 0..5 {
            let answer = server.sign_in(name, "wrong password here").await;
            assert_eq!((answer.status, answer.code().as_deref()), (StatusCode::UNAUTHORIZED, Some("HYP-5003")));
        }
        let answer = server.sign_in(name, PASSWORD).await;
        assert_eq!((answer.status, answer.code().as_deref()), (StatusCode::TOO_MANY_REQUESTS, Some("HYP-5004")));
        assert!(answer.headers.contains_key(header::RETRY_AFTER));
    }
}

#[tokio::test]
async fn a_one_time_sign_in_works_once() {
    let server = Server::start().await;
    server.person(server.provider, "ada", Role::Admin).await;
    let secret = hypo_app::access::sessions::invite(&server.app, "ada").await.unwrap();
    let path = format!("/setup/{}", secret.reveal());
    let first = server.get(&path).await;
    assert_eq!((first.status, first.headers[header::LOCATION].to_str().unwrap()), (StatusCode::SEE_OTHER, "/"));
    let cookie = first.cookie().unwrap();
    let who = server.send(with_cookie(&cookie, Some(ORIGIN), &portal("CurrentSession"))).await;
    assert_eq!(who.json()["data"]["session"]["role"], "admin");
    assert_eq!(server.get(&path).await.code().as_deref(), Some("HYP-5009"));
}

#[tokio::test]
async fn tokens_are_shown_once_expire_and_are_revoked() {
    let server = Server::start().await;
    let ada = server.person(server.provider, "ada", Role::Provider).await;
    let wide = "mutation { createToken(input: {name: \"a\", role: admin, days: 1}) { secret } }";
    assert_eq!(server.graphql(&ada, wide, serde_json::json!({})).await.code().as_deref(), Some("HYP-6001"));
    let made = "mutation { createToken(input: {name: \"ci\", role: viewer, days: 1}) { secret token { id } } }";
    let made = server.data(&ada, made, serde_json::json!({})).await;
    let secret = made["createToken"]["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("hypo_"));
    let ci = Person { token: secret.clone() };
    assert_eq!(server.data(&ci, "{ session { role } }", serde_json::json!({})).await["session"]["role"], "viewer");
    let list = server.graphql(&ada, "{ tokens { id name lastUsedAt } }", serde_json::json!({})).await;
    assert!(!list.text.contains(&secret));
    let revoke = "mutation($id: UUID!) { revokeToken(id: $id) { revokedAt } }";
    server.data(&ada, revoke, serde_json::json!({"id": made["createToken"]["token"]["id"]})).await;
    let after = server.graphql(&ci, "{ session { role } }", serde_json::json!({})).await;
    assert_eq!((after.status, after.code().as_deref()), (StatusCode::UNAUTHORIZED, Some("HYP-5005")));
}
