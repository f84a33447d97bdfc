//! The tasks of TMF642.

use hypo_shared::Role;
use serde_json::{Value, json};

use super::Face;

const BASE: &str = "/tmf-api/alarmManagement/v4";

async fn raise(face: &Face, cause: &str, site: &str) -> Value {
    let alarm = json!({
        "alarmType": "environmentalAlarm", "perceivedSeverity": "major", "probableCause": cause, "state": "raised",
        "alarmedObject": {"id": site}, "sourceSystemId": "probe", "alarmRaisedTime": "2026-11-23T06:00:00Z",
    });
    face.made(&format!("{BASE}/alarm"), &alarm).await
}

async fn read(face: &Face, alarm: &Value) -> Value {
    face.get(alarm["href"].as_str().unwrap()).await.json()
}

#[tokio::test]
async fn a_task_is_done_to_the_alarms_of_its_patterns_and_no_others() {
    let face = Face::start().await;
    let (fire, flood) = (raise(&face, "fire", "site-1").await, raise(&face, "flood", "site-1").await);
    let elsewhere = raise(&face, "fire", "site-2").await;
    let task = json!({
        "ackSystemId": "noc", "ackUserId": "ada",
        "alarmPattern": [{"probableCause": "fire", "alarmedObject": {"id": "site-1"}}],
    });
    let task = face.made(&format!("{BASE}/ackAlarms"), &task).await;
    assert_eq!(task["state"], "done", "{task}");
    assert_eq!(task["ackedAlarm"][0]["id"], fire["id"]);
    assert_eq!(task["ackedAlarm"].as_array().unwrap().len(), 1);
    let now = read(&face, &fire).await;
    assert_eq!((&now["ackState"], &now["ackUserId"]), (&json!("acknowledged"), &json!("ada")));
    assert!(now["alarmChangedTime"].is_string());
    for other in [&flood, &elsewhere] {
        assert_eq!(&read(&face, other).await, other);
    }
    let clear = json!({
        "clearSystemId": "noc", "clearUserId": "ada", "alarmClearedTime": "2026-11-23T07:00:00Z",
        "alarmPattern": [{"id": fire["id"]}, {"probableCause": "flood"}],
    });
    let task = face.made(&format!("{BASE}/clearAlarms"), &clear).await;
    assert_eq!(task["clearedAlarm"].as_array().unwrap().len(), 2);
    let (fire, flood) = (read(&face, &fire).await, read(&face, &flood).await);
    assert_eq!((&fire["state"], &flood["state"]), (&json!("cleared"), &json!("cleared")));
    assert_eq!(flood["alarmClearedTime"], "2026-11-23T07:00:00Z");
}

#[tokio::test]
async fn alarms_are_put_below_another_and_taken_away_again() {
    let face = Face::start().await;
    let (root, leaf) = (raise(&face, "power", "site-1").await, raise(&face, "loss", "site-1").await);
    let group = json!({
        "sourceSystemId": "noc", "alarmChangedTime": "2026-11-23T07:00:00Z",
        "parentAlarm": {"id": root["id"]}, "correlatedAlarm": [{"id": leaf["id"]}],
    });
    let task = face.made(&format!("{BASE}/groupAlarms"), &group).await;
    assert_eq!(task["groupedAlarm"][0]["id"], leaf["id"]);
    assert_eq!(read(&face, &root).await["correlatedAlarm"][0]["id"], leaf["id"]);
    assert_eq!(read(&face, &leaf).await["parentAlarm"][0]["id"], root["id"]);
    face.made(&format!("{BASE}/unGroupAlarms"), &group).await;
    assert!(read(&face, &root).await.get("correlatedAlarm").is_none());
    assert!(read(&face, &leaf).await.get("parentAlarm").is_none());
}

#[tokio::test]
async fn nobody_touches_anothers_alarms() {
    let face = Face::start().await;
    let alarm = raise(&face, "fire", "site-1").await;
    let other = face.server.person(face.server.owner, "other", Role::DomainOwner).await;
    let comment = json!({"comment": {"comment": "mine"}, "alarmPattern": [{"id": alarm["id"]}]});
    let answer = face.ask("POST", &format!("{BASE}/commentAlarms")).json(&comment).who(Some(&other)).send().await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_eq!(answer.json()["commentedAlarm"], json!([]));
    assert_eq!(read(&face, &alarm).await, alarm);
    let group = json!({
        "sourceSystemId": "noc", "alarmChangedTime": "2026-11-23T07:00:00Z",
        "parentAlarm": {"id": alarm["id"]}, "correlatedAlarm": [],
    });
    let answer = face.ask("POST", &format!("{BASE}/groupAlarms")).json(&group).who(Some(&other)).send().await;
    assert_eq!(answer.json()["state"], "terminatedWithError", "{}", answer.text);
}
