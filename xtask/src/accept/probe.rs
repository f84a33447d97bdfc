//! Ways of looking: the server's own commands, and the tests that measure.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use serde_json::Value;

use super::{Ground, Verdict};
use crate::{helm, shell::Outcome};

/// `hypo analyse PACKAGE --json`.
pub fn analyse(ground: &Ground, package: &Path) -> Outcome<Value> {
    let done = Command::new(&ground.hypo)
        .args(["analyse", "--json"])
        .arg(package)
        .env("HYPO_HELM", helm::find()?)
        .stderr(Stdio::piped())
        .output()?;
    if !done.status.success() {
        return Err(format!("hypo analyse: {}", String::from_utf8_lossy(&done.stderr).trim()).into());
    }
    Ok(serde_json::from_slice(&done.stdout)?)
}

/// `from→to` of each accepted edge, sorted.
pub fn edges(analysis: &Value) -> Vec<String> {
    let mut list: Vec<_> = analysis["edges"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|edge| format!("{}→{}", edge["from"].as_str().unwrap_or("?"), edge["to"].as_str().unwrap_or("?")))
        .collect();
    list.sort();
    list
}

/// The last line of the corpus' figures: all cases together.
pub fn corpus(ground: &Ground) -> Outcome<Verdict> {
    let mut build = crate::shell::cargo();
    crate::shell::run(build.current_dir(&ground.root).args([
        "build",
        "--quiet",
        "--workspace",
        "--example",
        "corpus",
    ]))?;
    let program = crate::workspace::target_dir(&ground.root).join("debug/examples/corpus");
    let text = crate::shell::output(Command::new(program).current_dir(&ground.root))?;
    let line = text.lines().last().ok_or("the corpus printed nothing")?;
    let figure = line.split_whitespace().skip(1).collect::<Vec<_>>().join(" ");
    let (holds, figure) = figure.strip_prefix("holds ").map_or((false, figure.as_str()), |rest| (true, rest));
    Verdict::of(holds, figure.trim_start_matches("falls short "))
}

/// Runs tests by name and takes the figure from the lines they print as `figure: …` or `crash matrix: …`. It holds when at least one test
/// ran and all passed.
pub fn tests(ground: &Ground, target: &str, filter: &str) -> Outcome<Verdict> {
    tests_with(ground, target, filter, &[])
}

/// As [`tests`], with more variables.
pub fn tests_with(ground: &Ground, target: &str, filter: &str, variables: &[(&str, &str)]) -> Outcome<Verdict> {
    let done = crate::shell::cargo()
        .current_dir(&ground.root)
        .args(["test", "--quiet", "--workspace", "--test", target, "--", "--nocapture", filter])
        .env("HYPO_SHARED", &ground.shared)
        .env("HYPO_HELM", helm::find()?)
        .envs(variables.iter().copied())
        .output()?;
    let text = format!("{}\n{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    let (passed, failed) = counts(&text);
    let mut figures: Vec<_> =
        text.lines().filter_map(|line| line.split_once("figure: ")).map(|(_, rest)| rest.trim()).collect();
    let counted = format!("{passed} passed, {failed} failed");
    figures.push(&counted);
    Verdict::of(done.status.success() && passed > 0, figures.join("; "))
}

/// Sums `test result:` lines.
fn counts(text: &str) -> (usize, usize) {
    let number = |line: &str, word: &str| -> usize {
        line.split(word)
            .next()
            .and_then(|head| head.split_whitespace().last())
            .and_then(|n| n.parse().ok())
            .unwrap_or(0)
    };
    text.lines()
        .filter(|line| line.starts_with("test result:"))
        .fold((0, 0), |(passed, failed), line| (passed + number(line, " passed"), failed + number(line, " failed")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_results() {
        let text =
            "test result: ok. 3 passed; 0 failed; 0 ignored\nx\ntest result: FAILED. 12 passed; 2 failed; 1 ignored\n";
        assert_eq!(counts(text), (15, 2));
    }
}
