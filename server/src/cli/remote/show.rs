//! `hypo orders`, `hypo services`, `hypo clusters`.

use serde_json::{Value, json};

use super::client::ask;
use crate::cli::Result;

/// The text of a member, empty where it is null.
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

pub async fn orders() -> Result<()> {
    let found = ask("query Orders { orders(first: 50) { nodes { id name state createdAt } } }", json!({})).await?;
    for order in found["orders"]["nodes"].as_array().into_iter().flatten() {
        println!(
            "{}  {:<24} {:<12} {}",
            text(&order["id"]),
            text(&order["name"]),
            text(&order["state"]),
            text(&order["createdAt"])
        );
    }
    Ok(())
}

pub async fn services() -> Result<()> {
    let found = ask("query Services { services(first: 50) { nodes { id name state health } } }", json!({})).await?;
    for service in found["services"]["nodes"].as_array().into_iter().flatten() {
        println!(
            "{}  {:<24} {:<12} {}",
            text(&service["id"]),
            text(&service["name"]),
            text(&service["state"]),
            text(&service["health"])
        );
    }
    Ok(())
}

pub async fn clusters() -> Result<()> {
    let found = ask("query Clusters { clusters { id name country status version owner { name } } }", json!({})).await?;
    for cluster in found["clusters"].as_array().into_iter().flatten() {
        println!(
            "{}  {:<20} {:<4} {:<10} {:<16} {}",
            text(&cluster["id"]),
            text(&cluster["name"]),
            text(&cluster["country"]),
            text(&cluster["status"]),
            text(&cluster["version"]),
            text(&cluster["owner"]["name"])
        );
    }
    Ok(())
}

/// Volumes that outlived what used them.
pub async fn volumes() -> Result<()> {
    let found =
        ask("query KeptVolumes { keptVolumes { id claim component bytes serviceName cluster { name } } }", json!({}))
            .await?;
    for volume in found["keptVolumes"].as_array().into_iter().flatten() {
        println!(
            "{} {:<20} {:<28} {:<20} {} bytes",
            text(&volume["id"]),
            text(&volume["cluster"]["name"]),
            text(&volume["claim"]),
            text(&volume["serviceName"]),
            volume["bytes"]
        );
    }
    Ok(())
}
