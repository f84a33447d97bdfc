//! Watchpost: cameras at the edge, a detector, a broker, a store with a volume and a dashboard.
//!
//! One program, one component per process: `watchpost gateway|detector|broker|store|dashboard`. The components find each
//! other by plain service names (`broker:7000`), as ordinary applications do; nothing here knows HypO.
//!
//! Exit codes follow sysexits: 64 wrong use, 71 the port cannot be opened, 73 the volume cannot be written, 78 the
//! configuration is missing or wrong.
#![expect(clippy::print_stderr, reason = "usage goes to standard error")]

mod broker;
mod config;
mod dashboard;
mod detector;
mod error;
mod gateway;
mod log;
mod metrics;
mod net;
mod store;
mod time;

use std::process::ExitCode;

use crate::{error::Failure, log::Log};

const USAGE: &str = "usage: watchpost gateway|detector|broker|store|dashboard [--NAME=VALUE ...]";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let Some((component, options)) = args.split_first() else {
        eprintln!("{USAGE}");
        return ExitCode::from(64);
    };
    let log = Log::new(component);
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return end(&log, &Failure::System(error.to_string())),
    };
    let done = runtime.block_on(async {
        match component.as_str() {
            "gateway" => gateway::run(&log).await,
            "detector" => detector::run(&log).await,
            "broker" => broker::run(&log).await,
            "store" => store::run(&log).await,
            "dashboard" => dashboard::run(&log, options).await,
            _ => Err(Failure::Usage(USAGE.into())),
        }
    });
    // A connection that is still open must not hold the process: Kubernetes has asked it to go.
    runtime.shutdown_background();
    match done {
        Ok(()) => {
            log.info("stopped", &[]);
            ExitCode::SUCCESS
        }
        Err(failure) => end(&log, &failure),
    }
}

fn end(log: &Log, failure: &Failure) -> ExitCode {
    log.error("cannot go on", &[("reason", failure.to_string().into()), ("exit", failure.code().into())]);
    ExitCode::from(failure.code())
}
