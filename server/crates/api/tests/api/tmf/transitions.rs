//! Every edge of every machine, legal and illegal, asked over HTTP; generated from the tables.

use hypo_shared::{Role, machine::Machine};
use hypo_store::{documents, write};
use hypo_tmf::{
    Method, Resource,
    registry::{Area, Shape, resources},
};
use serde_json::{Value, json};

use super::{Face, refused};
use crate::support::Person;

/// The smallest document of a resource.
fn least(resource: &Resource) -> Value {
    let mut body = json!({"name": "t"});
    for member in resource.create_required {
        body[*member] = match *member {
            "state" | "status" => json!(resource.main_machine().map_or("active", |machine| machine.states[0].0)),
            _ => match resource.shape(member) {
                Some(Shape::List(_)) => json!([{"id": "1", "action": "noChange", "service": {}}]),
                Some(Shape::Object(_)) => json!({"id": "1"}),
                Some(Shape::Boolean) => json!(true),
                Some(Shape::DateTime) => json!("2026-11-22T10:00:00Z"),
                _ => json!("t"),
            },
        };
    }
    body
}

/// Puts a stored document into a state, as the engine would.
async fn put(face: &Face, resource: &Resource, id: &str, member: &str, state: &str) {
    let id = id.parse().unwrap();
    write!(face.server.store, |tx| {
        let mut document = documents::get(tx, hypo_store::Scope::Platform, resource.kind, id).await?;
        document.doc[member] = json!(state);
        if resource.state == Some(member) {
            document.state = state.to_owned();
        }
        documents::update(tx, &document).await
    })
    .unwrap();
}

async fn ask(face: &Face, who: &Person, path: &str, member: &str, state: &str) -> crate::support::Answer {
    face.ask("PATCH", path).json(&json!({member: state})).who(Some(who)).send().await
}

#[tokio::test]
async fn every_edge() {
    let face = Face::start().await;
    let provider = face.server.person(face.server.provider, "plain", Role::Provider).await;
    let (mut legal, mut illegal, mut reserved) = (0, 0, 0);
    let rows = resources().filter(|row| row.can(Method::Patch) && row.is_home());
    // One resource per machine is enough: the guard does not know which resource it guards.
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for resource in rows {
        for (member, machine) in resource.machines {
            let machine: &Machine = machine;
            if seen.contains(&(machine.name, member)) {
                continue;
            }
            seen.push((machine.name, member));
            let made = face.made(&resource.path(None), &least(resource)).await;
            let (id, path) = (made["id"].as_str().unwrap().to_owned(), made["href"].as_str().unwrap().to_owned());
            for (from, next) in machine.states {
                for to in machine.names() {
                    put(&face, resource, &id, member, from).await;
                    let answer = ask(&face, &face.admin, &path, member, to).await;
                    if from == &to || next.contains(&to) {
                        assert_eq!(answer.status, 200, "{} {from} -> {to}: {}", machine.name, answer.text);
                        assert_eq!(answer.json()[*member], to);
                        legal += 1;
                    } else {
                        let reason = refused(&answer, 409);
                        assert!(reason.contains(from) && reason.contains(to), "{reason}");
                        assert!(next.iter().all(|target| reason.contains(target)), "{reason}");
                        assert_eq!(face.get(&path).await.json()[*member], *from);
                        illegal += 1;
                    }
                    if from != &to && next.contains(&to) && machine.asked.is_some_and(|asked| !asked.contains(&to)) {
                        put(&face, resource, &id, member, from).await;
                        let reason = refused(&ask(&face, &provider, &path, member, to).await, 409);
                        assert!(reason.contains("only the server"), "{reason}");
                        reserved += 1;
                    }
                }
            }
            if machine.open {
                assert_eq!(ask(&face, &face.admin, &path, member, "a name of one's own").await.status, 200);
            } else {
                refused(&ask(&face, &face.admin, &path, member, "a name of one's own").await, 400);
            }
        }
    }
    println!(
        "figure: {} machines, {legal} legal edges, {illegal} illegal edges, {reserved} that are the server's",
        seen.len()
    );
    assert!(legal > 100 && illegal > 250 && reserved > 20, "{legal} {illegal} {reserved}");
}

#[tokio::test]
async fn first_states() {
    let face = Face::start().await;
    let mut asked = 0;
    for resource in resources().filter(|row| row.can(Method::Create) && row.family.area != Area::Event) {
        let Some((member, machine)) = resource.state.zip(resource.main_machine()) else { continue };
        if resource.server_set.contains(&member) {
            continue;
        }
        for state in machine.names() {
            let mut body = least(resource);
            body[member] = json!(state);
            let answer = face.ask("POST", &resource.path(None)).json(&body).send().await;
            let may = machine.start.is_empty() || machine.start.contains(&state);
            assert_eq!(answer.status, if may { 201 } else { 400 }, "{}: {}", resource.path(None), answer.text);
            asked += 1;
        }
    }
    println!("figure: {asked} first states");
    assert!(asked > 60, "{asked}");
}
