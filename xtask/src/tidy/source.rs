//! A Rust file with comments, literals and test modules blanked out, so that a word found in it is code that ships.

/// Line numbers stay those of the file.
pub struct Source {
    pub path: String,
    /// Code outside tests; literals and comments are spaces.
    pub code: String,
    /// Belongs to tests altogether.
    pub test: bool,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Self {
        let test = path.starts_with("tests/")
            || path.contains("/tests/")
            || path.contains("/benches/")
            || path.ends_with("/tests.rs")
            || path.ends_with("_tests.rs");
        Self { path: path.to_owned(), code: without_tests(&blank(text)), test }
    }

    /// Lines that hold `word` as whole path segments: not as a part of a longer name.
    pub fn lines_with(&self, word: &str) -> Vec<usize> {
        self.code.lines().enumerate().filter(|(_, line)| holds(line, word)).map(|(at, _)| at + 1).collect()
    }
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
    fn matches_whole_names() {
        let source = Source::new("a/src/lib.rs", "use hypo_tmf::x;\nuse hypo_tmfx::y;\n");
        assert_eq!(source.lines_with("hypo_tmf"), [1]);
    }
}
