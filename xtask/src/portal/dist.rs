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
    let style = hashed(out, "css", style.as_bytes())?;
    let built = program(bound, out, style)?;
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
    let name = format!("portal-{}.{extension}", &digest([bytes])[..16]);
    fs::write(out.join(&name), bytes)?;
    Ok(name)
}

/// Script, wasm and the parts that load later. They name each other, in a circle, so they share one hash.
fn program(bound: &Path, out: &Path, style: String) -> Outcome<Built> {
    let sources: Vec<(String, Vec<u8>)> = files(bound)
        .into_iter()
        .filter(|path| path.parent() == Some(bound))
        .map(|path| Ok((path.file_name().unwrap_or_default().to_string_lossy().into_owned(), fs::read(&path)?)))
        .collect::<Outcome<_>>()?;
    let hash = &digest(sources.iter().map(|(_, bytes)| bytes.as_slice()))[..16];
    for (name, bytes) in &sources {
        let target = out.join(hashed_name(name, hash));
        if name.ends_with(".js") {
            fs::write(target, renamed(&String::from_utf8_lossy(bytes), sources.iter().map(|(name, _)| &**name), hash))?;
        } else {
            fs::write(target, bytes)?;
        }
    }
    Ok(Built {
        style,
        script: hashed_name("portal.js", hash),
        parts: hashed_name("portal-parts.js", hash),
        wasm: hashed_name("portal_bg.wasm", hash),
    })
}

/// `split_order.wasm` becomes `portal-order-HASH.wasm`, which the server lets browsers keep for ever.
fn hashed_name(name: &str, hash: &str) -> String {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let stem = stem.trim_end_matches("_bg").trim_start_matches("split_").replace('_', "");
    let stem = if stem.starts_with("portal") { stem } else { format!("portal-{stem}") };
    format!("{stem}-{hash}.{extension}")
}

/// The script with the new names where it imports or fetches a file. The names under which a wasm module asks for its
/// imports are the old ones and stay.
fn renamed<'a>(script: &str, names: impl Iterator<Item = &'a str>, hash: &str) -> String {
    let mut script = script.to_owned();
    for name in names {
        let new = hashed_name(name, hash);
        for before in ["from ", "new URL("] {
            script = script.replace(&format!("{before}\"./{name}\""), &format!("{before}\"./{new}\""));
        }
    }
    script
}

fn digest<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(Sha256::digest(part));
    }
    hex::encode(hash.finalize())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_name_each_other_get_one_hash() {
        assert_eq!(hashed_name("portal_bg.wasm", "ab"), "portal-ab.wasm");
        assert_eq!(hashed_name("portal-parts.js", "ab"), "portal-parts-ab.js");
        assert_eq!(hashed_name("split_order.wasm", "ab"), "portal-order-ab.wasm");
        assert_eq!(hashed_name("chunk_3.wasm", "ab"), "portal-chunk3-ab.wasm");
        let script = "import * as x from \"./portal-parts.js\"\nconst i = { \"./portal-parts.js\": x };\n\
                      fetch(new URL(\"./split_order.wasm\", import.meta.url))";
        let new = renamed(script, ["portal-parts.js", "split_order.wasm"].into_iter(), "ab");
        assert_eq!(
            new,
            "import * as x from \"./portal-parts-ab.js\"\nconst i = { \"./portal-parts.js\": x };\n\
             fetch(new URL(\"./portal-order-ab.wasm\", import.meta.url))"
        );
    }
}
