//! Packages: imported once, rendered once per revision, analysed, sealed (architecture rule 11).

mod gather;
mod import;
mod read;
mod repository;
mod seal;
mod source;

use chrono::{DateTime, Utc};
use hypo_shared::{PackageId, TenantId, analysis::Analysis};
use serde_json::Value;

pub use hypo_package::{
    GeneratedField, PackageKind, SourceFile,
    values::{FieldKind, FormField},
};
pub use import::import;
pub(crate) use read::{Loaded, load};
pub use read::{by_ids, find, form, list};
pub(crate) use seal::keys_of;
pub(crate) use source::derive;

/// A package revision.
#[derive(Clone, Debug, PartialEq)]
pub struct Package {
    pub id: PackageId,
    pub tenant: TenantId,
    pub name: String,
    pub version: String,
    pub kind: PackageKind,
    /// SHA-256 of the rendered objects, hex.
    pub digest: String,
    /// Counts up for the same name.
    pub revision: u32,
    pub created_at: DateTime<Utc>,
    pub analysis: Analysis,
    /// What the user set over the chart's defaults; secrets as digests.
    pub values: Value,
    pub generated: Vec<GeneratedField>,
}

/// What to import.
#[derive(Clone, Debug)]
pub struct Import {
    /// `None`: the chart's name, or one made of the first file's.
    pub name: Option<String>,
    pub source: Source,
    pub values: Option<Value>,
}

/// Where the files come from.
#[derive(Clone, Debug)]
pub enum Source {
    Files(Vec<SourceFile>),
    /// `https://` or `oci://`.
    Address(String),
    /// A chart of an `https://` chart repository or below an `oci://` path.
    Chart {
        repository: String,
        name: String,
        version: String,
    },
}
