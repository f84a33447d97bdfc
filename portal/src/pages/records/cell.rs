//! One value in one control: how its schema says it is written, shown and read.

use leptos::prelude::*;
use serde_json::Value;

use super::kinds::words;

/// What a control holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    Text,
    /// Several lines.
    Long,
    /// RFC 3339, as text: the browser's own picker knows no zone.
    DateTime,
    Integer,
    Number,
    Boolean,
    /// Any JSON; what is no JSON is taken as text.
    Any,
    /// Objects and lists, as JSON.
    Json,
}

impl Cell {
    /// By the schema of a member.
    pub fn of(name: &str, schema: &Value) -> Self {
        let is = |key: &str, wanted: &str| schema.get(key).and_then(Value::as_str) == Some(wanted);
        if schema.get("$ref").is_some() || is("type", "array") || is("type", "object") {
            Self::Json
        } else if is("format", "date-time") {
            Self::DateTime
        } else if is("type", "integer") {
            Self::Integer
        } else if is("type", "number") {
            Self::Number
        } else if is("type", "boolean") {
            Self::Boolean
        } else if !is("type", "string") {
            Self::Any
        } else if name == "description" {
            Self::Long
        } else {
            Self::Text
        }
    }

    /// Whether it is a value rather than a structure.
    pub fn is_plain(self) -> bool {
        self != Self::Json
    }

    /// The text of the control.
    pub fn show(self, value: Option<&Value>) -> String {
        match value {
            None | Some(Value::Null) => String::new(),
            // A text that would be read as something else keeps its quotes.
            Some(Value::String(text)) if self == Self::Any && serde_json::from_str::<Value>(text).is_ok() => {
                Value::from(text.as_str()).to_string()
            }
            Some(Value::String(text)) if self != Self::Json => text.clone(),
            Some(value) if self == Self::Json => serde_json::to_string_pretty(value).unwrap_or_default(),
            Some(value) => value.to_string(),
        }
    }

    /// The value of a text; `None` where nothing is written.
    ///
    /// # Errors
    /// A sentence for the user.
    pub fn read(self, text: &str) -> Result<Option<Value>, String> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Ok(None);
        }
        let parsed = |what: &str| format!("“{trimmed}” is no {what}.");
        Ok(Some(match self {
            Self::Text | Self::Long | Self::DateTime => Value::from(text),
            Self::Integer => Value::from(trimmed.parse::<i64>().map_err(|_| parsed("whole number"))?),
            Self::Number => match serde_json::from_str(trimmed) {
                Ok(Value::Number(number)) => Value::Number(number),
                _ => return Err(parsed("number")),
            },
            Self::Boolean => Value::from(trimmed == "true"),
            Self::Any => serde_json::from_str(trimmed).unwrap_or_else(|_| Value::from(text)),
            Self::Json => serde_json::from_str(trimmed).map_err(|error| format!("This is no JSON: {error}."))?,
        }))
    }

    /// The control with its label.
    pub fn control(self, name: &str, id: String, text: RwSignal<String>, required: bool) -> AnyView {
        let star = if required { " (required)" } else { "" };
        let label = format!("{}{star}", words(name));
        let typed = move |event| text.set(event_target_value(&event));
        let control = match self {
            Self::Boolean => html! {
                <select class="select" id=id.clone() prop:value=move || text.get() on:change=typed>
                    <option value="" selected=move || text.get().is_empty()>"–"</option>
                    <option value="true" selected=move || text.get() == "true">"Yes"</option>
                    <option value="false" selected=move || text.get() == "false">"No"</option>
                </select>
            },
            Self::Long => html! {
                <textarea class="area prose" rows="3" id=id.clone() prop:value=move || text.get() on:input=typed></textarea>
            },
            Self::Json => html! {
                <textarea class="area" rows="4" spellcheck="false" id=id.clone() prop:value=move || text.get() on:input=typed></textarea>
            },
            _ => {
                let hint = if self == Self::DateTime { "2026-01-31T12:00:00Z" } else { "" };
                html! { <input class="input" type="text" id=id.clone() placeholder=hint prop:value=move || text.get() on:input=typed /> }
            }
        };
        let class = if matches!(self, Self::Long | Self::Json) { "field whole" } else { "field" };
        html! { <div class=class><label for=id>{label}</label>{control}</div> }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_shown_reads_back() {
        for (cell, value) in [
            (Cell::Text, json!("a")),
            (Cell::Integer, json!(-3)),
            (Cell::Number, json!(1.5)),
            (Cell::Boolean, json!(true)),
            (Cell::Any, json!("plain")),
            (Cell::Any, json!("7")),
            (Cell::Any, json!(7)),
            (Cell::Any, json!({"a": [1]})),
            (Cell::Json, json!([{"a": 1}])),
        ] {
            assert_eq!(cell.read(&cell.show(Some(&value))), Ok(Some(value.clone())), "{cell:?} {value}");
        }
        assert_eq!(Cell::Text.read("  "), Ok(None));
        assert!(Cell::Integer.read("1.5").is_err() && Cell::Number.read("x").is_err() && Cell::Json.read("{").is_err());
    }

    #[test]
    fn schemas_choose_controls() {
        assert_eq!(Cell::of("name", &json!({"type": "string"})), Cell::Text);
        assert_eq!(Cell::of("description", &json!({"type": "string"})), Cell::Long);
        assert_eq!(Cell::of("value", &json!({"description": "any"})), Cell::Any);
        assert_eq!(Cell::of("x", &json!({"$ref": "#/components/schemas/X"})), Cell::Json);
        assert_eq!(Cell::of("at", &json!({"type": "string", "format": "date-time"})), Cell::DateTime);
    }
}
