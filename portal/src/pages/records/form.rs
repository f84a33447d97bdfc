//! A document's members as a form, made from its schema, and what was changed in it as a merge patch.

use leptos::prelude::*;
use serde_json::{Map, Value};

use super::{
    cell::Cell,
    kinds::{Kind, words},
    row::{Row, resolve},
};
use crate::ui::icon::{Icon, icon};

/// How a member is edited.
#[derive(Clone)]
enum Editor {
    One(Cell, RwSignal<String>),
    Object(Row),
    /// A list of objects; the schema of one, for new ones.
    Rows(RwSignal<Vec<Row>>, Value),
}

#[derive(Clone)]
struct Member {
    name: String,
    required: bool,
    before: Option<Value>,
    editor: Editor,
}

/// A form under way.
#[derive(Clone)]
pub struct Form {
    schemas: std::sync::Arc<Value>,
    members: Vec<Member>,
    /// Members the schema does not know: they are kept, and can be written as JSON.
    rest: RwSignal<String>,
    rest_before: Map<String, Value>,
}

impl Form {
    /// The members a client may write: those of the schema `<Type>_Create` or `<Type>_Update`.
    pub fn new(kind: &Kind, schemas: std::sync::Arc<Value>, document: Option<&Value>) -> Self {
        let name = format!("{}_{}", kind.type_name, if document.is_some() { "Update" } else { "Create" });
        let schema = schemas.get(&name).cloned().unwrap_or_default();
        let required: Vec<&str> =
            schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let state = kind.state.as_ref().map(|(member, _)| member.as_str());
        let mut members: Vec<Member> = schema
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .filter(|(name, _)| !name.starts_with('@') || required.contains(&name.as_str()))
            .filter(|(name, _)| Some(name.as_str()) != state && *name != "href")
            .map(|(name, schema)| {
                let before = document.and_then(|document| document.get(name)).filter(|value| !value.is_null());
                Member {
                    name: name.clone(),
                    required: required.contains(&name.as_str()),
                    before: before.cloned(),
                    editor: editor(&schemas, name, schema, before),
                }
            })
            .collect();
        members.sort_by_key(|member| match (&member.editor, member.name.as_str()) {
            (_, "name") => 0,
            (Editor::One(Cell::Long, _), _) => 2,
            (Editor::One(Cell::Json, _), _) => 5,
            (Editor::One(..), _) => 1,
            (Editor::Object(_), _) => 4,
            (Editor::Rows(..), _) => 3,
        });
        let known =
            schemas.get(&kind.type_name).and_then(|schema| schema.get("properties")).cloned().unwrap_or_default();
        let rest_before: Map<String, Value> = document
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .filter(|(name, _)| known.get(name).is_none() && !name.starts_with('@'))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let rest = if rest_before.is_empty() { None } else { Some(Value::Object(rest_before.clone())) };
        let rest = RwSignal::new(Cell::Json.show(rest.as_ref()));
        Self { schemas, members, rest, rest_before }
    }

    /// What differs from the document, as RFC 7386 wants it; a new document's members where there was none.
    ///
    /// # Errors
    /// The member and a sentence for the user.
    pub fn patch(&self) -> Result<Map<String, Value>, String> {
        let mut patch = match Cell::Json.read(&self.rest.get_untracked())? {
            None => Map::new(),
            Some(Value::Object(rest)) => rest,
            Some(_) => return Err("“Other members” is a JSON object.".into()),
        };
        for (name, before) in &self.rest_before {
            if patch.get(name) == Some(before) {
                patch.shift_remove(name);
            } else {
                patch.entry(name.clone()).or_insert(Value::Null);
            }
        }
        for member in &self.members {
            let value = member.value().map_err(|error| format!("{}: {error}", words(&member.name)))?;
            if value != member.before {
                // Objects merge: members that were taken out are named with null.
                let change = match (&member.before, value) {
                    (_, None) => Value::Null,
                    (Some(Value::Object(before)), Some(Value::Object(mut now))) => {
                        for name in before.keys() {
                            now.entry(name.clone()).or_insert(Value::Null);
                        }
                        Value::Object(now)
                    }
                    (_, Some(value)) => value,
                };
                patch.insert(member.name.clone(), change);
            }
        }
        Ok(patch)
    }

    pub fn view(&self) -> AnyView {
        let plain: Vec<_> = self.members.iter().filter(|it| it.is_plain()).map(|it| it.view(&self.schemas)).collect();
        let deep: Vec<_> = self.members.iter().filter(|it| !it.is_plain()).map(|it| it.view(&self.schemas)).collect();
        let rest = Cell::Json.control("otherMembers", "m-rest".into(), self.rest, false);
        let open = !self.rest_before.is_empty();
        html! {
            <div class="fields">{plain}</div>{deep}
            <details class="member" open=open><summary>"Other members as JSON"</summary>{rest}</details>
        }
    }
}

fn editor(schemas: &Value, name: &str, schema: &Value, before: Option<&Value>) -> Editor {
    let has_plain = |schema: &Value| resolve(schemas, schema).get("properties").is_some();
    let items = schema.get("items").filter(|items| has_plain(items));
    match (items, before) {
        // What is not of the shape the schema promises is shown as it is.
        (Some(items), None | Some(Value::Array(_))) => {
            let rows = before.and_then(Value::as_array).into_iter().flatten().enumerate();
            if before.is_none_or(|it| it.as_array().is_some_and(|all| all.iter().all(Value::is_object))) {
                let rows = rows.map(|(key, value)| Row::new(schemas, items, Some(value), key)).collect();
                return Editor::Rows(RwSignal::new(rows), items.clone());
            }
        }
        (None, None | Some(Value::Object(_))) if schema.get("$ref").is_some() && has_plain(schema) => {
            return Editor::Object(Row::new(schemas, schema, before, 0));
        }
        _ => {}
    }
    let cell = Cell::of(name, schema);
    Editor::One(cell, RwSignal::new(cell.show(before)))
}

impl Member {
    fn is_plain(&self) -> bool {
        matches!(&self.editor, Editor::One(cell, _) if cell.is_plain())
    }

    fn value(&self) -> Result<Option<Value>, String> {
        match &self.editor {
            Editor::One(cell, text) => cell.read(&text.get_untracked()),
            Editor::Object(row) => row.value(),
            Editor::Rows(rows, _) => {
                let all: Result<Vec<_>, String> = rows.get_untracked().iter().map(Row::value).collect();
                let all: Vec<Value> = all?.into_iter().flatten().collect();
                // An empty list that was there stays one.
                let kept = !all.is_empty() || self.before.as_ref().is_some_and(|it| it == &Value::Array(Vec::new()));
                Ok(kept.then_some(Value::Array(all)))
            }
        }
    }

    fn view(&self, schemas: &std::sync::Arc<Value>) -> AnyView {
        let id = format!("m-{}", self.name);
        let label = words(&self.name);
        match &self.editor {
            Editor::One(cell, text) => cell.control(&self.name, id, *text, self.required),
            Editor::Object(row) => {
                let open = self.required || self.before.is_some();
                html! { <details class="member" open=open><summary>{label}</summary>{row.view(&id)}</details> }
            }
            Editor::Rows(rows, schema) => rows_view(&label, id, *rows, schema.clone(), schemas.clone(), self.required),
        }
    }
}

fn rows_view(
    label: &str,
    id: String,
    rows: RwSignal<Vec<Row>>,
    schema: Value,
    schemas: std::sync::Arc<Value>,
    required: bool,
) -> AnyView {
    let open = required || rows.with_untracked(|rows| !rows.is_empty());
    let next = StoredValue::new(rows.with_untracked(Vec::len));
    let add = move |_| {
        let key = next.get_value();
        next.set_value(key + 1);
        let row = Row::new(&schemas, &schema, None, key);
        rows.update(|rows| rows.push(row));
    };
    let name = label.to_owned();
    let all = move || {
        rows.get()
            .into_iter()
            .enumerate()
            .map(|(at, row)| {
                let key = row.key;
                let remove = move |_| rows.update(|rows| rows.retain(|it| it.key != key));
                html! {
                    <fieldset class="sub-form"><legend class="small strong">{format!("{name} {}", at + 1)}</legend>
                        {row.view(&id)}
                        <button type="button" class="button tiny" on:click=remove>{icon(Icon::Close)}"Remove"</button>
                    </fieldset>
                }
            })
            .collect_view()
    };
    let count = move || rows.with(Vec::len);
    html! {
        <details class="member" open=open>
            <summary>{label.to_owned()}" "<span class="chip">{count}</span></summary>
            <div class="stack-s">{all}</div>
            <button type="button" class="button tiny" on:click=add>{icon(Icon::Plus)}{format!("Add to {}", label.to_lowercase())}</button>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;

    fn kind() -> Kind {
        Kind {
            api: "TMF633".into(),
            collection: "thing".into(),
            type_name: "Thing".into(),
            about: String::new(),
            path: String::new(),
            openapi: String::new(),
            creates: true,
            changes: true,
            deletes: true,
            state: None,
        }
    }

    #[test]
    fn only_what_changed_is_sent() {
        let schema = json!({"properties": {
            "name": {"type": "string"}, "isBundle": {"type": "boolean"},
            "validFor": {"$ref": "#/components/schemas/TimePeriod"},
            "part": {"type": "array", "items": {"$ref": "#/components/schemas/Part"}}
        }});
        let schemas = Arc::new(json!({
            "Thing": schema, "Thing_Update": schema, "Thing_Create": schema,
            "TimePeriod": {"properties": {"startDateTime": {"type": "string"}, "endDateTime": {"type": "string"}}},
            "Part": {"properties": {"id": {"type": "string"}}}
        }));
        let document = json!({
            "name": "a", "validFor": {"startDateTime": "2026", "endDateTime": "2027"}, "part": [{"id": "1", "x": [1]}],
            "own": true
        });
        Owner::new().with(|| {
            let form = Form::new(&kind(), schemas.clone(), Some(&document));
            assert_eq!(form.patch(), Ok(Map::new()));
            let set = |form: &Form, name: &str, text: &str| {
                let member = form.members.iter().find(|it| it.name == name).unwrap();
                if let Editor::One(_, signal) = &member.editor {
                    signal.set(text.to_owned());
                }
            };
            set(&form, "name", "b");
            form.rest.set(r#"{"mine": 2}"#.into());
            set(&form, "isBundle", "true");
            let member = form.members.iter().find(|it| it.name == "part").unwrap();
            if let Editor::Rows(rows, _) = &member.editor {
                rows.set(Vec::new());
            }
            assert_eq!(
                Value::Object(form.patch().unwrap()),
                json!({"mine": 2, "own": null, "name": "b", "isBundle": true, "part": null})
            );
            let new = Form::new(&kind(), schemas, None);
            set(&new, "name", "c");
            assert_eq!(Value::Object(new.patch().unwrap()), json!({"name": "c"}));
        });
    }
}
