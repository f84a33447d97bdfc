//! Offerings: a package, a placement policy and a form, published so that other tenants order it without seeing any of
//! the three. A row holds the terms; four catalogue documents (TMF633 service specification and candidate, TMF620
//! product specification and offering) show the form, and their lifecycle says whether it can be ordered.

pub(crate) mod apply;
mod documents;
mod form;
mod lifecycle;
mod publish;
mod read;

use chrono::{DateTime, Utc};
use hypo_shared::{ErrorCode, PackageId, TenantId, placement::PlacementRequest};
use hypo_store::offerings::OfferingRow;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

pub(crate) use form::{check, given};
pub use lifecycle::{launch, retire};
pub use publish::publish;
pub use read::{find, list};
pub(crate) use read::{orderable, visible};

use crate::{Error, Result};

/// An offering as its provider and its customers see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Offering {
    /// Of its TMF633 service specification.
    pub id: Uuid,
    /// The provider.
    pub tenant: TenantId,
    /// Name of that tenant.
    pub provider: String,
    pub name: String,
    pub version: String,
    pub description: String,
    /// TMF620 lifecycle of the service specification.
    pub lifecycle: String,
    pub approval: Approval,
    pub form: Vec<Choice>,
    pub candidate: Uuid,
    pub product_specification: Uuid,
    pub product_offering: Uuid,
    pub created_at: DateTime<Utc>,
    /// For the provider only.
    pub package: Option<PackageId>,
}

/// What to publish.
#[derive(Clone, Debug)]
pub struct NewOffering {
    pub package: PackageId,
    /// For people; unique with the version.
    pub name: String,
    pub description: String,
    /// `None` counts on from the last version of the name.
    pub version: Option<String>,
    /// Where components may go, and what is set for every customer.
    pub request: PlacementRequest,
    /// What a customer may choose.
    pub choices: Vec<NewChoice>,
    pub approval: Approval,
    /// It can be ordered at once; otherwise it stays `In Design`.
    pub launch: bool,
}

/// Who says yes to an order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Approval {
    /// Nobody has to.
    #[default]
    Automatic,
    /// Somebody of the provider.
    Provider,
}

/// A choice the provider leaves to its customers. What is not given is taken from the package.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewChoice {
    /// Name of the characteristic.
    pub name: String,
    #[serde(default)]
    pub description: Option<String>,
    pub to: Binding,
    #[serde(default)]
    pub default: Option<Value>,
    /// Values to choose from; empty means any.
    #[serde(default)]
    pub allowed: Vec<Value>,
    /// Smallest and largest number.
    #[serde(default)]
    pub minimum: Option<f64>,
    #[serde(default)]
    pub maximum: Option<f64>,
    #[serde(default)]
    pub required: bool,
}

/// A field of the form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Choice {
    pub name: String,
    #[serde(default)]
    pub description: String,
    pub kind: ChoiceKind,
    /// What the value changes; never shown to customers.
    pub to: Binding,
    #[serde(default)]
    pub default: Value,
    #[serde(default)]
    pub allowed: Vec<Value>,
    #[serde(default)]
    pub minimum: Option<f64>,
    #[serde(default)]
    pub maximum: Option<f64>,
    #[serde(default)]
    pub required: bool,
}

/// Type of a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ChoiceKind {
    Text,
    Integer,
    Number,
    Boolean,
}

/// What a chosen value changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Binding {
    /// How many replicas a component has.
    Replicas(String),
    /// An environment variable of a component.
    Environment { component: String, variable: String },
    /// A value of the chart, by its path.
    Value(String),
}

/// What the row's column `terms` holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Terms {
    pub request: PlacementRequest,
    pub choices: Vec<Choice>,
}

/// The terms of an offering.
pub(crate) fn terms(row: &OfferingRow) -> Result<Terms> {
    Ok(serde_json::from_value(row.terms.clone())?)
}

pub(crate) fn approval(row: &OfferingRow) -> Approval {
    if row.approval == "provider" { Approval::Provider } else { Approval::Automatic }
}

fn not_found() -> Error {
    Error::new(ErrorCode::NotFound, "There is no such offering.")
}
