//! Half-done work, panics that were not thought about, and words that belong to one machine.

use super::{Finding, Tree};

/// Must not stand in code that ships. `.expect("why this cannot fail")` says what `unwrap` hides.
const CODE: [(&str, &str); 5] = [
    (".unwrap()", "unwrap outside tests: return the error, or expect(\"why this cannot fail\")"),
    ("todo!", "half-done"),
    ("unimplemented!", "half-done"),
    ("dbg!", "left from debugging"),
    ("unsafe", "no unsafe code"),
];

/// Must not stand anywhere. Written in halves, so that this file is not a finding itself.
const ANYWHERE: [(&str, &str); 8] = [
    (concat!("TO", "DO"), "half-done: do it, or file it"),
    (concat!("FIX", "ME"), "half-done: do it, or file it"),
    (concat!("/wo", "rk/"), "a path of one machine"),
    (concat!("/ro", "ot/"), "a path of one machine"),
    (concat!("registry.np", "mjs.org"), "a registry's host"),
    (concat!("index.cra", "tes.io"), "a registry's host"),
    (concat!("proxy.gol", "ang.org"), "a registry's host"),
    (concat!("deb.deb", "ian.org"), "a registry's host"),
];

pub fn check(tree: &Tree, found: &mut Vec<Finding>) {
    for source in tree.rust.iter().filter(|source| !source.test) {
        for (word, why) in CODE {
            for line in source.lines_with(word) {
                found.push(Finding::new(&source.path, line, format!("{word}: {why}")));
            }
        }
    }
    for (path, text) in tree.texts.iter().filter(|(path, _)| !path.ends_with(".lock")) {
        for (at, line) in text.lines().enumerate() {
            for (word, why) in ANYWHERE {
                if stands(line, word) {
                    found.push(Finding::new(path, at + 1, format!("{word}: {why}")));
                }
            }
        }
    }
}

/// As a word or the start of a path: `/ab/` does not stand in `x/ab/c`, nor `AB` in `CABS`.
fn stands(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || "_-./}".contains(c));
        !part(before) && (word.starts_with('/') || !after.is_some_and(|c| c.is_alphanumeric() || c == '_'))
    })
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;

    #[test]
    fn finds_leftovers_and_nothing_else() {
        let mut found = Vec::new();
        let path = format!("cd {}main\nsee http://a/wo{}\n", ANYWHERE[2].0, "rk/b");
        let note = format!("// {}: later\nfn a() {{ b.unwrap(); c.unwrap_or(1); }}\n", ANYWHERE[0].0);
        check(&tree(&[("README.md", &path), ("a/src/b.rs", &note), ("a/src/tests.rs", "x.unwrap()")]), &mut found);
        let heads: Vec<_> = found.iter().map(|it| (it.path.as_str(), it.line)).collect();
        assert_eq!(heads, [("a/src/b.rs", 2), ("README.md", 1), ("a/src/b.rs", 1)]);
    }
}
