//! The checks of the series `tmf`.

use super::{Check, probe::tests_with, schemathesis};

/// Generated queries per database; two databases make the hundred thousand.
const QUERIES: &str = "50000";

pub const CHECKS: &[Check] = &[
    Check {
        name: "oracle",
        judge: |ground| {
            let queries = std::env::var("HYPO_ORACLE_QUERIES").unwrap_or_else(|_| QUERIES.to_owned());
            tests_with(ground, "store", "oracle", &[("HYPO_ORACLE_QUERIES", &queries)])
        },
    },
    Check { name: "schemathesis", judge: schemathesis::judge },
];
