//! Where the built program is.

use std::path::PathBuf;

/// `hypo` beside the test programs. Tests of the workspace build it; a test run alone says how to.
#[must_use]
pub fn hypo() -> PathBuf {
    std::env::var_os("HYPO_BIN").map_or_else(|| built("hypo"), PathBuf::from)
}

/// The program of the example, found as [`hypo`] is.
#[must_use]
pub fn watchpost() -> PathBuf {
    std::env::var_os("WATCHPOST_BIN").map_or_else(|| built("watchpost"), PathBuf::from)
}

fn built(name: &str) -> PathBuf {
    let mut path = std::env::current_exe().expect("a test knows its own path");
    path.pop();
    if path.ends_with("deps") {
        path.pop();
    }
    path.push(name);
    assert!(path.exists(), "{} is missing: run `cargo build -p {name}` first", path.display());
    path
}
