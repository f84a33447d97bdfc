//! GraphQL over HTTP, and the session routes beside it.

use std::{cell::RefCell, future::Future, pin::Pin};

use gloo_net::http::{Request, RequestBuilder};
use serde_json::{Value, json};

use super::{
    error::ApiError,
    json::Json,
    operation::{Kind, Operation},
};

thread_local! {
    /// Told when an answer says that the session is over.
    static EXPIRED: RefCell<Option<Box<dyn Fn()>>> = const { RefCell::new(None) };
}

/// Calls `act` whenever the server says that nobody is signed in.
pub fn on_expired(act: impl Fn() + 'static) {
    EXPIRED.with(|slot| *slot.borrow_mut() = Some(Box::new(act)));
}

/// Tells whoever listens that the session is over.
pub fn expired() {
    EXPIRED.with(|slot| {
        if let Some(act) = &*slot.borrow() {
            act();
        }
    });
}

/// Sends a query or mutation.
pub async fn send<O: Operation>(operation: O) -> Result<O::Output, ApiError> {
    debug_assert!(O::KIND != Kind::Subscription, "subscriptions go over the socket");
    let asked = Asked { name: O::NAME, text: O::TEXT, field: O::FIELD, variables: operation.variables() };
    // Boxed, so that the request's state machine is in the wasm once and not once per operation.
    let asking: Pin<Box<dyn Future<Output = _>>> = Box::pin(post_graphql(asked));
    O::Output::read(&asking.await?).map_err(|_| ApiError::shape(O::NAME))
}

/// An operation without its type.
struct Asked {
    name: &'static str,
    text: &'static str,
    field: &'static str,
    variables: Value,
}

async fn post_graphql(Asked { name, text, field, variables }: Asked) -> Result<Value, ApiError> {
    let body = json!({ "operationName": name, "query": text, "variables": variables });
    let mut answer = post_json("/graphql", &body).await?;
    if let Some(error) = answer.get("errors").and_then(Value::as_array).and_then(|errors| errors.first()) {
        return Err(noticed(ApiError::read(error)));
    }
    answer.get_mut("data").and_then(|data| data.get_mut(field)).map(Value::take).ok_or_else(|| ApiError::shape(name))
}

fn noticed(error: ApiError) -> ApiError {
    if error.is_unauthenticated() {
        expired();
    }
    error
}

async fn post_json(path: &str, body: &Value) -> Result<Value, ApiError> {
    let request = Request::post(path).header("content-type", "application/json").header("accept", "application/json");
    let (status, text) = answer(request, Some(body.to_string())).await?;
    let value: Option<Value> = serde_json::from_str(&text).ok();
    match value {
        // GraphQL says what failed in `errors` whatever the status; the session routes by status.
        Some(value) if status < 400 || (path == "/graphql" && value.get("errors").is_some()) => Ok(value),
        Some(value) => {
            let error = ApiError::read(&value);
            Err(if path == "/graphql" { noticed(error) } else { error })
        }
        None if status < 300 => Ok(Value::Null),
        None if status == 401 && path == "/graphql" => {
            Err(noticed(ApiError { code: "HYP-5001".into(), message: "Sign in first.".into(), fields: Vec::new() }))
        }
        None => Err(ApiError::local(format!("The server answered with status {status}."))),
    }
}

async fn answer(request: RequestBuilder, body: Option<String>) -> Result<(u16, String), ApiError> {
    let network = |_| ApiError::network("Check the connection and try again.");
    let response = match body {
        Some(body) => request.body(body).map_err(network)?.send().await,
        None => request.send().await,
    }
    .map_err(network)?;
    let status = response.status();
    Ok((status, response.text().await.map_err(network)?))
}

/// Signs in with name and password; the server answers with a cookie the page cannot read.
pub async fn sign_in(name: &str, password: &str) -> Result<(), ApiError> {
    post_json("/session", &json!({ "name": name, "password": password })).await.map(|_| ())
}

/// Ends the session.
pub async fn sign_out() -> Result<(), ApiError> {
    answer(Request::delete("/session"), None).await.map(|_| ())
}

/// A text the server carries, for example an error page.
pub async fn text(path: &str) -> Result<String, ApiError> {
    let (status, text) = answer(Request::get(path).header("accept", "text/markdown, text/plain"), None).await?;
    if status < 300 { Ok(text) } else { Err(ApiError::local("There is no such page.")) }
}
