//! What neither compiler nor clippy sees: the walls of the architecture, sizes, error pages, leftovers.
//!
//! Reads text only, so it is quick enough to run before each commit. The test suite calls [`check`] as well.

mod errors;
mod leftovers;
mod manifest;
mod portal;
mod size;
mod source;
mod walls;

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    process::Command,
};

use source::Source;

use crate::shell::Outcome;

/// Something that has to change, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// From the repository's root, with slashes.
    pub path: String,
    /// Counted from 1; 0 means the file as a whole.
    pub line: usize,
    pub text: String,
}

impl Finding {
    fn new(path: impl Into<String>, line: usize, text: impl Into<String>) -> Self {
        Self { path: path.into(), line, text: text.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.text),
            line => write!(f, "{}:{line}: {}", self.path, self.text),
        }
    }
}

/// `cargo xtask tidy`.
pub fn run(root: &Path) -> Outcome<()> {
    let found = check(root)?;
    for finding in &found {
        println!("{finding}");
    }
    match found.len() {
        0 => {
            println!("tidy: nothing found");
            Ok(())
        }
        count => Err(format!("{count} findings").into()),
    }
}

/// All findings, sorted.
///
/// # Errors
/// When git cannot list the files or one of them cannot be read.
pub fn check(root: &Path) -> Outcome<Vec<Finding>> {
    let tree = Tree::read(root)?;
    let mut found = Vec::new();
    walls::check(&tree, &mut found);
    size::check(&tree, &mut found);
    leftovers::check(&tree, &mut found);
    errors::check(&tree, &mut found);
    portal::check(&tree, &mut found);
    found.sort();
    found.dedup();
    Ok(found)
}

/// The files of the repository: tracked, or new and not ignored.
struct Tree {
    /// All text files: path and content.
    texts: Vec<(String, String)>,
    /// The Rust files among them, prepared for searching.
    rust: Vec<Source>,
}

impl Tree {
    fn read(root: &Path) -> Outcome<Self> {
        let listed = Command::new("git")
            .current_dir(root)
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .output()?;
        if !listed.status.success() {
            return Err("git ls-files failed: tidy looks at the files of a git checkout".into());
        }
        let mut paths: Vec<PathBuf> = listed
            .stdout
            .split(|byte| *byte == 0)
            .filter_map(|raw| str::from_utf8(raw).ok())
            .map(PathBuf::from)
            .collect();
        paths.sort();
        paths.dedup();
        let mut texts = Vec::new();
        for path in paths {
            let full = root.join(&path);
            // A file deleted but not yet committed is listed and gone; a picture is no text.
            let Ok(bytes) = fs::read(&full) else { continue };
            let Ok(text) = String::from_utf8(bytes) else { continue };
            texts.push((path.to_string_lossy().replace('\\', "/"), text));
        }
        Ok(Self::of(texts))
    }

    fn of(texts: Vec<(String, String)>) -> Self {
        let rust = texts
            .iter()
            .filter(|(path, _)| path.ends_with(".rs"))
            .map(|(path, text)| Source::new(path, text))
            .collect();
        Self { texts, rust }
    }

    fn text(&self, path: &str) -> Option<&str> {
        self.texts.iter().find(|(name, _)| name == path).map(|(_, text)| text.as_str())
    }
}

#[cfg(test)]
fn tree(files: &[(&str, &str)]) -> Tree {
    Tree::of(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
}
