//! `hypo import` and `hypo plan`.

use std::path::PathBuf;

use base64::{Engine, engine::general_purpose::STANDARD};
use clap::Args;
use serde_json::{Value, json};

use super::{client::ask, show};
use crate::cli::{Result, local};

#[derive(Debug, Args)]
pub struct ImportOptions {
    /// Folder, .tgz, manifest file, or an https:// or oci:// address.
    package: String,
    /// Name; by default the chart's or the file's.
    #[arg(long)]
    name: Option<String>,
    /// Helm values over the chart's defaults.
    #[arg(long)]
    values: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct PlanOptions {
    /// Id of the package.
    package: String,
    /// Name of the service.
    #[arg(long)]
    name: String,
    /// A placement request (`hypo_shared::placement::PlacementRequest`), YAML or JSON; without it the planner places.
    #[arg(long)]
    request: Option<PathBuf>,
    /// Attach this kept volume, by its id (`hypo volumes`). May be given several times.
    #[arg(long, value_name = "VOLUME")]
    attach: Vec<String>,
    /// Print the whole plan as JSON.
    #[arg(long)]
    json: bool,
}

const IMPORT: &str = "mutation ImportPackage($input: ImportPackageInput!) { importPackage(input: $input) { id name version kind revision analysis } }";
const PLAN: &str = "mutation CreatePlan($input: CreatePlanInput!) { createPlan(input: $input) { id hash expiresAt cost \
     warnings { code text } placement { component chosen clusters { name } rejected { cluster reason } } \
     clusters { cluster { name } namespace creates updates deletes objects { kind name change component reason phase } } \
     links { from fromCluster { name } to toCluster { name } service port } volumes { cluster { name } component claim bytes note } } }";

pub async fn import(options: ImportOptions) -> Result<()> {
    let mut input = json!({"name": options.name, "values": local::values(options.values.as_deref())?});
    if options.package.contains("://") {
        input["address"] = json!(options.package);
    } else {
        let files: Vec<Value> = local::read(std::path::Path::new(&options.package))?
            .into_iter()
            .map(|file| json!({"path": file.path, "content": STANDARD.encode(file.bytes)}))
            .collect();
        input["files"] = json!(files);
    }
    let made = ask(IMPORT, json!({"input": input})).await?;
    let package = &made["importPackage"];
    println!(
        "package {} {} revision {}",
        show::text(&package["id"]),
        show::text(&package["name"]),
        package["revision"]
    );
    println!(
        "{} components, {} edges",
        package["analysis"]["components"].as_array().map_or(0, Vec::len),
        package["analysis"]["edges"].as_array().map_or(0, Vec::len)
    );
    Ok(())
}

pub async fn plan(options: PlanOptions) -> Result<()> {
    let request = local::values(options.request.as_deref())?;
    let input = json!({
        "packageId": options.package, "name": options.name, "request": request, "attachVolumes": options.attach,
    });
    let made = ask(PLAN, json!({"input": input})).await?;
    let plan = &made["createPlan"];
    if options.json {
        println!("{plan:#}");
        return Ok(());
    }
    for warning in plan["warnings"].as_array().into_iter().flatten() {
        println!("! {}: {}", show::text(&warning["code"]), show::text(&warning["text"]));
    }
    for placed in plan["placement"].as_array().into_iter().flatten() {
        let clusters: Vec<&str> =
            placed["clusters"].as_array().into_iter().flatten().map(|cluster| show::text(&cluster["name"])).collect();
        println!(
            "{:<28} {:<28} {}",
            show::text(&placed["component"]),
            clusters.join(", "),
            show::text(&placed["chosen"])
        );
    }
    for cluster in plan["clusters"].as_array().into_iter().flatten() {
        println!(
            "{}/{}: {} to create, {} to change, {} to delete",
            show::text(&cluster["cluster"]["name"]),
            show::text(&cluster["namespace"]),
            cluster["creates"],
            cluster["updates"],
            cluster["deletes"]
        );
    }
    for volume in plan["volumes"].as_array().into_iter().flatten() {
        println!(
            "volume {}/{}: {}",
            show::text(&volume["cluster"]["name"]),
            show::text(&volume["claim"]),
            show::text(&volume["note"])
        );
    }
    println!("links: {}", plan["links"].as_array().map_or(0, Vec::len));
    println!("order it: hypo order {} {}", show::text(&plan["id"]), show::text(&plan["hash"]));
    Ok(())
}
