//! Where things are.

use std::{
    env,
    path::{Path, PathBuf},
};

/// The repository: the folder above the manifest cargo runs, or the nearest one above that holds `xtask/`.
#[must_use]
pub fn root() -> PathBuf {
    if let Some(dir) = env::var_os("CARGO_MANIFEST_DIR")
        && let Some(parent) = Path::new(&dir).parent()
        && parent.join("xtask").is_dir()
    {
        return parent.to_path_buf();
    }
    let here = env::current_dir().unwrap_or_default();
    here.ancestors().find(|dir| dir.join("xtask/Cargo.toml").is_file()).unwrap_or(&here).to_path_buf()
}

/// Where cargo builds.
#[must_use]
pub fn target_dir(root: &Path) -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

/// A folder for tools that are fetched once per machine: `$HYPO_CACHE`, else `~/.cache/hypo`.
#[must_use]
pub fn cache_dir() -> PathBuf {
    if let Some(dir) = env::var_os("HYPO_CACHE") {
        return dir.into();
    }
    let home = env::var_os("HOME").map_or_else(env::temp_dir, PathBuf::from);
    home.join(".cache/hypo")
}

/// The program of that name on `PATH`.
#[must_use]
pub fn on_path(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|dir| dir.join(program)).find(|path| path.is_file())
}
