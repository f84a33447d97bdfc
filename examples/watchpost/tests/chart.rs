//! The chart renders to the plain manifests that lie beside it, and its values have a schema that bites.
#![expect(clippy::unwrap_used, reason = "a test ends with a panic")]

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// The helm that `cargo xtask helm` has found or built.
fn helm() -> PathBuf {
    let cache = env::var_os("HYPO_CACHE")
        .map(PathBuf::from)
        .unwrap_or_else(|| PathBuf::from(env::var_os("HOME").unwrap()).join(".cache/hypo"));
    let path = env::var_os("PATH").unwrap();
    let on_path = env::split_paths(&path).map(|dir| dir.join("helm"));
    env::var_os("HYPO_HELM")
        .map(PathBuf::from)
        .into_iter()
        .chain(on_path)
        .chain([cache.join("tools/helm")])
        .find(|path| path.is_file())
        .expect("no helm: run `cargo xtask helm`, which gets one")
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn template(more: &[&str]) -> Output {
    Command::new(helm())
        .args(["template", "watchpost", "chart", "--namespace", "watchpost"])
        .args(more)
        .current_dir(here())
        .output()
        .unwrap()
}

/// Without helm's remarks on where a document came from, and without empty lines, which its versions set differently.
fn plain(output: Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .filter(|line| !line.starts_with("# Source:") && !line.trim().is_empty())
        .map(|line| format!("{line}\n"))
        .collect()
}

#[test]
fn manifests_are_a_render_of_the_chart() {
    let rendered = plain(template(&["--set", "store.password=change-me"]));
    let path = here().join("manifests.yaml");
    if env::var_os("HYPO_BLESS").is_some() {
        fs::write(&path, &rendered).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap();
    assert!(kept == rendered, "manifests.yaml is not what the chart renders; HYPO_BLESS=1 writes it anew");
}

#[test]
fn a_password_is_generated_where_none_is_given() {
    let password = |text: &str| text.lines().find(|line| line.contains("password: ")).unwrap().trim().to_owned();
    let (one, two) = (plain(template(&[])), plain(template(&[])));
    assert_ne!(password(&one), password(&two));
}

#[test]
fn optional_parts_come_when_asked_for() {
    let plainly = plain(template(&[]));
    let all = plain(template(&["--set", "dashboard.ingress.enabled=true,detector.autoscaling.enabled=true"]));
    for kind in ["kind: Ingress", "kind: HorizontalPodAutoscaler"] {
        assert!(!plainly.contains(kind) && all.contains(kind), "{kind}");
    }
}

#[test]
fn the_schema_refuses_what_cannot_work() {
    for wrong in ["gateway.rate=0", "detector.threshold=300", "store.storage=lots", "broker.colour=red"] {
        assert!(!template(&["--set", wrong]).status.success(), "{wrong}");
    }
}
