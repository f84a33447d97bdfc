//! Every failure a user can meet has a stable code, a title and a page in `docs/errors/`.
//!
//! Ranges: 1xxx packages and analysis, 2xxx placement and plans, 3xxx orders and services,
//! 4xxx clusters, 5xxx sign-in and permission, 6xxx API requests, 9xxx the product itself.
//! A code is never reused; a row is never removed.

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($name:ident = $number:literal, $title:literal;)+) => {
        /// Stable error codes, see the module documentation for the ranges.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum ErrorCode {
            $(#[doc = $title] $name,)+
        }

        impl ErrorCode {
            /// All codes, in order.
            pub const ALL: &[ErrorCode] = &[$(ErrorCode::$name,)+];

            /// The number shown to users, for example `HYP-1001`.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(ErrorCode::$name => concat!("HYP-", $number),)+ }
            }

            /// One sentence that names the failure.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(ErrorCode::$name => $title,)+ }
            }
        }
    };
}

codes! {
    PackageUnreadable = "1001", "The package could not be read.";
    PackageTooLarge = "1002", "The package is larger than the limit.";
    YamlInvalid = "1003", "A document is not valid YAML.";
    YamlBudget = "1004", "A document expands beyond the limit (aliases, depth or nodes).";
    YamlDuplicateKey = "1005", "A document names the same key twice.";
    ArchiveUnsafe = "1006", "The archive holds an entry that leaves its folder or is not a plain file.";
    HelmFailed = "1007", "Helm could not render the chart.";
    HelmMissing = "1008", "No helm program was found.";
    ValuesInvalid = "1009", "The values do not match the chart's schema.";
    PackageEmpty = "1010", "The package holds no workload.";
    ObjectInvalid = "1011", "A document is not a Kubernetes object.";
    PackageNotFound = "1012", "No such package.";
    PackageFetchRefused = "1013", "The package address is not allowed.";

    PlacementUnknownComponent = "2001", "The placement names a component that the package does not have.";
    PlacementUnknownCluster = "2002", "The placement names a cluster that is not offered.";
    PlacementIncomplete = "2003", "A component has no cluster.";
    PlacementGlueBroken = "2004", "Components that must stay together are placed apart.";
    PlacementInfeasible = "2005", "No cluster satisfies every hard constraint.";
    PlacementNotGranted = "2006", "The owner has not granted this cluster.";
    PlanStale = "2007", "The plan is stale: the facts it was made from have changed.";
    PlanNotFound = "2008", "No such plan.";
    PlanHashMismatch = "2009", "The plan hash does not match the stored plan.";
    PlanExpired = "2010", "The plan is older than 24 hours.";
    OverrideInvalid = "2011", "An override cannot be applied.";
    PlanAlreadyOrdered = "2012", "The plan has been ordered already.";

    OrderNotFound = "3001", "No such order.";
    OrderStateConflict = "3002", "The order's state does not allow this.";
    ServiceNotFound = "3003", "No such service.";
    ServiceStateConflict = "3004", "The service's state does not allow this.";
    SpecificationUnknown = "3005", "Nothing here delivers this specification.";
    ImagePull = "3101", "An image could not be pulled.";
    Unschedulable = "3102", "A pod fits no node of the cluster.";
    QuotaExceeded = "3103", "A quota of the namespace is used up.";
    ProbeFailed = "3104", "A container runs but does not pass its probe.";
    CrashLoop = "3105", "A container ends again and again.";
    VolumePending = "3106", "A volume claim is not bound.";
    ConfigMissing = "3107", "A container needs a ConfigMap or Secret that is not there.";
    RolloutTimeout = "3108", "The workload was not ready in time and no cause was found.";
    ApplyRefused = "3109", "The cluster refused an object.";
    VolumeNameMismatch = "3110", "The typed name is not the name of the volume.";
    VolumeNotFound = "3111", "No such kept volume.";
    VolumeMismatch = "3112", "The kept volume does not fit what would mount it.";
    VolumeInUse = "3113", "The volume belongs to another service.";

    ApprovalRefused = "3201", "The provider has rejected the order.";

    ClusterNotFound = "4001", "No such cluster.";
    KubeconfigInvalid = "4002", "The kubeconfig cannot be read.";
    KubeconfigUnsafe = "4003", "The kubeconfig asks for something that is not allowed.";
    ClusterUnreachable = "4004", "The cluster does not answer.";
    ClusterUnauthorized = "4005", "The cluster refuses the credentials.";
    ClusterForbidden = "4006", "The cluster's role lacks a permission.";
    ClusterConflict = "4007", "An object of that name is owned by somebody else.";
    SecretStore = "4008", "The secret store does not answer.";
    DomainNotFound = "4009", "No such domain.";

    Unauthenticated = "5001", "Sign in first.";
    Forbidden = "5002", "You may not do this.";
    BadCredentials = "5003", "Name or password is wrong.";
    TooManyAttempts = "5004", "Too many attempts. Wait and try again.";
    TokenExpired = "5005", "The token has expired or was revoked.";
    GrantNotFound = "5006", "No such grant.";
    UserNotFound = "5007", "No such user.";
    TokenNotFound = "5008", "No such token.";
    SetupTokenUsed = "5009", "The one-time sign-in has been used or has expired.";

    InvalidInput = "6001", "The input is not valid.";
    NotFound = "6002", "Not found.";
    MethodNotAllowed = "6003", "This method is not allowed here.";
    UnsupportedMediaType = "6004", "This media type is not supported here.";
    PreconditionFailed = "6005", "The document has changed since it was read.";
    StateConflict = "6006", "The state does not allow this change.";
    QueryTooComplex = "6007", "The query is larger than the limits allow.";
    CursorInvalid = "6008", "The cursor is not valid.";
    IdempotencyConflict = "6009", "The idempotency key was used with other content.";
    PayloadTooLarge = "6010", "The request is larger than the limit.";
    Overloaded = "6011", "The server is busy. Try again later.";
    NotAcceptable = "6012", "Nothing acceptable can be served.";
    DocumentNotTrusted = "6021", "A session may not send this document.";
    BudgetSpent = "6022", "The token's query budget is spent.";

    HubNotFound = "6201", "No such listener.";
    CallbackRefused = "6202", "The callback address is not allowed.";
    PeerNotFound = "6211", "No such peer.";
    PeerUnreachable = "6212", "The peer does not answer.";
    PeerRefused = "6213", "The peer refuses the credentials.";
    PeerLoop = "6214", "The request has gone through too many peers.";

    Internal = "9001", "Something went wrong on our side.";
    StoreUnavailable = "9002", "The store does not answer.";
    StoreCorrupt = "9003", "A stored record cannot be read.";
    ConfigInvalid = "9004", "The configuration is not valid.";
}

impl std::fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

impl std::str::FromStr for ErrorCode {
    type Err = UnknownCode;
    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        Self::ALL.iter().copied().find(|code| code.code() == text).ok_or(UnknownCode)
    }
}

/// The text is no code of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an error code of this version")]
pub struct UnknownCode;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_ascending() {
        let numbers: Vec<_> = ErrorCode::ALL.iter().map(|code| code.code()).collect();
        let mut sorted = numbers.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(numbers, sorted);
    }
}
