//! The checks of the series `tmf`.

use super::{Check, probe::tests, schemathesis};

pub const CHECKS: &[Check] = &[
    Check { name: "hub-order", judge: |ground| tests(ground, "hubs", "was_down") },
    Check { name: "hub-crash", judge: |ground| tests(ground, "hubs", "killed") },
    Check { name: "hub-replay", judge: |ground| tests(ground, "hubs", "replayed") },
    Check { name: "hub-inside", judge: |ground| tests(ground, "hubs", "inside") },
    Check { name: "peers", judge: |ground| tests(ground, "peers", "") },
    Check { name: "schemathesis", judge: schemathesis::judge },
];
