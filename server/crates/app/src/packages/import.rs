//! Importing: gather, render twice, compare, analyse, seal, record.

use hypo_model::{digest::DigestKey, ports::packages::RenderInput};
use hypo_package::{
    Limits, Options, PackageKind, Render, SourceFile, analyse, compare_renders, keep_generated,
    manifest::{parse, parse_str},
    values::{self, FormField},
};
use hypo_shared::{ErrorCode, PackageId, validate};
use hypo_store::packages::{self as rows, blobs};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Import, Package,
    gather::{Gathered, gather, text},
    read,
    seal::{self, Sealed},
    source,
};
use crate::{
    App, Ctx, Error, Result,
    access::audit,
    new_id,
    permit::{Permit, may},
};

/// Charts are rendered for this namespace; an order maps it to its own.
const NAMESPACE: &str = "default";

/// What is kept of the source: its form and a list of its files, not the files, which may hold secrets.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct SourceRecord {
    pub form: Vec<FormField>,
    pub files: Vec<FileRecord>,
    /// What rendered it, for example `helm v4.0.1`; empty for manifests.
    #[serde(default)]
    pub renderer: String,
}

/// A file of the source.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct FileRecord {
    pub path: String,
    pub bytes: u64,
    /// Keyed digest of its bytes, hex.
    #[serde(alias = "sha256")]
    pub digest: String,
}

/// Imports a package as the next revision of its name.
///
/// # Errors
/// `HYP-1001` to `HYP-1013` for what is wrong with the package, `HYP-6001` for the name.
pub async fn import(app: &App, ctx: &Ctx, _: Permit<may::ImportPackage>, import: Import) -> Result<Package> {
    let gathered = gather(app, import.source).await?;
    let name = import.name.clone().or_else(|| gathered.chart_name.clone()).unwrap_or_else(|| guess(&gathered.files));
    Error::check(validate::dns_label("name", &name, 40))?;
    let mut values = import.values.unwrap_or_else(|| json!({}));
    if !values.is_object() {
        return Err(Error::field("values", "format", "Values are an object."));
    }
    let form = form(&gathered, &values)?;
    let given = values.clone();
    let (mut render, renderer) = render(app, &gathered, &name, &values).await?;
    if let Some(before) = rows::latest(app.store().read(), ctx.who.tenant, &name).await? {
        // Passwords and certificates of the revision before stay, so that an upgrade changes none.
        if let Some(old) = read::render(app, &before).await? {
            keep_generated(&mut render, &old);
        }
    }
    let (mut render, analysis) = tokio::task::spawn_blocking(move || {
        let analysis = analyse(&render, &Options::default());
        (render, analysis)
    })
    .await
    .map_err(Error::internal)?;
    if analysis.components.is_empty() {
        return Err(Error::of(ErrorCode::PackageEmpty));
    }
    // A source may hold passwords, and a plain digest of all of it would tell a right guess.
    let key = app.digest_key(ctx.who.tenant).await?;
    let sealed = Sealed::take(&mut render, &key);
    render.digest = key.digest(render.digest.as_bytes());
    seal::redact_values(&mut values, &form, &key);
    let record = serde_json::to_vec(&SourceRecord { form, files: files(&gathered.files, &key), renderer })?;
    let rendered = serde_json::to_vec(&render)?;
    let (id, now) = (new_id::<PackageId>(), app.now());
    let at = seal::at(ctx.who.tenant, id);
    if !sealed.is_empty() {
        app.secrets().put(&at, &sealed.to_secret()?).await?;
    }
    let kept_at = source::at(ctx.who.tenant, id);
    if gathered.kind == PackageKind::HelmChart {
        source::keep(app, &kept_at, &gathered.files, given).await?;
    }
    let analysis = serde_json::to_value(&analysis)?;
    let record_of_render = read::RenderRecord { digest: render.digest.clone(), fields: render.generated.clone() };
    let generated = serde_json::to_value(record_of_render)?;
    let written = hypo_store::write!(app.store(), |tx| {
        let blob = blobs::put(tx, &record, now).await?;
        let render_blob = blobs::put(tx, &rendered, now).await?;
        let row = rows::Package {
            id,
            tenant: ctx.who.tenant,
            name: name.clone(),
            version: gathered.version.clone(),
            kind: read::kind_word(gathered.kind).to_owned(),
            digest: key.digest(gathered.digest.as_bytes()),
            blob,
            values: values.clone(),
            revision: 0,
            created_at: now,
            render: Some(render_blob),
            analysis: analysis.clone(),
            generated: generated.clone(),
        };
        let row = rows::create(tx, &row).await?;
        let detail = json!({"name": name, "version": row.version, "revision": row.revision, "digest": render.digest});
        audit::done(tx, app, ctx, "importPackage", format!("package/{id}"), detail);
        Ok(row)
    });
    match written {
        Ok(row) => read::view(row),
        Err(error) => {
            app.secrets().delete(&at).await?;
            app.secrets().delete(&kept_at).await?;
            Err(error.into())
        }
    }
}

/// Renders: manifests are read, charts go through helm twice and what differs is noted as generated.
async fn render(app: &App, gathered: &Gathered, name: &str, values: &Value) -> Result<(Render, String)> {
    let limits = Limits::default();
    if gathered.kind == PackageKind::Manifests {
        let files = gathered.files.clone();
        let documents = tokio::task::spawn_blocking(move || parse(&files, limits)).await.map_err(Error::internal)??;
        return Ok((Render::new(documents), String::new()));
    }
    let input = RenderInput {
        files: gathered.files.iter().map(|file| (file.path.clone(), file.bytes.clone())).collect(),
        release: name.to_owned(),
        namespace: NAMESPACE.to_owned(),
        values: values.clone(),
        ..RenderInput::default()
    };
    let packages = app.packages();
    let renderer = packages.helm_version().await?;
    let (first, second) = futures::try_join!(packages.helm_template(&input), packages.helm_template(&input))?;
    let render = tokio::task::spawn_blocking(move || {
        let mut render = Render::new(parse_str(&first, limits)?);
        let again = Render::new(parse_str(&second, limits)?);
        render.generated = compare_renders(&render, &again);
        Ok::<_, hypo_package::Error>(render)
    });
    Ok((render.await.map_err(Error::internal)??, renderer))
}

/// The values form of a chart, and whether the values fit its schema.
fn form(gathered: &Gathered, given: &Value) -> Result<Vec<FormField>> {
    if gathered.kind == PackageKind::Manifests {
        return Ok(Vec::new());
    }
    let defaults = text(&gathered.files, "values.yaml")?.unwrap_or_default();
    let schema = text(&gathered.files, "values.schema.json")?;
    if let Some(schema) = schema {
        // The schema speaks of the values a template sees: the defaults under what was given.
        let mut all = hypo_package::manifest::parse_value("values.yaml", defaults, Limits::default())?;
        merge(&mut all, given);
        let violations = values::validate(&all, schema)?;
        if let Some(first) = violations.first() {
            return Err(Error {
                violations: violations.clone(),
                ..Error::new(ErrorCode::ValuesInvalid, first.text.clone())
            });
        }
    }
    Ok(values::form(defaults, schema)?)
}

/// Helm's merge: objects member by member, everything else replaced, null removes.
pub(super) fn merge(into: &mut Value, over: &Value) {
    let Value::Object(over) = over else {
        *into = over.clone();
        return;
    };
    if !into.is_object() {
        *into = json!({});
    }
    let Some(into) = into.as_object_mut() else { return };
    for (key, value) in over {
        match value {
            Value::Null => {
                into.shift_remove(key);
            }
            Value::Object(_) => merge(into.entry(key.clone()).or_insert_with(|| json!({})), value),
            other => {
                into.insert(key.clone(), other.clone());
            }
        }
    }
}

fn files(files: &[SourceFile], key: &DigestKey) -> Vec<FileRecord> {
    let record = |file: &SourceFile| FileRecord {
        path: file.path.clone(),
        bytes: file.bytes.len() as u64,
        digest: key.digest(&file.bytes),
    };
    files.iter().map(record).collect()
}

/// A name from the first file's.
fn guess(files: &[SourceFile]) -> String {
    let path = files.first().map(|file| file.path.as_str()).unwrap_or_default();
    let stem = path.rsplit('/').next().unwrap_or_default().split('.').next().unwrap_or_default();
    let label = validate::as_label(stem, 40);
    if label.is_empty() { "package".to_owned() } else { label }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_guessed_from_files() {
        let name = |path: &str| guess(&[SourceFile { path: path.to_owned(), bytes: Vec::new() }]);
        assert_eq!(name("release/Kubernetes_Manifests.yaml"), "kubernetes-manifests");
        assert_eq!(name("---.yaml"), "package");
    }

    #[test]
    fn values_merge_as_helm_does() {
        let mut values = json!({"a": {"b": 1, "c": 2}, "d": [1, 2]});
        merge(&mut values, &json!({"a": {"b": 3, "c": null}, "d": [4]}));
        assert_eq!(values, json!({"a": {"b": 3}, "d": [4]}));
    }
}
