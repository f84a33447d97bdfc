//! Getting a package's files together: uploaded, unpacked or fetched, and what they are.

use hypo_package::{
    Limits, PackageKind, SourceFile,
    manifest::parse_value,
    source::{chart_root, detect, unpack_tgz},
};
use hypo_shared::ErrorCode;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Source, repository};
use crate::{App, Error, Result};

/// The files of a package, a chart's root at the top.
pub(super) struct Gathered {
    pub kind: PackageKind,
    pub files: Vec<SourceFile>,
    /// From `Chart.yaml`.
    pub chart_name: Option<String>,
    /// From `Chart.yaml`, else empty.
    pub version: String,
    /// SHA-256 over all paths and bytes, hex.
    pub digest: String,
}

pub(super) async fn gather(app: &App, source: Source) -> Result<Gathered> {
    let files = match source {
        Source::Files(files) => files,
        Source::Address(address) => vec![fetched(app, &address).await?],
        Source::Chart { repository, name, version } => {
            vec![fetched(app, &repository::address(app, &repository, &name, &version).await?).await?]
        }
    };
    // Unpacking is bounded, but it is work.
    tokio::task::spawn_blocking(|| arrange(files)).await.map_err(Error::internal)?
}

async fn fetched(app: &App, address: &str) -> Result<SourceFile> {
    if address.len() > 2048 {
        return Err(Error::of(ErrorCode::PackageFetchRefused));
    }
    let bytes = app.packages().fetch(address).await?;
    Ok(SourceFile { path: fetched_name(address, &bytes), bytes })
}

/// A name that says what was fetched; only its ending matters.
fn fetched_name(address: &str, bytes: &[u8]) -> String {
    if is_gzip(bytes) {
        return "package.tgz".to_owned();
    }
    let name = address.split(['?', '#']).next().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
    let fine = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    if fine && name.contains('.') { name.to_owned() } else { "package.yaml".to_owned() }
}

fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

fn arrange(files: Vec<SourceFile>) -> Result<Gathered> {
    let limits = Limits::default();
    let mut files = match <[SourceFile; 1]>::try_from(files) {
        Ok([one]) if is_gzip(&one.bytes) => unpack_tgz(&one.bytes, limits)?,
        Ok([one]) => vec![one],
        Err(files) => files,
    };
    check(&files, limits)?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let kind = detect(&files).ok_or(hypo_package::Error::Empty)?;
    let digest = digest(&files);
    let (mut chart_name, mut version) = (None, String::new());
    if kind == PackageKind::HelmChart {
        let root = chart_root(&files).unwrap_or_default();
        for file in &mut files {
            file.path = file.path.split_off(root.len());
        }
        let chart = read_yaml(&files, "Chart.yaml", limits)?;
        let text = |member: &str| chart.get(member).and_then(Value::as_str).map(str::to_owned);
        chart_name = text("name");
        version = text("version").unwrap_or_default();
    }
    Ok(Gathered { kind, files, chart_name, version, digest })
}

/// Uploaded files get the same bounds as unpacked ones.
fn check(files: &[SourceFile], limits: Limits) -> Result<()> {
    let total: u64 = files.iter().map(|file| file.bytes.len() as u64).sum();
    if total > limits.bytes || files.len() > limits.entries {
        return Err(Error::of(ErrorCode::PackageTooLarge));
    }
    for file in files {
        let plain = !file.path.is_empty()
            && file.path.len() <= 1024
            && !file.path.contains(['\\', '\0'])
            && file.path.split('/').all(|part| !matches!(part, "" | "." | ".."))
            && !file.path.chars().any(char::is_control);
        if !plain {
            return Err(Error::new(ErrorCode::ArchiveUnsafe, format!("The file name {:?} is refused.", file.path)));
        }
    }
    Ok(())
}

/// A YAML file of the package; null when it is not there.
pub(super) fn read_yaml(files: &[SourceFile], name: &str, limits: Limits) -> Result<Value> {
    match text(files, name)? {
        Some(text) => Ok(parse_value(name, text, limits)?),
        None => Ok(Value::Null),
    }
}

/// The text of a file of the package.
pub(super) fn text<'a>(files: &'a [SourceFile], name: &str) -> Result<Option<&'a str>> {
    let Some(file) = files.iter().find(|file| file.path == name) else { return Ok(None) };
    let unreadable = |_| Error::new(ErrorCode::PackageUnreadable, format!("{name} is not UTF-8."));
    std::str::from_utf8(&file.bytes).map(Some).map_err(unreadable)
}

fn digest(files: &[SourceFile]) -> String {
    let mut hash = Sha256::new();
    for file in files {
        for part in [file.path.as_bytes(), &file.bytes] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    }
    hex::encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> SourceFile {
        SourceFile { path: path.to_owned(), bytes: text.as_bytes().to_vec() }
    }

    #[test]
    fn a_chart_in_a_folder_is_brought_to_the_top() {
        let files = vec![file("shop/Chart.yaml", "name: shop\nversion: 1.2.3\n"), file("shop/values.yaml", "a: 1\n")];
        let gathered = arrange(files).unwrap();
        assert_eq!((gathered.kind, gathered.version.as_str()), (PackageKind::HelmChart, "1.2.3"));
        assert_eq!(gathered.chart_name.as_deref(), Some("shop"));
        let paths: Vec<_> = gathered.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["Chart.yaml", "values.yaml"]);
    }

    #[test]
    fn uploaded_names_that_leave_the_folder_are_refused() {
        for path in ["../a.yaml", "/a.yaml", "a//b.yaml", "a\\b.yaml", ""] {
            let refused = arrange(vec![file(path, ""), file("b.yaml", "")]).err().map(|error| error.code);
            assert_eq!(refused, Some(ErrorCode::ArchiveUnsafe), "{path}");
        }
        assert_eq!(arrange(vec![file("README.md", "")]).err().map(|error| error.code), Some(ErrorCode::PackageEmpty));
    }

    #[test]
    fn fetched_files_keep_a_harmless_name() {
        assert_eq!(fetched_name("https://x.example/a/shop.yaml?v=1", b"a: 1"), "shop.yaml");
        assert_eq!(fetched_name("oci://x.example/a/shop", &[0x1f, 0x8b]), "package.tgz");
        assert_eq!(fetched_name("https://x.example/", b""), "package.yaml");
    }
}
