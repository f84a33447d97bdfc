//! What offline commands share: reading a package from disk, rendering it, printing.

use std::{
    fs,
    future::Future,
    path::{Path, PathBuf},
};

use hypo_adapters::helm::{AddressPolicy, Helm};
use hypo_model::ports::packages::{Packages, RenderInput};
use hypo_package::{
    Limits, PackageKind, Render, SourceFile, manifest,
    source::{self, chart_root},
};
use hypo_shared::ErrorCode;
use serde_json::{Value, json};

use super::{Error, Result};

/// Runs a command's future on a runtime of its own.
pub fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}

/// Prints, or writes to a file.
pub fn write(out: Option<&Path>, text: &str) -> Result<()> {
    match out {
        Some(path) => fs::write(path, text).map_err(|error| Error::file(path, error)),
        None => {
            println!("{}", text.trim_end());
            Ok(())
        }
    }
}

/// The files of a package: a folder, an archive, or one manifest file.
pub fn read(path: &Path) -> Result<Vec<SourceFile>> {
    let limits = Limits::default();
    let unreadable = |error| Error::file(path, error);
    if fs::metadata(path).map_err(unreadable)?.is_dir() {
        let mut files = Vec::new();
        walk(path, path, &mut files, &mut 0, limits)?;
        return Ok(files);
    }
    let bytes = fs::read(path).map_err(unreadable)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if name.ends_with(".tgz") || name.ends_with(".tar.gz") {
        return Ok(source::unpack_tgz(&bytes, limits)?);
    }
    Ok(vec![SourceFile { path: name, bytes }])
}

fn walk(root: &Path, folder: &Path, files: &mut Vec<SourceFile>, total: &mut u64, limits: Limits) -> Result<()> {
    let unreadable = |error| Error::file(folder, error);
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .map_err(unreadable)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<std::io::Result<_>>()
        .map_err(unreadable)?;
    entries.sort();
    for path in entries {
        let about = fs::symlink_metadata(&path).map_err(|error| Error::file(&path, error))?;
        if about.is_dir() {
            walk(root, &path, files, total, limits)?;
        } else if about.is_file() {
            *total += about.len();
            if *total > limits.bytes {
                return Err(Error::new(
                    ErrorCode::PackageTooLarge,
                    format!("{} holds more than {} bytes", root.display(), limits.bytes),
                ));
            }
            let inside = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
            files.push(SourceFile { path: inside, bytes: fs::read(&path).map_err(|error| Error::file(&path, error))? });
        }
    }
    Ok(())
}

/// Values of a file, or none.
pub fn values(path: Option<&Path>) -> Result<Value> {
    let Some(path) = path else { return Ok(json!({})) };
    let text = fs::read_to_string(path).map_err(|error| Error::file(path, error))?;
    Ok(manifest::parse_value(&path.display().to_string(), &text, Limits::default())?)
}

/// The rendered package.
pub async fn render(files: &[SourceFile], values: Value) -> Result<Render> {
    match source::detect(files) {
        None => Err(Error::new(ErrorCode::PackageEmpty, "there is neither a Chart.yaml nor a manifest")),
        Some(PackageKind::Manifests) => Ok(Render::new(manifest::parse(files, Limits::default())?)),
        Some(PackageKind::HelmChart) => {
            let root = chart_root(files).unwrap_or_default();
            let input = RenderInput {
                files: files.iter().map(|file| (file.path[root.len()..].to_owned(), file.bytes.clone())).collect(),
                release: "release".into(),
                namespace: "default".into(),
                values,
                ..RenderInput::default()
            };
            let helm = Helm::new(None, AddressPolicy::default());
            let text = helm.helm_template(&input).await?;
            Ok(Render::new(manifest::parse_str(&text, Limits::default())?))
        }
    }
}
