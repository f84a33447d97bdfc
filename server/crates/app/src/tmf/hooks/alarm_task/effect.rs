//! Which alarms a task names and what it does to one (TMF642 4.0, task resources).

use hypo_tmf::{
    Resource,
    query::{Filter, Path},
};
use serde_json::{Value, json};
use uuid::Uuid;

/// The tasks, and the member that tells which alarms one has been done to.
const RESULTS: [(&str, &str); 6] = [
    ("ackAlarms", "ackedAlarm"),
    ("unAckAlarms", "unAckedAlarm"),
    ("clearAlarms", "clearedAlarm"),
    ("commentAlarms", "commentedAlarm"),
    ("groupAlarms", "groupedAlarm"),
    ("unGroupAlarms", "unGroupedAlarm"),
];

/// Whether the kind is such a task.
pub fn is_task(kind: &str) -> bool {
    RESULTS.iter().any(|(task, _)| *task == kind)
}

/// The member for the alarms it has been done to.
pub fn result(kind: &str) -> &'static str {
    RESULTS.iter().find(|(task, _)| *task == kind).map_or("alarm", |(_, member)| member)
}

/// A filter that lets all alarms through that the task names, and perhaps others.
pub fn named(task: &Value) -> Filter {
    match task["alarmPattern"].as_array() {
        Some(patterns) => Filter::Or(patterns.iter().map(alike).collect()),
        None => one_of(task["correlatedAlarm"].as_array().into_iter().flatten()),
    }
}

/// The alarms of these references.
pub fn one_of<'a>(references: impl IntoIterator<Item = &'a Value>) -> Filter {
    let ids = references.into_iter().filter_map(|reference| reference["id"].as_str());
    Filter::Or(ids.filter_map(|id| Some(Filter::equals(Path::parse("id").ok()?, id))).collect())
}

fn alike(pattern: &Value) -> Filter {
    let texts = members(pattern).filter_map(|(name, value)| Some((Path::parse(name).ok()?, value.as_str()?)));
    Filter::And(texts.map(|(path, text)| Filter::equals(path, text)).collect())
}

/// Whether the task names the alarm: all attributes of one of its patterns are equal to the alarm's. Without patterns
/// it names alarms by reference.
pub fn is_named(task: &Value, alarm: &Value) -> bool {
    let Some(patterns) = task["alarmPattern"].as_array() else { return true };
    let alike = |pattern: &Value| members(pattern).all(|(name, value)| alarm.get(name) == Some(value));
    patterns.iter().any(|pattern| pattern.is_object() && alike(pattern))
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// The alarm after the task.
pub fn done_to(kind: &str, task: &Value, alarm: &Value) -> Value {
    let mut next = alarm.clone();
    match kind {
        "ackAlarms" => acknowledge(task, &mut next, "acknowledged"),
        "unAckAlarms" => acknowledge(task, &mut next, "unacknowledged"),
        "clearAlarms" => {
            next["state"] = json!("cleared");
            take_over(task, &mut next, &["alarmClearedTime", "clearSystemId", "clearUserId"]);
        }
        "commentAlarms" => add(&mut next, "comment", &task["comment"]),
        "groupAlarms" => add(&mut next, "parentAlarm", &task["parentAlarm"]),
        "unGroupAlarms" => remove(&mut next, "parentAlarm", &task["parentAlarm"]),
        _ => {}
    }
    next
}

/// The parent alarm after alarms were put below it or taken away.
pub fn above(kind: &str, parent: &Value, alarms: &[Value]) -> Value {
    let mut next = parent.clone();
    for alarm in alarms {
        match kind {
            "groupAlarms" => add(&mut next, "correlatedAlarm", alarm),
            _ => remove(&mut next, "correlatedAlarm", alarm),
        }
    }
    next
}

/// A reference to an alarm.
pub fn reference(alarms: &Resource, id: Uuid) -> Value {
    let id = id.to_string();
    json!({"id": id, "href": alarms.path(Some(&id)), "@referredType": alarms.type_name})
}

fn acknowledge(task: &Value, alarm: &mut Value, state: &str) {
    alarm["ackState"] = json!(state);
    take_over(task, alarm, &["ackSystemId", "ackUserId"]);
}

fn take_over(task: &Value, alarm: &mut Value, names: &[&str]) {
    for name in names {
        if let Some(value) = task.get(name) {
            alarm[*name] = value.clone();
        }
    }
}

/// One more element, unless the same alarm is there.
fn add(alarm: &mut Value, member: &str, element: &Value) {
    let known = alarm[member].as_array();
    if known.is_some_and(|known| known.iter().any(|one| is_same(one, element))) {
        return;
    }
    match alarm[member].as_array_mut() {
        Some(known) => known.push(element.clone()),
        None => alarm[member] = json!([element]),
    }
}

fn remove(alarm: &mut Value, member: &str, element: &Value) {
    let Some(known) = alarm[member].as_array_mut() else { return };
    known.retain(|one| !is_same(one, element));
    if known.is_empty()
        && let Some(members) = alarm.as_object_mut()
    {
        members.shift_remove(member);
    }
}

/// References to one alarm, whatever else they say; what has no id is never the same.
fn is_same(one: &Value, other: &Value) -> bool {
    one["id"].is_string() && one["id"] == other["id"]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alarm() -> Value {
        json!({"id": "a", "state": "raised", "probableCause": "fire", "alarmedObject": {"id": "site-1"}})
    }

    #[test]
    fn an_alarm_is_named_by_all_attributes_of_one_pattern() {
        let task = |patterns: Value| json!({"alarmPattern": patterns});
        let fire = json!({"probableCause": "fire"});
        let elsewhere = json!({"probableCause": "fire", "alarmedObject": {"id": "site-2"}});
        let here = json!({"alarmedObject": {"id": "site-1"}});
        assert!(is_named(&task(json!([fire])), &alarm()));
        assert!(!is_named(&task(json!([elsewhere])), &alarm()));
        assert!(is_named(&task(json!([elsewhere, here])), &alarm()));
        assert!(!is_named(&task(json!([])), &alarm()), "no pattern, no alarm");
        assert!(!is_named(&task(json!(["fire"])), &alarm()), "a text is no pattern");
        for one in [json!([fire]), json!([elsewhere, here])] {
            assert!(named(&task(one)).matches(&alarm()), "what is named passes the filter");
        }
    }

    #[test]
    fn each_task_does_what_it_says() {
        let ack = json!({"ackSystemId": "noc", "ackUserId": "ada"});
        let known = done_to("ackAlarms", &ack, &alarm());
        assert_eq!((&known["ackState"], &known["ackUserId"]), (&json!("acknowledged"), &json!("ada")));
        assert_eq!(done_to("unAckAlarms", &ack, &known)["ackState"], "unacknowledged");
        let cleared = done_to("clearAlarms", &json!({"alarmClearedTime": "t", "clearUserId": "ada"}), &alarm());
        assert_eq!((&cleared["state"], &cleared["alarmClearedTime"]), (&json!("cleared"), &json!("t")));
        let comment = json!({"comment": {"comment": "on it"}});
        let said = done_to("commentAlarms", &comment, &done_to("commentAlarms", &comment, &alarm()));
        assert_eq!(said["comment"], json!([{"comment": "on it"}, {"comment": "on it"}]));
        let parent = json!({"parentAlarm": {"id": "p"}});
        let below = done_to("groupAlarms", &parent, &done_to("groupAlarms", &parent, &alarm()));
        assert_eq!(below["parentAlarm"], json!([{"id": "p"}]));
        assert_eq!(done_to("unGroupAlarms", &parent, &below), alarm());
        let above_it = above("groupAlarms", &alarm(), &[json!({"id": "x"}), json!({"id": "y"})]);
        assert_eq!(above("unGroupAlarms", &above_it, &[json!({"id": "x"})])["correlatedAlarm"], json!([{"id": "y"}]));
    }
}
