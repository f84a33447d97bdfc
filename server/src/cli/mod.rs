//! Commands. Those that talk to a running server are in [`remote`]; the others work offline.

mod analyse;
mod cluster_role;
mod error;
mod local;
mod remote;
mod split;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::boot;
pub use error::{Error, Result};

/// HypO: end-to-end services over many clusters of many owners.
#[derive(Debug, Parser)]
#[command(name = "hypo", version, about, max_term_width = 100)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server.
    Serve(boot::serve::Options),
    /// Run simulated Kubernetes clusters in a process of their own.
    Twins(boot::twins::Options),
    /// Analyse a package offline: components, who talks to whom, and why we think so.
    Analyse(analyse::Options),
    /// Write the manifests of every cluster offline, for GitOps.
    Split(split::Options),
    /// Print the role a kubeconfig for HypO needs.
    ClusterRole(cluster_role::Options),
    /// Print the GraphQL schema.
    Schema {
        /// Write it to this file instead.
        #[arg(long)]
        out: Option<PathBuf>,
    },
    #[command(flatten)]
    Remote(remote::Command),
}

/// Runs one command.
pub fn run(arguments: Arguments) -> Result<()> {
    match arguments.command {
        Command::Analyse(options) => local::block_on(analyse::run(options)),
        Command::Split(options) => local::block_on(split::run(options)),
        Command::ClusterRole(options) => cluster_role::run(&options),
        Command::Schema { out } => local::write(out.as_deref(), &hypo_api::schema_sdl()),
        Command::Serve(options) => local::block_on(boot::serve::run(options)),
        Command::Twins(options) => local::block_on(boot::twins::run(options)),
        Command::Remote(command) => local::block_on(remote::run(command)),
    }
}
