//! TMF630 part 1, the rules about HTTP, one test per section.

use serde_json::json;

use super::{Face, refused};

const PARTY: &str = "/tmf-api/party/v4/individual";
const SPECIFICATION: &str = "/tmf-api/serviceCatalogManagement/v4/serviceSpecification";
const SERVICE: &str = "/tmf-api/serviceInventory/v4/service";

#[tokio::test]
async fn create() {
    let face = Face::start().await;
    let sent = json!({
        "id": "mine", "href": "http://elsewhere/1", "givenName": "Ada", "familyName": "Lovelace", "x-own": [1, {"b": 1.50}],
        "gone": null, "@type": "Individual", "@schemaLocation": "http://schemas/x.json",
    });
    let answer = face.ask("POST", PARTY).json(&sent).send().await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let made = answer.json();
    let id = made["id"].as_str().unwrap();
    assert!(id.parse::<uuid::Uuid>().is_ok(), "the server makes ids");
    assert_eq!(made["href"], format!("{PARTY}/{id}"));
    assert_eq!(answer.headers["location"], made["href"].as_str().unwrap());
    assert_eq!(answer.headers["etag"], "\"1\"");
    assert_eq!((&made["x-own"], &made["@schemaLocation"]), (&sent["x-own"], &sent["@schemaLocation"]));
    assert!(made.get("gone").is_none(), "no null members");
    assert_eq!(face.get(&format!("{PARTY}/{id}")).await.json(), made);
    let none = face.ask("POST", &format!("{PARTY}?fields=none")).json(&sent).send().await.json();
    assert_eq!(none.as_object().unwrap().keys().collect::<Vec<_>>(), ["id", "href"]);
    let bare = face.made("/tmf-api/geographicSiteManagement/v4/geographicSite", &json!({})).await;
    assert_eq!(bare["@type"], "GeographicSite");
}

#[tokio::test]
async fn create_refuses_with_every_violation() {
    let face = Face::start().await;
    let post = async |path: &str, body: &str| {
        face.ask("POST", path).header("content-type", "application/json").body(body).send().await
    };
    assert_eq!(refused(&post(PARTY, "{}").await, 400), "givenName is required; familyName is required");
    for body in ["", "{", "[]", "1", "\u{feff}{}", r#"{"givenName":"a","familyName":"b","n":12345678901234567890123}"#]
    {
        refused(&post(PARTY, body).await, 400);
    }
    let reason = refused(&post(SERVICE, r#"{"state":"ended","serviceSpecification":{},"endDate":"x"}"#).await, 400);
    for part in [
        "endDate must be a date",
        "state \"ended\" is none of feasibilityChecked",
        "serviceSpecification.id is required",
    ] {
        assert!(reason.contains(part), "{reason}");
    }
    let large = format!("{{\"givenName\":\"{}\"}}", "x".repeat(1 << 20));
    refused(&post(PARTY, &large).await, 413);
}

#[tokio::test]
async fn numbers_are_kept_as_they_are() {
    let face = Face::start().await;
    let body = r#"{"givenName":"a","familyName":"b","n":[1.50,100.0,0.1,9007199254740993,-0.0,1e2]}"#;
    let answer = face.ask("POST", PARTY).header("content-type", "application/json").body(body).send().await;
    assert_eq!(answer.json()["n"][3].as_i64(), Some(9_007_199_254_740_993));
    assert_eq!(answer.json()["n"][2].as_f64(), Some(0.1));
}

#[tokio::test]
async fn what_the_server_sets_is_the_servers() {
    let face = Face::start().await;
    let made = face.made(SPECIFICATION, &json!({"name": "s", "lastUpdate": "1999-01-01T00:00:00Z"})).await;
    let stamp = made["lastUpdate"].as_str().unwrap();
    assert!(stamp.ends_with('Z') && stamp.len() == "2026-11-22T10:00:00.000Z".len(), "{stamp}");
    assert_eq!((&made["lifecycleStatus"], &made["isBundle"]), (&json!("In Study"), &json!(false)));
    let found = face.get(&format!("{SPECIFICATION}?lastUpdate={stamp}")).await.json();
    assert_eq!(found[0]["id"], made["id"], "what was emitted is found again");
    let item = json!({"id": "1", "action": "add", "service": {"serviceSpecification": {"id": "nobody's"}}});
    let order = json!({"serviceOrderItem": [item], "state": "completed", "orderDate": "1999-01-01"});
    let order = face.made("/tmf-api/serviceOrdering/v4/serviceOrder", &order).await;
    assert_eq!(order["state"], "rejected", "accepted, then rejected");
    assert!(order["serviceOrderItem"][0]["errorMessage"][0]["reason"].as_str().unwrap().contains("nobody's"));
    assert_ne!(order["orderDate"], "1999-01-01");
}

#[tokio::test]
async fn reading() {
    let face = Face::start().await;
    let made = face.made(PARTY, &json!({"givenName": "Ada", "familyName": "L", "title": "Countess"})).await;
    let path = made["href"].as_str().unwrap();
    let trimmed = face.get(&format!("{path}?fields=title,unknown")).await.json();
    assert_eq!(trimmed.as_object().unwrap().keys().collect::<Vec<_>>(), ["id", "href", "title"]);
    for path in [
        &format!("{PARTY}/not-an-id"),
        &format!("{PARTY}/{}", uuid::Uuid::nil()),
        "/tmf-api/party/v4/nobody",
        "/tmf-api",
        "/tmf-api/x",
    ] {
        refused(&face.get(path).await, 404);
    }
    let list = face.get(PARTY).await;
    assert_eq!((list.status.as_u16(), list.json().as_array().unwrap().len()), (200, 1));
    assert_eq!(
        (&list.headers["x-total-count"], &list.headers["x-result-count"]),
        (&"1".parse().unwrap(), &"1".parse().unwrap())
    );
    assert_eq!(face.ask("HEAD", path).send().await.status, 200);
}

#[tokio::test]
async fn pages() {
    let face = Face::start().await;
    for number in 0..5 {
        face.made(PARTY, &json!({"givenName": format!("g{number}"), "familyName": "F"})).await;
    }
    let page = face.get(&format!("{PARTY}?familyName=F&offset=2&limit=2")).await;
    assert_eq!((page.status.as_u16(), page.json().as_array().unwrap().len()), (206, 2));
    assert_eq!(page.headers["x-total-count"], "5");
    let link = page.headers["link"].to_str().unwrap();
    for rel in ["self", "first", "next", "prev", "last"] {
        assert!(link.contains(&format!("rel=\"{rel}\"")), "{link}");
    }
    assert_eq!(face.get(&format!("{PARTY}?limit=9")).await.status, 200, "the whole is no page");
    let beyond = face.get(&format!("{PARTY}?offset=50")).await;
    assert_eq!((beyond.json(), &beyond.headers["x-total-count"]), (json!([]), &"5".parse().unwrap()));
    for bad in ["limit=-1", "offset=x", "limit=1.5"] {
        refused(&face.get(&format!("{PARTY}?{bad}")).await, 400);
    }
}

#[tokio::test]
async fn merge_patch() {
    let face = Face::start().await;
    let made = face.made(PARTY, &json!({"givenName": "Ada", "familyName": "L", "title": "C", "skill": [{"skillName": "a"}, {"skillName": "b"}]})).await;
    let path = made["href"].as_str().unwrap();
    for media in ["application/merge-patch+json", "application/json", "application/json; charset=utf-8"] {
        let body =
            json!({"title": null, "skill": [{"skillName": media}], "id": made["id"], "href": made["href"]}).to_string();
        let answer = face.ask("PATCH", path).header("content-type", media).body(&body).send().await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let now = answer.json();
        assert!(now.get("title").is_none(), "null deletes");
        assert_eq!(
            (&now["skill"], &now["familyName"]),
            (&json!([{"skillName": media}]), &json!("L")),
            "lists are replaced whole"
        );
    }
    let patch = async |body: &str| {
        face.ask("PATCH", path).header("content-type", "application/merge-patch+json").body(body).send().await
    };
    assert!(refused(&patch(r#"{"id": "other"}"#).await, 400).contains("id cannot be changed"));
    assert!(refused(&patch(r#"{"@type": "Other"}"#).await, 400).contains("@type cannot be changed"));
    assert!(refused(&patch(r#"{"familyName": null}"#).await, 400).contains("familyName cannot be removed"));
    for body in ["", "[]", "{"] {
        refused(&patch(body).await, 400);
    }
    let elsewhere = format!("{PARTY}/{}", uuid::Uuid::nil());
    refused(&face.ask("PATCH", &elsewhere).json(&json!({})).send().await, 404);
}

#[tokio::test]
async fn json_patch_is_atomic() {
    let face = Face::start().await;
    let made = face.made(PARTY, &json!({"givenName": "Ada", "familyName": "L", "skill": [{"skillName": "a"}]})).await;
    let path = made["href"].as_str().unwrap();
    let patch = async |body: serde_json::Value| {
        face.ask("PATCH", path)
            .header("content-type", "application/json-patch+json")
            .body(&body.to_string())
            .send()
            .await
    };
    let answer = patch(json!([
        {"op": "test", "path": "/givenName", "value": "Ada"},
        {"op": "add", "path": "/skill/-", "value": {"skillName": "b"}},
        {"op": "replace", "path": "/givenName", "value": "Augusta"},
    ]))
    .await;
    assert_eq!((answer.status.as_u16(), &answer.json()["givenName"]), (200, &json!("Augusta")));
    let half = json!([{"op": "replace", "path": "/givenName", "value": "X"}, {"op": "test", "path": "/familyName", "value": "M"}]);
    refused(&patch(half).await, 409);
    refused(&patch(json!([{"op": "replace", "path": "/id", "value": "X"}])).await, 400);
    refused(&patch(json!([{"op": "remove", "path": "/nothing"}])).await, 400);
    let now = face.get(path).await.json();
    assert_eq!((&now["givenName"], &now["skill"][1]["skillName"]), (&json!("Augusta"), &json!("b")), "all or nothing");
}

#[tokio::test]
async fn other_media_types_and_methods() {
    let face = Face::start().await;
    let made = face.made(PARTY, &json!({"givenName": "Ada", "familyName": "L"})).await;
    let path = made["href"].as_str().unwrap();
    for media in ["text/plain", "application/json-patch-query+json", ""] {
        let answer = face.ask("PATCH", path).header("content-type", media).body("{}").send().await;
        refused(&answer, 415);
        assert!(answer.headers["accept-patch"].to_str().unwrap().contains("application/merge-patch+json"));
    }
    refused(&face.ask("POST", PARTY).header("content-type", "text/xml").body("<a/>").send().await, 415);
    let put = face.ask("PUT", path).json(&json!({})).send().await;
    refused(&put, 405);
    assert_eq!(put.headers["allow"], "GET, HEAD, PATCH, DELETE");
    let delete = face.ask("DELETE", PARTY).send().await;
    refused(&delete, 405);
    assert_eq!(delete.headers["allow"], "GET, HEAD, POST");
    refused(
        &face.ask("POST", "/tmf-api/ServiceActivationAndConfiguration/v4/monitor").json(&json!({})).send().await,
        405,
    );
    refused(&face.ask("GET", path).header("accept", "application/xml").send().await, 406);
    let anonymous = face.ask("GET", path).who(None).send().await;
    refused(&anonymous, 401);
    assert_eq!(anonymous.headers["www-authenticate"], "Bearer");
}

#[tokio::test]
async fn concurrency() {
    let face = Face::start().await;
    let made = face.made(PARTY, &json!({"givenName": "Ada", "familyName": "L"})).await;
    let path = made["href"].as_str().unwrap();
    let first = face.get(path).await;
    assert_eq!(first.headers["etag"], "\"1\"");
    let known = face.ask("GET", path).header("if-none-match", "\"1\"").send().await;
    assert_eq!(
        (known.status.as_u16(), known.text.as_str(), &known.headers["etag"]),
        (304, "", &"\"1\"".parse().unwrap())
    );
    let patch =
        |tag: &str, title: &str| face.ask("PATCH", path).json(&json!({"title": title})).header("if-match", tag).send();
    let changed = patch("\"1\"", "a").await;
    assert_eq!((changed.status.as_u16(), &changed.headers["etag"]), (200, &"\"2\"".parse().unwrap()));
    refused(&patch("\"1\"", "b").await, 412);
    refused(&patch("W/\"2\"", "b").await, 412);
    assert_eq!(patch("\"9\", \"2\"", "b").await.status, 200);
    assert_eq!(patch("*", "c").await.status, 200);
    refused(&face.ask("DELETE", path).header("if-match", "\"2\"").send().await, 412);
    let same = face.ask("PATCH", path).json(&json!({"title": "c"})).send().await;
    assert_eq!(same.headers["etag"], "\"4\"", "nothing changed, no new revision");
    assert_eq!(face.ask("DELETE", path).header("if-match", "\"4\"").send().await.status, 204);
}

#[tokio::test]
async fn delete() {
    let face = Face::start().await;
    let made = face.made(SPECIFICATION, &json!({"name": "s"})).await;
    let path = made["href"].as_str().unwrap();
    let service = json!({"state": "inactive", "serviceSpecification": {"id": made["id"]}});
    let service = face.made(SERVICE, &service).await;
    assert!(refused(&face.ask("DELETE", path).send().await, 409).contains("service"), "still referred to");
    let service = service["href"].as_str().unwrap();
    let gone = face.ask("DELETE", service).send().await;
    assert_eq!((gone.status.as_u16(), gone.text.as_str()), (204, ""));
    refused(&face.get(service).await, 404);
    refused(&face.ask("DELETE", service).send().await, 404);
    assert_eq!(face.ask("DELETE", path).send().await.status, 204);
    let items = json!([{"id": "1", "action": "add"}]);
    let order = face.made("/tmf-api/resourceOrdering/v4/resourceOrder", &json!({"orderItem": items})).await;
    assert!(refused(&face.ask("DELETE", order["href"].as_str().unwrap()).send().await, 409).contains("acknowledged"));
}

#[tokio::test]
async fn a_request_sent_twice_is_done_once() {
    let face = Face::start().await;
    let body = json!({"givenName": "Ada", "familyName": "L"});
    let post =
        |key: &str, body: &serde_json::Value| face.ask("POST", PARTY).json(body).header("idempotency-key", key).send();
    let (first, second) = (post("k", &body).await, post("k", &body).await);
    assert_eq!((first.status, second.status), (second.status, first.status));
    assert_eq!(first.json()["id"], second.json()["id"]);
    assert_ne!(post("l", &body).await.json()["id"], first.json()["id"]);
    refused(&post("k", &json!({"givenName": "Eve", "familyName": "L"})).await, 409);
    let order = json!({"externalId": "erp-1", "productOrderItem": [{"id": "1", "action": "add"}]});
    let orders = "/tmf-api/productOrderingManagement/v4/productOrder";
    face.made(orders, &order).await;
    assert!(refused(&face.ask("POST", orders).json(&order).send().await, 409).contains("erp-1"));
}

#[tokio::test]
async fn sub_addresses_are_read_from_their_address() {
    let face = Face::start().await;
    let base = "/tmf-api/geographicAddressManagement/v4/geographicAddress";
    let sub = json!([{"id": "a", "name": "ground floor"}, {"name": "attic"}]);
    let made = face.made(base, &json!({"city": "Athens", "geographicSubAddress": sub})).await;
    let path = format!("{}/geographicSubAddress", made["href"].as_str().unwrap());
    let list = face.get(&path).await;
    assert_eq!(
        (list.json()[0]["href"].as_str(), &list.headers["x-total-count"]),
        (Some(format!("{path}/a").as_str()), &"2".parse().unwrap())
    );
    assert_eq!(face.get(&format!("{path}/2")).await.json()["name"], "attic");
    assert_eq!(face.get(&format!("{path}?name=attic")).await.json()[0]["id"], "2");
    refused(&face.get(&format!("{path}/3")).await, 404);
    refused(&face.ask("POST", &path).json(&json!({})).send().await, 405);
}

#[tokio::test]
async fn an_order_speaks_the_dialect_it_was_placed_in() {
    let face = Face::start().await;
    let base = "/tmf-api/serviceOrdering/v4/serviceOrder";
    let item = json!({"id": "1", "action": "add", "service": {"serviceSpecification": {"id": "12"}}});
    let made = face.made(base, &json!({"orderItem": [item]})).await;
    assert!(made.get("serviceOrderItem").is_none() && made["orderItem"][0]["id"] == "1");
    assert!(face.get(made["href"].as_str().unwrap()).await.json()["orderItem"].is_array());
    let open =
        face.ask("POST", base).json(&json!({"orderItem": [item]})).header("x-hypo-dialect", "openslice").send().await;
    assert_eq!((open.status.as_u16(), &open.json()["state"]), (200, &json!("REJECTED")));
    let without =
        json!({"orderItem": [{"id": "1", "action": "add", "service": {"serviceSpecification": {"name": "x"}}}]});
    assert!(
        refused(&face.ask("POST", base).json(&without).send().await, 400)
            .contains("serviceSpecification.id is required")
    );
}

#[tokio::test]
async fn a_list_gives_the_documents_as_they_are_given_alone() {
    let face = Face::start().await;
    let orders = "/tmf-api/serviceOrdering/v4/serviceOrder";
    let item = json!({"id": "1", "action": "add", "service": {"serviceSpecification": {"id": "12"}}});
    // Sent as stored: nothing of it would change. The words of a dialect and notes of ours do change.
    let plain = r#"{"name":"n","note":[null,{"hypo:x":"\u0007 ü😀 \\ \"]"}],"n":[1.50,1e300,-0.0,9007199254740993,18446744073709551615]}"#;
    let sent = [
        (SERVICE, json!({"state": "active", "serviceSpecification": {"id": "s"}, "name": "null"})),
        (SPECIFICATION, serde_json::from_str(plain).unwrap()),
        (SPECIFICATION, json!({"name": "none", "hypo:dialect": "x", "gone": null})),
        (orders, json!({"orderItem": [item]})),
        (orders, json!({"serviceOrderItem": [item]})),
    ];
    for (path, body) in &sent {
        face.made(path, body).await;
    }
    let activation = "/tmf-api/ServiceActivationAndConfiguration/v4/service";
    for path in [SERVICE, SPECIFICATION, orders, activation] {
        for (query, dialect) in [("", "official"), ("", "openslice"), ("?fields=name,state", "official")] {
            let get = |path: String| face.ask("GET", &path).header("x-hypo-dialect", dialect).send();
            let list = get(format!("{path}{query}")).await;
            assert_eq!(list.headers["content-type"], "application/json");
            let ids: Vec<String> =
                list.json().as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
            assert!(!ids.is_empty(), "{path}");
            let mut alone = Vec::new();
            for id in ids {
                alone.push(get(format!("{path}/{id}{query}")).await.text);
            }
            assert_eq!(list.text, format!("[{}]", alone.join(",")), "{path}{query} {dialect}");
        }
    }
    assert_eq!(face.get(&format!("{PARTY}?limit=3")).await.text, "[]");
}
