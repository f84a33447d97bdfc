//! The checks of the series `main`.

use super::{
    Check, Ground, Verdict, fresh,
    probe::{analyse, corpus, edges, tests},
};
use crate::shell::Outcome;

/// Who calls whom in Online Boutique, read from its sources by people.
const BOUTIQUE: [&str; 16] = [
    "cartservice→redis-cart",
    "checkoutservice→cartservice",
    "checkoutservice→currencyservice",
    "checkoutservice→emailservice",
    "checkoutservice→paymentservice",
    "checkoutservice→productcatalogservice",
    "checkoutservice→shippingservice",
    "frontend→adservice",
    "frontend→cartservice",
    "frontend→checkoutservice",
    "frontend→currencyservice",
    "frontend→productcatalogservice",
    "frontend→recommendationservice",
    "frontend→shippingservice",
    "loadgenerator→frontend",
    "recommendationservice→productcatalogservice",
];

pub const CHECKS: &[Check] = &[
    Check { name: "analyse-boutique-manifests", judge: |ground| boutique(ground, "kubernetes-manifests.yaml") },
    Check { name: "analyse-boutique-chart", judge: |ground| boutique(ground, "helm-chart") },
    Check { name: "analyse-voting-app", judge: voting },
    Check { name: "corpus", judge: corpus },
    Check { name: "split-boutique", judge: |ground| tests(ground, "split", "boutique") },
    Check { name: "order-boutique", judge: |ground| tests(ground, "endings", "boutique") },
    Check { name: "keep-volumes", judge: |ground| tests(ground, "endings", "watchpost") },
    Check { name: "crash-matrix", judge: |ground| tests(ground, "crash_matrix", "") },
    Check { name: "six-failures", judge: |ground| tests(ground, "failures", "") },
    Check { name: "browser-walk", judge: fresh::walk },
];

fn boutique(ground: &Ground, package: &str) -> Outcome<Verdict> {
    let analysis = analyse(ground, &ground.shared.join("apps/online-boutique").join(package))?;
    let found = edges(&analysis);
    let components = analysis["components"].as_array().map_or(0, Vec::len);
    let missing = BOUTIQUE.iter().filter(|edge| !found.iter().any(|it| it == *edge)).count();
    let extra = found.iter().filter(|edge| !BOUTIQUE.contains(&edge.as_str())).count();
    Verdict::of(
        components == 12 && found.len() == 16 && missing == 0 && extra == 0,
        format!("{components} components, {} edges, {missing} missing, {extra} too many", found.len()),
    )
}

fn voting(ground: &Ground) -> Outcome<Verdict> {
    let analysis = analyse(ground, &ground.shared.join("apps/voting-app/k8s-specifications"))?;
    let notes = analysis["notes"].as_array().map_or(0, Vec::len);
    let found = edges(&analysis).len();
    let components = analysis["components"].as_array().map_or(0, Vec::len);
    Verdict::of(
        found == 0 && components == 5 && notes > 0,
        format!("{components} components, {found} edges guessed, {notes} notes that offer the choice"),
    )
}
