//! Line differences by longest common subsequence, after what is equal at both ends is cut off.

/// `' '`, `'+'`, `'-'` or `'…'` (left out) and the line.
pub type Line = (char, String);

/// The differences with three lines of context.
#[must_use]
pub fn folded(old: &str, new: &str) -> Vec<Line> {
    let all = lines(old, new);
    let near = |at: usize| all[at.saturating_sub(3)..all.len().min(at + 4)].iter().any(|line| line.0 != ' ');
    let mut out = Vec::new();
    let mut skipped = 0;
    for (at, line) in all.iter().enumerate() {
        if near(at) {
            if skipped > 0 {
                out.push(('…', format!("{skipped} equal lines")));
                skipped = 0;
            }
            out.push(line.clone());
        } else {
            skipped += 1;
        }
    }
    if skipped > 0 {
        out.push(('…', format!("{skipped} equal lines")));
    }
    out
}

/// Every line of both texts. Texts of more than 2000 differing lines are shown as removed and added as a whole.
#[must_use]
pub fn lines(old: &str, new: &str) -> Vec<Line> {
    let old: Vec<&str> = old.lines().collect();
    let new: Vec<&str> = new.lines().collect();
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    let keep = |line: &&str| (' ', (*line).to_owned());
    let mut out: Vec<Line> = old[..head].iter().map(keep).collect();
    out.extend(middle(a, b));
    out.extend(old[old.len() - tail..].iter().map(keep));
    out
}

fn middle(a: &[&str], b: &[&str]) -> Vec<Line> {
    let minus = |line: &&str| ('-', (*line).to_owned());
    let plus = |line: &&str| ('+', (*line).to_owned());
    if a.len().max(b.len()) > 2000 {
        return a.iter().map(minus).chain(b.iter().map(plus)).collect();
    }
    let width = b.len() + 1;
    let mut common = vec![0_u16; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i * width + j] = if a[i] == b[j] {
                common[(i + 1) * width + j + 1] + 1
            } else {
                common[(i + 1) * width + j].max(common[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j, mut out) = (0, 0, Vec::new());
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            out.push((' ', a[i].to_owned()));
            i += 1;
            j += 1;
        } else if j == b.len() || (i < a.len() && common[(i + 1) * width + j] >= common[i * width + j + 1]) {
            out.push(minus(&a[i]));
            i += 1;
        } else {
            out.push(plus(&b[j]));
            j += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signs(old: &str, new: &str) -> String {
        lines(old, new).iter().map(|line| line.0).collect()
    }

    #[test]
    fn finds_what_changed() {
        assert_eq!(signs("a\nb\nc", "a\nx\nc"), " -+ ");
        assert_eq!(signs("a\nb", "a\nb"), "  ");
        assert_eq!(signs("", "a"), "+");
        assert_eq!(signs("a\nb\nc\nd", "b\nd\ne"), "- - +");
    }

    #[test]
    fn both_texts_can_be_read_back() {
        let (old, new) = ("k: 1\nl: 2\nm: 3\nn: 4", "k: 1\nm: 3\nl: 5\nn: 4\no: 6");
        let all = lines(old, new);
        let side = |drop: char| {
            all.iter().filter(|line| line.0 != drop).map(|line| line.1.as_str()).collect::<Vec<_>>().join("\n")
        };
        assert_eq!(side('+'), old);
        assert_eq!(side('-'), new);
    }

    #[test]
    fn folds_long_equal_runs() {
        let old: String = (0..20).map(|line| format!("{line}\n")).collect();
        let new = old.replace("10\n", "ten\n");
        let folded = folded(&old, &new);
        assert_eq!(folded[0], ('…', "7 equal lines".to_owned()));
        assert_eq!(folded.len(), 1 + 3 + 2 + 3 + 1);
    }
}
