//! Builds the portal without Trunk: cargo, the parts that load later split off, wasm-bindgen as a library, styles, names
//! with hashes, compression, and a look at what the first page weighs.
//!
//! `portal/index.html` is Trunk's own: its `data-trunk` links are understood here too (see `index`), so the development
//! build (`trunk serve`) and this one cannot drift apart. The result is `portal/dist`, served by `hypo serve --portal-dir`.

pub mod css;
mod dist;
mod index;
mod stamp;

use std::{fs, path::Path};

use crate::{
    shell::{Outcome, cargo, files, output, run as start, step},
    workspace::target_dir,
};

const TARGET: &str = "wasm32-unknown-unknown";

/// What the first page may weigh with brotli, in bytes: the document and every file it names (styles, scripts, wasm,
/// icon). The parts that load later are not in it. A release build over it fails.
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
    weigh(&fresh, release)?;
    stamp::write(&fresh, &stamp)?;
    let _ = fs::remove_dir_all(&out);
    Ok(fs::rename(&fresh, &out)?)
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
///
/// The splitter wants the relocations and the names of the linked program, which `strip` takes away; only the last step
/// is told so, so that the dependencies are those that Trunk's build makes.
fn build(root: &Path, release: bool) -> Outcome<std::path::PathBuf> {
    let mut command = cargo();
    command.current_dir(root).args([
        "rustc",
        "--package",
        "hypo-portal",
        "--bin",
        "hypo-portal",
        "--features",
        "split",
    ]);
    command.args(["--target", TARGET]);
    let folder = if release {
        command.args(["--profile", "portal"]);
        "portal"
    } else {
        command.args(["--config", "profile.dev.opt-level=1", "--config", "profile.dev.debug=false"]);
        "debug"
    };
    command.args(["--", "-C", "strip=none", "-C", "link-arg=--emit-relocs"]);
    start(&mut command)?;
    Ok(target_dir(root).join(TARGET).join(folder).join("hypo-portal.wasm"))
}

/// `portal-build`, with the compression optimised: brotli takes a minute without, two seconds with. Given on the command
/// line, since in Cargo.toml it would also change the server's build.
fn helper(root: &Path) -> std::process::Command {
    let mut command = cargo();
    command.current_dir(root).args(["run", "--quiet", "--package", "portal-build", "--features", "split"]);
    for package in ["brotli", "miniz_oxide", "portal-build"] {
        command.args(["--config", &format!("profile.dev.package.{package}.opt-level=3")]);
    }
    command.arg("--");
    command
}

fn weigh(dist: &Path, release: bool) -> Outcome<()> {
    let page = fs::read_to_string(dist.join("index.html"))?;
    let (mut first, mut later) = (0, 0);
    for path in files(dist) {
        let name = path.strip_prefix(dist)?.to_string_lossy().into_owned();
        let Some(plain) = name.strip_suffix(".br") else { continue };
        let size = fs::metadata(&path)?.len();
        let now = plain == "index.html" || page.contains(&format!("\"/{plain}\""));
        *(if now { &mut first } else { &mut later }) += size;
        println!("{:>8.1} KB  {plain}{}", kilo(size), if now { "" } else { "  (later)" });
    }
    println!("{:>8.1} KB  first page, brotli; {:.1} KB later", kilo(first), kilo(later));
    if release && first > BUDGET {
        return Err(format!(
            "the first page weighs {:.1} KB with brotli, {:.1} KB more than the {:.0} KB it may; docs/adr/0007 says \
             what helps",
            kilo(first),
            kilo(first - BUDGET),
            kilo(BUDGET)
        )
        .into());
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
fn kilo(bytes: u64) -> f64 {
    bytes as f64 / 1000.0
}
