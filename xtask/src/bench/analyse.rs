//! The pure decisions, timed by a small program of their own (`xtask/measure`) on the release build.

use std::{path::Path, process::Command};

use super::Figure;
use crate::{
    shell::{Outcome, cargo, output, run, step},
    workspace::target_dir,
};

pub fn measure(root: &Path, shared: &Path) -> Outcome<Vec<Figure>> {
    step("build measure (release)", || {
        run(cargo().current_dir(root).args(["build", "--workspace", "--release", "--bin", "measure"]))
    })?;
    let program = target_dir(root).join("release/measure");
    let mut figures = vec![Figure {
        name: "plan, 50 components × 20 clusters",
        goal: 50.0,
        at_least: false,
        measured: median(Command::new(&program).arg("plan"))?,
        unit: "ms",
        method: "placement, its check and the plan of 100 objects; median of 20 in one process".into(),
    }];
    let package = shared.join("apps/online-boutique/kubernetes-manifests.yaml");
    if package.is_file() {
        figures.push(Figure {
            name: "analyse Online Boutique",
            goal: 20.0,
            at_least: false,
            measured: median(Command::new(&program).arg("analyse").arg(&package))?,
            unit: "ms",
            method: "from the bytes of the manifests to the analysis; median of 50 in one process".into(),
        });
    } else {
        eprintln!("   {} is not here: the analysis of Online Boutique is not measured", package.display());
    }
    Ok(figures)
}

/// The first of the printed numbers.
fn median(command: &mut Command) -> Outcome<f64> {
    Ok(output(command)?.split_whitespace().next().ok_or("nothing was measured")?.parse()?)
}
