//! Documents of a package: YAML streams and JSON, within bounds, `List` kinds expanded.

mod list;
mod strict;
mod yaml;

use hypo_shared::analysis::ObjectRef;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::object;

pub use yaml::{parse, parse_str, parse_value};

/// One Kubernetes object and where it stood.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Document {
    pub object: Value,
    pub origin: Origin,
}

/// Where a document stood.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Origin {
    /// Path of the file in the package; empty for text without one.
    pub file: String,
    /// 0-based among the documents of the file, empty ones not counted.
    pub index: usize,
}

impl Document {
    /// `apiVersion`, or an empty string.
    #[must_use]
    pub fn api_version(&self) -> &str {
        object::text(&self.object, "/apiVersion")
    }

    /// `kind`, or an empty string.
    #[must_use]
    pub fn kind(&self) -> &str {
        object::text(&self.object, "/kind")
    }

    /// `metadata.name`, or an empty string.
    #[must_use]
    pub fn name(&self) -> &str {
        object::text(&self.object, "/metadata/name")
    }

    /// `metadata.namespace` as rendered, or an empty string.
    #[must_use]
    pub fn namespace(&self) -> &str {
        object::text(&self.object, "/metadata/namespace")
    }

    /// The object's identity.
    #[must_use]
    pub fn reference(&self) -> ObjectRef {
        ObjectRef::of(&self.object)
    }
}
