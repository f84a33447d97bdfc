//! The log on the screen: a bounded list of lines, a search over it and the window that is drawn.

use std::collections::VecDeque;

/// Lines that are kept; older ones go.
pub const KEPT: usize = 50_000;
/// Height of a row, in pixels; the style sheet uses the same.
pub const ROW: f64 = 20.0;
/// Rows drawn above and below the visible ones.
const MARGIN: usize = 20;

#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Counts up for ever: the key of a row.
    pub number: u64,
    pub at: f64,
    pub component: String,
    pub cluster: String,
    pub pod: String,
    pub text: String,
    /// A remark of ours, for example about lines that were lost.
    pub mark: bool,
}

#[derive(Debug, Default)]
pub struct Log {
    lines: VecDeque<Line>,
    next: u64,
    wanted: String,
    /// Positions of lines that hold the wanted text.
    hits: Vec<u64>,
}

impl Log {
    pub fn push(&mut self, mut line: Line) {
        line.number = self.next;
        self.next += 1;
        if self.is_hit(&line) {
            self.hits.push(line.number);
        }
        self.lines.push_back(line);
        if self.lines.len() > KEPT {
            self.lines.pop_front();
        }
    }

    /// A remark between the lines.
    pub fn mark(&mut self, at: f64, text: String) {
        let empty = String::new;
        self.push(Line { number: 0, at, component: empty(), cluster: empty(), pod: empty(), text, mark: true });
    }

    pub fn clear(&mut self) {
        self.lines.clear();
        self.hits.clear();
    }

    pub fn len(&self) -> usize {
        self.lines.len()
    }

    fn is_hit(&self, line: &Line) -> bool {
        !self.wanted.is_empty() && line.text.to_lowercase().contains(&self.wanted)
    }

    /// Searches; letters in any case.
    pub fn search(&mut self, wanted: &str) {
        self.wanted = wanted.to_lowercase();
        self.hits = self.lines.iter().filter(|line| self.is_hit(line)).map(|line| line.number).collect();
    }

    fn first(&self) -> u64 {
        self.lines.front().map_or(0, |line| line.number)
    }

    /// How many lines that are still kept hold the wanted text.
    pub fn matches(&self) -> usize {
        self.hits.len() - self.hits.partition_point(|hit| *hit < self.first())
    }

    /// The row of the `index`th match.
    pub fn row_of_match(&self, index: usize) -> Option<usize> {
        let first = self.first();
        let kept = &self.hits[self.hits.partition_point(|hit| *hit < first)..];
        kept.get(index).and_then(|hit| usize::try_from(hit - first).ok())
    }

    /// Rows `from..to` to draw for a view that is scrolled to `top`.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rows of a screen")]
    pub fn window(&self, top: f64, height: f64) -> (usize, usize) {
        let from = ((top / ROW).floor().max(0.0) as usize).saturating_sub(MARGIN);
        let to = ((top + height) / ROW).ceil().max(0.0) as usize + MARGIN;
        (from.min(self.len()), to.min(self.len()))
    }

    pub fn rows(&self, from: usize, to: usize) -> Vec<Line> {
        self.lines.range(from.min(self.len())..to.min(self.len())).cloned().collect()
    }

    /// The parts of a text: (part, whether it is a match).
    pub fn parts(&self, text: &str) -> Vec<(String, bool)> {
        let lower = text.to_lowercase();
        if self.wanted.is_empty() || lower.len() != text.len() || !lower.contains(&self.wanted) {
            return vec![(text.to_owned(), false)];
        }
        let (mut parts, mut at) = (Vec::new(), 0);
        for (hit, found) in lower.match_indices(&self.wanted) {
            if let (Some(before), Some(inside)) = (text.get(at..hit), text.get(hit..hit + found.len())) {
                if !before.is_empty() {
                    parts.push((before.to_owned(), false));
                }
                parts.push((inside.to_owned(), true));
                at = hit + found.len();
            }
        }
        parts.push((text.get(at..).unwrap_or_default().to_owned(), false));
        parts
    }

    /// The whole log as text.
    pub fn text(&self, stamp: impl Fn(f64) -> String) -> String {
        self.lines.iter().map(|it| format!("{} {} {} {}\n", stamp(it.at), it.cluster, it.pod, it.text)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(texts: &[&str]) -> Log {
        let mut log = Log::default();
        for text in texts {
            log.push(Line {
                number: 0,
                at: 0.0,
                component: "web".into(),
                cluster: "edge".into(),
                pod: "web-1".into(),
                text: (*text).into(),
                mark: false,
            });
        }
        log
    }

    #[test]
    fn searches_what_is_there_and_what_comes() {
        let mut log = log(&["GET /a", "POST /b"]);
        log.search("get");
        assert_eq!(log.matches(), 1);
        log.mark(0.0, "forget 3 lines".into());
        assert_eq!(log.matches(), 2);
        assert_eq!(log.row_of_match(1), Some(2));
        assert_eq!(log.parts("a GET b"), [("a ".into(), false), ("GET".into(), true), (" b".into(), false)]);
    }

    #[test]
    fn keeps_a_bounded_number_of_lines() {
        let mut log = Log::default();
        for at in 0..KEPT + 10 {
            log.mark(0.0, format!("line {at}"));
        }
        assert_eq!(log.len(), KEPT);
        assert_eq!(log.rows(0, 1)[0].text, "line 10");
        log.search("line 5");
        assert!(log.matches() > 0);
        let first = log.row_of_match(0).unwrap();
        assert!(log.rows(first, first + 1)[0].text.contains("line 5"));
    }

    #[test]
    fn draws_only_what_is_near_the_view() {
        let mut log = Log::default();
        for _ in 0..1000 {
            log.mark(0.0, "x".into());
        }
        assert_eq!(log.window(0.0, 400.0), (0, 40));
        assert_eq!(log.window(10_000.0, 400.0), (480, 540));
        assert_eq!(log.window(19_600.0, 400.0), (960, 1000));
    }

    #[test]
    fn clearing_forgets_matches() {
        let mut log = log(&["a", "b"]);
        log.search("a");
        log.clear();
        assert_eq!((log.len(), log.matches()), (0, 0));
    }
}
