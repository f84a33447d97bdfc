//! What all operations share: parameters, headers, errors, who may ask.

use serde_json::{Map, Value, json};

/// How lists are asked for, in every document.
pub const ABOUT: &str = "Conventions of TMF630 4.2.

**Filters.** Any member, at any depth, is a query parameter: `state=completed`, `relatedParty.id=7`. Several are joined \
by and; `state=held,failed`, a repeated parameter or `;` by or. Operators are suffixes: `orderDate.gt=2026-01-01`, \
`.gte`, `.lt`, `.lte`, `.eq`, `.ne`, `.regex`. Conditions on the same element of a list: \
`filter=serviceCharacteristic[?(@.name=='size' && @.value=='L')]`.

**Lists.** `sort=-orderDate,name`, `offset` and `limit`, `fields=id,state`. A page that was asked for and is not all is \
answered with 206.

**Changes.** `PATCH` takes a merge patch (also as `application/json`) or a JSON patch. `ETag`, `If-Match` and \
`If-None-Match` as in RFC 9110. Members the specification does not know are kept.

**Errors** have one body, with a stable code and a page about it.";

pub fn parameters() -> Value {
    let query = |name: &str, schema: Value, description: &str| json!({"name": name, "in": "query", "schema": schema, "description": description});
    let header = |name: &str, description: &str| json!({"name": name, "in": "header", "schema": {"type": "string"}, "description": description});
    let text = || json!({"type": "string"});
    let count = || json!({"type": "integer", "minimum": 0});
    json!({
        "fields": query("fields", text(), "Members to answer with, separated by commas; `none` for id and href alone."),
        "sort": query("sort", text(), "Members to order by, separated by commas; `-` before one turns it round."),
        "offset": query("offset", count(), "Documents to skip."),
        "limit": query("limit", count(), "Documents to answer with at most."),
        "filter": query("filter", text(), "Conditions on one element of a list, in JSONPath (TMF630 part 6)."),
        "If-Match": header("If-Match", "Only when the document still has this ETag."),
        "If-None-Match": header("If-None-Match", "Only when the document has another ETag by now."),
    })
}

pub fn headers() -> Value {
    let header = |kind: &str, description: &str| json!({"description": description, "schema": {"type": kind}});
    json!({
        "X-Total-Count": header("integer", "Documents that match, on all pages."),
        "X-Result-Count": header("integer", "Documents in this answer."),
        "Link": header("string", "Addresses of this, the first, next, previous and last page (RFC 8288)."),
        "ETag": header("string", "Revision of the document."),
        "Location": header("string", "Address of the new document; its `href`."),
        "Retry-After": header("integer", "Seconds to wait."),
        "Allow": header("string", "Methods that are served here."),
    })
}

pub fn responses() -> Value {
    let mut all = Map::new();
    for (status, description) in [
        ("400", "The request cannot be understood; the reason names every violation."),
        ("401", "Nobody is signed in."),
        ("403", "The caller may not do this."),
        ("404", "There is no such document."),
        ("409", "The state of the document, or another document, does not allow this."),
        ("412", "The document has changed since it was read."),
        ("413", "The body is too large."),
        ("415", "The body has a media type that is not served here."),
        ("501", "The filter is well formed JSONPath that is not served (TMF630 part 6)."),
        ("default", "Something else is wrong."),
    ] {
        let content = json!({"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}});
        all.insert(status.into(), json!({"description": description, "content": content}));
    }
    Value::Object(all)
}

pub fn security() -> Value {
    json!({
        "token": {"type": "http", "scheme": "bearer", "description": "A token, made under Settings or by `hypo token create`."},
        "session": {"type": "apiKey", "in": "cookie", "name": "hypo", "description": "The session of the portal; it reads from any page of ours and changes from no other."},
    })
}
