//! TMF events as they are committed: nothing is missed, and a reader goes on where it was.

use std::sync::Arc;

use hypo_store::{
    Scope,
    events::{self as rows, Cursor},
};

use super::{
    Frames,
    follow::{Batch, follow},
};
use crate::{
    App, Ctx, Result,
    events::{Event, Sieve, Wish},
    permit::{Permit, may},
};

/// Events read at once.
const BATCH: u64 = 200;

/// A frame of events.
pub type Frame = super::Frame<Event>;

/// Watches the events behind `since`, or from now on. The first frame of a new stream is empty and says where it
/// begins.
///
/// # Errors
/// `HYP-6008` for a text that is no cursor; one of another store gives a reset and begins anew. `HYP-6001` for a
/// query the grammar does not know.
pub async fn watch(
    app: &App,
    ctx: &Ctx,
    _: Permit<may::Read>,
    since: Option<&str>,
    wish: &Wish,
) -> Result<Frames<Frame>> {
    let given: Option<Cursor> = since.map(str::parse).transpose()?;
    let sieve = Arc::new(Sieve::of(wish)?);
    let scope = Scope::from(ctx.reach());
    Ok(follow(app, given, move |app, at| {
        let sieve = sieve.clone();
        async move {
            let batch = rows::records(app.store().read(), scope, at, &sieve.filter, BATCH).await?;
            let items = batch.records.into_iter().filter_map(|record| sieve.pass(record)).collect();
            Ok(Batch { items, next: batch.next, more: batch.more })
        }
    }))
}
