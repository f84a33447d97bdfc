//! TMF documents by GraphQL: the same rows as the TMF face gives, with one statement for a list.

use std::time::Duration;

use async_graphql::parser::{
    parse_schema,
    types::{TypeKind, TypeSystemDefinition},
};
use axum::{
    body::Body,
    http::{Request, header},
};
use chrono::Utc;
use hypo_shared::{Role, TenantId};
use hypo_store::documents::{self, Document};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Person, Server};

/// Orders with a party each, named by their number.
async fn orders(server: &Server, tenant: TenantId, count: usize) {
    for number in 0..count {
        let doc = json!({
            "description": format!("order {number:03}"),
            "state": if number % 2 == 0 { "held" } else { "completed" },
            "orderDate": "2026-01-02T03:04:05.000Z",
            "x-own": {"kept": [1, null]},
            "relatedParty": [{"id": format!("p{number}"), "role": "buyer", "@referredType": "Organization"}],
            "serviceOrderItem": [{"id": "1", "action": "add", "service": {"name": "shop"}}],
            "@type": "ServiceOrder",
        });
        let row = Document {
            state: doc["state"].as_str().unwrap().into(),
            name: format!("order {number:03}"),
            ..Document::new(documents::kind::SERVICE_ORDER, Uuid::now_v7(), tenant, doc, Utc::now())
        };
        hypo_store::write!(server.store, |tx| documents::create(tx, &row).await).unwrap();
    }
}

async fn rest(server: &Server, who: &Person, path: &str) -> Value {
    let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {}", who.token));
    server.send(request.body(Body::empty()).unwrap()).await.json()
}

#[tokio::test]
async fn a_list_is_the_list_of_the_tmf_face() {
    let server = Server::start().await;
    let ada = server.person(server.provider, "ada", Role::Provider).await;
    orders(&server, server.provider, 5).await;
    orders(&server, server.owner, 2).await;
    let query = "query($f: String, $n: Int, $a: String) { tmf { serviceOrders(filter: $f, first: $n, after: $a) {
        totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        edges { cursor node { id href state orderDate document } }
        nodes { id etag atType relatedParty { id role atReferredType } serviceOrderItem { action service { name } } } } } }";
    let all = server.data(&ada, query, json!({})).await["tmf"]["serviceOrders"].take();
    let rows = rest(&server, &ada, "/tmf-api/serviceOrdering/v4/serviceOrder").await;
    assert_eq!((&all["totalCount"], rows.as_array().unwrap().len()), (&json!(5), 5), "another tenant's are not shown");
    for (index, row) in rows.as_array().unwrap().iter().enumerate() {
        let (edge, node) = (&all["edges"][index], &all["nodes"][index]);
        assert_eq!(&edge["node"]["document"], row);
        for member in ["id", "href", "state", "orderDate"] {
            assert_eq!(edge["node"][member], row[member], "{member}");
        }
        let party = json!([{"id": row["relatedParty"][0]["id"], "role": "buyer", "atReferredType": "Organization"}]);
        assert_eq!(node["relatedParty"], party);
        assert_eq!(node["serviceOrderItem"], json!([{"action": "add", "service": {"name": "shop"}}]));
        assert_eq!((node["atType"].as_str(), node["etag"].as_str()), (Some("ServiceOrder"), Some("\"1\"")));
    }

    // By pages, with a filter.
    let mut after = Value::Null;
    let mut seen = Vec::new();
    loop {
        let variables = json!({"f": "state=held", "n": 2, "a": after});
        let page = server.data(&ada, query, variables).await["tmf"]["serviceOrders"].take();
        assert_eq!(page["totalCount"], 3);
        assert_eq!(page["pageInfo"]["hasPreviousPage"], !seen.is_empty());
        seen.extend(page["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["id"].clone()));
        assert_eq!(page["pageInfo"]["endCursor"], page["edges"].as_array().unwrap().last().unwrap()["cursor"]);
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    let held = rest(&server, &ada, "/tmf-api/serviceOrdering/v4/serviceOrder?state=held").await;
    let held: Vec<Value> = held.as_array().unwrap().iter().map(|row| row["id"].clone()).collect();
    assert_eq!(seen, held);

    // One, and none of another tenant's.
    let one = "query($id: ID!) { tmf { serviceOrder(id: $id) { id state __typename ... on TmfServiceOrder { description } } } }";
    let found = server.data(&ada, one, json!({"id": held[0]})).await["tmf"]["serviceOrder"].take();
    assert_eq!(found["__typename"], "TmfServiceOrder");
    assert_eq!((&found["id"], &found["state"]), (&held[0], &json!("held")));
    let olga = server.person(server.owner, "olga", Role::DomainOwner).await;
    assert!(server.data(&olga, one, json!({"id": held[0]})).await["tmf"]["serviceOrder"].is_null());
    for (filter, after) in [("limit=3", None), ("state=held", Some("nonsense"))] {
        let answer = server.graphql(&ada, query, json!({"f": filter, "a": after})).await;
        assert!(answer.code().is_some_and(|code| code.starts_with("HYP-60")), "{filter}: {}", answer.text);
    }
}

#[tokio::test]
async fn changes_obey_the_rules_of_the_tmf_face() {
    let server = Server::start().await;
    let root = server.person(server.provider, "root", Role::Admin).await;
    let viewer = server.person(server.provider, "vera", Role::Viewer).await;
    let create = "mutation($input: TmfIndividualInput!) { changeTmf { createIndividual(input: $input) { id etag atType document } } }";
    let input = json!({"givenName": "Ada", "familyName": "Lovelace", "atType": "Engineer", "extra": {"x-own": [1]}});
    let made = server.data(&root, create, json!({"input": input})).await["changeTmf"]["createIndividual"].take();
    assert_eq!((&made["atType"], &made["document"]["x-own"]), (&json!("Engineer"), &json!([1])));
    let path = format!("/tmf-api/party/v4/individual/{}", made["id"].as_str().unwrap());
    assert_eq!(rest(&server, &root, &path).await, made["document"]);
    let patch = "mutation($id: ID!, $p: JSON!, $e: String) { changeTmf { patchIndividual(id: $id, patch: $p, ifMatch: $e) { etag gender } } }";
    let variables = json!({"id": made["id"], "p": {"gender": "female"}, "e": made["etag"]});
    let changed = server.data(&root, patch, variables.clone()).await["changeTmf"]["patchIndividual"].take();
    assert_eq!(changed["gender"], "female");
    assert_eq!(server.graphql(&root, patch, variables).await.code().as_deref(), Some("HYP-6005"), "it has changed");
    let list = json!({"id": made["id"], "p": [{"op": "replace", "path": "/gender", "value": "f"}]});
    assert_eq!(server.data(&root, patch, list).await["changeTmf"]["patchIndividual"]["gender"], "f");
    let delete = "mutation($id: ID!) { changeTmf { deleteIndividual(id: $id) } }";
    let refused = server.graphql(&viewer, delete, json!({"id": made["id"]})).await;
    assert_eq!(refused.code().as_deref(), Some("HYP-5002"), "{}", refused.text);
    let gone = server.data(&root, delete, json!({"id": made["id"]})).await;
    assert_eq!(gone["changeTmf"]["deleteIndividual"], true);
    assert_eq!(rest(&server, &root, &path).await["code"], "HYP-6002");
    let empty = server.graphql(&root, create, json!({"input": {"givenName": "Ada"}})).await;
    assert!(empty.code().is_some(), "{}", empty.text);
}

/// The fewest queries of several tries: what runs in the background only adds.
async fn statements(server: &Server, who: &Person, query: &str) -> u64 {
    let mut fewest = u64::MAX;
    for _ in 0..6 {
        let before = server.store.read().statements();
        server.data(who, query, json!({})).await;
        fewest = fewest.min(server.store.read().statements() - before);
        // What was written a moment ago is still being looked at.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    fewest
}

#[tokio::test]
async fn a_list_takes_one_statement_however_long_it_is() {
    let server = Server::start().await;
    let ada = server.person(server.provider, "ada", Role::Provider).await;
    let nothing = statements(&server, &ada, "{ __typename }").await;
    let list = "{ tmf { serviceOrders(filter: \"state=held,completed\", sort: \"-description\", first: 50) { totalCount pageInfo { endCursor }
        nodes { id relatedParty { id } serviceOrderItem { service { name } } } } } }";
    orders(&server, server.provider, 1).await;
    let short = statements(&server, &ada, list).await - nothing;
    orders(&server, server.provider, 59).await;
    let long = statements(&server, &ada, list).await - nothing;
    assert_eq!((short, long), (1, 1), "the page and its count together");
}

#[test]
fn everything_in_the_schema_is_documented() {
    let mut missing = Vec::new();
    for definition in parse_schema(hypo_api::schema_sdl()).unwrap().definitions {
        let TypeSystemDefinition::Type(found) = definition else { continue };
        let name = found.node.name.node.to_string();
        let mut judge = |place: String, described: bool| {
            if !described {
                missing.push(place);
            }
        };
        judge(
            name.clone(),
            found.node.description.is_some() || ["Query", "Mutation", "Subscription"].contains(&&*name),
        );
        match &found.node.kind {
            TypeKind::Object(object) => {
                for field in &object.fields {
                    judge(format!("{name}.{}", field.node.name.node), field.node.description.is_some());
                    let arguments = field.node.arguments.iter().filter(|_| name.starts_with("Tmf"));
                    for argument in arguments {
                        let place = format!("{name}.{}({})", field.node.name.node, argument.node.name.node);
                        judge(place, argument.node.description.is_some());
                    }
                }
            }
            TypeKind::InputObject(input) => {
                for field in &input.fields {
                    judge(format!("{name}.{}", field.node.name.node), field.node.description.is_some());
                }
            }
            _ => {}
        }
    }
    assert!(missing.is_empty(), "{} without words: {missing:#?}", missing.len());
}
