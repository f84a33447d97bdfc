//! `cargo xtask CHORE`: see `cargo xtask help`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line program")]

use std::process::ExitCode;

use xtask::{accept, bench, e2e, helm, portal, schema, shell::Outcome, tidy, workspace};

const HELP: &str = "\
cargo xtask CHORE

  portal [--dev|--release] [--force]  build portal/dist (wasm, script, styles, .br and .gz); --dev is the default
  css                                 join and check the portal's styles (Trunk's pre_build hook)
  schema [--check]                    write schema.graphql from the server, or fail where it differs
  tidy                                walls between crates, file sizes, error pages, leftovers
  helm                                print the path of a helm program; get one where there is none
  e2e [NAME...]                       browser tests against a started `hypo serve --demo`
  bench                               measure, print a table, write docs/benchmarks.md
  accept main|tmf [--shared DIR]      one line per thing the issue must show
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (chore, rest) = args.split_first().map_or(("help", &[][..]), |(chore, rest)| (chore.as_str(), rest));
    let root = workspace::root();
    let done: Outcome<()> = match chore {
        "portal" => portal::run(&root, rest),
        "css" => portal::css::run(&root),
        "schema" => schema::run(&root, rest),
        "tidy" => tidy::run(&root),
        "helm" => helm::run(),
        "e2e" => e2e::run(&root, rest),
        "bench" => bench::run(&root, rest),
        "accept" => accept::run(&root, rest),
        "help" | "--help" | "-h" => {
            println!("{HELP}");
            Ok(())
        }
        other => Err(format!("no chore is called {other}; see cargo xtask help").into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask {chore}: {error}");
            ExitCode::FAILURE
        }
    }
}
