//! The examples of `docs/tmf630.md`.

use serde_json::Value;

use crate::Query;

const PAGE: &str = include_str!("../../../../../../docs/tmf630.md");

/// Lines of the code blocks of a kind.
fn blocks(kind: &str) -> Vec<&'static str> {
    let opening = format!("```{kind}\n");
    let blocks = PAGE.split(opening.as_str()).skip(1).filter_map(|rest| rest.split("```").next());
    blocks.flat_map(str::lines).collect()
}

#[test]
fn each_example_finds_what_the_page_says() {
    let documents: Vec<Value> = serde_json::from_str(&blocks("json").join("\n")).unwrap();
    let examples = blocks("tmf630");
    assert!(examples.len() > 40, "{}", examples.len());
    for line in examples {
        let (raw, expected) = line.split_once('→').unwrap();
        let raw = raw.trim().replace(' ', "%20");
        let query = Query::parse(&raw).unwrap_or_else(|problem| panic!("{raw}: {problem}"));
        let id = |document: &Value| document["id"].as_str().unwrap().to_owned();
        let (found, _) = query.apply(documents.clone(), |document| document, id);
        assert_eq!(found.iter().map(id).collect::<Vec<_>>().join(" "), expected.trim(), "{line}");
    }
}

#[test]
fn each_refusal_has_the_status_the_page_says() {
    let refusals = blocks("tmf630-refused");
    assert!(refusals.len() > 10);
    for line in refusals {
        let (status, raw) = line.split_once(' ').unwrap();
        let problem = Query::parse(raw).expect_err(raw);
        assert_eq!(problem.status.to_string(), status, "{line}");
    }
}
