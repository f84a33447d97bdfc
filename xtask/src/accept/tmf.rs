//! The checks of the series `tmf`.

use super::{
    Check, Ground, Verdict, kits,
    probe::{tests, tests_with},
    schemathesis,
};
use crate::{e2e, shell::Outcome};

/// Generated queries per database; two databases make the hundred thousand.
const QUERIES: &str = "50000";

/// Services per database of which pages are asked for.
const SERVICES: &str = "100000";

pub const CHECKS: &[Check] = &[
    Check { name: "kits", judge: kits::judge },
    Check { name: "samples", judge: |ground| api(ground, "tmf::samples") },
    Check { name: "routes", judge: |ground| api(ground, "tmf::specs") },
    Check { name: "tmf630", judge: |ground| api(ground, "tmf::tmf630") },
    Check { name: "transitions", judge: |ground| api(ground, "tmf::transitions") },
    Check { name: "roles", judge: |ground| api(ground, "tmf::people") },
    Check {
        name: "oracle",
        judge: |ground| {
            let queries = std::env::var("HYPO_ORACLE_QUERIES").unwrap_or_else(|_| QUERIES.to_owned());
            tests_with(ground, "store", "oracle", &[("HYPO_ORACLE_QUERIES", &queries)])
        },
    },
    Check {
        name: "scale",
        judge: |ground| tests_with(ground, "store", "filtered_and_sorted_pages", &[("HYPO_SCALE_SERVICES", SERVICES)]),
    },
    Check { name: "hub-order", judge: |ground| tests(ground, "hubs", "was_down") },
    Check { name: "hub-crash", judge: |ground| tests(ground, "hubs", "killed") },
    Check { name: "hub-replay", judge: |ground| tests(ground, "hubs", "replayed") },
    Check { name: "hub-inside", judge: |ground| tests(ground, "hubs", "inside") },
    Check { name: "peers", judge: |ground| tests(ground, "peers", "") },
    Check { name: "publish-order", judge: publish },
    Check { name: "schemathesis", judge: schemathesis::judge },
];

/// Two people in two browsers: one publishes, the other orders.
fn publish(ground: &Ground) -> Outcome<Verdict> {
    e2e::run(&ground.root, &["offerings".to_owned()])?;
    Verdict::of(true, "an offering published in one tenant; ordered, approved and completed for another")
}

/// Tests of the API crate over HTTP; where there are no third-party files they compare nothing, which is no proof.
fn api(ground: &Ground, filter: &str) -> Outcome<Verdict> {
    let verdict = tests(ground, "api", filter)?;
    let compared = !verdict.figure.contains("nothing compared");
    Ok(Verdict { holds: verdict.holds && compared, ..verdict })
}
