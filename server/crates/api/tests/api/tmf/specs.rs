//! The official specifications: every path, method and event of theirs is in the registry, and nothing of ours is
//! theirs under another name.

use std::collections::BTreeSet;

use hypo_tmf::{
    Method,
    registry::{FAMILIES, Holds},
};
use serde_json::Value;

use super::samples::shared;

#[test]
fn nothing_is_missing() {
    let Some(folder) = shared("tmf/specs") else { return println!("figure: HYPO_SHARED is not set, nothing compared") };
    let (mut routes, mut events, mut families) = (0, 0, 0);
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let number = &path.file_name().unwrap().to_str().unwrap()[..6];
        let spec: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let (family, rows) = FAMILIES.iter().find(|(family, _)| family.number == number).unwrap();
        assert_eq!(family.base, spec["basePath"].as_str().unwrap().trim_end_matches('/'), "{number}");
        let served: BTreeSet<(String, &str)> = rows
            .iter()
            .flat_map(|row| {
                row.methods.iter().map(|method| match method {
                    Method::List => (row.path(None), "get"),
                    Method::Create => (row.path(None), "post"),
                    Method::Get => (row.path(Some("{id}")), "get"),
                    Method::Patch => (row.path(Some("{id}")), "patch"),
                    Method::Delete => (row.path(Some("{id}")), "delete"),
                })
            })
            .collect();
        let mut raised: BTreeSet<&str> = BTreeSet::new();
        for (path, methods) in spec["paths"].as_object().unwrap() {
            if let Some(event) = path.strip_prefix("/listener/") {
                let named = rows.iter().flat_map(|row| row.events).find(|name| name.eq_ignore_ascii_case(event));
                assert!(named.is_some(), "{number} has no event {event}");
                raised.extend(named);
                events += 1;
                continue;
            }
            // The listeners of a family are no resources of the registry.
            if path == "/hub" || path == "/hub/{id}" {
                continue;
            }
            for method in methods.as_object().unwrap().keys() {
                let there = served.contains(&(format!("{}{path}", family.base), method.as_str()));
                assert!(there, "{number} does not serve {method} {path}");
                routes += 1;
            }
        }
        for event in rows.iter().flat_map(|row| row.events) {
            assert!(raised.contains(event), "{number}: {event} is not the specification's");
        }
        families += 1;
    }
    println!("figure: {families} specifications, {routes} routes and {events} events, none missing");
    assert!(routes > 150 && events > 100, "{routes} {events}");
}

#[test]
fn what_lies_below_a_topic_is_told_apart() {
    let below: Vec<_> = FAMILIES
        .iter()
        .flat_map(|(_, rows)| rows.iter())
        .filter(|row| row.parent.is_some_and(|parent| parent.holds == Holds::Events))
        .map(|row| row.collection)
        .collect();
    assert_eq!(below, ["event", "hub"]);
}
