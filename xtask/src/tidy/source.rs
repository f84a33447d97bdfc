//! A Rust file with comments, literals and test modules blanked out, so that a word found in it is code that ships.

/// Line numbers stay those of the file.
pub struct Source {
    pub path: String,
    /// Code outside tests; literals and comments are spaces.
    pub code: String,
    /// Belongs to tests altogether.
    pub test: bool,
    /// Line and path of everything a `use` brings in: `use a::{b, c::d}` is `a::b` and `a::c::d`.
    uses: Vec<(usize, String)>,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Self {
        let test = path.starts_with("tests/")
            || path.contains("/tests/")
            || path.contains("/benches/")
            || path.contains("/examples/")
            || path.ends_with("/tests.rs")
            || path.ends_with("_tests.rs");
        let code = without_tests(&blank(text));
        Self { path: path.to_owned(), uses: uses(&code), code, test }
    }

    /// Lines that hold `word` as whole path segments, written out or brought in by a `use`; not as a part of a longer
    /// name.
    pub fn lines_with(&self, word: &str) -> Vec<usize> {
        let written = self.code.lines().enumerate().filter(|(_, line)| holds(line, word)).map(|(at, _)| at + 1);
        let brought = self.uses.iter().filter(|(_, path)| holds(path, word)).map(|(line, _)| *line);
        let mut lines: Vec<usize> = written.chain(brought).collect();
        lines.sort_unstable();
        lines.dedup();
        lines
    }
}

/// The `use` statements of a file, flat. A group is reported at the line of the statement.
fn uses(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut line = 1;
    while at < code.len() {
        let rest = &code[at..];
        let statement = rest.trim_start_matches("pub(crate) ").trim_start_matches("pub ");
        if let Some(tree) = statement.strip_prefix("use ") {
            let tree = &tree[..tree.find(';').unwrap_or(tree.len())];
            found.extend(flat("", tree).into_iter().map(|path| (line, path)));
        }
        // Statements begin lines; those inside functions are indented.
        let step = rest.find('\n').map_or(rest.len(), |end| end + 1);
        at += step;
        line += 1;
        at += code[at..].len() - code[at..].trim_start_matches(' ').len();
    }
    found
}

/// `a::{b, c::{d, e}}` below `prefix`.
fn flat(prefix: &str, tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some(open) = tree.find('{') else {
        return if tree.is_empty() { Vec::new() } else { vec![format!("{prefix}{tree}")] };
    };
    let prefix = format!("{prefix}{}", &tree[..open]);
    let inside = tree[open + 1..].strip_suffix('}').unwrap_or(&tree[open + 1..]);
    let (mut depth, mut start, mut all) = (0_i32, 0, Vec::new());
    for (at, c) in inside.char_indices().chain([(inside.len(), ',')]) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                all.extend(flat(&prefix, &inside[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    all
}

fn holds(line: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let open = word.starts_with(part) && before.is_some_and(part);
        let close = word.ends_with(part) && after.is_some_and(part);
        !(open || close)
    })
}

/// Replaces comments and the insides of string and character literals by spaces.
fn blank(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let rest = &chars[at..];
        let taken = match rest {
            ['/', '/', ..] => rest.iter().position(|c| *c == '\n').unwrap_or(rest.len()),
            ['/', '*', ..] => block_comment(rest),
            ['"', ..] => string(rest),
            ['r', '"' | '#', ..] if !named(&chars, at) => raw_string(rest),
            ['\'', '\\', ..] => {
                2 + rest[2..].iter().skip(1).position(|c| *c == '\'').map_or(rest.len() - 2, |end| end + 2)
            }
            ['\'', _, '\'', ..] => 3,
            _ => 0,
        };
        if taken == 0 {
            out.push(chars[at]);
            at += 1;
            continue;
        }
        let taken = taken.min(rest.len());
        out.extend(rest[..taken].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
        at += taken;
    }
    out
}

fn named(chars: &[char], at: usize) -> bool {
    at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_')
}

fn block_comment(rest: &[char]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        match rest[at..] {
            ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
            ['*', '/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn string(rest: &[char]) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != '"' {
        at += if rest[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// `r"…"`, `r#"…"#`; 0 for a raw identifier.
fn raw_string(rest: &[char]) -> usize {
    let hashes = rest[1..].iter().take_while(|c| **c == '#').count();
    if rest.get(1 + hashes) != Some(&'"') {
        return 0;
    }
    let mut end = vec!['"'];
    end.extend(std::iter::repeat_n('#', hashes));
    let start = hashes + 2;
    rest[start..].windows(end.len()).position(|window| window == end).map_or(rest.len(), |at| start + at + end.len())
}

/// Blanks the item after each `#[cfg(test)]`.
fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(at) = rest.find(MARK) {
        out.push_str(&rest[..at]);
        let item = &rest[at..];
        let length = item_length(item);
        out.extend(item[..length].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        rest = &item[length..];
    }
    out.push_str(rest);
    out
}

/// Up to the `;` outside brackets or the `}` that closes the first `{`.
fn item_length(item: &str) -> usize {
    let (mut braces, mut inner) = (0_u32, 0_u32);
    for (at, c) in item.char_indices() {
        match c {
            '{' => braces += 1,
            '}' if braces <= 1 => return at + 1,
            '}' => braces -= 1,
            '(' | '[' => inner += 1,
            ')' | ']' => inner = inner.saturating_sub(1),
            ';' if braces == 0 && inner == 0 => return at + 1,
            _ => {}
        }
    }
    item.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_what_is_not_code() {
        let source = Source::new(
            "a/src/lib.rs",
            "// kube\nlet a = \"kube \\\" kube\"; /* kube /* kube */ kube */ let c = '\"'; let d = '\\'';\n\
             let r = r#\"kube\"#; fn f<'a>(x: &'a kube::Client) {}\n",
        );
        assert_eq!(source.lines_with("kube"), [3]);
        assert_eq!(source.code.matches("kube").count(), 1);
    }

    #[test]
    fn leaves_tests_out() {
        let source = Source::new(
            "a/src/lib.rs",
            "fn a() {}\n#[cfg(test)]\nmod tests {\n fn b() { c.unwrap(); }\n}\n#[cfg(test)]\nuse x::y;\nfn d() { e.unwrap() }\n",
        );
        assert_eq!(source.lines_with(".unwrap()"), [8]);
        assert!(!source.code.contains("x::y"));
    }

    #[test]
    fn sees_into_groups() {
        let source = Source::new(
            "a/src/lib.rs",
            "use std::{\n    fs,\n    path::{Path, PathBuf},\n};\npub use crate::{api::{client, json::x}, ui};\nfn f() {\n    use std::net::IpAddr;\n}\n",
        );
        assert_eq!(source.lines_with("std::fs"), [1]);
        assert_eq!(source.lines_with("crate::api::client"), [5]);
        assert_eq!(source.lines_with("crate::ui"), [5]);
        assert_eq!(source.lines_with("std::net"), [7]);
        assert!(source.lines_with("std::env").is_empty() && source.lines_with("crate::client").is_empty());
    }

    #[test]
    fn matches_whole_names() {
        let source = Source::new("a/src/lib.rs", "use hypo_tmf::x;\nuse hypo_tmfx::y;\n");
        assert_eq!(source.lines_with("hypo_tmf"), [1]);
    }
}
