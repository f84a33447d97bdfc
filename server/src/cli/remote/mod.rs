//! Commands that talk to a running server, with a token made by `hypo login`.

mod client;
mod login;
mod order;
mod package;
mod scale;
mod show;

use clap::Subcommand;

use super::Result;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Sign in and keep a token for the other commands.
    Login(login::Options),
    /// Make and end API tokens.
    #[command(subcommand)]
    Token(login::TokenCommand),
    /// Import a package.
    Import(package::ImportOptions),
    /// Make a plan for a package and show it.
    Plan(package::PlanOptions),
    /// Order a plan, and follow the order until it has ended.
    Order(order::OrderOptions),
    /// List orders.
    Orders,
    /// List services.
    Services,
    /// List the clusters one may use.
    Clusters,
    /// List volumes that outlived what used them.
    Volumes,
    /// Order other replicas of a component, and follow the order until it has ended.
    Scale(scale::Options),
    /// Show what ending a service would do, or end it.
    Terminate(order::TerminateOptions),
}

pub async fn run(command: Command) -> Result<()> {
    match command {
        Command::Login(options) => login::run(options).await,
        Command::Token(command) => login::token(command).await,
        Command::Import(options) => package::import(options).await,
        Command::Plan(options) => package::plan(options).await,
        Command::Order(options) => order::place(options).await,
        Command::Orders => show::orders().await,
        Command::Services => show::services().await,
        Command::Clusters => show::clusters().await,
        Command::Volumes => show::volumes().await,
        Command::Scale(options) => scale::run(options).await,
        Command::Terminate(options) => order::terminate(options).await,
    }
}
