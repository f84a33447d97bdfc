//! What a customer has chosen, put into the provider's placement request and the chart's values. Pure.

use hypo_shared::placement::PlacementRequest;
use serde_json::{Map, Value, json};

use super::{Binding, Terms, form};
use crate::packages::keys_of;

/// The request of an order and, when the chart has to be rendered for it, the values over the package's.
pub(crate) fn apply(terms: &Terms, given: &Map<String, Value>) -> (PlacementRequest, Option<Value>) {
    let mut request = terms.request.clone();
    let mut values = Value::Null;
    for choice in &terms.choices {
        let chosen = given.get(&choice.name).and_then(|value| form::read(choice.kind, value));
        let Some(value) = chosen.or_else(|| Some(choice.default.clone()).filter(|value| !value.is_null())) else {
            continue;
        };
        match &choice.to {
            Binding::Replicas(component) => {
                let replicas = value.as_i64().and_then(|replicas| u32::try_from(replicas).ok());
                request.overrides.entry(component.clone()).or_default().replicas = replicas;
            }
            Binding::Environment { component, variable } => {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                request.overrides.entry(component.clone()).or_default().env.insert(variable.clone(), text);
            }
            // What the package was rendered with already needs no other rendering.
            Binding::Value(path) if value != choice.default => put(&mut values, path, value),
            Binding::Value(_) => {}
        }
    }
    (request, (!values.is_null()).then_some(values))
}

/// Sets a value by its path; `\.` is a dot inside a key.
fn put(values: &mut Value, path: &str, value: Value) {
    let mut at = values;
    for key in keys_of(path) {
        if !at.is_object() {
            *at = json!({});
        }
        at = &mut at[key];
    }
    *at = value;
}

/// What was chosen before, with what is chosen now over it.
pub(crate) fn over(before: &Map<String, Value>, now: &Map<String, Value>) -> Map<String, Value> {
    let mut all = before.clone();
    all.extend(now.iter().map(|(name, value)| (name.clone(), value.clone())));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::offerings::{Choice, ChoiceKind};

    fn choice(name: &str, kind: ChoiceKind, to: Binding, default: Value) -> Choice {
        Choice {
            name: name.to_owned(),
            description: String::new(),
            kind,
            to,
            default,
            allowed: Vec::new(),
            minimum: None,
            maximum: None,
            required: false,
        }
    }

    #[test]
    fn chosen_values_reach_the_request_and_the_chart() {
        let env = Binding::Environment { component: "web".to_owned(), variable: "TITLE".to_owned() };
        let terms = Terms {
            choices: vec![
                choice("replicas", ChoiceKind::Integer, Binding::Replicas("web".to_owned()), json!(1)),
                choice("title", ChoiceKind::Text, env, Value::Null),
                choice("tag", ChoiceKind::Text, Binding::Value("image.my\\.tag".to_owned()), json!("a")),
                choice("same", ChoiceKind::Text, Binding::Value("mode".to_owned()), json!("x")),
            ],
            ..Terms::default()
        };
        let given = json!({"replicas": "2", "title": "Shop", "tag": "b"});
        let (request, values) = apply(&terms, given.as_object().unwrap());
        let web = &request.overrides["web"];
        assert_eq!((web.replicas, web.env["TITLE"].as_str()), (Some(2), "Shop"));
        assert_eq!(values, Some(json!({"image": {"my.tag": "b"}})));
        let (request, values) = apply(&terms, &Map::new());
        assert_eq!((request.overrides["web"].replicas, values), (Some(1), None));
    }
}
