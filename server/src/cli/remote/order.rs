//! `hypo order` and `hypo terminate`.

use std::{collections::BTreeMap, time::Duration};

use clap::{Args, ValueEnum};
use hypo_shared::ErrorCode;
use serde_json::{Value, json};

use super::{client::ask, show};
use crate::cli::{Error, Result};

#[derive(Debug, Args)]
pub struct OrderOptions {
    /// Id of the plan.
    plan: String,
    /// Hash of the plan, as it was shown.
    hash: String,
    /// What happens to what was done when a step fails.
    #[arg(long, default_value = "compensate")]
    on_failure: OnFailure,
    /// Return at once instead of following the order.
    #[arg(long)]
    detach: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum OnFailure {
    Compensate,
    Hold,
}

#[derive(Debug, Args)]
pub struct TerminateOptions {
    /// Id of the service.
    service: String,
    /// Delete this volume too: CLUSTER/CLAIM. May be given several times; other volumes are kept.
    #[arg(long, value_name = "CLUSTER/CLAIM")]
    delete_volume: Vec<String>,
    /// Do it; without this only the plan is shown.
    #[arg(long)]
    yes: bool,
}

const PLACE: &str = "mutation PlaceOrder($input: PlaceOrderInput!) { placeOrder(input: $input) { id state } }";
const FOLLOW: &str = "query FollowOrder($id: UUID!) { order(id: $id) { id state waitingFor service { id entryPoints { url } } \
     notes { code text } failures { code title component cluster detail remedy } steps { name title state cluster message } } }";
const TERMINATION: &str = "query TerminationPlan($id: UUID!) { terminationPlan(serviceId: $id) { objects { cluster { id name } kind name change note } \
     volumes { cluster { id name } component claim bytes } dependants } }";
const TERMINATE: &str =
    "mutation TerminateService($input: TerminateServiceInput!) { terminateService(input: $input) { id state } }";

pub async fn place(options: OrderOptions) -> Result<()> {
    let on_failure = match options.on_failure {
        OnFailure::Compensate => "compensate",
        OnFailure::Hold => "hold",
    };
    let input = json!({"planId": options.plan, "planHash": options.hash, "onFailure": on_failure});
    let placed = ask(PLACE, json!({"input": input})).await?;
    let id = show::text(&placed["placeOrder"]["id"]).to_owned();
    println!("order {id}");
    if options.detach { Ok(()) } else { follow(&id).await }
}

pub async fn terminate(options: TerminateOptions) -> Result<()> {
    let shown = ask(TERMINATION, json!({"id": options.service})).await?;
    let plan = &shown["terminationPlan"];
    let volumes = plan["volumes"].as_array().cloned().unwrap_or_default();
    for object in plan["objects"].as_array().into_iter().flatten() {
        println!(
            "{:<20} {:<10} {}/{} {}",
            show::text(&object["cluster"]["name"]),
            show::text(&object["change"]),
            show::text(&object["kind"]),
            show::text(&object["name"]),
            show::text(&object["note"])
        );
    }
    let mut delete = Vec::new();
    for volume in &volumes {
        let name = format!("{}/{}", show::text(&volume["cluster"]["name"]), show::text(&volume["claim"]));
        let named = options.delete_volume.contains(&name);
        println!("volume {name}: {}", if named { "DELETED" } else { "kept" });
        if named {
            delete.push(json!({"clusterId": volume["cluster"]["id"], "claim": volume["claim"]}));
        }
    }
    if delete.len() != options.delete_volume.len() {
        return Err(Error::new(ErrorCode::VolumeNotFound, "a named volume is none of this service"));
    }
    if !options.yes {
        println!("nothing was changed; add --yes to end the service");
        return Ok(());
    }
    let input = json!({"serviceId": options.service, "deleteVolumes": delete});
    let placed = ask(TERMINATE, json!({"input": input})).await?;
    let id = show::text(&placed["terminateService"]["id"]).to_owned();
    println!("order {id}");
    follow(&id).await
}

/// Prints every change of a step until the order has ended; an order that did not complete is an error.
pub(super) async fn follow(id: &str) -> Result<()> {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    loop {
        let found = ask(FOLLOW, json!({"id": id})).await?;
        let order = &found["order"];
        for step in order["steps"].as_array().into_iter().flatten() {
            let (name, state) = (show::text(&step["name"]), show::text(&step["state"]));
            let known = seen.insert(name.to_owned(), state.to_owned());
            if known.as_deref() != Some(state) && state != "waiting" {
                println!("{state:<10} {} {}", show::text(&step["title"]), show::text(&step["message"]));
            }
        }
        match show::text(&order["state"]) {
            "completed" => {
                ended(order);
                return Ok(());
            }
            state @ ("failed" | "cancelled" | "rejected" | "partial" | "held") => {
                ended(order);
                return Err(Error::Remote(format!("the order is {state}")));
            }
            _ => tokio::time::sleep(Duration::from_millis(400)).await,
        }
    }
}

fn ended(order: &Value) {
    for failure in order["failures"].as_array().into_iter().flatten() {
        println!(
            "{} {} ({} on {}): {}\n  remedy: {}",
            show::text(&failure["code"]),
            show::text(&failure["title"]),
            show::text(&failure["component"]),
            show::text(&failure["cluster"]),
            show::text(&failure["detail"]),
            show::text(&failure["remedy"])
        );
    }
    for note in order["notes"].as_array().into_iter().flatten() {
        println!("note: {}", show::text(&note["text"]));
    }
    for entry in order["service"]["entryPoints"].as_array().into_iter().flatten() {
        println!("open: {}", show::text(&entry["url"]));
    }
    println!("{}", show::text(&order["state"]));
}
