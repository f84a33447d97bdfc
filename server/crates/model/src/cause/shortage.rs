//! What the scheduler is short of, from its own sentence.

/// `0/3 nodes are available: 1 Insufficient memory, 2 Insufficient cpu. preemption: …` becomes
/// `not enough cpu on 2 nodes, not enough memory on 1 node`. Sentences of another form are given as they are.
pub(super) fn of(message: &str) -> String {
    let body = message.split_once("available:").map_or(message, |(_, body)| body);
    let body = body.split(" preemption:").next().unwrap_or(body).trim().trim_end_matches('.');
    let mut parts: Vec<(u64, String)> = Vec::new();
    for part in split(body) {
        let part = part.trim().trim_end_matches('.');
        let (count, what) = part.split_once(' ').map_or((None, part), |(count, what)| (count.parse().ok(), what));
        let Some(count) = count else {
            if !part.is_empty() {
                parts.push((0, part.to_owned()));
            }
            continue;
        };
        let text = match what.strip_prefix("Insufficient ") {
            Some(resource) => format!("not enough {resource} on {}", nodes(count)),
            None if what == "Too many pods" => format!("too many pods on {}", nodes(count)),
            None => format!("{} {}", nodes(count), what.trim_start_matches("node(s)").trim()),
        };
        parts.push((count, text));
    }
    if parts.is_empty() {
        return "no node is available".to_owned();
    }
    parts.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    parts.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(", ")
}

/// Splits at commas outside braces: a taint is written `{key: value}`.
fn split(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut depth = 0_u32;
    let mut start = 0;
    for (at, letter) in text.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                out.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    out.push(&text[start..]);
    out
}

fn nodes(count: u64) -> String {
    if count == 1 { "1 node".to_owned() } else { format!("{count} nodes") }
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn the_schedulers_sentences() {
        for (message, expected) in [
            (
                "0/3 nodes are available: 1 Insufficient memory, 2 Insufficient cpu. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.",
                "not enough cpu on 2 nodes, not enough memory on 1 node",
            ),
            (
                "0/2 nodes are available: 1 node(s) had untolerated taint {dedicated: gpu, x}, 1 node(s) didn't match Pod's node affinity/selector.",
                "1 node had untolerated taint {dedicated: gpu, x}, 1 node didn't match Pod's node affinity/selector",
            ),
            ("0/1 nodes are available: 1 Too many pods.", "too many pods on 1 node"),
            ("no nodes available to schedule pods", "no nodes available to schedule pods"),
            ("", "no node is available"),
        ] {
            assert_eq!(of(message), expected, "{message}");
        }
    }
}
