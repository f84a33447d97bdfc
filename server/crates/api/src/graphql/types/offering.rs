//! Offerings: what other tenants order without seeing what it is made of.

use async_graphql::{Enum, InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use hypo_app::{Error, offerings};
use hypo_shared::PackageId;
use serde_json::Value;
use uuid::Uuid;

/// A version of an offering.
#[derive(Clone, SimpleObject)]
pub struct Offering {
    /// Id of the TMF633 service specification, which TMF641 orders name.
    id: Uuid,
    /// For people; unique with the version.
    name: String,
    /// Counts up when the provider says nothing else.
    version: String,
    /// In the provider's words.
    description: String,
    /// TMF620 lifecycle. Only what is Active or Launched can be ordered.
    lifecycle_status: String,
    /// Who says yes to an order.
    approval: OfferingApproval,
    /// What a customer may choose.
    form: Vec<OfferingChoice>,
    /// Tenant that carries out its orders.
    provider_id: Uuid,
    /// Name of that tenant.
    provider: String,
    /// Id of the TMF633 service candidate.
    service_candidate_id: Uuid,
    /// Id of the TMF620 product specification.
    product_specification_id: Uuid,
    /// TMF622 orders name it.
    product_offering_id: Uuid,
    /// When it was published.
    created_at: DateTime<Utc>,
    /// For the provider only.
    package_id: Option<Uuid>,
}

/// Who says yes to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(rename_items = "camelCase")]
pub enum OfferingApproval {
    Automatic,
    Provider,
}

/// A field of the form: the name of a characteristic and the values it may have.
#[derive(Clone, SimpleObject)]
pub struct OfferingChoice {
    /// Name of the characteristic.
    name: String,
    /// What it is, for people.
    description: String,
    /// text, integer, number or boolean.
    kind: String,
    /// What it is when nothing is chosen.
    default: Option<Value>,
    /// Values to choose from; empty means any.
    allowed: Vec<Value>,
    /// Smallest number.
    minimum: Option<f64>,
    /// Largest number.
    maximum: Option<f64>,
    /// Whether a value has to be chosen; one with a default need not be.
    required: bool,
    /// What the value changes. For the provider only.
    to: Option<Value>,
}

impl From<offerings::Offering> for Offering {
    fn from(offering: offerings::Offering) -> Self {
        let own = offering.package.is_some();
        Self {
            id: offering.id,
            name: offering.name,
            version: offering.version,
            description: offering.description,
            lifecycle_status: offering.lifecycle,
            approval: match offering.approval {
                offerings::Approval::Automatic => OfferingApproval::Automatic,
                offerings::Approval::Provider => OfferingApproval::Provider,
            },
            form: offering.form.into_iter().map(|choice| shown(choice, own)).collect(),
            provider_id: offering.tenant.0,
            provider: offering.provider,
            service_candidate_id: offering.candidate,
            product_specification_id: offering.product_specification,
            product_offering_id: offering.product_offering,
            created_at: offering.created_at,
            package_id: offering.package.map(|package| package.0),
        }
    }
}

fn shown(choice: offerings::Choice, own: bool) -> OfferingChoice {
    let kind = match choice.kind {
        offerings::ChoiceKind::Text => "text",
        offerings::ChoiceKind::Integer => "integer",
        offerings::ChoiceKind::Number => "number",
        offerings::ChoiceKind::Boolean => "boolean",
    };
    OfferingChoice {
        name: choice.name,
        description: choice.description,
        kind: kind.to_owned(),
        default: Some(choice.default).filter(|value| !value.is_null()),
        allowed: choice.allowed,
        minimum: choice.minimum,
        maximum: choice.maximum,
        required: choice.required,
        to: serde_json::to_value(choice.to).ok().filter(|_| own),
    }
}

/// What to publish. `request` is a `hypo_shared::placement::PlacementRequest`; `choices` is a list of
/// `{name, to, description, default, allowed, minimum, maximum, required}`, where `to` is `{replicas: COMPONENT}`,
/// `{environment: {component, variable}}` or `{value: PATH}`.
#[derive(InputObject)]
pub struct PublishOfferingInput {
    /// A package of one's own.
    package_id: Uuid,
    /// For people; the same name again is its next version.
    name: String,
    /// For people.
    description: Option<String>,
    /// Counts on from the last version when not given.
    version: Option<String>,
    /// Placement policy of every order.
    request: Option<Value>,
    /// What a customer may choose.
    choices: Option<Value>,
    /// `automatic` when not given.
    approval: Option<OfferingApproval>,
    /// It can be ordered at once unless this is false.
    launch: Option<bool>,
}

impl TryFrom<PublishOfferingInput> for offerings::NewOffering {
    type Error = Error;

    fn try_from(input: PublishOfferingInput) -> Result<Self, Error> {
        let request = match input.request {
            None | Some(Value::Null) => Default::default(),
            Some(request) => serde_json::from_value(request).map_err(|error| {
                Error::field("request", "format", format!("This is no placement request: {error}."))
            })?,
        };
        let choices = match input.choices {
            None | Some(Value::Null) => Vec::new(),
            Some(choices) => serde_json::from_value(choices)
                .map_err(|error| Error::field("choices", "format", format!("These are no choices: {error}.")))?,
        };
        Ok(Self {
            package: PackageId(input.package_id),
            name: input.name,
            description: input.description.unwrap_or_default(),
            version: input.version,
            request,
            choices,
            approval: match input.approval {
                Some(OfferingApproval::Provider) => offerings::Approval::Provider,
                _ => offerings::Approval::Automatic,
            },
            launch: input.launch.unwrap_or(true),
        })
    }
}
