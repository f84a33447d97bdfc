//! Inputs of mutations.

use async_graphql::InputObject;
use base64::{Engine, engine::general_purpose::STANDARD};
use hypo_app::{Error, clusters, orders, packages, plans, services};
use hypo_shared::{ClusterId, DomainId, PackageId, PlanId, Role, ServiceId, TenantId, VolumeId, order::OnFailure};
use serde_json::Value;
use uuid::Uuid;

/// Files (path and base64 content), or an address (https:// or oci://).
#[derive(InputObject)]
pub struct ImportPackageInput {
    /// Name of the package; taken from its content where it is missing.
    name: Option<String>,
    /// Files of the package.
    files: Option<Vec<FileInput>>,
    /// Address to fetch it from instead.
    address: Option<String>,
    /// Values of the chart.
    values: Option<Value>,
}

/// A file of a package.
#[derive(InputObject)]
pub struct FileInput {
    /// Path inside the package.
    path: String,
    /// Base64 (RFC 4648, with padding).
    content: String,
}

impl TryFrom<ImportPackageInput> for packages::Import {
    type Error = Error;

    fn try_from(input: ImportPackageInput) -> Result<Self, Error> {
        let source = match (input.files, input.address) {
            (Some(files), None) => packages::Source::Files(files.into_iter().map(file).collect::<Result<_, _>>()?),
            (None, Some(address)) => packages::Source::Address(address),
            _ => return Err(Error::field("files", "required", "Give either files or an address.")),
        };
        Ok(Self { name: input.name, source, values: input.values })
    }
}

fn file(input: FileInput) -> Result<packages::SourceFile, Error> {
    let bytes = STANDARD
        .decode(input.content.as_bytes())
        .map_err(|_| Error::field("files", "format", format!("The content of {:?} is not base64.", input.path)))?;
    Ok(packages::SourceFile { path: input.path, bytes })
}

/// `request` is a `hypo_shared::placement::PlacementRequest`.
#[derive(InputObject)]
pub struct CreatePlanInput {
    /// Package to plan.
    package_id: Uuid,
    /// Name of the service.
    name: String,
    /// Placement, overrides and limits.
    request: Value,
    /// The service to change; without it a new one is planned.
    service_id: Option<Uuid>,
    /// Kept volumes to use again. A new service lives in the namespace they lie in.
    attach_volumes: Option<Vec<Uuid>>,
    /// Volumes that the plan leaves behind and that go with their data; the others are kept.
    delete_volumes: Option<Vec<DeleteVolumeInput>>,
}

impl TryFrom<CreatePlanInput> for plans::NewPlan {
    type Error = Error;

    fn try_from(input: CreatePlanInput) -> Result<Self, Error> {
        let request = serde_json::from_value(input.request)
            .map_err(|error| Error::field("request", "format", format!("This is no placement request: {error}.")))?;
        Ok(Self {
            package: PackageId(input.package_id),
            name: input.name,
            request,
            service: input.service_id.map(ServiceId),
            attach_volumes: input.attach_volumes.unwrap_or_default().into_iter().map(VolumeId).collect(),
            delete_volumes: named(input.delete_volumes),
        })
    }
}

/// An order of what was planned.
#[derive(InputObject)]
pub struct PlaceOrderInput {
    /// Plan to carry out.
    plan_id: Uuid,
    /// Hash of the plan that was seen.
    plan_hash: String,
    /// `compensate` when not given.
    on_failure: Option<OnFailure>,
    /// The orderer's own id.
    external_id: Option<String>,
}

impl From<PlaceOrderInput> for orders::PlaceOrder {
    fn from(input: PlaceOrderInput) -> Self {
        Self {
            plan: PlanId(input.plan_id),
            hash: input.plan_hash,
            on_failure: input.on_failure.unwrap_or_default(),
            external_id: input.external_id,
            asked: None,
        }
    }
}

/// Ends a service. Volumes that are not named are kept.
#[derive(InputObject)]
pub struct TerminateServiceInput {
    /// Service to end.
    service_id: Uuid,
    /// Volumes to delete; the others are kept.
    delete_volumes: Option<Vec<DeleteVolumeInput>>,
    /// What happens when a step fails.
    on_failure: Option<OnFailure>,
}

/// A volume to delete, named in full.
#[derive(InputObject)]
pub struct DeleteVolumeInput {
    /// Cluster of the volume.
    cluster_id: Uuid,
    /// Name of its claim, typed by a person.
    claim: String,
}

impl From<TerminateServiceInput> for services::Terminate {
    fn from(input: TerminateServiceInput) -> Self {
        Self {
            service: ServiceId(input.service_id),
            delete_volumes: named(input.delete_volumes),
            on_failure: input.on_failure.unwrap_or_default(),
            asked: None,
        }
    }
}

/// Volumes as they were named.
pub(super) fn named(volumes: Option<Vec<DeleteVolumeInput>>) -> Vec<services::DeleteVolume> {
    let volumes = volumes.unwrap_or_default().into_iter();
    volumes
        .map(|volume| services::DeleteVolume { cluster: ClusterId(volume.cluster_id), claim: volume.claim })
        .collect()
}

/// A domain.
#[derive(InputObject)]
pub struct AddDomainInput {
    /// Name for people.
    name: String,
    /// ISO 3166 code.
    country: Option<String>,
    /// Degrees north.
    latitude: Option<f64>,
    /// Degrees east.
    longitude: Option<f64>,
}

impl From<AddDomainInput> for clusters::NewDomain {
    fn from(input: AddDomainInput) -> Self {
        let AddDomainInput { name, country, latitude, longitude } = input;
        Self { name, country, latitude, longitude }
    }
}

/// A cluster, by kubeconfig. What a kubeconfig must not ask for is refused.
#[derive(InputObject)]
pub struct AddClusterInput {
    /// Domain it belongs to.
    domain_id: Uuid,
    /// Name for people, unique in the domain.
    name: String,
    /// The kubeconfig, as text; it goes to the secret store and is never shown again.
    kubeconfig: String,
    /// ISO 3166 code; the domain's when not given.
    country: Option<String>,
    /// Labels that placement can ask for.
    labels: Option<Value>,
    /// Price of a core for an hour, in the unit the platform counts in.
    price_per_cpu_hour: Option<f64>,
}

impl TryFrom<AddClusterInput> for clusters::NewCluster {
    type Error = Error;

    fn try_from(input: AddClusterInput) -> Result<Self, Error> {
        let labels = match input.labels {
            None | Some(Value::Null) => Default::default(),
            Some(labels) => serde_json::from_value(labels)
                .map_err(|_| Error::field("labels", "format", "Labels are an object of texts."))?,
        };
        Ok(Self {
            domain: DomainId(input.domain_id),
            name: input.name,
            kubeconfig: input.kubeconfig,
            country: input.country,
            labels,
            price_per_cpu_hour: input.price_per_cpu_hour,
        })
    }
}

/// A person.
#[derive(InputObject)]
pub struct CreateUserInput {
    /// Sign-in name.
    name: String,
    /// Name for people.
    display_name: String,
    /// First password.
    password: String,
    /// What the user may do.
    role: Role,
    /// The caller's own when not given.
    tenant_id: Option<Uuid>,
}

impl From<CreateUserInput> for hypo_app::access::users::NewUser {
    fn from(input: CreateUserInput) -> Self {
        let CreateUserInput { name, display_name, password, role, tenant_id } = input;
        Self { name, display_name, password, role, tenant: tenant_id.map(TenantId) }
    }
}

/// An API token of the caller.
#[derive(InputObject)]
pub struct CreateTokenInput {
    /// What the token is for.
    name: String,
    /// Not wider than the caller's.
    role: Role,
    /// 1 to 365.
    days: i32,
}

impl From<CreateTokenInput> for hypo_app::access::tokens::NewToken {
    fn from(input: CreateTokenInput) -> Self {
        let CreateTokenInput { name, role, days } = input;
        Self { name, role, days }
    }
}
