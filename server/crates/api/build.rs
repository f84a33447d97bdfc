//! Compiles the error pages, the trusted documents, and with the feature `embed-portal` the built portal, into the
//! program.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    io::Write as _,
    path::{Path, PathBuf},
};

#[path = "src/graphql/limits/text.rs"]
mod text;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../..");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    pages(&root.join("docs/errors"), &out.join("pages.rs"))?;
    trusted(&[root.join("portal/graphql"), root.join("server/src/cli")], &out.join("trusted.rs"))?;
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

/// Every operation in the folders' `.graphql` files with the fragments it needs, in order of their names (as the portal
/// sends it), as (name, canonical text).
fn trusted(folders: &[PathBuf], out: &Path) -> Outcome<()> {
    let mut texts = String::new();
    for folder in folders {
        println!("cargo::rerun-if-changed={}", folder.display());
        for path in files(folder)?.iter().filter(|path| path.extension().is_some_and(|end| end == "graphql")) {
            texts.push_str(&fs::read_to_string(path)?);
            texts.push('\n');
        }
    }
    let (mut operations, mut fragments) = (Vec::new(), BTreeMap::new());
    let (mut open, mut depth) = (Vec::new(), 0);
    for token in text::tokens(&texts) {
        open.push(token);
        match token {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth -= 1,
            _ => {}
        }
        if token == "}" && depth == 0 {
            let definition = std::mem::take(&mut open);
            let name = *definition.get(1).ok_or("a definition without a name")?;
            match definition[0] {
                "fragment" => drop(fragments.insert(name, definition)),
                "query" | "mutation" | "subscription" => operations.push((name, definition)),
                other => return Err(format!("a trusted document begins with {other}").into()),
            }
        }
    }
    let mut rows = Vec::new();
    for (name, operation) in operations {
        let mut needed = BTreeSet::new();
        let mut look = vec![&operation];
        while let Some(definition) = look.pop() {
            for pair in definition.windows(2).filter(|pair| pair[0] == "..." && pair[1] != "on" && pair[1] != "{") {
                let fragment = fragments.get(pair[1]).ok_or_else(|| format!("{name}: no fragment {}", pair[1]))?;
                if needed.insert(pair[1]) {
                    look.push(fragment);
                }
            }
        }
        let all = operation.iter().chain(needed.iter().flat_map(|fragment| &fragments[fragment]));
        rows.push(format!("    ({name:?}, {:?}),\n", text::canonical(all.copied())));
    }
    write(out, rows)
}

/// All files below a folder, sorted.
fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let (mut found, mut open) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(here) = open.pop() {
        for entry in fs::read_dir(here)? {
            let path = entry?.path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}

/// Files of the portal as (path from the site's root, bytes).
fn table(folder: Option<&Path>, out: &Path) -> Outcome<()> {
    let mut rows = Vec::new();
    if let Some(folder) = folder {
        println!("cargo::rerun-if-changed={}", folder.display());
        for path in files(folder)? {
            let name = path.strip_prefix(folder)?.to_string_lossy().replace('\\', "/");
            rows.push(format!("    ({name:?}, include_bytes!({:?})),\n", fs::canonicalize(&path)?));
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
