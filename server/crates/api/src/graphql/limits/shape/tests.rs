use async_graphql::{OutputType, Variables};
use serde_json::json;

use super::*;
use crate::graphql::{limits::items, query::Query};

fn registry() -> Registry {
    let mut registry = Registry::default();
    registry.query_type = Query::create_type_info(&mut registry);
    registry
}

fn judged(request: impl Into<Request>) -> Result<Shape, Error> {
    check(&mut request.into(), &registry())
}

fn cost(query: &str) -> u64 {
    judged(query).unwrap().cost
}

fn code(query: &str) -> Option<ErrorCode> {
    judged(query).err().map(|error| error.code)
}

#[test]
fn ordinary_queries_pass() {
    let shape = judged("mutation { a(x: \"}\") { b } }").unwrap();
    assert_eq!(shape, Shape { kind: OperationType::Mutation, cost: 2 });
    assert_eq!(code("{ packages(first: 50) { nodes { id name } totalCount } }"), None);
}

#[test]
fn aliases_root_fields_and_depth() {
    let aliases: String = (0..101).map(|n| format!("a{n}: __typename ")).collect();
    assert_eq!(code(&format!("{{ {aliases} }}")), Some(ErrorCode::QueryTooComplex));
    let fields: String = (0..21).map(|n| format!("f{n} ")).collect();
    assert_eq!(code(&format!("{{ {fields} }}")), Some(ErrorCode::QueryTooComplex));
    let nested = |n: usize| format!("{}a{}", "{ a ".repeat(n), " }".repeat(n));
    assert_eq!(code(&nested(5)), None);
    assert_eq!(code(&nested(14)), Some(ErrorCode::QueryTooComplex));
}

#[test]
fn pages_multiply_however_their_items_are_selected() {
    assert_eq!(code("{ a(first: 99999999) { b } }"), Some(ErrorCode::QueryTooComplex));
    assert_eq!(code("{ a(first: 200) { b(first: 200) { c } } }"), Some(ErrorCode::QueryTooComplex));
    for query in [
        "{ packages { nodes { id } } }",
        "{ packages { ... { nodes { id } } } }",
        "{ packages { ... on PackageConnection { ... { nodes { id } } } } }",
        "{ packages { ...page } } fragment page on PackageConnection { nodes { id } }",
        "{ packages { items: nodes { id } } }",
        "{ ...root } fragment root on Query { packages { nodes { id } } }",
    ] {
        assert_eq!(cost(query), 101, "{query}");
    }
    assert_eq!(cost("{ events(first: 3) { nodes { id } next } }"), 10);
    assert_eq!(
        cost(
            "{ tmf { serviceOrders(first: 2) { ...page } } } fragment page on TmfServiceOrderConnection { edges { node { id } } }"
        ),
        8
    );
}

#[test]
fn plain_lists_multiply_too() {
    assert_eq!(cost("{ clusters { id } }"), 1 + items::PLAIN);
    assert_eq!(cost("{ clusters { domain { clusters { id } } } }"), 1 + items::PLAIN * (2 + items::PLAIN));
    assert_eq!(cost("{ services(first: 2) { nodes { orders { id } } } }"), 1 + 2 * (2 + items::PLAIN));
    assert_eq!(cost("{ services(first: 2) { nodes { ...o } } } fragment o on Service { orders { id } }"), 25);
    let wide = "{ services(first: 50) { nodes { orders { service { orders { service { orders { id } } } } } } } }";
    assert_eq!(code(wide), Some(ErrorCode::QueryTooComplex));
    let introspection =
        "{ __schema { types { name fields { name args { name } type { ofType { ofType { name } } } } } } }";
    assert!(cost(introspection) < 20, "what is below it has limits of its own");
}

#[test]
fn a_variable_is_what_is_given_or_its_default() {
    let ask = |head: &str, given: serde_json::Value| {
        let request = Request::new(format!("query({head}) {{ packages(first: $n) {{ nodes {{ id }} }} }}"));
        judged(request.variables(Variables::from_json(given))).map(|shape| shape.cost).map_err(|error| error.code)
    };
    assert_eq!(ask("$n: Int", json!({"n": 100_000})), Err(ErrorCode::QueryTooComplex));
    assert_eq!(ask("$n: Int = 100000", json!({})), Err(ErrorCode::QueryTooComplex));
    assert_eq!(ask("$n: Int = 200", json!({})), Ok(401));
    assert_eq!(ask("$n: Int = 200", json!({"n": 3})), Ok(7));
    assert_eq!((ask("$n: Int", json!({})), ask("$n: Int = 200", json!({"n": null}))), (Ok(101), Ok(101)));
}

#[test]
fn fragments_are_counted_as_often_as_they_are_spread() {
    let mut bomb = String::from("{ ...f0 }");
    for n in 0..60 {
        bomb.push_str(&format!(" fragment f{n} on Query {{ a {{ ...f{m} }} b {{ ...f{m} }} }}", m = n + 1));
    }
    bomb.push_str(" fragment f60 on Query { x }");
    assert_eq!(code(&bomb), Some(ErrorCode::QueryTooComplex));
    assert_eq!(
        code("{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }"),
        Some(ErrorCode::InvalidInput)
    );
}

#[test]
fn directives_and_circles() {
    assert_eq!(code("{ a @skip(if: true) @skip(if: true) }"), Some(ErrorCode::InvalidInput));
    assert_eq!(code("{ a @b @c @d @e @f @g }"), Some(ErrorCode::QueryTooComplex));
    let round = |n: usize| {
        format!("{{ __schema {{ types {}name{} }} }}", "{ fields { type ".repeat(n) + "{ ", " }".repeat(2 * n + 1))
    };
    assert_eq!(code(&round(2)), None);
    assert_eq!(code(&round(4)), Some(ErrorCode::QueryTooComplex));
    assert_eq!(code("{ a { fields { fields { fields { b } } } } }"), None, "a field of ours may be called so");
}
