//! What a provider leaves to its customers: rows that each bind a characteristic to something of the package.

use leptos::prelude::*;
use serde_json::{Value, json};

use crate::{
    api::ops::Package,
    ui::icon::{Icon, icon},
    widgets::typed,
};

/// What a choice changes.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    Replicas(String),
    /// A variable of this component; its name is typed.
    Environment(String),
    /// A value of the chart and its kind.
    Value(String, String),
}

impl Target {
    fn words(&self) -> String {
        match self {
            Self::Replicas(component) => format!("Replicas of {component}"),
            Self::Environment(component) => format!("Environment variable of {component}"),
            Self::Value(path, _) => format!("Value {path}"),
        }
    }

    /// A name to begin with.
    fn name(&self) -> String {
        match self {
            Self::Replicas(component) => format!("{component}.replicas"),
            Self::Environment(_) => String::new(),
            Self::Value(path, _) => path.replace('\\', ""),
        }
    }

    fn kind(&self) -> &str {
        match self {
            Self::Replicas(_) => "integer",
            Self::Environment(_) => "text",
            Self::Value(_, kind) => kind,
        }
    }
}

/// One choice as it is edited.
#[derive(Clone)]
pub struct Row {
    key: usize,
    target: Target,
    name: RwSignal<String>,
    variable: RwSignal<String>,
    /// Commas between values; empty means any.
    allowed: RwSignal<String>,
    required: RwSignal<bool>,
}

impl Row {
    fn new(key: usize, target: Target) -> Self {
        let name = RwSignal::new(target.name());
        let text = || RwSignal::new(String::new());
        Self { key, target, name, variable: text(), allowed: text(), required: RwSignal::new(false) }
    }

    /// As `publishOffering` takes it.
    fn choice(&self) -> Result<Value, String> {
        let name = self.name.get_untracked().trim().to_owned();
        if name.is_empty() {
            return Err(format!("{}: give the choice a name.", self.target.words()));
        }
        let to = match &self.target {
            Target::Replicas(component) => json!({"replicas": component}),
            Target::Environment(component) => {
                let variable = self.variable.get_untracked();
                json!({"environment": {"component": component, "variable": variable.trim()}})
            }
            Target::Value(path, _) => json!({"value": path}),
        };
        let allowed = self.allowed.get_untracked();
        let words = allowed.split(',').map(str::trim).filter(|word| !word.is_empty());
        let allowed: Result<Vec<Value>, String> =
            words.map(|word| typed::read(&name, self.target.kind(), word)).collect();
        Ok(json!({"name": name, "to": to, "allowed": allowed?, "required": self.required.get_untracked()}))
    }

    fn view(&self, rows: RwSignal<Vec<Self>>) -> AnyView {
        let key = self.key;
        let (name, variable, allowed, required) = (self.name, self.variable, self.allowed, self.required);
        let field = |label: &'static str, text: RwSignal<String>, hint: &'static str| {
            let id = format!("choice-{key}-{}", crate::ui::field::slug(label));
            html! {
                <div class="field"><label for=id.clone()>{label}</label>
                    <input class="input" id=id type="text" autocomplete="off" prop:value=move || text.get() on:input=move |event| text.set(event_target_value(&event)) />
                    <span class="hint">{hint}</span></div>
            }
        };
        let variable = matches!(self.target, Target::Environment(_))
            .then(|| field("Variable", variable, "As the program reads it."));
        html! {
            <fieldset class="sub-form"><legend class="small strong">{self.target.words()}</legend>
                <div class="fields">
                    {field("Name", name, "What customers read.")}
                    {variable}
                    {field("Allowed values", allowed, "Commas between them; none means any.")}
                </div>
                <div class="row">
                    <label class="check"><input type="checkbox" prop:checked=move || required.get() on:change=move |event| required.set(event_target_checked(&event)) />"Has to be chosen"</label>
                    <button type="button" class="button tiny" on:click=move |_| rows.update(|rows| rows.retain(|row| row.key != key))>{icon(Icon::Close)}"Remove"</button>
                </div>
            </fieldset>
        }
        .into_any()
    }
}

/// What of a package can be left to customers: replicas, variables, single values that are no secret.
pub fn targets(package: &Package) -> Vec<Target> {
    let names = package.analysis["components"].as_array().into_iter().flatten();
    let names: Vec<String> = names.map(|it| typed::shown(&it["name"])).collect();
    let single = |kind: &str| matches!(kind, "text" | "integer" | "number" | "boolean");
    let values = package.values_form.iter().filter(|field| single(&field.kind));
    let replicas = names.iter().cloned().map(Target::Replicas);
    let variables = names.iter().cloned().map(Target::Environment);
    replicas.chain(variables).chain(values.map(|it| Target::Value(it.path.clone(), it.kind.clone()))).collect()
}

/// The rows and a menu that adds one.
pub fn editor(targets: Vec<Target>, rows: RwSignal<Vec<Row>>) -> AnyView {
    let options: Vec<_> = targets
        .iter()
        .enumerate()
        .map(|(at, target)| html! { <option value=at.to_string()>{target.words()}</option> })
        .collect();
    let next = StoredValue::new(0_usize);
    let add = move |event: web_sys::Event| {
        let target = event_target_value(&event).parse::<usize>().ok().and_then(|at| targets.get(at).cloned());
        if let Some(target) = target {
            let key = next.get_value();
            next.set_value(key + 1);
            rows.update(|rows| rows.push(Row::new(key, target)));
        }
        // The menu says "Add a choice" again.
        event_target::<web_sys::HtmlSelectElement>(&event).set_value("");
    };
    html! {
        <For each=move || rows.get() key=|row| row.key children=move |row| row.view(rows) />
        <div class="field"><label for="add-choice">"Add a choice"</label>
            <select class="select" id="add-choice" on:change=add><option value="">"Customers choose nothing more"</option>{options}</select></div>
    }
    .into_any()
}

/// The rows as `publishOffering` takes them.
///
/// # Errors
/// A sentence for the user.
pub fn read(rows: &[Row]) -> Result<Vec<Value>, String> {
    rows.iter().map(Row::choice).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_choices() {
        Owner::new().with(|| {
            let row = Row::new(0, Target::Replicas("web".into()));
            row.allowed.set("1, 3".into());
            row.required.set(true);
            let size = Row::new(1, Target::Value("db.size\\.gb".into(), "integer".into()));
            let variable = Row::new(2, Target::Environment("web".into()));
            assert!(read(std::slice::from_ref(&variable)).is_err(), "a variable has no name to begin with");
            variable.name.set("title".into());
            variable.variable.set("SHOP_TITLE".into());
            let expected = vec![
                json!({"name": "web.replicas", "to": {"replicas": "web"}, "allowed": [1, 3], "required": true}),
                json!({"name": "db.size.gb", "to": {"value": "db.size\\.gb"}, "allowed": [], "required": false}),
                json!({"name": "title", "to": {"environment": {"component": "web", "variable": "SHOP_TITLE"}}, "allowed": [], "required": false}),
            ];
            assert_eq!(read(&[row.clone(), size, variable]), Ok(expected));
            row.allowed.set("many".into());
            assert!(read(&[row]).is_err());
        });
    }
}
