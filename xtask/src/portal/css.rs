//! Joins the portal's styles in a fixed order and refuses a custom property that nobody defines.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use crate::shell::{Outcome, files};

const FIRST: [&str; 4] = ["reset.css", "tokens.css", "base.css", "layout.css"];

/// `cargo xtask css`: writes `portal/.trunk/portal.css`, which Trunk's `index.html` links to.
pub fn run(root: &Path) -> Outcome<()> {
    let css = join(&root.join("portal/styles"))?;
    let dir = root.join("portal/.trunk");
    fs::create_dir_all(&dir)?;
    fs::write(dir.join(".gitignore"), "*\n")?;
    let path = dir.join("portal.css");
    // Trunk watches the portal folder: writing the same text again would start the build anew for ever.
    if fs::read_to_string(&path).is_ok_and(|kept| kept == css) {
        return Ok(());
    }
    Ok(fs::write(path, css)?)
}

/// reset, tokens, base, layout, then `ui/` and `pages/` by name; comments and indentation are left out.
pub fn join(styles: &Path) -> Outcome<String> {
    let mut joined = String::new();
    let mut unknown = Vec::new();
    let sources = sources(styles)?;
    let mut texts = Vec::new();
    let mut defined = BTreeSet::new();
    for path in &sources {
        let text = without_comments(&fs::read_to_string(path)?);
        defined.extend(definitions(&text));
        texts.push(text);
    }
    for (path, text) in sources.iter().zip(&texts) {
        for name in uses(text) {
            if !defined.contains(&name) {
                unknown.push(format!("{}: var({name})", path.strip_prefix(styles)?.display()));
            }
        }
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            joined.push_str(line);
            joined.push('\n');
        }
    }
    if unknown.is_empty() {
        Ok(joined)
    } else {
        Err(format!("custom properties nobody defines:\n  {}", unknown.join("\n  ")).into())
    }
}

fn sources(styles: &Path) -> Outcome<Vec<PathBuf>> {
    let mut list = Vec::new();
    for name in FIRST {
        let path = styles.join(name);
        if path.is_file() {
            list.push(path);
        }
    }
    for dir in ["ui", "pages"] {
        list.extend(files(&styles.join(dir)));
    }
    let all: Vec<_> = files(styles).into_iter().filter(|path| path.extension().is_some_and(|it| it == "css")).collect();
    list.retain(|path| all.contains(path));
    match all.iter().find(|path| !list.contains(path)) {
        Some(path) => Err(format!("{} is in no known place: {FIRST:?}, ui/, pages/", path.display()).into()),
        None => Ok(list),
    }
}

fn without_comments(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("/*") {
        out.push_str(&rest[..at]);
        rest = rest[at..].find("*/").map_or("", |end| &rest[at + end + 2..]);
    }
    out.push_str(rest);
    out
}

/// Names that are given a value or registered: `--x:` and `@property --x`.
fn definitions(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in text.match_indices("--") {
        let name = ident(&text[at..]);
        let before = text[..at].trim_end();
        let starts = before.is_empty() || before.ends_with(['{', ';', '}']);
        if (starts && text[at + name.len()..].trim_start().starts_with(':')) || before.ends_with("@property") {
            names.push(name.to_owned());
        }
    }
    names
}

/// Names read without a fallback: `var(--x)` but not `var(--x, 1px)`, which may be set from a view.
fn uses(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in text.match_indices("var(") {
        let inside = text[at + 4..].trim_start();
        let name = ident(inside);
        if !inside[name.len()..].trim_start().starts_with(',') {
            names.push(name.to_owned());
        }
    }
    names
}

fn ident(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_')).unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_definitions_from_uses() {
        let css = ":root{--a: 1px;--b:2px}\n@property --c {} a{left:var(--a);top:var( --d );right:var(--e, 0)}";
        assert_eq!(definitions(css), ["--a", "--b", "--c"]);
        assert_eq!(uses(css), ["--a", "--d"]);
    }

    #[test]
    fn joins_in_order_and_refuses_strangers() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("ui")).unwrap();
        fs::write(dir.path().join("ui/button.css"), "b { color: var(--ink) }").unwrap();
        fs::write(dir.path().join("tokens.css"), "/* ink */ :root { --ink: black; }").unwrap();
        assert_eq!(join(dir.path()).unwrap(), ":root { --ink: black; }\nb { color: var(--ink) }\n");
        fs::write(dir.path().join("ui/menu.css"), "m { color: var(--oops) }").unwrap();
        assert!(join(dir.path()).unwrap_err().to_string().contains("ui/menu.css: var(--oops)"));
        fs::write(dir.path().join("stray.css"), "").unwrap();
        assert!(join(dir.path()).unwrap_err().to_string().contains("stray.css"));
    }
}
