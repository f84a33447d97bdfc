//! An object inside a document (a characteristic, a related party, a period): its plain members as controls, the rest
//! as JSON, so that nothing is lost that the form has no control for.

use leptos::prelude::*;
use serde_json::{Map, Value};

use super::cell::Cell;

/// The object as it is edited.
#[derive(Clone, PartialEq)]
pub struct Row {
    /// Unique in its member.
    pub key: usize,
    cells: Vec<(String, Cell, RwSignal<String>)>,
    rest: RwSignal<String>,
}

/// The schema a `$ref` names, or the schema itself.
pub fn resolve<'a>(schemas: &'a Value, schema: &'a Value) -> &'a Value {
    let name = schema.get("$ref").and_then(Value::as_str).and_then(|it| it.rsplit('/').next());
    name.and_then(|name| schemas.get(name)).unwrap_or(schema)
}

impl Row {
    pub fn new(schemas: &Value, schema: &Value, value: Option<&Value>, key: usize) -> Self {
        let properties = resolve(schemas, schema).get("properties").and_then(Value::as_object);
        let mut cells: Vec<(String, Cell, RwSignal<String>)> = properties
            .into_iter()
            .flatten()
            .filter(|(name, _)| !name.starts_with('@') && *name != "href")
            .map(|(name, schema)| (name.clone(), Cell::of(name, schema)))
            .filter(|(_, cell)| cell.is_plain())
            .map(|(name, cell)| {
                let text = cell.show(value.and_then(|value| value.get(&name)));
                (name, cell, RwSignal::new(text))
            })
            .collect();
        // What it is called comes first, long texts last.
        cells.sort_by_key(|(name, cell, _)| match name.as_str() {
            "name" => 0,
            "id" => 1,
            "value" | "valueType" | "role" => 2,
            _ if *cell == Cell::Long => 4,
            _ => 3,
        });
        let members = value.and_then(Value::as_object);
        let rest: Map<String, Value> = members
            .into_iter()
            .flatten()
            .filter(|(name, _)| !cells.iter().any(|(known, ..)| known == *name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let rest = if rest.is_empty() { String::new() } else { Cell::Json.show(Some(&Value::Object(rest))) };
        Self { key, cells, rest: RwSignal::new(rest) }
    }

    /// The object; `None` where nothing is filled in.
    ///
    /// # Errors
    /// A sentence for the user.
    pub fn value(&self) -> Result<Option<Value>, String> {
        let mut all = match Cell::Json.read(&self.rest.get_untracked())? {
            None => Map::new(),
            Some(Value::Object(rest)) => rest,
            Some(_) => return Err("“Other members” is a JSON object.".into()),
        };
        for (name, cell, text) in &self.cells {
            match cell.read(&text.get_untracked())? {
                Some(value) => all.insert(name.clone(), value),
                None => all.shift_remove(name),
            };
        }
        Ok((!all.is_empty()).then_some(Value::Object(all)))
    }

    /// Its controls; `prefix` keeps their ids apart from those of other members.
    pub fn view(&self, prefix: &str) -> AnyView {
        let controls: Vec<_> = self
            .cells
            .iter()
            .map(|(name, cell, text)| cell.control(name, format!("{prefix}-{}-{name}", self.key), *text, false))
            .collect();
        let rest = Cell::Json.control("otherMembers", format!("{prefix}-{}-rest", self.key), self.rest, false);
        let open = !self.rest.with_untracked(String::is_empty);
        html! {
            <div class="fields">{controls}</div>
            <details class="more" open=open><summary>"Other members as JSON"</summary>{rest}</details>
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_is_lost_that_has_no_control() {
        let schemas = json!({"Characteristic": {"properties": {
            "id": {"type": "string"}, "name": {"type": "string"}, "value": {}, "@type": {"type": "string"},
            "characteristicRelationship": {"type": "array"}
        }}});
        let schema = json!({"$ref": "#/components/schemas/Characteristic"});
        let value = json!({"name": "size", "value": 7, "@type": "X", "characteristicRelationship": [{"id": "1"}]});
        Owner::new().with(|| {
            let row = Row::new(&schemas, &schema, Some(&value), 0);
            assert_eq!(row.value(), Ok(Some(value)));
            row.cells[0].2.set("weight".into());
            assert_eq!(row.value().unwrap().unwrap()["name"], "weight");
            assert_eq!(Row::new(&schemas, &schema, None, 1).value(), Ok(None));
        });
    }
}
