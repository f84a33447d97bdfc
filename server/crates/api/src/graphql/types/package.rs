//! Packages (TMF633 specifications with a sealed render).

use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};
use hypo_app::{packages, permit::may};
use serde_json::Value;
use uuid::Uuid;

use super::{PackageKind, int};
use crate::graphql::{
    error::Result,
    gate::{Gate, nested},
};

/// A package revision. Its larger parts are only written out when they are asked for.
pub struct Package(packages::Package);

/// A package revision: rendered once, analysed, sealed.
#[Object]
impl Package {
    /// Identifier.
    async fn id(&self) -> Uuid {
        self.0.id.0
    }

    /// Name for people.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Version its author gave it.
    async fn version(&self) -> &str {
        &self.0.version
    }

    /// What it is made of.
    async fn kind(&self) -> PackageKind {
        match self.0.kind {
            packages::PackageKind::Manifests => PackageKind::Manifests,
            packages::PackageKind::HelmChart => PackageKind::HelmChart,
        }
    }

    /// SHA-256 of the rendered objects.
    async fn digest(&self) -> &str {
        &self.0.digest
    }

    /// Counts the imports of the same name.
    async fn revision(&self) -> i32 {
        int(self.0.revision)
    }

    /// When it was imported.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// The document `hypo.analysis/1`.
    async fn analysis(&self) -> async_graphql::Result<Value> {
        Ok(serde_json::to_value(&self.0.analysis)?)
    }

    /// Values the user may set, from values.yaml and values.schema.json.
    async fn values_form(&self, context: &Context<'_>) -> Result<Vec<ValueField>> {
        let Gate { app, ctx, permit } = nested::<may::Read>(context).await?;
        Ok(packages::form(&app, &ctx, permit, self.0.id).await?.iter().map(ValueField::from).collect())
    }

    /// Values the chart was rendered with.
    async fn values(&self) -> &Value {
        &self.0.values
    }

    /// Values that differ between two renders and are kept across upgrades.
    async fn generated(&self) -> Vec<GeneratedValue> {
        let generated = self.0.generated.iter();
        generated.map(|field| GeneratedValue { object: field.object.to_string(), path: field.path.clone() }).collect()
    }
}

impl From<packages::Package> for Package {
    fn from(package: packages::Package) -> Self {
        Self(package)
    }
}

/// A field of the values form.
#[derive(SimpleObject)]
pub struct ValueField {
    /// Dots between keys; a dot inside a key has a backslash before it.
    path: String,
    /// `text`, `secret`, `integer`, `number`, `boolean`, `list`, `map` or `any`.
    kind: String,
    /// Value of the chart.
    default: Option<Value>,
    /// Values that are allowed.
    #[graphql(name = "enum")]
    allowed: Option<Vec<Value>>,
    /// What the chart says about it.
    description: Option<String>,
    /// Whether it must be given.
    required: bool,
}

impl From<&packages::FormField> for ValueField {
    fn from(field: &packages::FormField) -> Self {
        let kind = match field.kind {
            packages::FieldKind::Text => "text",
            packages::FieldKind::Secret => "secret",
            packages::FieldKind::Integer => "integer",
            packages::FieldKind::Number => "number",
            packages::FieldKind::Boolean => "boolean",
            packages::FieldKind::List => "list",
            packages::FieldKind::Map => "map",
            packages::FieldKind::Any => "any",
        };
        Self {
            path: field.path.clone(),
            kind: kind.to_owned(),
            default: (!field.default.is_null()).then(|| field.default.clone()),
            allowed: (!field.allowed.is_empty()).then(|| field.allowed.clone()),
            description: (!field.description.is_empty()).then(|| field.description.clone()),
            required: field.required,
        }
    }
}

/// A value the renderer makes anew each time.
#[derive(SimpleObject)]
pub struct GeneratedValue {
    /// `Kind/name`.
    object: String,
    /// JSON pointer.
    path: String,
}
