//! Waiting until deleted objects are really gone: a finalizer or a pod's grace period may hold them.

use std::time::Duration;

use hypo_engine::StepError;
use hypo_model::ports::cluster::ClusterPort;
use hypo_shared::{ErrorCode, analysis::ObjectRef};
use tokio_util::sync::CancellationToken;

use crate::failure;

/// Pauses between looks: what goes at once is seen at once, what takes its time is not asked for all the time.
const FIRST: Duration = Duration::from_millis(40);
const LONGEST: Duration = Duration::from_secs(1);
/// After this the step is tried again, and in the end fails with the names of what stays.
const PATIENCE: Duration = Duration::from_secs(90);

/// Returns when none of the objects is there any more.
pub(crate) async fn wait(
    cluster: &dyn ClusterPort,
    objects: &[ObjectRef],
    name: &str,
    cancel: &CancellationToken,
) -> Result<(), StepError> {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    let mut left = objects.to_vec();
    let mut pause = FIRST;
    loop {
        let seen = cluster.observe(&left).await.map_err(|error| failure::refused(&error, name))?;
        left = seen.into_iter().filter(|observed| observed.live.is_some()).map(|observed| observed.object).collect();
        if left.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = left.iter().map(ToString::to_string).collect();
        let waiting =
            || StepError::retry(ErrorCode::ApplyRefused, format!("{name}: still being deleted: {}", names.join(", ")));
        if tokio::time::Instant::now() > deadline {
            return Err(waiting());
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => pause = (pause * 2).min(LONGEST),
            () = cancel.cancelled() => return Err(waiting()),
        }
    }
}
