//! Writes the folder the server serves. Files with a hash in their name never change; `index.html` names them.

use std::{fs, path::Path};

use sha2::{Digest, Sha256};

use super::{
    css,
    index::{Built, fill},
};
use crate::shell::{Outcome, files};

pub fn write(root: &Path, bound: &Path, out: &Path) -> Outcome<()> {
    let portal = root.join("portal");
    fs::create_dir_all(out)?;
    let style = css::join(&portal.join("styles"))?;
    let built = Built {
        style: hashed(out, "css", style.as_bytes())?,
        script: hashed(out, "js", &fs::read(bound.join("portal.js"))?)?,
        wasm: hashed(out, "wasm", &fs::read(bound.join("portal_bg.wasm"))?)?,
    };
    let snippets = bound.join("snippets");
    if snippets.is_dir() {
        copy_dir(&snippets, &out.join("snippets"))?;
    }
    let page = fill(&fs::read_to_string(portal.join("index.html"))?, &built)?;
    for (source, name) in page.copies {
        let source = portal.join(source);
        if source.is_dir() {
            copy_dir(&source, &out.join(name))?;
        } else {
            fs::copy(&source, out.join(name)).map_err(|error| format!("{}: {error}", source.display()))?;
        }
    }
    Ok(fs::write(out.join("index.html"), page.html)?)
}

fn hashed(out: &Path, extension: &str, bytes: &[u8]) -> Outcome<String> {
    let digest = hex::encode(Sha256::digest(bytes));
    let name = format!("portal-{}.{extension}", &digest[..16]);
    fs::write(out.join(&name), bytes)?;
    Ok(name)
}

fn copy_dir(from: &Path, to: &Path) -> Outcome<()> {
    for path in files(from) {
        let target = to.join(path.strip_prefix(from)?);
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::copy(&path, target)?;
    }
    Ok(())
}
