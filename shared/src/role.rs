//! Roles and what they may ask for. The portal greys buttons with the table the server enforces.

use serde::{Deserialize, Serialize};

/// What a person or token may do inside its tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
#[cfg_attr(feature = "graphql", graphql(rename_items = "camelCase"))]
pub enum Role {
    /// Runs the platform: users, tenants, everything of every tenant.
    Admin,
    /// Owns clusters and networks, grants them to others.
    DomainOwner,
    /// Brings packages, plans and orders.
    Provider,
    /// Orders what others publish.
    Customer,
    /// Reads.
    Viewer,
}

impl Role {
    /// All roles.
    pub const ALL: [Role; 5] = [Role::Admin, Role::DomainOwner, Role::Provider, Role::Customer, Role::Viewer];
}

/// What a caller may ask for. One row of the policy table each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
#[cfg_attr(feature = "graphql", graphql(rename_items = "camelCase"))]
pub enum Action {
    /// See one's own session and account.
    ReadSelf,
    /// See packages, plans, orders, services of one's tenant.
    Read,
    /// See clusters and domains that are one's own or granted.
    ReadClusters,
    /// See the audit trail of one's tenant.
    ReadAudit,
    /// Import a package.
    ImportPackage,
    /// Make a plan.
    CreatePlan,
    /// Place an order.
    PlaceOrder,
    /// Cancel, retry or release an order.
    ControlOrder,
    /// Scale, restart, redeploy or terminate a service.
    ControlService,
    /// Read logs and metrics of a service.
    Observe,
    /// Add, change and remove clusters and domains.
    ManageClusters,
    /// Give and take grants.
    ManageGrants,
    /// Create and disable users of the tenant.
    ManageUsers,
    /// Create and revoke one's own tokens.
    ManageTokens,
    /// Create tenants.
    ManageTenants,
    /// Register listeners for events, pause them, send again what was given up.
    ManageHubs,
    /// See peers, and read through them.
    ReadPeers,
    /// Write through peers.
    WritePeers,
    /// Register and remove peers.
    ManagePeers,
    /// Write catalogues, offerings and specifications (TMF620, 633, 634).
    WriteCatalogue,
    /// Write products, services, resources and objectives (TMF637 to 640, 657, 702).
    WriteInventory,
    /// Write individuals, organizations and their roles (TMF632, 669).
    WriteParties,
    /// Write addresses, sites and locations (TMF673 to 675).
    WriteLocations,
    /// Write alarms and the tasks on them (TMF642).
    WriteAlarms,
}

impl Action {
    /// All actions.
    pub const ALL: [Action; 24] = [
        Action::ReadSelf,
        Action::Read,
        Action::ReadClusters,
        Action::ReadAudit,
        Action::ImportPackage,
        Action::CreatePlan,
        Action::PlaceOrder,
        Action::ControlOrder,
        Action::ControlService,
        Action::Observe,
        Action::ManageClusters,
        Action::ManageGrants,
        Action::ManageUsers,
        Action::ManageTokens,
        Action::ManageTenants,
        Action::ManageHubs,
        Action::ReadPeers,
        Action::WritePeers,
        Action::ManagePeers,
        Action::WriteCatalogue,
        Action::WriteInventory,
        Action::WriteParties,
        Action::WriteLocations,
        Action::WriteAlarms,
    ];
}

/// The policy table. Default deny: what is not listed is refused.
#[must_use]
pub const fn allows(role: Role, action: Action) -> bool {
    use Action::*;
    match role {
        Role::Admin => true,
        Role::DomainOwner => matches!(
            action,
            ReadSelf
                | Read
                | ReadClusters
                | ReadAudit
                | Observe
                | ManageClusters
                | ManageGrants
                | ManageTokens
                | ManageHubs
                | ReadPeers
                | WritePeers
                | ManagePeers
                | WriteCatalogue
                | WriteInventory
                | WriteParties
                | WriteLocations
                | WriteAlarms
        ),
        Role::Provider => matches!(
            action,
            ReadSelf
                | Read
                | ReadClusters
                | ReadAudit
                | ImportPackage
                | CreatePlan
                | PlaceOrder
                | ControlOrder
                | ControlService
                | Observe
                | ManageTokens
                | ManageHubs
                | ReadPeers
                | WritePeers
                | ManagePeers
                | WriteCatalogue
                | WriteInventory
                | WriteParties
                | WriteLocations
                | WriteAlarms
        ),
        Role::Customer => {
            matches!(
                action,
                ReadSelf | Read | ReadClusters | PlaceOrder | ControlOrder | Observe | ManageTokens | ManageHubs
            )
        }
        Role::Viewer => matches!(action, ReadSelf | Read | ReadClusters),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_viewer_changes_nothing() {
        let allowed: Vec<_> = Action::ALL.into_iter().filter(|action| allows(Role::Viewer, *action)).collect();
        assert_eq!(allowed, [Action::ReadSelf, Action::Read, Action::ReadClusters]);
    }

    #[test]
    fn only_admin_manages_users_and_tenants() {
        for role in Role::ALL.into_iter().filter(|role| *role != Role::Admin) {
            assert!(!allows(role, Action::ManageUsers));
            assert!(!allows(role, Action::ManageTenants));
        }
    }
}
