//! The portal's floors: pages compose widgets, widgets compose ui. A lower floor does not know a higher one.

use super::{Finding, Tree};

/// Folder (or file) below `portal/src/` and the modules it must not name.
const FLOORS: [(&str, &[&str]); 5] = [
    ("ui", &["widgets", "pages", "api", "routes", "topology", "charts"]),
    ("charts", &["widgets", "pages", "api"]),
    ("topology", &["pages", "api"]),
    // Widgets take data as properties: they may name the api's types, not ask for anything.
    ("widgets", &["pages", "api::client", "api::live", "api::transport"]),
    ("api", &["ui", "widgets", "pages"]),
];

/// Files that may look up, each with its reason.
const EXCEPTIONS: [(&str, &str); 1] =
    [("portal/src/widgets/act.rs", "the one place that sends mutations: every action behaves and shows itself alike")];

pub fn check(tree: &Tree, found: &mut Vec<Finding>) {
    for source in tree.rust.iter().filter(|source| !source.test) {
        if EXCEPTIONS.iter().any(|(path, _)| *path == source.path) {
            continue;
        }
        let Some(inner) = source.path.strip_prefix("portal/src/") else { continue };
        let floor = inner.split(['/', '.']).next().unwrap_or_default();
        let Some((_, above)) = FLOORS.iter().find(|(name, _)| *name == floor) else { continue };
        for module in *above {
            for line in source.lines_with(&format!("crate::{module}")) {
                found.push(Finding::new(&source.path, line, format!("{floor} must not know {module}")));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;

    #[test]
    fn lower_floors_do_not_look_up() {
        let mut found = Vec::new();
        check(
            &tree(&[
                ("portal/src/ui/button.rs", "use crate::ui::icon;\nuse crate::api::client;\n"),
                ("portal/src/pages/home.rs", "use crate::api::client;\nuse crate::widgets::x;\n"),
            ]),
            &mut found,
        );
        assert_eq!(found, [Finding::new("portal/src/ui/button.rs", 2, "ui must not know api")]);
    }
}
