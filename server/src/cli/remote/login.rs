//! `hypo login` and `hypo token`.

use std::io::{BufRead, Write};

use clap::{Args, Subcommand};
use reqwest::header;
use serde_json::json;

use super::client::{self, Credentials, ask};
use crate::cli::{Error, Result};

/// A session sends trusted documents only; the server's build reads this file.
const CREATE: &str = include_str!("login.graphql");

#[derive(Debug, Args)]
pub struct Options {
    /// Address of the server, for example http://127.0.0.1:8080
    server: String,
    /// Sign-in name; asked for where it is missing.
    #[arg(long)]
    name: Option<String>,
    /// Role of the token that is made: admin, domainOwner, provider, customer or viewer.
    #[arg(long, default_value = "provider")]
    role: String,
    /// Days the token lives.
    #[arg(long, default_value_t = 30)]
    days: u32,
}

#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token; its secret is shown once.
    Create {
        name: String,
        #[arg(long, default_value = "provider")]
        role: String,
        #[arg(long, default_value_t = 30)]
        days: u32,
    },
    /// List one's own tokens.
    List,
    /// End a token.
    Revoke { id: String },
}

pub async fn run(options: Options) -> Result<()> {
    let server = options.server.trim_end_matches('/').to_owned();
    let name = match options.name {
        Some(name) => name,
        None => prompt("Name: ")?,
    };
    let password = match std::env::var("HYPO_PASSWORD") {
        Ok(password) => password,
        Err(_) => prompt("Password: ")?,
    };
    let http = reqwest::Client::new();
    let signed_in = http
        .post(format!("{server}/session"))
        .header(header::ORIGIN, &server)
        .json(&json!({"name": name, "password": password}))
        .send()
        .await
        .map_err(|error| Error::Remote(format!("the server does not answer: {error}")))?;
    if !signed_in.status().is_success() {
        let body: serde_json::Value = signed_in.json().await.unwrap_or_default();
        return Err(Error::Remote(format!("sign-in refused: {body}")));
    }
    let cookies: Vec<String> = signed_in
        .headers()
        .get_all(header::SET_COOKIE)
        .iter()
        .filter_map(|cookie| cookie.to_str().ok()?.split(';').next().map(str::to_owned))
        .collect();
    let host = std::env::var("HOSTNAME").unwrap_or_else(|_| "command line".to_owned());
    let input = json!({"name": format!("hypo on {host}"), "role": options.role, "days": options.days});
    let request = http
        .post(format!("{server}/graphql"))
        .header(header::ORIGIN, &server)
        .header(header::COOKIE, cookies.join("; "))
        .json(&json!({"query": CREATE, "variables": {"input": input}}));
    let made = client::answer(request).await?;
    let token = made["createToken"]["secret"].as_str().unwrap_or_default().to_owned();
    Credentials { server, token }.save()?;
    println!(
        "Signed in as {name}; the token ends {}",
        made["createToken"]["token"]["expiresAt"].as_str().unwrap_or("later")
    );
    Ok(())
}

pub async fn token(command: TokenCommand) -> Result<()> {
    match command {
        TokenCommand::Create { name, role, days } => {
            let made = ask(CREATE, json!({"input": {"name": name, "role": role, "days": days}})).await?;
            println!("{}", made["createToken"]["secret"].as_str().unwrap_or_default());
        }
        TokenCommand::List => {
            let found = ask("query Tokens { tokens { id name role expiresAt revokedAt } }", json!({})).await?;
            for token in found["tokens"].as_array().into_iter().flatten() {
                let state = if token["revokedAt"].is_null() { "" } else { "revoked" };
                println!(
                    "{}  {:<24} {:<12} {} {state}",
                    token["id"].as_str().unwrap_or_default(),
                    token["name"].as_str().unwrap_or_default(),
                    token["role"].as_str().unwrap_or_default(),
                    token["expiresAt"].as_str().unwrap_or_default(),
                );
            }
        }
        TokenCommand::Revoke { id } => {
            ask("mutation RevokeToken($id: UUID!) { revokeToken(id: $id) { id } }", json!({"id": id})).await?;
            println!("revoked");
        }
    }
    Ok(())
}

fn prompt(text: &str) -> Result<String> {
    print!("{text}");
    std::io::stdout().flush()?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim_end().to_owned())
}
