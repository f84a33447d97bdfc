//! Sealed objects of plans stay in the secret store as long as they can be needed, and no longer.

use std::collections::BTreeSet;

use crate::{
    journey::{PLAN, granted_cluster, package, settled},
    support::{Person, Server},
};
use chrono::{TimeDelta, Utc};
use hypo_shared::Role;
use serde_json::{Value, json};

fn sealed(server: &Server) -> BTreeSet<String> {
    server.secrets.names(hypo_orchestrator::seal::PLAN_OBJECTS)
}

fn ids(plans: &[&Value]) -> BTreeSet<String> {
    plans.iter().map(|plan| plan["id"].as_str().unwrap().to_owned()).collect()
}

async fn plan(server: &Server, who: &Person, package: &Value) -> Value {
    server.data(who, PLAN, json!({"p": package["id"], "r": {}})).await["createPlan"].take()
}

#[tokio::test]
async fn sealed_plans_go_when_nobody_can_need_them() {
    let server = Server::start().await;
    let ada = server.person(server.provider, "ada", Role::Provider).await;
    let olga = server.person(server.owner, "olga", Role::DomainOwner).await;
    let package = package(&server, &ada).await;
    let (cluster, _) = granted_cluster(&server, &olga).await;

    let (running, unordered) = (plan(&server, &ada, &package).await, plan(&server, &ada, &package).await);
    assert_eq!(sealed(&server), ids(&[&running, &unordered]));
    let order = "mutation($p: UUID!, $h: String!) { placeOrder(input: {planId: $p, planHash: $h}) { id } }";
    let variables = json!({"p": running["id"], "h": running["hash"]});
    let placed = server.data(&ada, order, variables).await["placeOrder"].take();
    let done = settled(&server, &ada, &placed["id"]).await;
    assert_eq!(done["state"], "completed", "{done:#}");
    let service = done["service"]["id"].clone();

    // A plan can be ordered for 24 hours; an order placed in the last moment is given another.
    for soon in [|| Utc::now(), || Utc::now() + TimeDelta::minutes(24 * 60 + 50)] {
        assert_eq!(server.sweep(soon).await["forgotten"], 0);
        assert_eq!(sealed(&server), ids(&[&running, &unordered]));
    }
    assert_eq!(server.sweep(|| Utc::now() + TimeDelta::hours(26)).await["forgotten"], 1);
    assert_eq!(sealed(&server), ids(&[&running]), "what a service runs on stays, however old");
    // Its row can still be read; that of a plan that was ordered stays with the order.
    let read = "query($id: UUID!) { plan(id: $id) { id } }";
    assert_eq!(server.data(&ada, read, json!({"id": unordered["id"]})).await["plan"]["id"], unordered["id"]);
    assert_eq!(server.sweep(|| Utc::now() + TimeDelta::days(32)).await["rowsRemoved"], 1);
    assert_eq!(sealed(&server), ids(&[&running]));

    // Another order of the service: the plan before is what nobody goes back to any more.
    let scale = "mutation($s: UUID!, $c: UUID!) { scaleComponent(serviceId: $s, component: \"web\", clusterId: $c, replicas: 3) { id } }";
    let scaled = server.data(&ada, scale, json!({"s": service, "c": cluster})).await["scaleComponent"].take();
    assert_eq!(settled(&server, &ada, &scaled["id"]).await["state"], "completed");
    assert_eq!(server.sweep(Utc::now).await["forgotten"], 1);
    let left = sealed(&server);
    assert!(left.len() == 1 && left.is_disjoint(&ids(&[&running])), "{left:?}");

    let end = "mutation($id: UUID!) { terminateService(input: {serviceId: $id}) { id } }";
    let ended = server.data(&ada, end, json!({"id": service})).await["terminateService"].take();
    assert_eq!(settled(&server, &ada, &ended["id"]).await["state"], "completed");
    assert_eq!(server.sweep(Utc::now).await["forgotten"], 1);
    assert!(sealed(&server).is_empty());
    assert_eq!(server.sweep(Utc::now).await["forgotten"], 0, "nothing is forgotten twice");
}
