//! The policy table: every root field of the schema and every HTTP route has a row, or does not work.

use hypo_shared::Action::{self, *};

/// Root fields of Query, Mutation and Subscription (their names are unique across the three) and what they ask for.
pub const FIELDS: &[(&str, Action)] = &[
    // Query
    ("session", ReadSelf),
    ("packages", Read),
    ("package", Read),
    ("clusters", ReadClusters),
    ("cluster", ReadClusters),
    ("domains", ReadClusters),
    ("plan", Read),
    ("orders", Read),
    ("order", Read),
    ("services", Read),
    ("service", Read),
    ("keptVolumes", Read),
    ("terminationPlan", ControlService),
    ("clusterRole", ReadClusters),
    ("users", ManageUsers),
    ("tenants", ReadClusters),
    ("grants", ReadClusters),
    ("tokens", ManageTokens),
    ("audit", ReadAudit),
    ("overview", Read),
    ("events", Read),
    ("hubs", ManageHubs),
    ("deadLetters", ManageHubs),
    ("tmf", Read),
    ("peers", ReadPeers),
    ("clients", ManageTokens),
    ("offerings", Read),
    ("offering", Read),
    ("ordersToApprove", Read),
    // Mutation
    ("importPackage", ImportPackage),
    ("createPlan", CreatePlan),
    ("placeOrder", PlaceOrder),
    ("cancelOrder", ControlOrder),
    ("retryOrder", ControlOrder),
    ("terminateService", ControlService),
    ("scaleComponent", ControlService),
    ("restartComponent", ControlService),
    ("redeployService", ControlService),
    ("setDriftPolicy", ControlService),
    ("revertDrift", ControlService),
    ("deleteKeptVolume", ControlService),
    ("addDomain", ManageClusters),
    ("addCluster", ManageClusters),
    ("probeCluster", ManageClusters),
    ("removeCluster", ManageClusters),
    ("createGrant", ManageGrants),
    ("revokeGrant", ManageGrants),
    ("createUser", ManageUsers),
    ("disableUser", ManageUsers),
    ("createToken", ManageTokens),
    ("revokeToken", ManageTokens),
    ("changePassword", ReadSelf),
    ("registerHub", ManageHubs),
    ("removeHub", ManageHubs),
    ("pauseHub", ManageHubs),
    ("resumeHub", ManageHubs),
    ("replayHub", ManageHubs),
    ("rotateHubSecret", ManageHubs),
    ("registerPeer", ManagePeers),
    ("removePeer", ManagePeers),
    ("createClient", ManageTokens),
    ("removeClient", ManageTokens),
    ("publishOffering", WriteCatalogue),
    ("launchOffering", WriteCatalogue),
    ("retireOffering", WriteCatalogue),
    ("approveOrder", ControlService),
    ("rejectOrder", ControlService),
    ("changeTmf", ReadSelf),
    // Subscription
    ("orderTimeline", Read),
    ("serviceHealth", Read),
    ("metrics", Observe),
    ("logs", Observe),
    ("changes", Read),
    ("eventStream", Read),
];

/// What a root field asks for.
#[must_use]
pub fn field(name: &str) -> Option<Action> {
    FIELDS.iter().find(|(field, _)| *field == name).map(|(_, action)| *action)
}

/// Who may use an HTTP route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody: it says nothing about anybody's data.
    Public,
    /// Anybody, because it is how one signs in; tries are counted.
    SignIn,
    /// Signed in; the fields of the request are judged one by one.
    SignedIn,
}

/// HTTP routes besides the TMF APIs (which have a table of their own, by resource and verb). A route without a row
/// cannot be mounted: the router is built from handlers looked up here.
pub const ROUTES: &[(&str, &str, Access)] = &[
    ("POST", "/graphql", Access::SignedIn),
    ("GET", "/graphql/ws", Access::SignedIn),
    ("GET", "/session", Access::SignedIn),
    ("POST", "/session", Access::SignIn),
    ("DELETE", "/session", Access::SignedIn),
    ("GET", "/setup/{token}", Access::SignIn),
    ("POST", "/auth/realms/openslice/protocol/openid-connect/token", Access::SignIn),
    ("POST", "/realms/tmf/protocol/openid-connect/token", Access::SignIn),
    ("GET", "/healthz", Access::Public),
    ("GET", "/readyz", Access::Public),
    ("GET", "/metrics", Access::Public),
    ("GET", "/help/errors", Access::Public),
    ("GET", "/help/errors/{code}", Access::Public),
    ("GET", "/nbi", Access::Public),
    ("GET", "/nbi/interfaces", Access::Public),
    ("GET", "/nbi/schema.graphql", Access::SignedIn),
    ("GET", "/nbi/explorer", Access::Public),
    ("GET", "/nbi/explorer.js", Access::Public),
    ("GET", "/nbi/explorer.css", Access::Public),
];

/// Who may use a route.
#[must_use]
pub fn route(method: &str, path: &str) -> Option<Access> {
    ROUTES.iter().find(|row| row.0 == method && row.1 == path).map(|row| row.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_unique() {
        for (index, (name, _)) in FIELDS.iter().enumerate() {
            assert!(FIELDS[..index].iter().all(|(other, _)| other != name), "{name}");
        }
    }
}
