//! Walks the operations over the schema.

use std::collections::{BTreeMap, BTreeSet};

use graphql_parser::{
    query::{self, Definition, OperationDefinition, Selection},
    schema::{self, Type},
};

pub type GqlType = Type<'static, String>;

/// An operation that fits the schema.
pub struct Op {
    pub name: String,
    /// `Query`, `Mutation` or `Subscription`.
    pub kind: &'static str,
    pub field: String,
    pub output: GqlType,
    pub variables: Vec<(String, GqlType)>,
    pub text: String,
}

/// What is written: types with the fields in use, inputs, enums and operations.
pub struct Checked {
    pub objects: BTreeMap<String, Vec<(String, GqlType)>>,
    pub inputs: BTreeMap<String, Vec<(String, GqlType)>>,
    pub enums: BTreeMap<String, Vec<String>>,
    pub ops: Vec<Op>,
}

struct Schema {
    objects: BTreeMap<String, schema::ObjectType<'static, String>>,
    inputs: BTreeMap<String, Vec<(String, GqlType)>>,
    enums: BTreeMap<String, Vec<String>>,
}

struct Walk<'a> {
    schema: &'a Schema,
    fragments: &'a BTreeMap<String, query::FragmentDefinition<'static, String>>,
    used: BTreeMap<String, BTreeSet<String>>,
    errors: Vec<String>,
}

pub fn check(schema: &str, operations: &str) -> Result<Checked, Vec<String>> {
    let schema = read_schema(schema)?;
    let document = graphql_parser::parse_query::<String>(operations)
        .map_err(|error| vec![format!("graphql/: {error}")])?
        .into_static();
    let mut fragments = BTreeMap::new();
    let mut definitions = Vec::new();
    for definition in document.definitions {
        match definition {
            Definition::Fragment(fragment) => {
                fragments.insert(fragment.name.clone(), fragment);
            }
            Definition::Operation(operation) => definitions.push(operation),
        }
    }
    let mut walk = Walk { schema: &schema, fragments: &fragments, used: BTreeMap::new(), errors: Vec::new() };
    let ops: Vec<Op> = definitions.iter().filter_map(|operation| walk.operation(operation)).collect();
    if !walk.errors.is_empty() {
        return Err(walk.errors);
    }
    let mut objects = BTreeMap::new();
    for (name, fields) in &walk.used {
        let object = &schema.objects[name];
        let kept = object.fields.iter().filter(|field| fields.contains(&field.name));
        objects.insert(name.clone(), kept.map(|field| (field.name.clone(), field.field_type.clone())).collect());
    }
    Ok(Checked { objects, inputs: schema.inputs, enums: schema.enums, ops })
}

fn read_schema(text: &str) -> Result<Schema, Vec<String>> {
    let document = graphql_parser::parse_schema::<String>(text)
        .map_err(|error| vec![format!("schema.graphql: {error}")])?
        .into_static();
    let mut read = Schema { objects: BTreeMap::new(), inputs: BTreeMap::new(), enums: BTreeMap::new() };
    for definition in document.definitions {
        let schema::Definition::TypeDefinition(definition) = definition else { continue };
        match definition {
            schema::TypeDefinition::Object(object) => {
                read.objects.insert(object.name.clone(), object);
            }
            schema::TypeDefinition::InputObject(input) => {
                let fields = input.fields.into_iter().map(|field| (field.name, field.value_type)).collect();
                read.inputs.insert(input.name, fields);
            }
            schema::TypeDefinition::Enum(words) => {
                read.enums.insert(words.name, words.values.into_iter().map(|value| value.name).collect());
            }
            _ => {}
        }
    }
    Ok(read)
}

/// The name inside lists and `!`.
pub fn inner(of: &GqlType) -> &str {
    match of {
        Type::NamedType(name) => name,
        Type::ListType(of) | Type::NonNullType(of) => inner(of),
    }
}

impl Walk<'_> {
    fn operation(&mut self, operation: &OperationDefinition<'static, String>) -> Option<Op> {
        let (kind, name, variables, set) = match operation {
            OperationDefinition::Query(it) => ("Query", &it.name, &it.variable_definitions, &it.selection_set),
            OperationDefinition::Mutation(it) => ("Mutation", &it.name, &it.variable_definitions, &it.selection_set),
            OperationDefinition::Subscription(it) => {
                ("Subscription", &it.name, &it.variable_definitions, &it.selection_set)
            }
            OperationDefinition::SelectionSet(_) => return self.wrong("an operation needs a name"),
        };
        let name = name.clone().unwrap_or_default();
        let [Selection::Field(root)] = &set.items[..] else {
            return self.wrong(format!("{name}: an operation selects exactly one root field"));
        };
        let variables: Vec<_> =
            variables.iter().map(|variable| (variable.name.clone(), variable.var_type.clone())).collect();
        let mut spreads = BTreeSet::new();
        self.selection(&name, kind, set, &variables, &mut spreads);
        let field = self.schema.objects.get(kind)?.fields.iter().find(|field| field.name == root.name)?;
        let mut text = operation.to_string();
        for spread in &spreads {
            text.push('\n');
            text.push_str(&self.fragments[spread].to_string());
        }
        Some(Op { name, kind, field: root.name.clone(), output: field.field_type.clone(), variables, text })
    }

    fn selection(
        &mut self,
        at: &str,
        on: &str,
        set: &query::SelectionSet<'static, String>,
        variables: &[(String, GqlType)],
        spreads: &mut BTreeSet<String>,
    ) {
        let Some(object) = self.schema.objects.get(on) else {
            return self.note(format!("{at}: the schema has no type {on}"));
        };
        for item in &set.items {
            match item {
                Selection::Field(field) => {
                    let here = format!("{at}.{}", field.name);
                    let Some(known) = object.fields.iter().find(|known| known.name == field.name) else {
                        self.note(format!("{here}: {on} has no such field"));
                        continue;
                    };
                    if field.alias.is_some() {
                        self.note(format!("{here}: aliases are not supported"));
                    }
                    self.arguments(&here, known, &field.arguments, variables);
                    if !["Query", "Mutation", "Subscription"].contains(&on) {
                        self.used.entry(on.to_owned()).or_default().insert(field.name.clone());
                    }
                    let below = inner(&known.field_type);
                    match (self.schema.objects.contains_key(below), field.selection_set.items.is_empty()) {
                        (true, false) => self.selection(&here, below, &field.selection_set, variables, spreads),
                        (true, true) => self.note(format!("{here}: select fields of {below}")),
                        (false, false) => self.note(format!("{here}: {below} has no fields")),
                        (false, true) => {}
                    }
                }
                Selection::FragmentSpread(spread) => match self.fragments.get(&spread.fragment_name) {
                    Some(fragment) => {
                        let query::TypeCondition::On(condition) = &fragment.type_condition;
                        if condition != on {
                            self.note(format!("{at}: fragment {} is on {condition}, not {on}", fragment.name));
                        }
                        spreads.insert(fragment.name.clone());
                        self.selection(at, on, &fragment.selection_set, variables, spreads);
                    }
                    None => self.note(format!("{at}: no fragment {}", spread.fragment_name)),
                },
                Selection::InlineFragment(_) => self.note(format!("{at}: inline fragments are not supported")),
            }
        }
    }

    fn arguments(
        &mut self,
        at: &str,
        field: &schema::Field<'static, String>,
        given: &[(String, query::Value<'static, String>)],
        variables: &[(String, GqlType)],
    ) {
        for (name, value) in given {
            let Some(known) = field.arguments.iter().find(|known| known.name == *name) else {
                self.note(format!("{at}: no argument {name}"));
                continue;
            };
            let query::Value::Variable(variable) = value else { continue };
            match variables.iter().find(|(declared, _)| declared == variable) {
                None => self.note(format!("{at}: ${variable} is not declared")),
                Some((_, of)) if !fits(of, &known.value_type) => {
                    self.note(format!("{at}: ${variable} is {of}, {name} wants {}", known.value_type));
                }
                Some(_) => {}
            }
        }
        for known in &field.arguments {
            let needed = matches!(known.value_type, Type::NonNullType(_)) && known.default_value.is_none();
            if needed && !given.iter().any(|(name, _)| *name == known.name) {
                self.note(format!("{at}: argument {} is missing", known.name));
            }
        }
    }

    fn note(&mut self, error: impl Into<String>) {
        self.errors.push(error.into());
    }

    fn wrong<T>(&mut self, error: impl Into<String>) -> Option<T> {
        self.note(error);
        None
    }
}

/// A required variable fits an optional argument, not the other way round.
fn fits(variable: &GqlType, argument: &GqlType) -> bool {
    match (variable, argument) {
        (Type::NonNullType(variable), Type::NonNullType(argument)) => fits(variable, argument),
        (Type::NonNullType(variable), argument) => fits(variable, argument),
        (Type::ListType(variable), Type::ListType(argument)) => fits(variable, argument),
        (variable, argument) => variable == argument,
    }
}
