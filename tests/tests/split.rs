//! `hypo split`, judged from outside: the files it writes against the package's own documents.
//!
//! Every object has to be exactly where its component is, none may be lost, shared ones carry a reason, and once our
//! labels, the namespace and the recorded overrides are taken back, an object is what the package says.
#![expect(clippy::unwrap_used, reason = "a test ends with a panic")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Command,
};

use hypo_package::{Limits, SourceFile, manifest};
use hypo_tests::world::hypo;
use serde_json::{Value, json};

/// Our own labels begin so.
const OURS: &str = "hypo.etsi.org/";

/// The one label of everybody's that we set.
const MANAGED: &str = "app.kubernetes.io/managed-by";

/// Kind and name: unique in the packages judged here.
type Key = (String, String);

struct Judged {
    objects: usize,
    clusters: usize,
    links: usize,
}

/// Splits `package` with the pins and judges the result. A component's objects are those that `belongs` says, else those
/// whose name begins with its name, longest first: true of the packages judged here, and not how HypO finds them.
fn judge(package: &Path, pins: &[(&str, &[&str])], belongs: &[(&str, &str)]) -> Judged {
    let out = tempfile::tempdir().unwrap();
    let placement = out.path().join("placement.json");
    let clusters: BTreeSet<&str> = pins.iter().flat_map(|(_, clusters)| clusters.iter().copied()).collect();
    let entries: BTreeMap<&str, Value> = clusters.iter().map(|name| (*name, json!({}))).collect();
    let wanted: BTreeMap<&str, &[&str]> = pins.iter().copied().collect();
    fs::write(&placement, json!({ "name": "judged", "clusters": entries, "pins": wanted }).to_string()).unwrap();
    let folder = out.path().join("split");
    let done = Command::new(hypo())
        .arg("split")
        .arg(package)
        .arg("--placement")
        .arg(&placement)
        .arg("--out")
        .arg(&folder)
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));

    let source = source(package);
    let mut seen: BTreeMap<Key, BTreeSet<&str>> = BTreeMap::new();
    for cluster in &clusters {
        let report: Value = read(&folder.join(cluster).join("report.json"));
        let report = report["objects"].as_array().unwrap();
        let objects = documents(&folder.join(cluster).join("manifests.yaml"));
        assert_eq!(objects.len(), report.len(), "{cluster}: a line of the report per object");
        for (object, row) in objects.into_iter().zip(report) {
            let key = key(&object);
            let Some(original) = source.get(&key) else {
                // Neither of the package: it has to be of the links or the namespace, and to say so.
                assert!(row["reason"].is_string(), "{cluster}: {key:?} is nobody's");
                continue;
            };
            let owner = owner(&wanted, belongs, &key.1);
            let at_home = owner.is_some_and(|owner| wanted[owner].contains(cluster));
            if !at_home {
                assert!(row["reason"].is_string(), "{cluster}: {key:?} is copied without a reason");
                assert!(
                    !key.0.ends_with("Set") && key.0 != "Deployment",
                    "{cluster}: {key:?} runs where it was not placed"
                );
            }
            if key.0 == "Service" && !at_home {
                // The link's Service of the same name, through which callers here reach the component elsewhere.
                assert_ne!(
                    object["spec"]["selector"], original["spec"]["selector"],
                    "{cluster}: {key:?} selects nothing here"
                );
                continue;
            }
            seen.entry(key.clone()).or_default().insert(cluster);
            assert_eq!(bare(object, row), bare(original.clone(), &json!({})), "{cluster}: {key:?}");
        }
    }
    for key in source.keys() {
        let places = seen.get(key).unwrap_or_else(|| panic!("{key:?} is lost"));
        if let Some(owner) = owner(&wanted, belongs, &key.1) {
            for cluster in wanted[owner] {
                assert!(places.contains(cluster), "{key:?} is missing in {cluster}");
            }
        }
    }
    let links = read(&folder.join("links.json"))["links"].as_array().unwrap().len();
    Judged { objects: source.len(), clusters: clusters.len(), links }
}

fn owner<'a>(pins: &BTreeMap<&'a str, &[&str]>, belongs: &[(&str, &'a str)], name: &str) -> Option<&'a str> {
    if let Some((_, component)) = belongs.iter().find(|(object, _)| *object == name) {
        return Some(component);
    }
    pins.keys().copied().filter(|component| name.starts_with(component)).max_by_key(|component| component.len())
}

fn source(package: &Path) -> BTreeMap<Key, Value> {
    let files = [SourceFile { path: "package.yaml".into(), bytes: fs::read(package).unwrap() }];
    manifest::parse(&files, Limits::default())
        .unwrap()
        .into_iter()
        .map(|document| (key(&document.object), document.object))
        .collect()
}

fn documents(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    text.split("---\n").filter(|part| !part.trim().is_empty()).map(|part| serde_json::from_str(part).unwrap()).collect()
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn key(object: &Value) -> Key {
    (object["kind"].as_str().unwrap().to_owned(), object["metadata"]["name"].as_str().unwrap().to_owned())
}

/// The object without what a split may add: recorded overrides taken back, our labels and the namespace removed.
fn bare(mut object: Value, row: &Value) -> Value {
    for change in row["overrides"].as_array().into_iter().flatten() {
        let path = change["path"].as_str().unwrap();
        assert!(change["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "an override has a reason");
        match (&change["from"], object.pointer_mut(path)) {
            (Value::Null, Some(_)) => remove(&mut object, path),
            (from, Some(target)) => *target = from.clone(),
            (_, None) => {}
        }
    }
    clean(&mut object);
    if let Some(metadata) = object["metadata"].as_object_mut() {
        metadata.remove("namespace");
    }
    object
}

fn remove(object: &mut Value, path: &str) {
    let (parent, member) = path.rsplit_once('/').unwrap();
    let member = member.replace("~1", "/").replace("~0", "~");
    if let Some(map) = object.pointer_mut(parent).and_then(Value::as_object_mut) {
        map.remove(&member);
    }
}

/// Removes our labels wherever they stand, and label maps that are empty then.
fn clean(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if let Some(labels) = map.get_mut("labels").and_then(Value::as_object_mut) {
                labels.retain(|name, value| !(name.starts_with(OURS) || (name == MANAGED && value == "hypo")));
            }
            for name in ["labels", "metadata"] {
                if map.get(name).and_then(Value::as_object).is_some_and(serde_json::Map::is_empty) {
                    map.remove(name);
                }
            }
            map.values_mut().for_each(clean);
        }
        Value::Array(list) => list.iter_mut().for_each(clean),
        _ => {}
    }
}

#[test]
fn watchpost_over_two_sites() {
    let package = xtask::workspace::root().join("examples/watchpost/manifests.yaml");
    let judged = judge(
        &package,
        &[
            ("gateway", &["edge"]),
            ("detector", &["edge"]),
            ("broker", &["edge"]),
            ("store", &["cloud"]),
            ("dashboard", &["cloud"]),
        ],
        &[("cameras", "gateway")],
    );
    assert_eq!((judged.clusters, judged.links), (2, 1), "only detector → store crosses");
}

/// Online Boutique is not in the repository: `.ci/run` and `make accept-main` name its folder in `HYPO_SHARED`.
#[test]
fn boutique_over_three_sites() {
    let Some(shared) = hypo_tests::shared() else { return };
    let judged = judge(
        &Path::new(&shared).join("apps/online-boutique/kubernetes-manifests.yaml"),
        &[
            ("frontend", &["edge"]),
            ("loadgenerator", &["edge"]),
            ("adservice", &["edge"]),
            ("recommendationservice", &["edge"]),
            ("checkoutservice", &["cloud"]),
            ("paymentservice", &["cloud"]),
            ("emailservice", &["cloud"]),
            ("shippingservice", &["cloud"]),
            ("currencyservice", &["cloud"]),
            ("productcatalogservice", &["core"]),
            ("cartservice", &["core"]),
            ("redis-cart", &["core"]),
        ],
        &[],
    );
    println!(
        "figure: {} objects on {} clusters, none lost, none elsewhere, {} links",
        judged.objects, judged.clusters, judged.links
    );
    assert_eq!(judged.clusters, 3);
}
