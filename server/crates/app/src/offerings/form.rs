//! The form of an offering: from the package, as TMF characteristics, and against what a customer has chosen. Pure.

use hypo_package::values::{FieldKind, FormField};
use hypo_shared::{analysis::Analysis, validate::Violation};
use serde_json::{Map, Value, json};

use super::{Binding, Choice, ChoiceKind, NewChoice};

/// Characteristics every offering understands beside its own.
pub(super) const COMMON: [&str; 2] = ["hypo.leaseEnd", "hypo.onFailure"];

/// The most choices of one form.
const MOST: usize = 100;

/// Completes what the provider leaves open, from the values form and the analysis of the package.
pub(super) fn complete(
    choices: Vec<NewChoice>,
    fields: &[FormField],
    analysis: &Analysis,
) -> Result<Vec<Choice>, Vec<Violation>> {
    let mut wrong = Vec::new();
    let mut done: Vec<Choice> = Vec::new();
    if choices.len() > MOST {
        wrong.push(violation("choices", "tooMany", format!("A form has at most {MOST} choices.")));
    }
    for new in choices.into_iter().take(MOST) {
        let path = format!("choices[{}]", new.name);
        let fits = !new.name.is_empty()
            && new.name.len() <= 100
            && new.name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
        if !fits || new.name.starts_with("hypo.") {
            wrong.push(violation(
                &path,
                "format",
                "A name has letters, digits, '.', '_' and '-' and does not begin with hypo.",
            ));
        }
        if done.iter().any(|known| known.name == new.name) {
            wrong.push(violation(&path, "twice", "Two choices have this name."));
        }
        match bound(&new, fields, analysis) {
            Ok(choice) => {
                if !choice.default.is_null() {
                    wrong.extend(fault(&choice, &choice.default).map(|text| violation(&path, "default", text)));
                }
                done.push(choice);
            }
            Err(text) => wrong.push(violation(&path, "to", text)),
        }
    }
    if wrong.is_empty() { Ok(done) } else { Err(wrong) }
}

fn bound(new: &NewChoice, fields: &[FormField], analysis: &Analysis) -> Result<Choice, String> {
    let component = |name: &str| {
        let found = analysis.components.iter().find(|component| component.name == name);
        found.ok_or_else(|| format!("The package has no component {name}."))
    };
    let mut allowed = new.allowed.clone();
    let (kind, known, description) = match &new.to {
        Binding::Replicas(name) => {
            let known = component(name)?;
            (ChoiceKind::Integer, json!(known.replicas), format!("How many replicas of {name}."))
        }
        Binding::Environment { component: name, variable } => {
            component(name)?;
            let plain = !variable.is_empty() && variable.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            if !plain {
                return Err(format!("{variable:?} is no name of an environment variable."));
            }
            (ChoiceKind::Text, Value::Null, String::new())
        }
        Binding::Value(path) => {
            let field = fields.iter().find(|field| &field.path == path);
            let field = field.ok_or_else(|| format!("The package has no value {path}."))?;
            let kind = match field.kind {
                FieldKind::Text => ChoiceKind::Text,
                FieldKind::Integer => ChoiceKind::Integer,
                FieldKind::Number => ChoiceKind::Number,
                FieldKind::Boolean => ChoiceKind::Boolean,
                // An order keeps what was chosen, and everybody who may read it reads that.
                FieldKind::Secret => return Err(format!("{path} is a secret, which an order must not hold.")),
                FieldKind::List | FieldKind::Map | FieldKind::Any => {
                    return Err(format!("{path} is no single value."));
                }
            };
            if allowed.is_empty() {
                allowed = field.allowed.clone();
            } else if let Some(other) =
                allowed.iter().find(|one| !field.allowed.is_empty() && !field.allowed.contains(one))
            {
                return Err(format!("{other} is none of the values the package allows for {path}."));
            }
            (kind, field.default.clone(), field.description.clone())
        }
    };
    let replicas = matches!(new.to, Binding::Replicas(_));
    Ok(Choice {
        name: new.name.clone(),
        description: new.description.clone().unwrap_or(description),
        kind,
        to: new.to.clone(),
        default: new.default.clone().unwrap_or(known),
        allowed,
        minimum: new.minimum.or(replicas.then_some(0.0)),
        maximum: new.maximum.or(replicas.then_some(100.0)),
        required: new.required,
    })
}

/// The form as characteristics of a specification; `values` is the member their values stand in
/// (`characteristicValueSpecification` in TMF633, `productSpecCharacteristicValue` in TMF620).
pub(super) fn characteristics(choices: &[Choice], values: &str) -> Vec<Value> {
    let mut all: Vec<Value> = choices.iter().map(|choice| characteristic(choice, values)).collect();
    all.push(json!({
        "name": "hypo.leaseEnd", "description": "When the service ends (RFC 3339). Without it the service stays.",
        "valueType": "dateTime", "configurable": true, "minCardinality": 0, "maxCardinality": 1,
    }));
    all
}

fn characteristic(choice: &Choice, values: &str) -> Value {
    let value_type = match choice.kind {
        ChoiceKind::Text => "string",
        ChoiceKind::Integer => "integer",
        ChoiceKind::Number => "number",
        ChoiceKind::Boolean => "boolean",
    };
    let mut known: Vec<Value> = choice
        .allowed
        .iter()
        .map(|value| json!({"valueType": value_type, "value": value, "isDefault": *value == choice.default}))
        .collect();
    if choice.allowed.is_empty() {
        if choice.minimum.is_some() || choice.maximum.is_some() {
            let mut range = json!({"valueType": value_type, "rangeInterval": "closed", "isDefault": false});
            let bounds = [("valueFrom", choice.minimum), ("valueTo", choice.maximum)];
            for (name, bound) in bounds {
                if let Some(bound) = bound {
                    range[name] = number(choice.kind, bound);
                }
            }
            known.push(range);
        }
        if !choice.default.is_null() {
            known.push(json!({"valueType": value_type, "value": choice.default, "isDefault": true}));
        }
    }
    let mut shown = json!({
        "name": choice.name, "description": choice.description, "valueType": value_type, "configurable": true,
        "minCardinality": u8::from(choice.required), "maxCardinality": 1,
    });
    if !known.is_empty() {
        shown[values] = Value::Array(known);
    }
    shown
}

#[expect(clippy::cast_possible_truncation, reason = "bounds of whole numbers are whole; a fraction is cut off")]
fn number(kind: ChoiceKind, bound: f64) -> Value {
    if kind == ChoiceKind::Integer { json!(bound as i64) } else { json!(bound) }
}

/// What a customer has chosen: name and value of every characteristic, `{"value": …}` around a value taken off.
pub(crate) fn given(characteristics: &Value) -> Map<String, Value> {
    let all = characteristics.as_array().map(Vec::as_slice).unwrap_or_default();
    let pair = |one: &Value| {
        let value = one["value"].get("value").unwrap_or(&one["value"]);
        Some((one["name"].as_str()?.to_owned(), value.clone()))
    };
    all.iter().filter_map(pair).collect()
}

/// Everything that is wrong with what was chosen. `partial` is a change: what is not named stays.
pub(crate) fn check(choices: &[Choice], given: &Map<String, Value>, path: &str, partial: bool) -> Vec<Violation> {
    let mut wrong = Vec::new();
    for (name, value) in given {
        let at = format!("{path}[{name}]");
        if COMMON.contains(&name.as_str()) {
            continue;
        }
        match choices.iter().find(|choice| &choice.name == name) {
            None => wrong.push(violation(&at, "unknown", format!("The offering has no choice {name}."))),
            Some(choice) => wrong.extend(fault(choice, value).map(|text| violation(&at, "value", text))),
        }
    }
    let missing = choices
        .iter()
        .filter(|choice| choice.required && choice.default.is_null() && !partial && !given.contains_key(&choice.name));
    wrong.extend(missing.map(|choice| {
        violation(&format!("{path}[{}]", choice.name), "required", format!("Choose a value for {}.", choice.name))
    }));
    wrong
}

/// What is wrong with a value, if anything. A number may come as text, as TMF clients send it.
fn fault(choice: &Choice, value: &Value) -> Option<String> {
    let name = &choice.name;
    let Some(value) = read(choice.kind, value) else {
        let wanted = match choice.kind {
            ChoiceKind::Text => "a text of at most 1000 characters",
            ChoiceKind::Integer => "a whole number",
            ChoiceKind::Number => "a number",
            ChoiceKind::Boolean => "true or false",
        };
        return Some(format!("{name} is {wanted}."));
    };
    if !choice.allowed.is_empty() && !choice.allowed.contains(&value) {
        let allowed: Vec<String> = choice.allowed.iter().map(Value::to_string).collect();
        return Some(format!("{name} is one of {}.", allowed.join(", ")));
    }
    let number = value.as_f64()?;
    if let Some(minimum) = choice.minimum.filter(|minimum| number < *minimum) {
        return Some(format!("{name} is at least {minimum}."));
    }
    let maximum = choice.maximum.filter(|maximum| number > *maximum)?;
    Some(format!("{name} is at most {maximum}."))
}

/// A value in the type of its choice.
pub(super) fn read(kind: ChoiceKind, value: &Value) -> Option<Value> {
    let text = value.as_str();
    match kind {
        ChoiceKind::Text => text.filter(|text| text.len() <= 1000 && !text.contains('\0')).map(|text| json!(text)),
        ChoiceKind::Integer => {
            let whole = value.as_i64().or_else(|| text?.trim().parse().ok())?;
            Some(json!(whole))
        }
        ChoiceKind::Number => {
            let number = value.as_f64().or_else(|| text?.trim().parse().ok()).filter(|number| number.is_finite())?;
            if let Some(whole) = value.as_i64() { Some(json!(whole)) } else { Some(json!(number)) }
        }
        ChoiceKind::Boolean => value.as_bool().or_else(|| text?.trim().parse().ok()).map(|is| json!(is)),
    }
}

fn violation(path: &str, code: &str, text: impl Into<String>) -> Violation {
    Violation { path: path.to_owned(), code: code.to_owned(), text: text.into() }
}

#[cfg(test)]
mod tests {
    use hypo_shared::analysis::Component;

    use super::*;

    fn analysis() -> Analysis {
        let component: Component = serde_json::from_value(
            json!({"name": "web", "kind": "Deployment", "namespace": "", "owned": [], "replicas": 2}),
        )
        .unwrap();
        Analysis { components: vec![component], ..Analysis::default() }
    }

    fn choices() -> Vec<Choice> {
        let new = |value: Value| serde_json::from_value::<NewChoice>(value).unwrap();
        let fields: Vec<FormField> = serde_json::from_value(json!([
            {"path": "mode", "kind": "text", "default": "small", "enum": ["small", "large"], "required": false},
            {"path": "password", "kind": "secret", "default": "", "required": false},
        ]))
        .unwrap();
        let all = vec![
            new(json!({"name": "replicas", "to": {"replicas": "web"}, "maximum": 3})),
            new(
                json!({"name": "title", "to": {"environment": {"component": "web", "variable": "TITLE"}}, "required": true}),
            ),
            new(json!({"name": "size", "to": {"value": "mode"}})),
        ];
        let made = complete(all, &fields, &analysis()).unwrap();
        let secret = new(json!({"name": "p", "to": {"value": "password"}}));
        let unknown = new(json!({"name": "q", "to": {"replicas": "db"}}));
        let refused = complete(vec![secret, unknown], &fields, &analysis()).unwrap_err();
        assert_eq!(refused.iter().map(|one| one.path.as_str()).collect::<Vec<_>>(), ["choices[p]", "choices[q]"]);
        made
    }

    #[test]
    fn a_form_has_types_defaults_and_values() {
        let shown = characteristics(&choices(), "characteristicValueSpecification");
        assert_eq!(shown.len(), 4);
        assert_eq!((&shown[0]["valueType"], &shown[0]["minCardinality"]), (&json!("integer"), &json!(0)));
        let range = &shown[0]["characteristicValueSpecification"];
        assert_eq!((&range[0]["valueTo"], &range[1]["value"]), (&json!(3), &json!(2)));
        assert_eq!(shown[1]["minCardinality"], 1);
        assert_eq!(
            shown[2]["characteristicValueSpecification"][1],
            json!({"valueType": "string", "value": "large", "isDefault": false})
        );
        let text = json!(shown).to_string();
        assert!(!text.contains("web") || text.contains("replicas of web"), "bindings stay inside: {text}");
        assert!(!text.contains("TITLE") && !text.contains("mode"), "{text}");
    }

    #[test]
    fn every_violation_is_named() {
        let chosen = given(&json!([
            {"name": "replicas", "value": {"value": "7"}}, {"name": "size", "value": "huge"},
            {"name": "colour", "value": "red"}, {"name": "hypo.leaseEnd", "value": "2030-01-01T00:00:00Z"},
        ]));
        let found = check(&choices(), &chosen, "item", false);
        let mut paths: Vec<(&str, &str)> = found.iter().map(|one| (one.path.as_str(), one.code.as_str())).collect();
        paths.sort_unstable();
        assert_eq!(
            paths,
            [
                ("item[colour]", "unknown"),
                ("item[replicas]", "value"),
                ("item[size]", "value"),
                ("item[title]", "required")
            ]
        );
        let fine = given(&json!([{"name": "replicas", "value": "3"}]));
        assert_eq!(check(&choices(), &fine, "item", true), Vec::new());
    }
}
