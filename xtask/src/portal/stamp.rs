//! Skips a build whose inputs have not changed.

use std::{fs, path::Path};

use sha2::{Digest, Sha256};

use crate::shell::{Outcome, files, output};

const NAME: &str = ".stamp";

/// A digest of everything the portal is made from: its sources, what it shares with the server, the operations'
/// schema, the error pages it shows as help, the lock file and the compiler.
pub fn of(root: &Path, release: bool) -> Outcome<String> {
    let mut hash = Sha256::new();
    hash.update(if release { "release" } else { "dev" });
    hash.update(output(std::process::Command::new("rustc").arg("-vV"))?);
    let mut inputs: Vec<_> =
        ["Cargo.toml", "Cargo.lock", "schema.graphql"].iter().map(|name| root.join(name)).collect();
    for dir in ["portal", "shared", "docs", "xtask"] {
        inputs.extend(files(&root.join(dir)));
    }
    for path in inputs {
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
        let made = name.starts_with("portal/dist") || name.starts_with("portal/.trunk");
        if made || !path.is_file() {
            continue;
        }
        hash.update(name.as_bytes());
        hash.update([0]);
        hash.update(Sha256::digest(fs::read(&path)?));
    }
    Ok(hex::encode(hash.finalize()))
}

/// Whether `dist` was made from the same inputs.
pub fn holds(dist: &Path, stamp: &str) -> bool {
    fs::read_to_string(dist.join(NAME)).is_ok_and(|kept| kept == stamp)
}

pub fn write(dist: &Path, stamp: &str) -> Outcome<()> {
    Ok(fs::write(dist.join(NAME), stamp)?)
}
