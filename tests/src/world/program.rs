//! Where the built program is.

use std::path::PathBuf;

/// `hypo` beside the test programs. Tests of the workspace build it; a test run alone says how to.
#[must_use]
pub fn hypo() -> PathBuf {
    if let Some(named) = std::env::var_os("HYPO_BIN") {
        return named.into();
    }
    let mut path = std::env::current_exe().expect("a test knows its own path");
    path.pop();
    if path.ends_with("deps") {
        path.pop();
    }
    path.push("hypo");
    assert!(path.exists(), "{} is missing: run `cargo build -p hypo` first", path.display());
    path
}
