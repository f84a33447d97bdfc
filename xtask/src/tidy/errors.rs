//! Each error code has a page that users reach from the message, and no page is without its code.

use std::collections::BTreeMap;

use super::{Finding, Tree};

const TABLE: &str = "shared/src/error.rs";

pub fn check(tree: &Tree, found: &mut Vec<Finding>) {
    let codes = tree.text(TABLE).map(codes).unwrap_or_default();
    if codes.is_empty() {
        found.push(Finding::new(TABLE, 0, "holds no error code, or tidy cannot read it any more"));
    }
    let pages: BTreeMap<&str, &str> = tree
        .texts
        .iter()
        .filter_map(|(path, text)| Some((path.strip_prefix("docs/errors/")?.strip_suffix(".md")?, text.as_str())))
        .filter(|(name, _)| name.starts_with("HYP-"))
        .collect();
    for (code, title) in &codes {
        let path = format!("docs/errors/{code}.md");
        let Some(page) = pages.get(code.as_str()) else {
            found.push(Finding::new(TABLE, 0, format!("{code} has no page {path}")));
            continue;
        };
        let head = format!("# {code}: {}", title.trim_end_matches('.'));
        if page.lines().next() != Some(head.as_str()) {
            found.push(Finding::new(&path, 1, format!("the first line must be \"{head}\"")));
        }
        if page.lines().filter(|line| !line.trim().is_empty()).count() < 4 {
            found.push(Finding::new(&path, 0, "must say what it means, why it happens and what to do"));
        }
    }
    for name in pages.keys().filter(|name| !codes.contains_key(**name)) {
        found.push(Finding::new(format!("docs/errors/{name}.md"), 0, "is the page of no error code"));
    }
}

/// `Name = "1001", "Title.";` rows.
fn codes(table: &str) -> BTreeMap<String, String> {
    table
        .lines()
        .filter_map(|line| {
            let (_, rest) = line.trim().split_once(" = \"")?;
            let (number, rest) = rest.split_once("\", \"")?;
            let title = rest.strip_suffix("\";")?;
            number.chars().all(|c| c.is_ascii_digit()).then(|| (format!("HYP-{number}"), title.to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;

    #[test]
    fn codes_and_pages_belong_together() {
        let mut found = Vec::new();
        let good = "# HYP-1001: Bad\n\na\n\nb\n\nc\n";
        check(
            &tree(&[
                (TABLE, "    A = \"1001\", \"Bad.\";\n    B = \"1002\", \"Worse.\";\n    C = \"1003\", \"Worst.\";\n"),
                ("docs/errors/HYP-1001.md", good),
                ("docs/errors/HYP-1002.md", "# HYP-1002: Other\na\nb\nc\n"),
                ("docs/errors/HYP-7777.md", good),
                ("docs/errors/README.md", ""),
            ]),
            &mut found,
        );
        let texts: Vec<_> = found.iter().map(ToString::to_string).collect();
        assert_eq!(texts.len(), 3, "{texts:?}");
        assert!(texts[0].contains("HYP-1002.md:1") && texts[1].contains("HYP-1003 has no page"));
        assert!(texts[2].contains("HYP-7777"));
    }
}
