//! The checks of the series `tmf`.

use super::{Check, schemathesis};

pub const CHECKS: &[Check] = &[Check { name: "schemathesis", judge: schemathesis::judge }];
