//! A file past 400 lines holds two ideas.

use super::{Finding, Tree};

const LIMIT: usize = 400;

/// Files that may be longer, each with its reason.
const EXCEPTIONS: &[(&str, &str)] = &[];

pub fn check(tree: &Tree, found: &mut Vec<Finding>) {
    for source in tree.rust.iter().filter(|source| !source.test) {
        let lines = source.code.lines().count();
        let excused = EXCEPTIONS.iter().any(|(path, _)| *path == source.path);
        if lines > LIMIT && !excused {
            found.push(Finding::new(&source.path, 0, format!("{lines} lines, the limit is {LIMIT}: split it")));
        }
        if lines <= LIMIT && excused {
            found.push(Finding::new(&source.path, 0, "is short enough: take it off the list of exceptions"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;

    #[test]
    fn counts_outside_tests_only() {
        let long = "// line\n".repeat(LIMIT + 1);
        let mut found = Vec::new();
        check(&tree(&[("a/src/b.rs", &long), ("a/tests/c.rs", &long), ("a/src/d.rs", "fn d() {}\n")]), &mut found);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].path, "a/src/b.rs");
    }
}
