//! What an item says, by the characteristic names of HypO's `service-spec-end-user-cfs` 1.2.0. Pure.

use base64::{Engine, engine::general_purpose::STANDARD};
use hypo_package::{Limits, manifest::parse_value};
use hypo_shared::validate;
use serde_json::{Map, Value};

use super::schedule::Place;
use crate::{Error, Result, offerings::given};

/// Specifications of end-user services; the second is carried out by Open Cluster Management where HypO runs it.
const SPECIFICATIONS: [&str; 2] = ["service-spec-end-user-cfs", "service-spec-end-user-cfs-ocm"];

const NAME: &str = "Service name";
const MANAGER: &str = "Service package manager";
const REPOSITORY: &str = "Base service registry/repository URL";
const ARTIFACT: &str = "Service artifact identifier in service registry/repository";
const VERSION: &str = "Service artifact version";
const VALUES: &str = "Helm Package Configuration";
const CLUSTER_MANAGER: &str = "Cluster Manager";
const CLUSTER: &str = "Kubernetes Service Id";
const SCHEDULE: &str = "Cluster Metadata";

/// A chart and where it goes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wish {
    /// Of the service, fit for Kubernetes names.
    pub name: String,
    /// `https://` of a chart repository, or `oci://`.
    pub repository: String,
    pub artifact: String,
    pub version: String,
    pub values: Option<Value>,
    pub place: Place,
}

/// Whether an item's service is an end-user service. Their specification is known by its name: every installation of
/// HypO has an id of its own for it.
pub(crate) fn is_asked(service: &Value) -> bool {
    SPECIFICATIONS.iter().any(|name| service["serviceSpecification"]["name"] == *name)
}

/// The specification of a running service, when it was ordered as an end-user service.
pub(super) fn specification(service: &Value) -> Option<&'static str> {
    let given = given(&service["serviceCharacteristic"]);
    let ocm = given.get(CLUSTER_MANAGER).is_some_and(|manager| manager == "ocm");
    given.contains_key(ARTIFACT).then_some(SPECIFICATIONS[usize::from(ocm)])
}

impl Wish {
    /// Reads the characteristics of an item's service.
    ///
    /// # Errors
    /// `HYP-6001` that names the characteristic.
    pub fn read(service: &Value) -> Result<Self> {
        let given = given(&service["serviceCharacteristic"]);
        if let Some(other) = text(&given, MANAGER)?.filter(|manager| !manager.eq_ignore_ascii_case("helm")) {
            let text = format!("Packages of {other} are not known here; helm is.");
            return Err(Error::field(MANAGER, "unknown", text));
        }
        let artifact = required(&given, ARTIFACT)?;
        let name = text(&given, NAME)?.unwrap_or_else(|| artifact.clone());
        Ok(Self {
            name: validate::as_label(&name, 40),
            repository: required(&given, REPOSITORY)?,
            artifact,
            version: required(&given, VERSION)?,
            values: text(&given, VALUES)?.map(|text| yaml(VALUES, &text)).transpose()?,
            place: place(&given)?,
        })
    }
}

/// A scheduling manifest says more than the cluster beside it, which for the manager `ocm` is its hub.
fn place(given: &Map<String, Value>) -> Result<Place> {
    if let Some(schedule) = text(given, SCHEDULE)? {
        return Place::read(&yaml(SCHEDULE, &schedule)?);
    }
    Ok(match text(given, CLUSTER)? {
        Some(cluster) => Place::on(cluster),
        None => Place::default(),
    })
}

fn text(given: &Map<String, Value>, name: &str) -> Result<Option<String>> {
    match given.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.trim().to_owned())),
        Some(_) => Err(Error::field(name, "format", format!("{name} is text."))),
    }
}

fn required(given: &Map<String, Value>, name: &str) -> Result<String> {
    text(given, name)?.ok_or_else(|| Error::field(name, "required", format!("{name} is missing.")))
}

/// An object in YAML, plain or as base64.
fn yaml(name: &str, text: &str) -> Result<Value> {
    let bytes = STANDARD.decode(text.split_whitespace().collect::<String>());
    let decoded = bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let read = parse_value(name, decoded.as_deref().unwrap_or(text), Limits::default())
        .map_err(|error| Error::field(name, "format", format!("{name} is not readable: {error}")))?;
    if read.is_object() { Ok(read) } else { Err(Error::field(name, "format", format!("{name} is no YAML object."))) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn service(pairs: &[(&str, &str)]) -> Value {
        let all: Vec<Value> = pairs
            .iter()
            .map(|(name, value)| json!({"name": name, "valueType": "TEXT", "value": {"value": value, "alias": null}}))
            .collect();
        json!({"serviceSpecification": {"name": SPECIFICATIONS[0]}, "serviceCharacteristic": all})
    }

    const CHART: [(&str, &str); 3] =
        [(REPOSITORY, "oci://registry.example/charts/"), (ARTIFACT, "translated-app"), (VERSION, "0.1.0")];

    #[test]
    fn a_published_item_is_read() {
        let mut asked = CHART.to_vec();
        asked.extend([(NAME, "Starlight App"), (MANAGER, "helm"), (VALUES, "replicas: 2"), (CLUSTER, "edge-1")]);
        let wish = Wish::read(&service(&asked)).unwrap();
        assert_eq!((wish.name.as_str(), wish.artifact.as_str()), ("starlight-app", "translated-app"));
        assert_eq!(wish.values, Some(json!({"replicas": 2})));
        assert_eq!(wish.place.of("web").clusters, ["edge-1"]);
        assert!(is_asked(&service(&asked)) && !is_asked(&json!({"serviceSpecification": {"name": "shop"}})));
        assert_eq!(specification(&service(&asked)), Some(SPECIFICATIONS[0]));
        asked.push((CLUSTER_MANAGER, "ocm"));
        assert_eq!(specification(&service(&asked)), Some(SPECIFICATIONS[1]));
    }

    #[test]
    fn values_may_be_base64() {
        let mut asked = CHART.to_vec();
        let coded = STANDARD.encode("a: {b: 1}");
        asked.push((VALUES, &coded));
        assert_eq!(Wish::read(&service(&asked)).unwrap().values, Some(json!({"a": {"b": 1}})));
    }

    #[test]
    fn what_is_missing_is_named() {
        for (asked, path) in [
            (&CHART[1..], REPOSITORY),
            (&CHART[..1], ARTIFACT),
            (&[CHART[0], CHART[1]][..], VERSION),
            (&[CHART[0], CHART[1], CHART[2], (MANAGER, "kustomize")][..], MANAGER),
            (&[CHART[0], CHART[1], CHART[2], (VALUES, "- a")][..], VALUES),
            (&[CHART[0], CHART[1], CHART[2], (SCHEDULE, "::")][..], SCHEDULE),
        ] {
            let error = Wish::read(&service(asked)).unwrap_err();
            assert_eq!(error.violations[0].path, path, "{error}");
        }
    }
}
