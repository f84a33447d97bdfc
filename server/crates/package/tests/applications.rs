//! The two applications of the acceptance list. They are not part of the repository: set `HYPO_SHARED` to the folder
//! that holds `apps/`. Unset, the corpus covers the same behaviour.

use std::{collections::BTreeMap, path::PathBuf};

use hypo_package::{Limits, Options, Render, SourceFile, analyse, manifest};
use hypo_shared::analysis::Analysis;

/// A folder or program named by the environment. With `HYPO_NO_SKIP` set, as in `.ci/run`, it has to be there.
fn named(variable: &str) -> Option<PathBuf> {
    let value = std::env::var_os(variable).map(PathBuf::from);
    assert!(value.is_some() || std::env::var_os("HYPO_NO_SKIP").is_none(), "{variable} is not set");
    value
}

fn shared() -> Option<PathBuf> {
    named("HYPO_SHARED")
}

fn read(path: PathBuf) -> Analysis {
    let mut files = Vec::new();
    let paths = if path.is_dir() {
        std::fs::read_dir(&path).expect("the folder is there").map(|entry| entry.expect("an entry").path()).collect()
    } else {
        vec![path]
    };
    for path in paths {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        files.push(SourceFile { path: name, bytes: std::fs::read(&path).expect("the file is readable") });
    }
    let documents = manifest::parse(&files, Limits::default()).expect("the package is valid");
    analyse(&Render::new(documents), &Options::default())
}

#[test]
fn online_boutique() {
    let Some(shared) = shared() else { return };
    boutique(&read(shared.join("apps/online-boutique/kubernetes-manifests.yaml")));
}

/// The chart gives the same graph; `HYPO_HELM` is the helm program.
#[test]
fn online_boutique_chart() {
    let (Some(shared), Some(helm)) = (shared(), named("HYPO_HELM")) else { return };
    let chart = shared.join("apps/online-boutique/helm-chart");
    let output = std::process::Command::new(helm).args(["template", "shop"]).arg(chart).output().expect("helm runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("helm writes UTF-8");
    let documents = manifest::parse_str(&text, Limits::default()).expect("the render is valid");
    boutique(&analyse(&Render::new(documents), &Options::default()));
}

fn boutique(analysis: &Analysis) {
    assert_eq!(analysis.components.len(), 12);
    let mut out: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for edge in &analysis.edges {
        assert!(edge.port > 0 && edge.confidence >= 0.85 && !edge.evidence.is_empty(), "{edge:?}");
        out.entry(&edge.from).or_default().push(&edge.to);
    }
    assert_eq!(analysis.edges.len(), 16);
    assert_eq!(
        out["frontend"],
        [
            "adservice",
            "cartservice",
            "checkoutservice",
            "currencyservice",
            "productcatalogservice",
            "recommendationservice",
            "shippingservice"
        ]
    );
    assert_eq!(
        out["checkoutservice"],
        [
            "cartservice",
            "currencyservice",
            "emailservice",
            "paymentservice",
            "productcatalogservice",
            "shippingservice"
        ]
    );
    assert_eq!(out["cartservice"], ["redis-cart"]);
    assert_eq!(out["recommendationservice"], ["productcatalogservice"]);
    assert_eq!(out["loadgenerator"], ["frontend"]);
    assert_eq!(out.len(), 5);
    assert!(analysis.candidates.is_empty(), "{:?}", analysis.candidates);
    let external: Vec<&str> = analysis.external.iter().map(|external| external.host.as_str()).collect();
    assert_eq!(external, ["shoppingassistantservice"], "a peer the manifests do not bring");
    assert!(analysis.notes.iter().any(|note| note.code == "initWaits"));
    assert!(!analysis.notes.iter().any(|note| note.code == "peersUnknown"));
}

#[test]
fn voting_app() {
    let Some(shared) = shared() else { return };
    let analysis = read(shared.join("apps/voting-app/k8s-specifications"));
    assert_eq!(analysis.components.len(), 5);
    assert!(analysis.edges.is_empty(), "{:?}", analysis.edges);
    assert_eq!(analysis.notes[0].code, "peersUnknown");
    for word in ["everywhere", "by hand", "learn"] {
        assert!(analysis.notes[0].text.contains(word));
    }
}
