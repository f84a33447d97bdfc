//! The schema is the reviewed file, and every root field has a row in the policy table.

use std::{collections::BTreeSet, env, fs, path::PathBuf};

use async_graphql::parser::{
    parse_schema,
    types::{TypeKind, TypeSystemDefinition},
};
use hypo_api::{policy, schema_sdl};

#[test]
fn the_schema_is_the_reviewed_file() {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../schema.graphql");
    let exported = schema_sdl();
    if env::var_os("UPDATE_SCHEMA").is_some() {
        fs::write(&file, &exported).unwrap();
    }
    let reviewed = fs::read_to_string(&file).unwrap();
    assert!(exported == reviewed, "run with UPDATE_SCHEMA=1 and review the difference of schema.graphql");
}

#[test]
fn every_root_field_has_a_policy_and_every_policy_a_field() {
    let document = parse_schema(schema_sdl()).unwrap();
    let mut fields = BTreeSet::new();
    for definition in document.definitions {
        let TypeSystemDefinition::Type(found) = definition else { continue };
        if !["Query", "Mutation", "Subscription"].contains(&found.node.name.node.as_str()) {
            continue;
        }
        let TypeKind::Object(object) = found.node.kind else { panic!("a root is an object") };
        for field in object.fields {
            let name = field.node.name.node.to_string();
            assert!(fields.insert(name.clone()), "{name} stands in two roots");
        }
    }
    let rows: BTreeSet<String> = policy::FIELDS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(fields, rows);
}
