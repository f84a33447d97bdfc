//! Manifests or a chart.

use super::{PackageKind, SourceFile};

/// What the files are: a chart when `Chart.yaml` stands in the top folder or in the only folder of it,
/// manifests when there is any YAML or JSON file, else nothing HypO knows.
#[must_use]
pub fn detect(files: &[SourceFile]) -> Option<PackageKind> {
    if chart_root(files).is_some() {
        return Some(PackageKind::HelmChart);
    }
    files.iter().any(|file| is_manifest(&file.path)).then_some(PackageKind::Manifests)
}

/// The folder of `Chart.yaml`: empty for the top, or the name of the single top folder with a `/` behind it.
#[must_use]
pub fn chart_root(files: &[SourceFile]) -> Option<String> {
    if files.iter().any(|file| file.path == "Chart.yaml") {
        return Some(String::new());
    }
    let top = files.first()?.path.split_once('/')?.0;
    let root = format!("{top}/");
    let single = files.iter().all(|file| file.path.starts_with(&root));
    (single && files.iter().any(|file| file.path[root.len()..] == *"Chart.yaml")).then_some(root)
}

/// Whether a file of a manifests package is read: YAML or JSON, not hidden, no kustomization and no schema.
#[must_use]
pub fn is_manifest(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let known = [".yaml", ".yml", ".json"].iter().any(|end| name.to_ascii_lowercase().ends_with(end));
    let hidden = path.split('/').any(|part| part.starts_with('.'));
    known && !hidden && !matches!(name, "kustomization.yaml" | "kustomization.yml" | "values.schema.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(paths: &[&str]) -> Vec<SourceFile> {
        paths.iter().map(|path| SourceFile { path: (*path).to_owned(), bytes: Vec::new() }).collect()
    }

    #[test]
    fn charts_and_manifests() {
        assert_eq!(detect(&files(&["Chart.yaml", "templates/a.yaml"])), Some(PackageKind::HelmChart));
        assert_eq!(detect(&files(&["shop/templates/a.yaml", "shop/Chart.yaml"])), Some(PackageKind::HelmChart));
        assert_eq!(chart_root(&files(&["shop/templates/a.yaml", "shop/Chart.yaml"])).as_deref(), Some("shop/"));
        assert_eq!(detect(&files(&["a/Chart.yaml", "b/x.yaml"])), Some(PackageKind::Manifests));
        assert_eq!(detect(&files(&["k8s/a.YML"])), Some(PackageKind::Manifests));
        assert_eq!(detect(&files(&["README.md", ".github/ci.yaml", "kustomization.yaml"])), None);
        assert_eq!(detect(&[]), None);
    }
}
