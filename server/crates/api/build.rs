//! Compiles the error pages, and with the feature `embed-portal` the built portal, into the program.

use std::{
    env, fs,
    io::Write as _,
    path::{Path, PathBuf},
};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../..");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    pages(&root.join("docs/errors"), &out.join("pages.rs"))?;
    let portal = root.join("portal/dist");
    let embed = env::var_os("CARGO_FEATURE_EMBED_PORTAL").is_some();
    if embed && !portal.join("index.html").is_file() {
        return Err("embed-portal needs a built portal: run `cargo xtask portal` first".into());
    }
    table(if embed { Some(&portal) } else { None }, &out.join("portal.rs"))
}

/// `docs/errors/HYP-NNNN.md` as (code, text).
fn pages(folder: &Path, out: &Path) -> Outcome<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut rows = Vec::new();
    if folder.is_dir() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if name.starts_with("HYP-") && path.extension().is_some_and(|end| end == "md") {
                rows.push(format!("    ({name:?}, include_str!({:?})),\n", fs::canonicalize(&path)?));
            }
        }
    }
    write(out, rows)
}

/// Files of the portal as (path from the site's root, bytes).
fn table(folder: Option<&Path>, out: &Path) -> Outcome<()> {
    let mut rows = Vec::new();
    if let Some(folder) = folder {
        println!("cargo::rerun-if-changed={}", folder.display());
        let mut open = vec![folder.to_owned()];
        while let Some(here) = open.pop() {
            for entry in fs::read_dir(here)? {
                let path = entry?.path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    let name = path.strip_prefix(folder)?.to_string_lossy().replace('\\', "/");
                    rows.push(format!("    ({name:?}, include_bytes!({:?})),\n", fs::canonicalize(&path)?));
                }
            }
        }
    }
    write(out, rows)
}

fn write(out: &Path, mut rows: Vec<String>) -> Outcome<()> {
    rows.sort();
    let mut file = fs::File::create(out)?;
    writeln!(file, "&[\n{}]", rows.concat())?;
    Ok(())
}
