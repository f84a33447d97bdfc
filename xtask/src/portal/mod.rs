//! Builds the portal without Trunk: cargo, wasm-bindgen as a library, styles, names with hashes, compression.
//!
//! `portal/index.html` is Trunk's own: its `data-trunk` links are understood here too (see `index`), so the development
//! build (`trunk serve`) and this one cannot drift apart. The result is `portal/dist`, served by `hypo serve --portal-dir`.

pub mod css;
mod dist;
mod index;
mod stamp;

use std::{fs, path::Path};

use crate::{
    shell::{Outcome, cargo, output, run as start, step},
    workspace::target_dir,
};

const TARGET: &str = "wasm32-unknown-unknown";

/// What the first page load may weigh with brotli: document, styles, script and wasm.
const BUDGET: u64 = 250_000;

/// `cargo xtask portal [--dev|--release] [--force]`.
pub fn run(root: &Path, args: &[String]) -> Outcome<()> {
    let (mut release, mut force) = (false, false);
    for arg in args {
        match arg.as_str() {
            "--release" => release = true,
            "--dev" => release = false,
            "--force" => force = true,
            other => return Err(format!("unknown option {other}").into()),
        }
    }
    let stamp = stamp::of(root, release)?;
    let out = root.join("portal/dist");
    if !force && stamp::holds(&out, &stamp) {
        eprintln!("   ✓ portal/dist is up to date");
        return Ok(());
    }
    have_target()?;
    let wasm = step(if release { "portal: cargo build, small (the slow one)" } else { "portal: cargo build" }, || {
        build(root, release)
    })?;
    let bound = target_dir(root).join("portal-bindgen");
    let _ = fs::remove_dir_all(&bound);
    fs::create_dir_all(&bound)?;
    step("portal: wasm-bindgen", || start(helper(root).arg("bindgen").arg(&wasm).arg(&bound)))?;
    let fresh = root.join("portal/dist.new");
    let _ = fs::remove_dir_all(&fresh);
    dist::write(root, &bound, &fresh)?;
    step("portal: compress", || start(helper(root).arg("compress").arg(&fresh).arg(if release { "11" } else { "5" })))?;
    stamp::write(&fresh, &stamp)?;
    let _ = fs::remove_dir_all(&out);
    fs::rename(&fresh, &out)?;
    weigh(&out, release)
}

fn have_target() -> Outcome<()> {
    let Ok(installed) = output(std::process::Command::new("rustup").args(["target", "list", "--installed"])) else {
        // Without rustup the tool chain came from elsewhere; cargo will say it if the target is missing.
        return Ok(());
    };
    if installed.lines().any(|line| line.trim() == TARGET) {
        return Ok(());
    }
    step("portal: rustup target add wasm32-unknown-unknown", || {
        start(std::process::Command::new("rustup").args(["target", "add", TARGET]))
    })
}

/// The development build is the dev profile with light optimisation given on the command line rather than a profile
/// of its own: that way the procedural macros, which are half of the work, are the ones the server's build has made.
fn build(root: &Path, release: bool) -> Outcome<std::path::PathBuf> {
    let mut command = cargo();
    command.current_dir(root).args(["build", "--package", "hypo-portal", "--target", TARGET]);
    let folder = if release {
        command.args(["--profile", "portal"]);
        "portal"
    } else {
        command.args(["--config", "profile.dev.opt-level=1", "--config", "profile.dev.debug=false"]);
        "debug"
    };
    start(&mut command)?;
    Ok(target_dir(root).join(TARGET).join(folder).join("hypo-portal.wasm"))
}

/// `portal-build`, with the compression optimised: brotli takes a minute without, two seconds with. Given on the command
/// line, since in Cargo.toml it would also change the server's build.
fn helper(root: &Path) -> std::process::Command {
    let mut command = cargo();
    command.current_dir(root).args(["run", "--quiet", "--package", "portal-build"]);
    for package in ["brotli", "miniz_oxide", "portal-build"] {
        command.args(["--config", &format!("profile.dev.package.{package}.opt-level=3")]);
    }
    command.arg("--");
    command
}

fn weigh(dist: &Path, release: bool) -> Outcome<()> {
    let mut total = 0;
    for entry in fs::read_dir(dist)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".br") {
            let size = fs::metadata(&path)?.len();
            total += size;
            println!("{:>8.1} KB  {name}", kilo(size));
        }
    }
    println!("{:>8.1} KB  first route, brotli", kilo(total));
    if release && total > BUDGET {
        println!("{:>8.1} KB  over the budget of {:.0} KB", kilo(total - BUDGET), kilo(BUDGET));
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
fn kilo(bytes: u64) -> f64 {
    bytes as f64 / 1000.0
}
