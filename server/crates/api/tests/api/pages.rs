//! Pages of GraphQL lists, and names it does not know.

use hypo_shared::Role;
use serde_json::{Value, json};

use crate::support::Server;

const LIST: &str = "query L($f: String, $s: String, $a: String) { tmf {
    geographicSites(filter: $f, sort: $s, first: 1, after: $a) { nodes { name } pageInfo { endCursor hasPreviousPage } }
    individuals(first: 1) { pageInfo { endCursor } } } }";

#[tokio::test]
async fn a_cursor_is_good_for_its_list_only() {
    let server = Server::start().await;
    let ada = server.person(server.provider, "ada", Role::Admin).await;
    let create =
        "mutation($input: TmfGeographicSiteInput!) { changeTmf { createGeographicSite(input: $input) { id } } }";
    for name in ["a", "b", "c"] {
        server.data(&ada, create, json!({"input": {"name": name, "status": "planned"}})).await;
    }
    let first =
        server.data(&ada, LIST, json!({"f": "status=planned", "s": "name"})).await["tmf"]["geographicSites"].take();
    let cursor = &first["pageInfo"]["endCursor"];
    let good = json!({"f": "?status=planned", "s": "name", "a": cursor});
    let next = server.data(&ada, LIST, good).await["tmf"]["geographicSites"].take();
    assert_eq!((&next["nodes"][0]["name"], &next["pageInfo"]["hasPreviousPage"]), (&json!("b"), &json!(true)));

    let mut forged = cursor.as_str().unwrap().to_owned();
    forged.replace_range(8..9, if &forged[8..9] == "A" { "B" } else { "A" });
    for wrong in [
        json!({"f": "status=active", "s": "name", "a": cursor}),
        json!({"f": "status=planned", "s": "-name", "a": cursor}),
        json!({"s": "name", "a": cursor}),
        json!({"f": "status=planned", "s": "name", "a": forged}),
        json!({"f": "status=planned", "s": "name", "a": "AQAAAAAAAAAB"}),
    ] {
        let answer = server.graphql(&ada, LIST, wrong.clone()).await;
        assert_eq!(answer.code().as_deref(), Some("HYP-6008"), "{wrong}: {}", answer.text);
    }
    let others = [
        "{ packages(after: $a) { nodes { id } } }",
        "{ orders(after: $a) { nodes { id } } }",
        "{ tmf { individuals(filter: \"status=planned\", sort: \"name\", after: $a) { nodes { id } } } }",
    ];
    for other in others {
        let answer = server.graphql(&ada, &format!("query($a: String) {other}"), json!({"a": cursor})).await;
        assert_eq!(answer.code().as_deref(), Some("HYP-6008"), "{other}: {}", answer.text);
    }
}

#[tokio::test]
async fn lists_of_the_product_have_cursors_of_their_own() {
    let server = Server::start().await;
    let ada = server.person(server.provider, "ada", Role::Admin).await;
    let audit = "query($a: String) { audit(first: 1, after: $a) { nodes { id } pageInfo { endCursor hasNextPage } } }";
    let first = server.data(&ada, audit, json!({})).await["audit"].take();
    let cursor = &first["pageInfo"]["endCursor"];
    let second = server.data(&ada, audit, json!({"a": cursor})).await["audit"].take();
    assert_ne!(first["nodes"], second["nodes"]);
    for list in ["orders(after: $a)", "orders(state: held, after: $a)", "services(after: $a)", "packages(after: $a)"] {
        let query = format!("query($a: String) {{ {list} {{ totalCount }} }}");
        assert_eq!(
            server.graphql(&ada, &query, json!({"a": cursor})).await.code().as_deref(),
            Some("HYP-6008"),
            "{list}"
        );
    }
}

#[tokio::test]
async fn names_that_mean_nothing_are_refused() {
    let server = Server::start().await;
    let ada = server.person(server.provider, "ada", Role::Admin).await;
    for filter in ["%6Cimit=1", "%73ort=name", "status=planned&fi%65lds=id"] {
        let answer = server.graphql(&ada, LIST, json!({"f": filter})).await;
        assert_eq!(answer.code().as_deref(), Some("HYP-6001"), "{filter}: {}", answer.text);
        assert!(answer.text.contains("is no filter"), "{}", answer.text);
    }
    let events = "query($f: EventFilter) { events(filter: $f) { nodes { type } } }";
    let ask = async |filter: Value| server.graphql(&ada, events, json!({"f": filter})).await;
    for (filter, nearest) in [
        (json!({"types": ["Nope"]}), "Event"),
        (json!({"types": ["ServiceOrderStateChangedEvent"]}), "ServiceOrderStateChangeEvent"),
        (json!({"resources": ["serviceOrders"]}), "serviceOrder"),
    ] {
        let answer = ask(filter).await;
        assert_eq!(answer.code().as_deref(), Some("HYP-6001"), "{}", answer.text);
        assert!(answer.text.contains(nearest), "{}", answer.text);
    }
    let found = ask(json!({"types": ["OrganizationCreateEvent"], "resources": ["organization"]})).await;
    assert!(found.json()["errors"].is_null(), "{}", found.text);
}
