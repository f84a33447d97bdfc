//! `hypo scale`.

use clap::Args;
use serde_json::json;

use super::{client::ask, order::follow, show};
use crate::cli::Result;

#[derive(Debug, Args)]
pub struct Options {
    /// Id of the service.
    service: String,
    /// Name of the component.
    component: String,
    /// Id of the cluster.
    cluster: String,
    /// How many, 0 to 1000.
    replicas: i32,
    /// Delete this volume of a replica that goes, with its data. May be given several times; other volumes are kept.
    #[arg(long, value_name = "CLAIM")]
    delete_volume: Vec<String>,
}

const SCALE: &str = "mutation ScaleComponent($service: UUID!, $component: String!, $cluster: UUID!, $replicas: Int!, $delete: [DeleteVolumeInput!]) { \
     scaleComponent(serviceId: $service, component: $component, clusterId: $cluster, replicas: $replicas, deleteVolumes: $delete) { id } }";

pub async fn run(options: Options) -> Result<()> {
    let delete: Vec<_> =
        options.delete_volume.iter().map(|claim| json!({"clusterId": options.cluster, "claim": claim})).collect();
    let variables = json!({
        "service": options.service, "component": options.component, "cluster": options.cluster,
        "replicas": options.replicas, "delete": delete,
    });
    let placed = ask(SCALE, variables).await?;
    let id = show::text(&placed["scaleComponent"]["id"]).to_owned();
    println!("order {id}");
    follow(&id).await
}
