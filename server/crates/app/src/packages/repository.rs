//! Charts by repository, name and version: the address of the archive, which an OCI registry has by rule and a chart
//! repository in its index (Helm, "The chart repository guide").

use hypo_package::{Limits, manifest::parse_value};
use hypo_shared::ErrorCode;
use serde_json::Value;

use crate::{App, Error, Result};

/// Where the archive of a chart is.
///
/// # Errors
/// `HYP-1001` when the index cannot be read or does not have the chart; those of a fetch.
pub(super) async fn address(app: &App, repository: &str, name: &str, version: &str) -> Result<String> {
    let base = repository.trim_end_matches('/');
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.+".contains(&byte));
    if base.len() > 2048 || !plain(name) || !plain(version) {
        return Err(Error::of(ErrorCode::PackageFetchRefused));
    }
    if base.starts_with("oci://") {
        // A tag has no plus; Helm writes an underscore for it.
        return Ok(format!("{base}/{name}:{}", version.replace('+', "_")));
    }
    let bytes = app.packages().fetch(&format!("{base}/index.yaml")).await?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| Error::new(ErrorCode::PackageUnreadable, "The repository's index is not UTF-8."))?;
    listed(&parse_value("index.yaml", text, Limits::default())?, base, name, version)
}

fn listed(index: &Value, base: &str, name: &str, version: &str) -> Result<String> {
    let versions = index["entries"][name].as_array().map(Vec::as_slice).unwrap_or_default();
    let found = versions.iter().find(|one| one["version"] == version);
    let url = found.and_then(|one| one["urls"][0].as_str()).ok_or_else(|| {
        Error::new(ErrorCode::PackageUnreadable, format!("{base} has no chart {name} in version {version}."))
    })?;
    Ok(if url.contains("://") { url.to_owned() } else { format!("{base}/{}", url.trim_start_matches('/')) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_index_has_relative_and_absolute_addresses() {
        let index = json!({"entries": {"shop": [
            {"version": "2.0.0", "urls": ["https://files.example/shop-2.0.0.tgz"]},
            {"version": "1.0.0", "urls": ["charts/shop-1.0.0.tgz"]},
        ]}});
        let of = |version| listed(&index, "https://charts.example/all", "shop", version);
        assert_eq!(of("2.0.0").unwrap(), "https://files.example/shop-2.0.0.tgz");
        assert_eq!(of("1.0.0").unwrap(), "https://charts.example/all/charts/shop-1.0.0.tgz");
        assert_eq!(of("3.0.0").unwrap_err().code, ErrorCode::PackageUnreadable);
        assert!(listed(&json!({}), "https://charts.example", "shop", "1.0.0").is_err());
    }
}
