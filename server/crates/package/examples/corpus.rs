//! Prints the corpus figures for the acceptance report: `cargo run -p hypo-package --example corpus`.

#[path = "../tests/support/mod.rs"]
mod support;

use support::{Score, corpus};

fn main() {
    let (mut ours, mut rule) = (Score::default(), Score::default());
    let line = |name: &str, ours: Score, rule: Score, exact: bool| {
        let verdict = if exact && ours.found == ours.wanted && ours.right == ours.wanted && ours.decoys == 0 {
            "holds"
        } else {
            "falls short"
        };
        let ratio = |value: f64, of: usize| if of == 0 { "-".to_owned() } else { format!("{value:.2}") };
        let figures = |score: Score| {
            let (precision, recall) = (ratio(score.precision(), score.found), ratio(score.recall(), score.wanted));
            format!(
                "precision {precision} recall {recall} decoys {} edges {}/{}",
                score.decoys, score.right, score.wanted
            )
        };
        #[expect(clippy::print_stdout, reason = "printing is what the example is for")]
        {
            println!("corpus/{name:<18} {verdict:<11} {}; P2CODE rule: {}", figures(ours), figures(rule));
        }
    };
    let mut all_exact = true;
    for case in corpus() {
        let exact =
            case.external() == case.truth.external && case.glue() == case.truth.glue && case.missing_notes().is_empty();
        all_exact &= exact;
        line(&case.name, case.ours(), case.p2code(), exact);
        ours.add(case.ours());
        rule.add(case.p2code());
    }
    line("all", ours, rule, all_exact);
}
