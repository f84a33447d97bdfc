//! TMF documents over the TMF Open APIs of the same server, with the session's cookie: for pages that show any resource
//! of the registry and therefore know no type of their own.

use gloo_net::http::{Request, RequestBuilder, Response};
use serde_json::Value;

use super::{client, error::ApiError};

/// A page of a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    pub rows: Vec<Value>,
    /// Of all pages.
    pub total: usize,
}

/// A document and the revision it was read at.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    pub value: Value,
    /// For `If-Match`.
    pub tag: String,
}

/// `GET` of a collection; `query` as it stands in the address, without `?`.
pub async fn list(path: &str, query: &str) -> Result<Page, ApiError> {
    let response = send(Request::get(&format!("{path}?{query}")), None).await?;
    let total = header(&response, "x-total-count").parse().ok();
    let rows = match body(response).await? {
        Value::Array(rows) => rows,
        _ => return Err(ApiError::shape("the list")),
    };
    Ok(Page { total: total.unwrap_or(rows.len()), rows })
}

pub async fn read(path: &str) -> Result<Document, ApiError> {
    document(send(Request::get(path), None).await?).await
}

pub async fn create(path: &str, value: &Value) -> Result<Document, ApiError> {
    let request = Request::post(path).header("content-type", "application/json");
    document(send(request, Some(value.to_string())).await?).await
}

/// A merge patch (RFC 7386), only where the document is still the one that was read.
pub async fn change(path: &str, tag: &str, patch: &Value) -> Result<Document, ApiError> {
    let mut request = Request::patch(path).header("content-type", "application/merge-patch+json");
    if !tag.is_empty() {
        request = request.header("if-match", tag);
    }
    document(send(request, Some(patch.to_string())).await?).await
}

pub async fn remove(path: &str) -> Result<(), ApiError> {
    send(Request::delete(path), None).await.map(|_| ())
}

/// Any JSON the server carries.
pub async fn json(path: &str) -> Result<Value, ApiError> {
    body(send(Request::get(path), None).await?).await
}

async fn document(response: Response) -> Result<Document, ApiError> {
    let tag = header(&response, "etag");
    Ok(Document { value: body(response).await?, tag })
}

fn header(response: &Response, name: &str) -> String {
    response.headers().get(name).unwrap_or_default()
}

async fn body(response: Response) -> Result<Value, ApiError> {
    let text = response.text().await.map_err(|_| unreachable())?;
    serde_json::from_str(&text).map_err(|_| ApiError::shape("the request"))
}

async fn send(request: RequestBuilder, body: Option<String>) -> Result<Response, ApiError> {
    let request = request.header("accept", "application/json");
    let response = match body {
        Some(body) => request.body(body).map_err(|_| unreachable())?.send().await,
        None => request.send().await,
    }
    .map_err(|_| unreachable())?;
    if response.ok() {
        return Ok(response);
    }
    let status = response.status();
    let text = response.text().await.unwrap_or_default();
    let error = match serde_json::from_str::<Value>(&text) {
        Ok(value) => ApiError::read(&value),
        Err(_) => ApiError::local(format!("The server answered with status {status}.")),
    };
    if error.is_unauthenticated() {
        client::expired();
    }
    Err(error)
}

fn unreachable() -> ApiError {
    ApiError::network("Check the connection and try again.")
}
