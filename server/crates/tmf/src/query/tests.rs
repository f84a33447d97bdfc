mod examples;

use serde_json::{Value, json};

use crate::Query;

#[test]
fn filters() {
    let document = json!({
        "state": "active", "n": 5, "on": true, "zero": -0.0, "nothing": null, "version": "1.10", "number": "5",
        "at": "2026-01-01T02:00:00+02:00", "day": "2026-01-01",
        "party": [{"id": "1", "role": "owner"}, {"id": "2", "role": "user"}, null, 7],
        "tags": ["a", "b"], "deep": [[{"x": 1}], {"x": [2, [3]]}], "one": {"name": "A", "value": "B"}, "none": [],
    });
    for (raw, expected) in [
        ("state=active", true),
        ("state=Active", false),
        ("state=x,active", true),
        ("state.ne=x,active", false),
        ("state.ne=x", true),
        ("state.gt=ab", true),
        ("state.gt=activf", false),
        ("n=5.0", true),
        ("n=5e0", true),
        ("n=05", false),
        ("n=\"5\"", true),
        ("n.gt=4.5&n.lte=5", true),
        ("n.gt=x", false),
        ("n.ne=x", true),
        ("n.lt=10", true),
        ("number.lt=10", false),
        ("zero=0", true),
        ("version=1.1", false),
        ("on=true", true),
        ("on.ne=false", true),
        ("on.lt=true", false),
        ("at=2026-01-01", true),
        ("at=2026-01-01T00:00:00.000Z", true),
        ("at.gt=2025-12-31T23:59:59.999Z", true),
        ("at.ne=2026-01-01T00:00:00Z", false),
        ("day=2026-01-01T00:00:00Z", true),
        ("state.gt=2020-01-01", false),
        ("state.ne=2020-01-01", true),
        ("day.lt=abc", true),
        ("party.id=2", true),
        ("party.id=3", false),
        ("party.id=1&party.role=user", true),
        ("filter=party[?(@.id=='1' %26%26 @.role=='user')]", false),
        ("filter=party[?(@.id=='2' %26%26 @.role=='user')]", true),
        ("filter=party[?(!@.id)]", true),
        ("filter=party[?(@==7)]", true),
        ("filter=tags[?(@=='b')]", true),
        ("filter=tags[?(@!='a')]", true),
        ("filter=one[?(@.name=='A' %26%26 @.value=='B')]", true),
        ("filter=$[?(@.none)]", true),
        ("filter=none[?(!@.x)]", false),
        ("filter=$[?(@.nothing || @.absent)]", false),
        ("filter=deep[?(@.x==1)]", true),
        ("deep.x=1", false),
        ("deep.x=2", true),
        ("deep.x=3", false),
        ("tags=b", true),
        ("tags.ne=a", true),
        ("tags.regex=^[bc]$", true),
        ("state.regex=ctiv", true),
        ("state.regex=(?i)ACT", true),
        ("n.regex=5", false),
        ("absent=x", false),
        ("absent.ne=x", false),
        ("nothing.ne=x", false),
        ("nothing=null", false),
        ("one.ne=x", false),
        ("state=active&n=6", false),
        ("state=active;n=6", true),
        ("party=7", true),
        ("party=1", false),
    ] {
        assert_eq!(Query::parse(raw).unwrap().matches(&document), expected, "{raw}");
    }
}

#[test]
fn order() {
    let values = [
        ("1", json!({"v": "b", "w": {"x": 2}})),
        ("2", json!({"v": "a"})),
        ("3", json!({"v": 10})),
        ("4", json!({"v": 9.5, "w": {"x": 1}})),
        ("5", json!({})),
        ("6", json!({"v": null})),
        ("7", json!({"v": ["z"]})),
        ("8", json!({"v": true})),
        ("9", json!({"v": "2026-01-01T00:00:00+01:00"})),
        ("a", json!({"v": "2025-12-31T22:00:00Z", "w": [{"x": 0}]})),
        ("b", json!({"v": "a"})),
        ("c", json!({"v": {}})),
    ];
    for (raw, expected, total) in [
        ("", "123456789abc", 12),
        ("sort=v", "438a92b17c56", 12),
        ("sort=-v", "c71b29a83465", 12),
        ("sort=w.x,v", "4138a92b7c56", 12),
        ("sort=-v&offset=1&limit=3", "71b", 12),
        ("sort=-v&v=a", "b2", 2),
        ("offset=99", "", 12),
        ("limit=0", "", 12),
    ] {
        let query = Query::parse(raw).unwrap();
        let (found, count) = query.apply(values.to_vec(), |(_, value): &(&str, Value)| value, |(id, _)| *id);
        let ids: String = found.iter().map(|(id, _)| *id).collect();
        assert_eq!((ids.as_str(), count), (expected, total), "{raw}");
    }
}

#[test]
fn an_event_is_a_document_like_any_other() {
    let event = json!({"eventType": "ServiceOrderStateChangeEvent", "event": {"serviceOrder": {"id": "1", "state": "completed"}}});
    let query = Query::parse(
        "eventType=ServiceOrderCreateEvent,ServiceOrderStateChangeEvent&event.serviceOrder.state=completed\
         &fields=event.serviceOrder.id,eventType",
    )
    .unwrap();
    assert!(query.matches(&event));
    assert_eq!(
        query.fields.select(event),
        json!({"eventType": "ServiceOrderStateChangeEvent", "event": {"serviceOrder": {"id": "1"}}})
    );
}
