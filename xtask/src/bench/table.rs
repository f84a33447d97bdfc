//! The table in `docs/benchmarks.md`, between two marks, so that the words around it stay a person's.

use std::{fs, path::Path};

use super::Figure;
use crate::shell::Outcome;

const BEGIN: &str = "<!-- figures: written by cargo xtask bench -->";
const END: &str = "<!-- end of figures -->";

pub fn write(root: &Path, figures: &[Figure]) -> Outcome<()> {
    let mut table = String::from("| what | goal | measured | verdict | method |\n|---|---|---|---|---|\n");
    for Figure { name, goal, at_least, measured, unit, method } in figures {
        let (sign, fits) = if *at_least { ("≥", measured >= goal) } else { ("≤", measured <= goal) };
        let verdict = if fits { "holds" } else { "falls short" };
        println!("{name}: {verdict}: {measured:.1} {unit} (goal {sign} {goal:.0})");
        table
            .push_str(&format!("| {name} | {sign} {goal:.0} {unit} | {measured:.1} {unit} | {verdict} | {method} |\n"));
    }
    let path = root.join("docs/benchmarks.md");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let (before, rest) = text.split_once(BEGIN).ok_or("docs/benchmarks.md has lost its mark for the figures")?;
    let (_, after) = rest.split_once(END).ok_or("docs/benchmarks.md has lost its mark for the end of the figures")?;
    Ok(fs::write(&path, format!("{before}{BEGIN}\n\n{table}\n{END}{after}"))?)
}
