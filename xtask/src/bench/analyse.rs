//! How long an analysis takes.

use std::{
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

use super::Figure;
use crate::shell::Outcome;

const RUNS: usize = 30;

/// Wall time of the whole command, the shortest of thirty: an upper bound of the analysis itself.
pub fn measure(hypo: &Path, shared: &Path) -> Outcome<Vec<Figure>> {
    let package = shared.join("apps/online-boutique/kubernetes-manifests.yaml");
    if !package.is_file() {
        eprintln!("   {} is not here: the analysis is not measured", package.display());
        return Ok(Vec::new());
    }
    let mut shortest = f64::MAX;
    for _ in 0..RUNS {
        let start = Instant::now();
        let status = Command::new(hypo).args(["analyse", "--json"]).arg(&package).stdout(Stdio::null()).status()?;
        let took = start.elapsed().as_secs_f64() * 1000.0;
        if !status.success() {
            return Err("hypo analyse failed".into());
        }
        shortest = shortest.min(took);
    }
    Ok(vec![Figure {
        name: "analyse Online Boutique",
        goal: 20.0,
        measured: shortest,
        unit: "ms",
        method: format!("the whole `hypo analyse --json` as a process, start included, shortest of {RUNS}"),
    }])
}
