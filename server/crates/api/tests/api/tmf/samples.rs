//! The official sample documents: what is created reads equal, apart from what the server sets.

use std::path::PathBuf;

use hypo_tmf::{Method, Resource, registry::resources};
use serde_json::Value;

use super::Face;

/// Folder of third-party files that are not in the repository; `None` where it is not there.
pub fn shared(part: &str) -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("HYPO_SHARED")?).join(part);
    folder.is_dir().then_some(folder)
}

/// The collection a sample is of, by its file name and the members it has.
fn resource(family: &str, file: &str, document: &Value) -> Option<&'static Resource> {
    let of_family = || resources().filter(move |row| row.family.number == family && row.parent.is_none());
    let named = of_family().find(|row| file.strip_prefix(row.type_name).is_some_and(|rest| rest.starts_with('.')));
    let home = || match () {
        () if file.starts_with("GeoJson") => of_family().next(),
        () if file.contains("Specification") => of_family().find(|row| row.collection == "resourceSpecification"),
        () if document.get("resourceCharacteristic").is_some() || file.contains("Resource") => {
            of_family().find(|row| row.collection == "resource")
        }
        () => None,
    };
    named.or_else(home).filter(|row| row.can(Method::Create))
}

/// Takes what the server decides out of a document and of the items of an order.
fn comparable(resource: &Resource, mut document: Value) -> Value {
    if let Some(members) = document.as_object_mut() {
        members.retain(|name, _| !resource.server_set.contains(&name.as_str()) && name != "@type");
        for (name, _) in resource.presets {
            members.remove(*name);
        }
    }
    for items in ["serviceOrderItem", "productOrderItem", "orderItem"] {
        for item in document.get_mut(items).and_then(Value::as_array_mut).into_iter().flatten() {
            item.as_object_mut().unwrap().retain(|name, _| name != "state" && name != "errorMessage");
        }
    }
    document
}

#[tokio::test]
async fn samples_read_as_they_were_sent() {
    let Some(folder) = shared("tmf/samples") else {
        return println!("figure: HYPO_SHARED is not set, nothing compared");
    };
    let face = Face::start().await;
    let (mut same, mut invalid, mut read_only) = (0, 0, Vec::new());
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for path in &files {
        let file = path.file_name().unwrap().to_str().unwrap();
        let Ok(parsed) = serde_json::from_slice::<Value>(&std::fs::read(path).unwrap()) else {
            invalid += 1;
            continue;
        };
        let (family, rest) = file.split_once('-').unwrap();
        let documents = match parsed {
            Value::Array(all) => all,
            one => vec![one],
        };
        for sent in documents {
            let Some(resource) = resource(family, rest, &sent) else {
                read_only.push(file);
                continue;
            };
            let answer = face.ask("POST", &resource.path(None)).json(&sent).send().await;
            assert_eq!(answer.status, 201, "{file}: {}", answer.text);
            let read = face.get(answer.json()["href"].as_str().unwrap()).await.json();
            assert_eq!(comparable(resource, read), comparable(resource, sent), "{file}");
            same += 1;
        }
    }
    println!(
        "figure: {same} documents read as they were sent, {invalid} files are no JSON, not created by clients: {read_only:?}"
    );
    // Monitors are made by servers; events and listeners live below a topic.
    assert!(read_only.iter().all(|file| file.contains("Monitor") || file.starts_with("TMF688")), "{read_only:?}");
    assert!(same >= 40, "{same}");
}
