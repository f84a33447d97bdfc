//! The generated matrix: every root field × every role, and × another tenant's objects.

use std::collections::BTreeMap;

use crate::support::{Person, Server, Socket, tenant};
use async_graphql::parser::{
    parse_schema,
    types::{BaseType, FieldDefinition, InputValueDefinition, Type, TypeDefinition, TypeKind, TypeSystemDefinition},
};
use hypo_shared::{Action, Role, role::allows};
use serde_json::{Value, json};
use uuid::Uuid;

struct Schema {
    types: BTreeMap<String, TypeDefinition>,
}

/// A root field with the smallest arguments it accepts.
struct Case {
    root: &'static str,
    name: String,
    query: String,
    /// Values of its `UUID` arguments are all the variable `$id`.
    takes_id: bool,
}

impl Schema {
    fn read() -> Self {
        let document = parse_schema(hypo_api::schema_sdl()).unwrap();
        let types = document.definitions.into_iter().filter_map(|definition| match definition {
            TypeSystemDefinition::Type(found) => Some((found.node.name.node.to_string(), found.node)),
            _ => None,
        });
        Self { types: types.collect() }
    }

    fn fields(&self, name: &str) -> Vec<&FieldDefinition> {
        match &self.types[name].kind {
            TypeKind::Object(object) => object.fields.iter().map(|field| &field.node).collect(),
            _ => Vec::new(),
        }
    }

    fn cases(&self) -> Vec<Case> {
        let mut cases = Vec::new();
        for (root, word) in [("Query", "query"), ("Mutation", "mutation"), ("Subscription", "subscription")] {
            for field in self.fields(root) {
                let arguments: Vec<String> = field
                    .arguments
                    .iter()
                    .filter(|argument| !argument.node.ty.node.nullable)
                    .map(|argument| format!("{}: {}", argument.node.name.node, self.least(&argument.node)))
                    .collect();
                let arguments =
                    if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
                let object =
                    matches!(self.types.get(base(&field.ty.node)).map(|found| &found.kind), Some(TypeKind::Object(_)));
                let selection = if object { " { __typename }" } else { "" };
                let takes_id = arguments.contains("$id");
                let variables = if takes_id { "($id: UUID!)" } else { "" };
                let name = field.name.node.to_string();
                let query = format!("{word}{variables} {{ {name}{arguments}{selection} }}");
                cases.push(Case { root, name, query, takes_id });
            }
        }
        cases
    }

    /// The smallest literal of an input.
    fn least(&self, input: &InputValueDefinition) -> String {
        if let BaseType::List(_) = input.ty.node.base {
            return "[]".to_owned();
        }
        match base(&input.ty.node) {
            "UUID" => "$id".to_owned(),
            "Int" | "Float" => "1".to_owned(),
            "JSON" => "{}".to_owned(),
            "Boolean" => "false".to_owned(),
            "String" => format!("{:?}", sample(input.name.node.as_str())),
            name => match &self.types[name].kind {
                TypeKind::Enum(found) => found.values[0].node.value.node.to_string(),
                TypeKind::InputObject(found) => {
                    let fields = found.fields.iter().filter(|field| !field.node.ty.node.nullable);
                    let fields: Vec<String> =
                        fields.map(|field| format!("{}: {}", field.node.name.node, self.least(&field.node))).collect();
                    format!("{{{}}}", fields.join(", "))
                }
                _ => panic!("{name} is no input"),
            },
        }
    }
}

fn base(found: &Type) -> &str {
    match &found.base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => base(inner),
    }
}

/// A text that passes the form, so that what answers is the rule and not the form.
fn sample(name: &str) -> &str {
    match name {
        "password" | "new" => "a long enough password",
        "displayName" => "Sample",
        _ => "sample",
    }
}

/// The answer to a case, as something to compare.
async fn ask(server: &Server, socket: &mut Socket, who: &Person, case: &Case, id: Uuid) -> Value {
    let variables = if case.takes_id { json!({"id": id}) } else { json!({}) };
    let mut answer = if case.root == "Subscription" {
        let name = Uuid::now_v7().to_string();
        socket.subscribe(&name, &case.query, variables).await;
        let message = loop {
            let message = socket.next().await.expect("the connection stays open");
            if message["id"] == name.as_str() {
                break message;
            }
        };
        socket.send(json!({"type": "complete", "id": name})).await;
        let errors =
            if message["type"] == "error" { message["payload"].clone() } else { message["payload"]["errors"].clone() };
        json!({"errors": errors, "data": message["payload"]["data"]})
    } else {
        let mut answer = server.graphql(who, &case.query, variables).await.json();
        // What is left of the budget depends on what was asked before.
        answer.as_object_mut().unwrap().remove("extensions");
        answer
    };
    if let Some(errors) = answer["errors"].as_array_mut() {
        for error in errors {
            error["extensions"].as_object_mut().unwrap().remove("trace");
        }
    }
    answer
}

fn code(answer: &Value) -> Option<&str> {
    answer["errors"][0]["extensions"]["code"].as_str()
}

#[tokio::test]
async fn every_field_obeys_the_policy_for_every_role() {
    let server = Server::start().await;
    let address = server.listen().await;
    let cases = Schema::read().cases();
    assert!(cases.len() > 40, "{}", cases.len());
    let mut checked = 0;
    for role in Role::ALL {
        let name = format!("{role:?}").to_lowercase();
        let who = server.person(server.provider, &name, role).await;
        let mut socket = Socket::ready(address, &who.token).await;
        for case in &cases {
            let action: Action = hypo_api::policy::field(&case.name).expect("a row");
            let answer = ask(&server, &mut socket, &who, case, Uuid::now_v7()).await;
            let denied = code(&answer) == Some("HYP-5002");
            // Tokens may be narrower than their users, so that none changes a password.
            let expected = !allows(role, action) || case.name == "changePassword";
            assert_eq!(denied, expected, "{role:?} {}: {answer:#}", case.query);
            // Whatever happens is an answer, never our own fault.
            assert_ne!(code(&answer), Some("HYP-9001"), "{role:?} {}: {answer:#}", case.query);
            checked += 1;
        }
    }
    assert_eq!(checked, cases.len() * Role::ALL.len());
}

#[tokio::test]
async fn another_tenants_objects_are_the_same_as_none() {
    let server = Server::start().await;
    let address = server.listen().await;
    let ids = objects(&server).await;
    // Somebody else, with every right in a tenant of its own.
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Admin) {
        let other = tenant(&server.app, &format!("Other {role:?}")).await;
        let who = server.person(other, &format!("other-{role:?}").to_lowercase(), role).await;
        let mut socket = Socket::ready(address, &who.token).await;
        for case in Schema::read().cases().iter().filter(|case| case.takes_id) {
            let nothing = ask(&server, &mut socket, &who, case, Uuid::now_v7()).await;
            for (what, id) in &ids {
                let answer = ask(&server, &mut socket, &who, case, *id).await;
                assert_eq!(answer, nothing, "{role:?} sees a {what}: {}", case.query);
                let text = answer.to_string();
                assert!(!text.contains("secret-name"), "{role:?} {}: {text}", case.query);
            }
        }
        for case in Schema::read().cases().iter().filter(|case| case.root == "Query" && !case.takes_id) {
            let answer = ask(&server, &mut socket, &who, case, Uuid::nil()).await;
            assert!(!answer.to_string().contains("secret-name"), "{role:?} {}", case.query);
        }
    }
}

/// One of everything, of the provider and the owner.
async fn objects(server: &Server) -> Vec<(&'static str, Uuid)> {
    let ada = server.person(server.provider, "ada", Role::Admin).await;
    let olga = server.person(server.owner, "olga", Role::DomainOwner).await;
    let id = |value: &Value| value.as_str().unwrap().parse::<Uuid>().unwrap();
    let domain = server.data(&olga, "mutation { addDomain(input: {name: \"secret-name\"}) { id } }", json!({})).await;
    let add =
        "mutation($id: UUID!) { addCluster(input: {domainId: $id, name: \"secret-name\", kubeconfig: \"x\"}) { id } }";
    let cluster = server.data(&olga, add, json!({"id": domain["addDomain"]["id"]})).await;
    let grant = "mutation($c: UUID!, $t: UUID!) { createGrant(clusterId: $c, tenantId: $t) { id } }";
    let variables = json!({"c": cluster["addCluster"]["id"], "t": server.provider});
    let grant = server.data(&olga, grant, variables).await;
    let token = "mutation { createToken(input: {name: \"secret-name\", role: viewer, days: 1}) { token { id } } }";
    let token = server.data(&ada, token, json!({})).await;
    let users = server.data(&ada, "{ users { id name } }", json!({})).await;
    let mut ids = vec![
        ("domain", id(&domain["addDomain"]["id"])),
        ("cluster", id(&cluster["addCluster"]["id"])),
        ("grant", id(&grant["createGrant"]["id"])),
        ("token", id(&token["createToken"]["token"]["id"])),
        ("user", id(&users["users"][0]["id"])),
    ];
    ids.extend(documents(server).await);
    ids
}

/// An order and a service, as documents alone: nothing has to run to be hidden.
async fn documents(server: &Server) -> Vec<(&'static str, Uuid)> {
    use hypo_store::documents::{self, Document, kind};
    let now = chrono::Utc::now();
    let package = Uuid::now_v7();
    let characteristic =
        json!([{"name": "hypo.package", "value": package}, {"name": "hypo.plan", "value": Uuid::now_v7()}]);
    let mut made = Vec::new();
    for (what, of, state) in [("order", kind::SERVICE_ORDER, "held"), ("service", kind::SERVICE, "active")] {
        let id = Uuid::now_v7();
        let doc = json!({"id": id, "state": state, "serviceType": "CFS", "serviceCharacteristic": characteristic});
        let document = Document {
            state: state.to_owned(),
            name: "secret-name".to_owned(),
            application: (of == kind::SERVICE).then_some(id),
            ..Document::new(of, id, server.provider, doc, now)
        };
        hypo_store::write!(server.store, |tx| documents::create(tx, &document).await).unwrap();
        made.push((what, id));
    }
    made
}
