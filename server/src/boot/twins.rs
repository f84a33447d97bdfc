//! `hypo twins`: simulated clusters in a process and with a state of their own.

use std::{fs, path::PathBuf};

use clap::Args;
use hypo_shared::ErrorCode;
use hypo_twin::{TwinsSpec, run_twins};

use super::serve::asked_to_stop;
use crate::cli::{Error, Result};

#[derive(Debug, Args)]
pub struct Options {
    /// The clusters, YAML or JSON (`hypo_twin::TwinsSpec`).
    #[arg(long)]
    spec: PathBuf,
    /// End when this process ends (a server that was killed must not leave its clusters behind).
    #[arg(long)]
    parent: Option<u32>,
}

pub async fn run(options: Options) -> Result<()> {
    let text = fs::read_to_string(&options.spec).map_err(|error| Error::file(&options.spec, error))?;
    let spec = TwinsSpec::parse(&text).map_err(failed)?;
    let parent = options.parent;
    let ended = async move {
        tokio::select! {
            () = asked_to_stop() => {}
            () = orphaned(parent) => {}
        }
    };
    run_twins(spec, ended).await.map_err(failed)
}

/// Returns when the process with this id is gone; never without one.
async fn orphaned(parent: Option<u32>) {
    let Some(parent) = parent else { return std::future::pending().await };
    while std::path::Path::new(&format!("/proc/{parent}")).exists() {
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::new(ErrorCode::ConfigInvalid, error.to_string())
}
