//! The `hypo` program: the server, the simulators and the command line in one binary.
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line prints")]

mod boot;
mod cli;

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;

/// For SQLite too: see ADR 16.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    // Two TLS providers are compiled in by dependencies; rustls wants to be told which one to use.
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        eprintln!("hypo: another TLS provider is installed already");
    }
    match cli::run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hypo: {error}");
            ExitCode::FAILURE
        }
    }
}
