//! TMF688 topics and their events, and lists of listeners.

use serde_json::{Value, json};

use crate::tmf::{Face, refused};

const TOPIC: &str = "/tmf-api/event/v4/topic";
const HUB: &str = "/tmf-api/serviceOrdering/v4/hub";

async fn topic(face: &Face) -> String {
    let made = face.made(TOPIC, &json!({"name": "t", "headerQuery": "?eventType=AlarmCreateEvent"})).await;
    format!("{TOPIC}/{}", made["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_topic_that_cannot_be_read_is_not_stored() {
    let face = Face::start().await;
    for (name, query) in [
        ("headerQuery", json!("a..b=1")),
        ("headerQuery", json!(5)),
        ("contentQuery", json!({"a": 1})),
        ("contentQuery", json!("limit=1")),
        ("contentQuery", json!("%6Cimit=1")),
    ] {
        let answer = face.ask("POST", TOPIC).json(&json!({"name": "t", name: query})).send().await;
        assert!(refused(&answer, 400).contains(name), "{}", answer.text);
    }
    assert_eq!(face.get(TOPIC).await.json(), json!([]));
    face.made(TOPIC, &json!({"name": "t", "headerQuery": null, "contentQuery": "event.alarm.id=1"})).await;
}

#[tokio::test]
async fn events_of_a_topic_are_selected_like_documents() {
    let face = Face::start().await;
    let topic = topic(&face).await;
    let event = json!({"eventType": "AlarmCreateEvent", "title": "t", "event": {"alarm": {"id": "7"}}});
    let made = face.made(&format!("{topic}/event"), &event).await;
    let all = face.get(&format!("{topic}/event?fields=title,eventType")).await.json();
    let expected = json!({"id": made["id"], "href": made["href"], "title": "t", "eventType": "AlarmCreateEvent"});
    assert_eq!(all, json!([expected]));
    let one = format!("{topic}/event/{}", made["id"].as_str().unwrap());
    assert_eq!(face.get(&format!("{one}?fields=title,eventType")).await.json(), expected);
    assert_eq!(face.get(&one).await.json(), made);
    refused(&face.get(&format!("{one}?a..b=1")).await, 400);
    let sorted = face.get(&format!("{topic}/event/?sort=-title&limit=1")).await;
    assert_eq!((sorted.status.as_u16(), sorted.headers["x-total-count"].to_str().unwrap()), (200, "1"));
}

#[tokio::test]
async fn an_unknown_topic_is_unknown_to_all() {
    let face = Face::start().await;
    for id in ["UNKNOWN".to_owned(), uuid::Uuid::now_v7().to_string()] {
        for path in [format!("{TOPIC}/{id}/hub"), format!("{TOPIC}/{id}/event"), format!("{TOPIC}/{id}/hub/7")] {
            refused(&face.get(&path).await, 404);
        }
    }
    let topic = topic(&face).await;
    assert_eq!(face.get(&format!("{topic}/hub")).await.json(), json!([]));
}

#[tokio::test]
async fn a_published_event_keeps_its_id_and_time() {
    let face = Face::start().await;
    let path = format!("{}/event", topic(&face).await);
    let sent =
        json!({"eventType": "AlarmCreateEvent", "eventId": "theirs-1", "eventTime": "2026-01-02T03:04:05+01:00"});
    let made = face.made(&path, &sent).await;
    let read = face.get(made["href"].as_str().unwrap()).await.json();
    for shown in [&made, &read, &face.get(&path).await.json()[0]] {
        assert_eq!((&shown["eventId"], &shown["eventTime"]), (&sent["eventId"], &sent["eventTime"]), "{shown}");
        assert_eq!(shown["id"], made["id"]);
    }
    let made = face.made(&path, &json!({"eventType": "AlarmCreateEvent"})).await;
    assert_eq!(made["eventId"], made["id"], "what is missing is set here");
    assert!(made["eventTime"].is_string());
    for (name, value) in [
        ("eventTime", json!("bad")),
        ("eventTime", json!("2026-01-02")),
        ("eventTime", json!(7)),
        ("eventId", json!(7)),
        ("eventId", json!("")),
    ] {
        let answer = face.ask("POST", &path).json(&json!({"eventType": "AlarmCreateEvent", name: value})).send().await;
        assert!(refused(&answer, 400).contains(name), "{}", answer.text);
    }
}

#[tokio::test]
async fn listeners_are_a_list_like_others() {
    let face = Face::start().await;
    for n in 0..5 {
        let body = json!({"callback": format!("https://x.test/{n}"), "query": "?eventType=ServiceOrderCreateEvent"});
        face.made(HUB, &body).await;
    }
    let get = async |query: &str| face.get(&format!("{HUB}/?{query}")).await;
    let callbacks = |list: &Value| {
        let all = list.as_array().unwrap().iter();
        all.map(|hub| hub["callback"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()).collect::<String>()
    };
    assert_eq!(callbacks(&get("").await.json()), "01234");
    let page = get("limit=2&offset=1").await;
    assert_eq!((page.status.as_u16(), callbacks(&page.json())), (206, "12".to_owned()));
    assert_eq!(
        (page.headers["x-total-count"].to_str().unwrap(), page.headers["x-result-count"].to_str().unwrap()),
        ("5", "2")
    );
    assert!(page.headers["link"].to_str().unwrap().contains("/v4/hub?offset=3&limit=2>; rel=\"next\""));
    assert_eq!(callbacks(&get("callback=https://x.test/3").await.json()), "3");
    assert_eq!(get("callback=x").await.json(), json!([]));
    assert_eq!(callbacks(&get("sort=-callback&limit=2").await.json()), "43");
    let trimmed = get("fields=query&limit=1").await.json();
    assert_eq!(trimmed[0]["query"], "?eventType=ServiceOrderCreateEvent");
    assert!(trimmed[0]["callback"].is_null() && trimmed[0]["id"].is_string());
    for query in ["a..b=1", "limit=x", "limit=-1"] {
        refused(&get(query).await, 400);
    }
    let one = format!("{HUB}/{}?fields=callback", trimmed[0]["id"].as_str().unwrap());
    let one = face.get(&one).await.json();
    assert!(one["query"].is_null() && one["callback"].is_string(), "{one}");
}

#[tokio::test]
async fn listeners_of_an_api_are_limited() {
    let face = Face::start().await;
    for n in 0..100 {
        face.made(HUB, &json!({"callback": format!("https://x.test/{n}")})).await;
    }
    let more = json!({"callback": "https://x.test/more"});
    let answer = face.ask("POST", HUB).json(&more).send().await;
    assert!(refused(&answer, 409).contains("at most 100 listeners"), "{}", answer.text);
    face.made("/tmf-api/serviceInventory/v4/hub", &more).await;
}
