//! The values form, from `values.yaml` and `values.schema.json`. Changed values make a new revision of the package.

use leptos::{prelude::*, task::spawn_local};
use serde_json::{Map, Value};

use super::source::{import, last_import};
use crate::{
    api::{ApiError, ops},
    state::place::Place,
    ui::panel::Panel,
    widgets::{
        act::fault_notice,
        typed::{self, Typed},
    },
};

/// One field: its path, its kind and what is typed.
#[derive(Clone)]
struct Entry {
    path: String,
    kind: String,
    text: RwSignal<String>,
    original: String,
}

pub fn panel(package: &ops::Package) -> AnyView {
    if package.values_form.is_empty() {
        return ().into_any();
    }
    let id = package.id;
    let entries: Vec<Entry> = package.values_form.iter().map(|field| entry(field, &package.values)).collect();
    let fields: Vec<_> = package.values_form.iter().zip(&entries).map(|(field, entry)| control(field, entry)).collect();
    let fault = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    let place = Place::here();
    let base = package.values.clone();
    let entries = StoredValue::new(entries);
    let base = StoredValue::new(base);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(mut input) = last_import(id) else {
            return fault.set(Some(ApiError::local(
                "Drop the package again on step 1 to change its values: the portal does not keep its files.",
            )));
        };
        match entries.with_value(|entries| base.with_value(|base| changed(base, entries))) {
            Ok(values) => input.values = values,
            Err(error) => return fault.set(Some(ApiError::local(error))),
        }
        busy.set(true);
        fault.set(None);
        spawn_local(async move {
            let outcome = import(input).await;
            let _ = busy.try_set(false);
            match outcome {
                Ok(package) => place.go(&format!("/new/{}/components", package.id)),
                Err(error) => {
                    let _ = fault.try_set(Some(error));
                }
            }
        });
    };
    html! {
        <Panel title=format!("Values ({})", fields.len())>
            <details class="fold"><summary>"Change values"<span class="muted small">" makes a new revision of the package"</span></summary>
                <form class="stack" on:submit=submit novalidate>
                    {fault_notice(fault)}
                    <div class="fields">{fields}</div>
                    <div><button type="submit" class="button" aria-busy=move || busy.get().then_some("true")>"Render with these values"</button></div>
                </form>
            </details>
        </Panel>
    }
    .into_any()
}

fn entry(field: &ops::ValueField, values: &Value) -> Entry {
    let set = keys(&field.path).iter().try_fold(values, |at, key| at.get(key.as_str())).filter(|it| !it.is_null());
    let text = typed::shown(set.unwrap_or(&field.default));
    Entry { path: field.path.clone(), kind: field.kind.clone(), text: RwSignal::new(text.clone()), original: text }
}

fn control(field: &ops::ValueField, entry: &Entry) -> AnyView {
    let shape = Typed {
        id: format!("value-{}", crate::ui::field::slug(&field.path)),
        kind: &field.kind,
        allowed: field.r#enum.as_deref().unwrap_or_default(),
        hint: field.description.clone().unwrap_or_default(),
        required: field.required,
    };
    typed::control(shape, html! { <code>{field.path.clone()}</code> }.into_any(), entry.text)
}

/// The kept values with what was changed in the form.
fn changed(base: &Value, entries: &[Entry]) -> Result<Value, String> {
    let mut values = if base.is_object() { base.clone() } else { Value::Object(Map::new()) };
    for entry in entries {
        let text = entry.text.get_untracked();
        if text != entry.original {
            put(&mut values, &entry.path, typed::read(&entry.path, &entry.kind, &text)?);
        }
    }
    Ok(values)
}

/// The keys of a path: dots separate, `\.` is a dot inside a key.
fn keys(path: &str) -> Vec<String> {
    let mut keys = vec![String::new()];
    let mut chars = path.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, keys.last_mut()) {
            ('.', _) => keys.push(String::new()),
            ('\\', Some(key)) if chars.peek() == Some(&'.') => key.extend(chars.next()),
            (c, Some(key)) => key.push(c),
            _ => {}
        }
    }
    keys
}

/// Sets `a.b.c`, making the objects on the way.
fn put(values: &mut Value, path: &str, value: Value) {
    let keys = keys(path);
    let Some((last, way)) = keys.split_last() else { return };
    let mut at = values;
    for key in way {
        at = object(at).entry(key.clone()).or_insert(Value::Null);
    }
    object(at).insert(last.clone(), value);
}

/// The value as an object; what is none becomes an empty one.
fn object(value: &mut Value) -> &mut Map<String, Value> {
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    match value {
        Value::Object(map) => map,
        _ => unreachable!("made an object above"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_put_at_their_path() {
        let mut values = json!({"a": {"b": 1}, "c": "x"});
        put(&mut values, "a.d.e", json!(true));
        put(&mut values, "c", json!("y"));
        put(&mut values, "a.d\\.f", json!(2));
        assert_eq!(values, json!({"a": {"b": 1, "d": {"e": true}, "d.f": 2}, "c": "y"}));
    }
}
