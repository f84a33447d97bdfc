//! Which port an agent listens on for a Service port: the same in every plan, whatever else is added.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::object;

/// First port of the range, which ends below Linux' ephemeral ports.
const FIRST: u16 = 15_000;
const COUNT: u16 = 15_000;

/// Listening ports by Service name and port, for every port of the Services named.
pub(super) fn allocate(services: &BTreeMap<&str, &Value>) -> BTreeMap<(String, u16), u16> {
    let mut taken = BTreeSet::new();
    let mut out = BTreeMap::new();
    for (name, service) in services {
        for port in numbers(service) {
            let digest = Sha256::digest(format!("{name}:{port}").as_bytes());
            let mut at = u16::from_be_bytes([digest[0], digest[1]]) % COUNT;
            while !taken.insert(at) {
                at = (at + 1) % COUNT;
            }
            out.insert(((*name).to_owned(), port), FIRST + at);
        }
    }
    out
}

/// Port numbers of a Service, without doubles (one number may stand for TCP and UDP).
pub(super) fn numbers(service: &Value) -> BTreeSet<u16> {
    object::array(service, "/spec/ports")
        .iter()
        .filter_map(|port| port.get("port").and_then(Value::as_u64).and_then(|port| u16::try_from(port).ok()))
        .collect()
}
