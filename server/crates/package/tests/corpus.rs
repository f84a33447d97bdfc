//! Precision and recall over a corpus with truth files, beside the rule of the P2CODE scheduler.

mod support;

use support::{Score, corpus};

#[test]
fn every_case_is_read_exactly() {
    let cases = corpus();
    assert!(cases.len() >= 14, "{} cases", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let found = case.found();
        for missing in case.truth.edges.difference(&found) {
            wrong.push(format!("{}: missing {missing:?}", case.name));
        }
        for extra in found.difference(&case.truth.edges) {
            let edge = case.analysis.edges.iter().find(|edge| edge.from == extra.0 && edge.to == extra.1);
            wrong.push(format!("{}: too much {extra:?} {:?}", case.name, edge.map(|edge| &edge.evidence)));
        }
        if case.external() != case.truth.external {
            wrong.push(format!("{}: external {:?}", case.name, case.external()));
        }
        if case.glue() != case.truth.glue {
            wrong.push(format!("{}: glue {:?}", case.name, case.analysis.glue));
        }
        for note in case.missing_notes() {
            wrong.push(format!("{}: no note {note}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn precision_and_recall_are_one_and_better_than_the_rule_on_env_values() {
    let (mut ours, mut rule) = (Score::default(), Score::default());
    for case in corpus() {
        ours.add(case.ours());
        rule.add(case.p2code());
    }
    println!(
        "hypo    precision {:.2} recall {:.2} decoys {} of {ours:?}",
        ours.precision(),
        ours.recall(),
        ours.decoys
    );
    println!(
        "p2code  precision {:.2} recall {:.2} decoys {} of {rule:?}",
        rule.precision(),
        rule.recall(),
        rule.decoys
    );
    assert!(ours.wanted >= 50, "a corpus of {} edges proves little", ours.wanted);
    assert_eq!((ours.found, ours.right, ours.decoys), (ours.wanted, ours.wanted, 0));
    assert!(rule.right > 0, "the rule is measured, not broken");
    assert!(ours.recall() > rule.recall());
}

#[test]
fn evidence_points_at_the_string_and_never_shows_a_secret() {
    for case in corpus() {
        let edges = case.analysis.edges.iter().chain(&case.analysis.candidates);
        let all =
            edges.flat_map(|edge| &edge.evidence).chain(case.analysis.external.iter().flat_map(|host| &host.evidence));
        for evidence in all {
            let (kind, name) = evidence.document.split_once('/').expect("Kind/name");
            let document =
                case.render.documents.iter().find(|document| document.kind() == kind && document.name() == name);
            let document = document.unwrap_or_else(|| panic!("{}: {evidence:?}", case.name));
            assert!(document.object.pointer(&evidence.path).is_some(), "{}: {evidence:?}", case.name);
            assert!(!evidence.string.contains('@'), "no user, no password: {evidence:?}");
        }
    }
    let secrets = corpus().into_iter().find(|case| case.name == "secrets").expect("the case is there");
    let printed = serde_json::to_string(&secrets.analysis.edges).expect("JSON")
        + &serde_json::to_string(&secrets.analysis.candidates).expect("JSON");
    assert!(!printed.contains("vault"), "the password, which is also the name of a Service: {printed}");
}

#[test]
fn words_are_candidates_and_stay_below_the_threshold() {
    let decoys = corpus().into_iter().find(|case| case.name == "decoys").expect("the case is there");
    assert!(!decoys.analysis.candidates.is_empty(), "they are shown");
    assert!(decoys.analysis.candidates.iter().all(|candidate| candidate.confidence < 0.6));
    assert!(decoys.analysis.notes.iter().any(|note| note.code == "candidate"));
}
