//! Label and field selectors.

use serde_json::Value;

use crate::{
    error::{ApiError, ApiResult},
    json,
};

#[derive(Clone, Debug)]
enum Test {
    Equals(String, String),
    NotEquals(String, String),
    In(String, Vec<String>),
    NotIn(String, Vec<String>),
    Exists(String),
    Absent(String),
}

/// A parsed `labelSelector` query.
#[derive(Clone, Debug, Default)]
pub struct Labels(Vec<Test>);

impl Labels {
    /// Parses `a=b,c!=d,e in (f,g),h,!i`.
    ///
    /// # Errors
    /// 400 for anything else.
    pub fn parse(text: &str) -> ApiResult<Self> {
        let mut tests = vec![];
        for part in split_top(text) {
            let part = part.trim();
            if part.is_empty() {
                continue;
            }
            tests.push(parse_test(part).ok_or_else(|| {
                ApiError::bad_request(format!(
                    "unable to parse requirement: found {part:?}, expected: a label selector"
                ))
            })?);
        }
        Ok(Self(tests))
    }

    /// A `metav1.LabelSelector` document; a missing one matches nothing.
    pub fn from_document(selector: Option<&Value>) -> Option<Self> {
        let selector = selector.filter(|selector| selector.is_object())?;
        let mut tests: Vec<_> =
            json::pairs(selector, "/matchLabels").map(|(key, value)| Test::Equals(key.into(), value.into())).collect();
        for expression in json::list(selector, "/matchExpressions") {
            let key = json::text(expression, "/key").to_owned();
            let values =
                json::list(expression, "/values").iter().filter_map(|v| v.as_str().map(str::to_owned)).collect();
            tests.push(match json::text(expression, "/operator") {
                "In" => Test::In(key, values),
                "NotIn" => Test::NotIn(key, values),
                "Exists" => Test::Exists(key),
                _ => Test::Absent(key),
            });
        }
        Some(Self(tests))
    }

    /// A plain map such as a Service's selector.
    pub fn from_map(map: &Value) -> Self {
        Self(json::pairs(map, "").map(|(key, value)| Test::Equals(key.into(), value.into())).collect())
    }

    /// Whether there is no requirement.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the object's labels satisfy every requirement.
    pub fn matches(&self, object: &Value) -> bool {
        self.matches_at(object, "/metadata/labels")
    }

    /// Whether the labels at a pointer satisfy every requirement.
    pub fn matches_at(&self, object: &Value, pointer: &str) -> bool {
        let labels = json::map(object, pointer);
        let value = |key: &str| labels.and_then(|labels| labels.get(key)).and_then(Value::as_str);
        self.0.iter().all(|test| match test {
            Test::Equals(key, wanted) => value(key) == Some(wanted),
            Test::NotEquals(key, wanted) => value(key) != Some(wanted),
            Test::In(key, wanted) => value(key).is_some_and(|got| wanted.iter().any(|one| one == got)),
            Test::NotIn(key, wanted) => value(key).is_none_or(|got| wanted.iter().all(|one| one != got)),
            Test::Exists(key) => value(key).is_some(),
            Test::Absent(key) => value(key).is_none(),
        })
    }
}

fn split_top(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (vec![], 0, 0);
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

fn parse_test(part: &str) -> Option<Test> {
    let key_ok = |key: &str| {
        !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/'))
    };
    let values = |list: &str| -> Option<Vec<String>> {
        let list = list.trim().strip_prefix('(')?.strip_suffix(')')?;
        Some(list.split(',').map(|value| value.trim().to_owned()).collect())
    };
    let test = if let Some((key, list)) = part.split_once(" notin ") {
        Test::NotIn(key.trim().into(), values(list)?)
    } else if let Some((key, list)) = part.split_once(" in ") {
        Test::In(key.trim().into(), values(list)?)
    } else if let Some((key, value)) = part.split_once("!=") {
        Test::NotEquals(key.trim().into(), value.trim().into())
    } else if let Some((key, value)) = part.split_once("==").or_else(|| part.split_once('=')) {
        Test::Equals(key.trim().into(), value.trim().into())
    } else if let Some(key) = part.strip_prefix('!') {
        Test::Absent(key.trim().into())
    } else {
        Test::Exists(part.into())
    };
    let (Test::Equals(key, _)
    | Test::NotEquals(key, _)
    | Test::In(key, _)
    | Test::NotIn(key, _)
    | Test::Exists(key)
    | Test::Absent(key)) = &test;
    key_ok(key).then_some(test)
}

/// A parsed `fieldSelector` query.
#[derive(Clone, Debug, Default)]
pub struct Fields(Vec<(String, bool, String)>);

impl Fields {
    /// Parses `metadata.name=x,status.phase!=Running`; only fields the kind supports are accepted.
    ///
    /// # Errors
    /// 400 in Kubernetes' words for an unsupported field.
    pub fn parse(text: &str, kind: &str) -> ApiResult<Self> {
        let mut tests = vec![];
        for part in text.split(',').filter(|part| !part.is_empty()) {
            let (field, wanted, value) = if let Some((field, value)) = part.split_once("!=") {
                (field, false, value)
            } else if let Some((field, value)) = part.split_once("==").or_else(|| part.split_once('=')) {
                (field, true, value)
            } else {
                return Err(ApiError::bad_request(format!("invalid selector: {text:?}; can't understand {part:?}")));
            };
            let known = matches!(field, "metadata.name" | "metadata.namespace")
                || match kind {
                    "pods" => matches!(
                        field,
                        "spec.nodeName"
                            | "spec.restartPolicy"
                            | "spec.schedulerName"
                            | "spec.serviceAccountName"
                            | "status.phase"
                            | "status.podIP"
                    ),
                    "events" => {
                        field.starts_with("involvedObject.")
                            || matches!(field, "reason" | "type" | "source" | "reportingComponent")
                    }
                    "namespaces" => field == "status.phase",
                    "nodes" => field == "spec.unschedulable",
                    "secrets" => field == "type",
                    "jobs.batch" => field == "status.successful",
                    _ => false,
                };
            if !known {
                return Err(ApiError::bad_request(format!("field label not supported: {field}")));
            }
            tests.push((format!("/{}", field.replace('.', "/")), wanted, value.to_owned()));
        }
        Ok(Self(tests))
    }

    /// Whether the object satisfies every requirement.
    pub fn matches(&self, object: &Value) -> bool {
        self.0.iter().all(|(pointer, wanted, value)| {
            let got = match object.pointer(pointer) {
                Some(Value::String(text)) => text.clone(),
                Some(Value::Bool(flag)) => flag.to_string(),
                Some(Value::Number(number)) => number.to_string(),
                _ if pointer == "/spec/unschedulable" => "false".into(),
                _ => String::new(),
            };
            (got == *value) == *wanted
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn labels() {
        let object = json!({"metadata": {"labels": {"app": "web", "tier": "front"}}});
        for (text, wanted) in [
            ("app=web", true),
            ("app==web,tier!=back", true),
            ("app in (web, db),tier", true),
            ("app notin (web)", false),
            ("!tier", false),
            ("!zone", true),
            ("", true),
            ("zone notin (x)", true),
        ] {
            assert_eq!(Labels::parse(text).expect("parses").matches(&object), wanted, "{text}");
        }
        assert_eq!(Labels::parse("a=(b").map(|_| ()).ok(), Some(()));
        assert_eq!(Labels::parse("a b").unwrap_err().code, 400);
    }

    #[test]
    fn fields() {
        let pod = json!({"metadata": {"name": "a"}, "status": {"phase": "Running"}});
        assert!(Fields::parse("metadata.name=a,status.phase!=Pending", "pods").expect("parses").matches(&pod));
        assert!(!Fields::parse("status.phase=Pending", "pods").expect("parses").matches(&pod));
        assert_eq!(Fields::parse("spec.replicas=1", "deployments.apps").unwrap_err().code, 400);
    }
}
