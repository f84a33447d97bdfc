//! `helm template` in a folder of its own.

use std::{
    fs, io,
    path::{Component, Path, PathBuf},
};

use hypo_model::ports::packages::{Error, RenderInput};
use hypo_shared::ErrorCode;

use super::program;

pub(super) async fn run(helm: &Path, input: &RenderInput) -> Result<String, Error> {
    let folder = tempfile::tempdir().map_err(|error| unreadable(&error))?;
    let chart = folder.path().join("chart");
    lay_out(&chart, &input.files)?;
    let values = folder.path().join("values.json");
    fs::write(&values, input.values.to_string()).map_err(|error| unreadable(&error))?;

    let values = values.to_string_lossy();
    let mut arguments = vec![
        "template",
        &input.release,
        "chart",
        "--namespace",
        &input.namespace,
        "--values",
        &values,
        "--include-crds",
    ];
    if let Some(version) = &input.kube_version {
        arguments.extend(["--kube-version", version]);
    }
    for api in &input.api_versions {
        arguments.extend(["--api-versions", api]);
    }
    program::run(helm, &arguments, folder.path()).await
}

fn lay_out(chart: &Path, files: &[(String, Vec<u8>)]) -> Result<(), Error> {
    for (name, bytes) in files {
        let path = chart.join(inside(name)?);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|error| unreadable(&error))?;
        }
        fs::write(&path, bytes).map_err(|error| unreadable(&error))?;
    }
    Ok(())
}

/// The path again, unless it leaves its folder.
fn inside(name: &str) -> Result<PathBuf, Error> {
    let path = PathBuf::from(name);
    if path.components().all(|part| matches!(part, Component::Normal(_))) && path.components().count() > 0 {
        return Ok(path);
    }
    Err(Error { code: ErrorCode::ArchiveUnsafe, message: format!("{name:?} leaves the chart's folder") })
}

fn unreadable(error: &io::Error) -> Error {
    Error { code: ErrorCode::PackageUnreadable, message: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside() {
        assert!(inside("templates/a.yaml").is_ok());
        for name in ["../a", "/etc/passwd", "", "a/../../b", "."] {
            assert_eq!(inside(name).unwrap_err().code, ErrorCode::ArchiveUnsafe, "{name}");
        }
    }

    #[tokio::test]
    async fn a_chart_renders_and_a_broken_one_says_why() {
        let helm = super::super::find().expect("helm is needed here: run `cargo xtask helm`");
        let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
        let mut input = RenderInput {
            files: vec![
                file("Chart.yaml", "apiVersion: v2\nname: a\nversion: 1.0.0\n"),
                file("values.yaml", "who: world\n"),
                file(
                    "templates/c.yaml",
                    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {hello: {{ .Values.who }}}\n",
                ),
            ],
            release: "r".into(),
            namespace: "n".into(),
            values: serde_json::json!({"who": "there"}),
            ..RenderInput::default()
        };
        let text = run(&helm, &input).await.unwrap();
        assert!(text.contains("hello: there"), "{text}");
        input.files.push(file("templates/d.yaml", "{{ fail \"no such luck\" }}"));
        let error = run(&helm, &input).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::HelmFailed);
        assert!(error.message.contains("no such luck"), "{}", error.message);
    }
}
