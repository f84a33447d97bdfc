//! A field whose kind is known at run time only, and what was typed into it as JSON: values of a chart, choices of an
//! offering.

use leptos::prelude::*;
use serde_json::Value;

/// What a field is.
pub struct Typed<'a> {
    /// Unique in the page.
    pub id: String,
    /// `text`, `secret`, `integer`, `number`, `boolean`; anything else is written as JSON.
    pub kind: &'a str,
    /// Values that are allowed; empty means any.
    pub allowed: &'a [Value],
    pub hint: String,
    pub required: bool,
}

/// The text of a value, as a field holds it.
pub fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The field with its label.
pub fn control(it: Typed<'_>, label: AnyView, text: RwSignal<String>) -> AnyView {
    let Typed { id, kind, allowed, hint, required } = it;
    let star = required.then_some(" (required)");
    let input = if kind.eq_ignore_ascii_case("boolean") {
        html! { <label class="check"><input type="checkbox" id=id.clone() prop:checked=move || text.get() == "true"
        on:change=move |event| text.set(event_target_checked(&event).to_string()) />"On"</label> }
        .into_any()
    } else if !allowed.is_empty() {
        let options: Vec<_> = allowed
            .iter()
            .map(|word| {
                let word = shown(word);
                let own = word.clone();
                html! { <option value=word.clone() selected=move || text.get() == own>{word.clone()}</option> }
            })
            .collect();
        // Nothing is chosen until somebody does, where there is no value to begin with.
        let none = text.with_untracked(String::is_empty).then(|| html! { <option value="">"–"</option> });
        html! { <select class="select" id=id.clone() on:change=move |event| text.set(event_target_value(&event))>{none}{options}</select> }.into_any()
    } else {
        let kind = if kind == "secret" { "password" } else { "text" };
        html! { <input class="input" id=id.clone() type=kind autocomplete="off" prop:value=move || text.get() on:input=move |event| text.set(event_target_value(&event)) /> }.into_any()
    };
    html! { <div class="field"><label for=id>{label}{star}</label>{input}<span class="hint">{hint}</span></div> }
        .into_any()
}

/// What was typed, as the kind says.
///
/// # Errors
/// A sentence for the user that begins with `name`.
pub fn read(name: &str, kind: &str, text: &str) -> Result<Value, String> {
    match kind.to_ascii_lowercase().as_str() {
        "text" | "secret" => Ok(Value::from(text)),
        "boolean" => Ok(Value::from(text == "true")),
        "integer" | "number" | "list" | "map" => {
            serde_json::from_str(text).map_err(|_| format!("{name} wants {kind}; write it as JSON."))
        }
        _ => Ok(serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn text_becomes_the_kind_the_schema_names() {
        assert_eq!(read("p", "text", "1"), Ok(json!("1")));
        assert_eq!(read("p", "integer", "1"), Ok(json!(1)));
        assert_eq!(read("p", "list", "[1, 2]"), Ok(json!([1, 2])));
        assert!(read("p", "number", "one").is_err());
    }
}
