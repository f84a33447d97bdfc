//! `measure analyse FILE` and `measure plan`: print the median and the shortest time in milliseconds, in that order.
//! `measure services DATABASE COUNT` fills a database of a server that is not running and prints the statement of its
//! list as JSON; `measure bare DATABASE STATEMENT ADDRESS` serves that list with axum and nothing else.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line program")]

mod bare;
mod plan;
mod services;

use std::{
    error::Error,
    process::ExitCode,
    time::{Duration, Instant},
};

use hypo_package::{Limits, Options, Render, SourceFile, analyse, manifest};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let done = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["analyse", file] => analysis(file),
        ["plan"] => plan::measure(50, 20),
        ["services", database, count] => services::fill(database, count),
        ["bare", database, statement, address] => bare::serve(database, statement, address),
        _ => {
            Err("usage: measure analyse FILE | plan | services DATABASE COUNT | bare DATABASE STATEMENT ADDRESS".into())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("measure: {error}");
            ExitCode::FAILURE
        }
    }
}

/// From the bytes of a manifest file to the analysis.
fn analysis(file: &str) -> Result<(), Box<dyn Error>> {
    let bytes = std::fs::read(file)?;
    repeat(50, || {
        let files = [SourceFile { path: file.to_owned(), bytes: bytes.clone() }];
        let render = Render::new(manifest::parse(&files, Limits::default())?);
        Ok(analyse(&render, &Options::default()).edges.len())
    })
}

/// Does the work once to warm up and `runs` times with a clock. What it returns is used, so that it is not left out.
fn repeat(runs: usize, mut work: impl FnMut() -> Result<usize, Box<dyn Error>>) -> Result<(), Box<dyn Error>> {
    let expected = work()?;
    let mut times = Vec::with_capacity(runs);
    for _ in 0..runs {
        let start = Instant::now();
        let result = work()?;
        times.push(start.elapsed());
        if result != expected {
            return Err("two runs gave different results".into());
        }
    }
    times.sort_unstable();
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    println!("{:.3} {:.3}", ms(times[runs / 2]), ms(times[0]));
    Ok(())
}
