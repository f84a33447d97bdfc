//! What a run sent and what came back, from the events schemathesis writes down (`--report ndjson`): one JSON object a
//! line with one member, the name of the event. Its own verdict is not used: it counts every GraphQL error of a resolver
//! as one of the server, a refusal of a permission too.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead, BufReader, Read},
    path::Path,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;

use crate::shell::Outcome;

/// Characters of a request or an answer that are shown.
const SHOWN: usize = 300;

/// What is in a report.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Requests that were answered.
    pub answered: u64,
    /// Of these the ones that did what was asked (2xx, and GraphQL without an error).
    pub accepted: u64,
    /// Operations that were asked for.
    pub operations: BTreeMap<String, u64>,
    /// Server errors, requests without an answer, and what the tool could not do.
    pub wrong: Vec<String>,
    /// Operations the document has.
    selected: u64,
    /// Whether the run came to its end.
    ended: bool,
}

impl Report {
    /// Reads a report; `whole` says that every operation must have answered.
    pub fn read(path: &Path, whole: bool) -> Outcome<Self> {
        Self::of(File::open(path).map_err(|error| format!("it wrote no report: {error}"))?, whole)
    }

    fn of(text: impl Read, whole: bool) -> Outcome<Self> {
        let mut report = Self::default();
        for line in BufReader::new(text).lines() {
            let event: Value = serde_json::from_str(&line?)?;
            let Some((name, told)) = event.as_object().and_then(|event| event.iter().next()) else { continue };
            match name.as_str() {
                "LoadingFinished" => {
                    report.selected = told["statistic"]["operations"]["selected"].as_u64().unwrap_or(0);
                }
                "ScenarioFinished" => report.scenario(&told["recorder"]),
                "NonFatalError" => report.wrong.push(format!("{}: {}", word(&told["label"]), told["value"])),
                "FatalError" => report.wrong.push(format!("the tool gave up: {}", told["exception"])),
                "Interrupted" => report.wrong.push("the tool was interrupted".to_owned()),
                "EngineFinished" => report.ended = true,
                _ => {}
            }
        }
        if !report.ended {
            report.wrong.push("the report has no end".to_owned());
        }
        let reached = report.operations.len() as u64;
        if reached == 0 || (whole && reached < report.selected) {
            report.wrong.push(format!("{reached} of {} operations answered", report.selected));
        }
        Ok(report)
    }

    fn scenario(&mut self, recorder: &Value) {
        let operation = word(&recorder["label"]);
        for interaction in recorder["interactions"].as_object().into_iter().flat_map(|all| all.values()) {
            let fault = match interaction.get("response") {
                None => Some("no answer".to_owned()),
                Some(answer) => {
                    self.answered += 1;
                    *self.operations.entry(operation.clone()).or_default() += 1;
                    let body = Body::of(&answer["content"]);
                    let status = answer["status_code"].as_u64().unwrap_or(0);
                    self.accepted += u64::from((200..300).contains(&status) && body.codes.is_empty());
                    fault(status, &body)
                }
            };
            if let Some(fault) = fault {
                let request = &interaction["request"];
                let sent = Body::of(&request["body"]).text;
                let line =
                    format!("{fault}: {} {} {}", word(&request["method"]), word(&request["uri"]), cut(&sent, SHOWN));
                self.wrong.push(line);
            }
        }
    }
}

fn word(value: &Value) -> String {
    value.as_str().unwrap_or("?").to_owned()
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// A body and the codes of its GraphQL errors; an error without a code has an empty one.
#[derive(Default)]
struct Body {
    text: String,
    codes: Vec<String>,
}

impl Body {
    /// Bytes are `{"$base64": …}`; a body that is not there is null or absent.
    fn of(content: &Value) -> Self {
        let Some(encoded) = content["$base64"].as_str() else { return Self::default() };
        let text = String::from_utf8_lossy(&BASE64_STANDARD.decode(encoded).unwrap_or_default()).into_owned();
        let body: Value = serde_json::from_str(&text).unwrap_or_default();
        let errors = body["errors"].as_array().into_iter().flatten();
        let codes = errors.map(|error| error["extensions"]["code"].as_str().unwrap_or_default().to_owned()).collect();
        Self { text, codes }
    }
}

/// What is wrong with an answer. TMF630 part 6 wants 501 for a JSONPath that is well formed and not served, and our
/// documents say so: that is a refusal.
fn fault(status: u64, body: &Body) -> Option<String> {
    if status == 501 && body.text.contains(r#""reason":"filter: "#) {
        return None;
    }
    // The product itself (9xxx), overload, the secret store; and an error nobody gave a code.
    let ours = |code: &&String| {
        code.is_empty() || code.starts_with("HYP-9") || ["HYP-6011", "HYP-4008"].contains(&code.as_str())
    };
    if status >= 500 || status == 0 {
        return Some(format!("status {status}, {}", cut(&body.text, SHOWN)));
    }
    body.codes.iter().find(ours).map(|code| format!("GraphQL error {code:?}, {}", cut(&body.text, SHOWN)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answered(status: u64, body: &str) -> Value {
        json!({
            "request": {"method": "POST", "uri": "http://h/x", "body": {"$base64": BASE64_STANDARD.encode("{sent}")}},
            "response": {"status_code": status, "headers": {}, "content": {"$base64": BASE64_STANDARD.encode(body)}},
        })
    }

    fn read(interactions: &[Value], end: bool) -> Report {
        let all: serde_json::Map<String, Value> =
            interactions.iter().enumerate().map(|(at, one)| (at.to_string(), one.clone())).collect();
        let mut lines = vec![
            json!({"LoadingFinished": {"statistic": {"operations": {"total": 1, "selected": 1}}}}),
            json!({"ScenarioFinished": {"status": "failure", "recorder": {"label": "POST /x", "interactions": all}}}),
        ];
        if end {
            lines.push(json!({"EngineFinished": {"stop_reason": "completed"}}));
        }
        let text: Vec<String> = lines.iter().map(Value::to_string).collect();
        Report::of(text.join("\n").as_bytes(), true).unwrap()
    }

    #[test]
    fn refusals_are_fine_and_server_errors_are_not() {
        let refused = r#"{"data":null,"errors":[{"message":"no","path":["a"],"extensions":{"code":"HYP-5002"}}]}"#;
        let fine = read(&[answered(201, "{}"), answered(404, "{}"), answered(200, refused)], true);
        assert_eq!((fine.answered, fine.accepted, fine.wrong.len()), (3, 1, 0), "{fine:?}");
        assert_eq!(fine.operations, BTreeMap::from([("POST /x".to_owned(), 3)]));
        let ours = refused.replace("HYP-5002", "HYP-9001");
        let nameless = r#"{"errors":[{"message":"panicked"}]}"#;
        let unserved = r#"{"code":"HYP-6001","reason":"filter: a path without a condition is not supported"}"#;
        assert_eq!(read(&[answered(501, unserved)], true).wrong, Vec::<String>::new());
        for (status, body) in
            [(501, "{}"), (500, unserved), (500, "{}"), (503, "busy"), (200, ours.as_str()), (200, nameless)]
        {
            let report = read(&[answered(200, "[]"), answered(status, body)], true);
            assert_eq!(report.wrong.len(), 1, "{report:?}");
            assert!(report.wrong[0].contains("POST http://h/x {sent}"), "{report:?}");
        }
    }

    #[test]
    fn a_run_that_did_not_work_proves_nothing() {
        let silent = json!({"request": {"method": "GET", "uri": "http://h/x"}});
        assert_eq!(read(&[answered(200, "[]"), silent], true).wrong.len(), 1);
        assert_eq!(read(&[answered(200, "[]")], false).wrong, ["the report has no end"]);
        assert_eq!(read(&[], true).wrong, ["0 of 1 operations answered"]);
        let gave_up = r#"{"FatalError":{"exception":{"type":"LoaderError","message":"404"}}}"#;
        assert_eq!(Report::of(gave_up.as_bytes(), true).unwrap().wrong.len(), 3);
    }
}
