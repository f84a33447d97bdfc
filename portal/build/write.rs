//! Writes the checked types as Rust.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use graphql_parser::schema::Type;

use crate::check::{Checked, GqlType, Op, inner};

/// Enums that server and portal share; the others are written here.
const SHARED: [(&str, &str); 15] = [
    ("Action", "role"),
    ("ChangeKind", "plan"),
    ("DriftPolicy", "service"),
    ("Flavour", "resource"),
    ("Health", "service"),
    ("ItemAction", "order"),
    ("LinkState", "service"),
    ("OnFailure", "order"),
    ("OrderState", "order"),
    ("PeerPolicy", "placement"),
    ("ResourceStatus", "resource"),
    ("Role", "role"),
    ("SagaState", "timeline"),
    ("ServiceState", "service"),
    ("StepState", "timeline"),
];

const SCALARS: [&str; 9] = ["String", "ID", "Boolean", "Int", "Float", "JSON", "DateTime", "UUID", "Cursor"];

pub fn code(checked: &Checked) -> String {
    let mut out = String::new();
    let inputs = inputs_in_use(checked);
    let used = words_in_use(checked, &inputs);
    for (name, values) in checked.enums.iter().filter(|(name, _)| used.contains(*name)) {
        words(&mut out, name, values);
    }
    for (name, fields) in &checked.objects {
        object(&mut out, name, fields);
    }
    for (name, fields) in inputs {
        input(&mut out, name, fields);
    }
    for op in &checked.ops {
        operation(&mut out, op);
    }
    out
}

fn inputs_in_use(checked: &Checked) -> BTreeMap<&String, &Vec<(String, GqlType)>> {
    let mut names: Vec<&str> = checked.ops.iter().flat_map(|op| &op.variables).map(|(_, of)| inner(of)).collect();
    let mut found = BTreeMap::new();
    while let Some(name) = names.pop() {
        if let Some((name, fields)) = checked.inputs.get_key_value(name)
            && found.insert(name, fields).is_none()
        {
            names.extend(fields.iter().map(|(_, of)| inner(of)));
        }
    }
    found
}

fn words_in_use(checked: &Checked, inputs: &BTreeMap<&String, &Vec<(String, GqlType)>>) -> BTreeSet<String> {
    let fields = checked.objects.values().chain(inputs.values().copied()).flatten();
    let variables = checked.ops.iter().flat_map(|op| &op.variables);
    fields.chain(variables).map(|(_, of)| inner(of).to_owned()).collect()
}

/// Words whose schema spelling is not the variant's in lower camel case.
const SPELLED: [(&str, &str); 2] = [("k3S", "K3s"), ("microk8S", "Microk8s")];

fn words(out: &mut String, name: &str, values: &[String]) {
    let variant = |value: &String| {
        let known = SPELLED.iter().find(|(word, _)| word == value);
        known.map_or_else(|| pascal(value), |(_, variant)| (*variant).to_owned())
    };
    if let Some((_, module)) = SHARED.iter().find(|(shared, _)| *shared == name) {
        let _ = writeln!(out, "pub use hypo_shared::{module}::{name};");
    } else {
        let list: Vec<_> = values.iter().map(variant).collect();
        let _ =
            writeln!(out, "#[derive(Clone, Copy, Debug, PartialEq, Eq)]\npub enum {name} {{ {} }}", list.join(", "));
    }
    let arms: String = values.iter().map(|value| format!("\"{value}\" => Self::{}, ", variant(value))).collect();
    let back: String = values.iter().map(|value| format!("Self::{} => \"{value}\", ", variant(value))).collect();
    let _ = writeln!(
        out,
        "impl Json for {name} {{ fn read(value: &Value) -> Result<Self, Shape> {{ Ok(match value.as_str().ok_or(Shape)? \
         {{ {arms}_ => return Err(Shape) }}) }} fn absent() -> Self {{ Self::{} }} }}\n\
         impl Word for {name} {{ fn word(self) -> &'static str {{ match self {{ {back} }} }} }}\n\
         impl ToJson for {name} {{ fn json(&self) -> Value {{ Value::from(self.word()) }} }}",
        variant(&values[0])
    );
}

fn object(out: &mut String, name: &str, fields: &[(String, GqlType)]) {
    let _ = writeln!(out, "#[derive(Clone, Debug, PartialEq)]\npub struct {name} {{");
    for (field, of) in fields {
        let _ = writeln!(out, "    pub {}: {},", ident(field), rust(of));
    }
    let reads: String =
        fields.iter().map(|(field, _)| format!("{}: field(value, \"{field}\")?, ", ident(field))).collect();
    let absent: String = fields.iter().map(|(field, _)| format!("{}: Json::absent(), ", ident(field))).collect();
    let _ = writeln!(
        out,
        "}}\nimpl Json for {name} {{ fn read(value: &Value) -> Result<Self, Shape> {{ \
         if !value.is_object() {{ return Err(Shape); }} Ok(Self {{ {reads} }}) }} \
         fn absent() -> Self {{ Self {{ {absent} }} }} }}"
    );
}

fn input(out: &mut String, name: &str, fields: &[(String, GqlType)]) {
    let _ = writeln!(out, "#[derive(Clone, Debug, PartialEq)]\npub struct {name} {{");
    for (field, of) in fields {
        let _ = writeln!(out, "    pub {}: {},", ident(field), rust(of));
    }
    let _ =
        writeln!(out, "}}\nimpl ToJson for {name} {{ fn json(&self) -> Value {{ object(&[{}]) }} }}", pairs(fields));
}

fn operation(out: &mut String, op: &Op) {
    let Op { name, kind, field, output, variables, text } = op;
    let _ = writeln!(out, "#[derive(Clone, Debug, PartialEq)]\npub struct {name} {{");
    for (variable, of) in variables {
        let _ = writeln!(out, "    pub {}: {},", ident(variable), rust(of));
    }
    let _ = writeln!(
        out,
        "}}\nimpl Operation for {name} {{ type Output = {}; const NAME: &'static str = {name:?}; \
         const KIND: Kind = Kind::{kind}; const FIELD: &'static str = {field:?}; const TEXT: &'static str = {text:?}; \
         fn variables(&self) -> Value {{ object(&[{}]) }} }}",
        rust(output),
        pairs(variables)
    );
}

fn pairs(fields: &[(String, GqlType)]) -> String {
    fields.iter().map(|(field, _)| format!("(\"{field}\", self.{}.json()), ", ident(field))).collect()
}

fn rust(of: &GqlType) -> String {
    match of {
        Type::NonNullType(of) => match &**of {
            Type::NamedType(name) => named(name),
            Type::ListType(of) => format!("Vec<{}>", rust(of)),
            Type::NonNullType(of) => rust(of),
        },
        Type::NamedType(name) if name == "JSON" => named(name),
        Type::NamedType(name) => format!("Option<{}>", named(name)),
        Type::ListType(of) => format!("Option<Vec<{}>>", rust(of)),
    }
}

fn named(name: &str) -> String {
    assert!(SCALARS.contains(&name) || name.chars().next().is_some_and(char::is_uppercase), "{name} is no type");
    match name {
        "String" | "ID" | "Cursor" => "String",
        "Boolean" => "bool",
        "Int" => "i64",
        "Float" => "f64",
        "JSON" => "Value",
        "DateTime" => "Time",
        "UUID" => "Uuid",
        other => other,
    }
    .to_owned()
}

fn ident(name: &str) -> String {
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_uppercase() {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    match snake.as_str() {
        "type" | "enum" | "in" | "match" | "ref" => format!("r#{snake}"),
        _ => snake,
    }
}

fn pascal(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
