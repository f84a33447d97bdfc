//! `hypo analyse`: works offline, on a folder, an archive or a manifest file.

use std::path::PathBuf;

use clap::Args;
use hypo_package::analyse;
use hypo_shared::analysis::Analysis;

use super::{Error, Result, local};

#[derive(Debug, Args)]
pub struct Options {
    /// Folder, .tgz or manifest file.
    package: PathBuf,
    /// Helm values over the chart's defaults.
    #[arg(long)]
    values: Option<PathBuf>,
    /// Print `hypo.analysis/1` as JSON.
    #[arg(long)]
    json: bool,
}

pub async fn run(options: Options) -> Result<()> {
    let files = local::read(&options.package)?;
    let render = local::render(&files, local::values(options.values.as_deref())?).await?;
    let analysis = analyse(&render, &hypo_package::Options::default());
    if options.json {
        let text = serde_json::to_string_pretty(&analysis)
            .map_err(|error| Error::new(hypo_shared::ErrorCode::Internal, error.to_string()))?;
        println!("{text}");
    } else {
        print(&analysis);
    }
    Ok(())
}

fn print(analysis: &Analysis) {
    println!("{} components", analysis.components.len());
    for component in &analysis.components {
        let services: Vec<String> = component
            .services
            .iter()
            .map(|service| {
                let ports: Vec<String> = service.ports.iter().map(|port| port.port.to_string()).collect();
                format!("{}:{}", service.name, ports.join(","))
            })
            .collect();
        println!("  {:<32} {:<12} {}", component.name, component.kind, services.join(" "));
    }
    println!("{} edges", analysis.edges.len());
    for edge in &analysis.edges {
        let why = edge.evidence.first();
        let why = why.map(|evidence| format!("{} {} {:?}", evidence.document, evidence.path, evidence.string));
        println!("  {} -> {}:{} ({:.2}) {}", edge.from, edge.to, edge.port, edge.confidence, why.unwrap_or_default());
    }
    section("candidates, not used unless you accept them", &analysis.candidates, |edge| {
        format!("{} -> {} ({:.2})", edge.from, edge.to, edge.confidence)
    });
    section("outside the package", &analysis.external, |external| {
        let port = external.port.map(|port| format!(":{port}")).unwrap_or_default();
        format!("{} -> {}{port}", external.from, external.host)
    });
    section("must stay together", &analysis.glue, |glue| format!("{}: {}", glue.members.join(", "), glue.reason));
    section("notes", &analysis.notes, |note| format!("{}: {}", note.code, note.text));
}

fn section<T>(title: &str, items: &[T], line: impl Fn(&T) -> String) {
    if !items.is_empty() {
        println!("{} {title}", items.len());
        for item in items {
            println!("  {}", line(item));
        }
    }
}
