//! Import and export of catalogues: the jobs of TMF620, TMF633 and TMF634. A job is a document; the reconciler
//! `catalogue-jobs` carries out those that have not ended. An export writes the same file again and an import all it
//! imports with its own end in one transaction, so that a job that a crash has interrupted is begun anew.

mod content;
mod export;
mod import;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use hypo_engine::{ReconcileError, Reconciler, ReconcilerHost};
use hypo_store::{
    Scope, Slice,
    documents::{self, Document, ListQuery},
    saga_log::Leases,
};
use hypo_tmf::{Resource, registry::resources};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::{App, Error, Result, tmf::instant};

const NAME: &str = "catalogue-jobs";
/// A job waits as long as this to be begun.
const PERIOD: Duration = Duration::from_secs(2);
/// Jobs of one kind in one activation.
const MOST: u64 = 20;

const IMPORT: &str = "importJob";
const EXPORT: &str = "exportJob";
const WAITING: &str = "Not Started";
const RUNNING: &str = "Running";

/// Runs the reconciler of jobs until `shutdown` fires; the next start goes on.
pub async fn run(app: App, shutdown: CancellationToken) {
    let owner = format!("jobs-{}", uuid::Uuid::now_v7().simple());
    let host = ReconcilerHost::new(&owner).leases(Leases::between_processes(app.store()));
    host.add(Arc::new(Jobs { app })).run(shutdown).await;
}

struct Jobs {
    app: App,
}

#[async_trait]
impl Reconciler for Jobs {
    fn name(&self) -> &'static str {
        NAME
    }

    fn period(&self) -> Duration {
        PERIOD
    }

    async fn run(&self) -> Result<Value, ReconcileError> {
        let mut ended = 0;
        for resource in resources().filter(|resource| is_job(resource)) {
            let open = self.open(resource).await.map_err(|error| ReconcileError(error.to_string()))?;
            for job in open {
                match carry_out(&self.app, resource, &job).await {
                    Ok(()) => ended += 1,
                    Err(error) => tracing::warn!(
                        job.id = %job.id, error = %error, error.detail = error.detail,
                        "A catalogue job did not come to its end; it is tried again."
                    ),
                }
            }
        }
        Ok(json!({"ended": ended}))
    }
}

impl Jobs {
    async fn open(&self, resource: &Resource) -> Result<Vec<Document>> {
        let query = ListQuery {
            states: [WAITING, RUNNING].map(str::to_owned).to_vec(),
            slice: Slice { offset: 0, limit: MOST },
            ..ListQuery::of(resource.kind)
        };
        Ok(documents::list(self.app.store().read(), Scope::Platform, &query).await?.items)
    }
}

fn is_job(resource: &Resource) -> bool {
    [IMPORT, EXPORT].contains(&resource.collection)
}

/// Why a job does not succeed.
enum Failure {
    /// It cannot: its owner reads why.
    Refused(String),
    /// The server could not; it is tried again.
    Broken(Error),
}

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Broken(error.into())
    }
}

/// A refusal of a word that somebody else has written.
fn refused(error: impl std::fmt::Display) -> Failure {
    Failure::Refused(error.to_string())
}

/// Begins a job, if that was not done, and brings it to its end.
async fn carry_out(app: &App, resource: &'static Resource, job: &Document) -> Result<()> {
    let job = match job.state.as_str() {
        RUNNING => job.clone(),
        _ => {
            let begun = moved(app, job, RUNNING);
            hypo_store::write!(app.store(), |tx| documents::update(tx, &begun).await)?
        }
    };
    let outcome = match resource.collection {
        IMPORT => import::run(app, resource, &job).await,
        _ => export::run(app, resource, &job).await,
    };
    match outcome {
        Ok(()) => Ok(()),
        Err(Failure::Broken(error)) => Err(error),
        Err(Failure::Refused(reason)) => {
            let mut failed = moved(app, &job, "Failed");
            failed.doc["errorLog"] = json!(reason);
            hypo_store::write!(app.store(), |tx| documents::update(tx, &failed).await)?;
            Ok(())
        }
    }
}

/// The job in another state.
fn moved(app: &App, job: &Document, state: &str) -> Document {
    let now = app.now();
    let mut next = Document { state: state.to_owned(), updated_at: now, ..job.clone() };
    next.doc["status"] = json!(state);
    if state != RUNNING {
        next.doc["completionDate"] = json!(instant(now));
    }
    next
}

/// The collections of the job's catalogue, or the one that its `path` names.
fn collections(job: &Resource, path: &Value) -> Result<Vec<&'static Resource>, Failure> {
    let of_family = |resource: &&'static Resource| {
        resource.family.base == job.family.base && resource.parent.is_none() && !is_job(resource)
    };
    let Some(path) = path.as_str().filter(|path| !path.trim().is_empty()) else {
        return Ok(resources().filter(of_family).collect());
    };
    let place = path.trim().trim_end_matches('/');
    let is_named = |resource: &&'static Resource| {
        place.trim_start_matches('/') == resource.collection || place.ends_with(&resource.path(None))
    };
    let found: Vec<_> = resources().filter(of_family).filter(is_named).collect();
    if found.is_empty() {
        return Err(Failure::Refused(format!("path {path:?} is no collection of {}", job.family.name)));
    }
    Ok(found)
}

fn address(job: &Document) -> Result<&str, Failure> {
    job.doc["url"].as_str().ok_or_else(|| Failure::Refused("url is no text".to_owned()))
}
