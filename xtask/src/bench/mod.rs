//! `cargo xtask bench`: measures on the release build and writes the table of `docs/benchmarks.md`.

mod analyse;
mod list;
mod load;
mod post;
mod start;
mod subscriptions;
mod table;

use std::path::Path;

use crate::{serve::build, shell::Outcome};

/// A measured figure against its goal.
pub struct Figure {
    pub name: &'static str,
    pub goal: f64,
    /// Whether the goal is the least and not the most.
    pub at_least: bool,
    pub measured: f64,
    pub unit: &'static str,
    /// How it was measured, one sentence.
    pub method: String,
}

pub fn run(root: &Path, args: &[String]) -> Outcome<()> {
    let shared = match args {
        [] => root.join("../shared"),
        [flag, dir] if flag == "--shared" => root.join(dir),
        _ => return Err("usage: cargo xtask bench [--shared DIR]".into()),
    };
    let hypo = build(root, true)?;
    let mut figures = analyse::measure(root, &shared)?;
    figures.extend(start::measure(root, &hypo)?);
    figures.extend(list::measure(root, &hypo)?);
    figures.extend(subscriptions::measure(root, &hypo)?);
    table::write(root, &figures)
}
