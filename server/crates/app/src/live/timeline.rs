//! Steps and state of one order.

use async_stream::try_stream;
use futures::StreamExt;
use hypo_shared::{ErrorCode, OrderId};

use super::{
    FrameKind, Frames, cursor,
    pace::{Pace, marked},
};
use crate::{
    App, Ctx, Error, Result,
    orders::{self, Order, Step, timeline},
    permit::{Permit, may},
};

const KIND: u8 = 1;

/// A frame of a timeline.
#[derive(Clone, Debug)]
pub struct Frame {
    pub cursor: String,
    pub kind: FrameKind,
    pub order: Order,
    /// All of them in a snapshot, else those that changed.
    pub steps: Vec<Step>,
}

/// Watches an order. After a lost connection a reader that has seen the newest state gets a heartbeat, any other the
/// whole (small) state again.
///
/// # Errors
/// `HYP-3001`, `HYP-6008`.
pub async fn watch(
    app: &App,
    ctx: &Ctx,
    permit: Permit<may::Read>,
    id: OrderId,
    resume: Option<&str>,
) -> Result<Frames<Frame>> {
    let seen: Option<String> = resume.map(|text| cursor::read(KIND, text)).transpose()?;
    let (app, ctx) = (app.clone(), ctx.clone());
    let first = orders::find(&app, &ctx, permit, id).await?.ok_or_else(|| Error::of(ErrorCode::OrderNotFound))?;
    let mut changes = app.store().changes();
    let mut sagas = app.orchestrator().engine().changed();
    let stream = try_stream! {
        let mut pace = Pace::new();
        let mut order = first;
        let mut steps = timeline(&app, id).await?.steps;
        let mut name = cursor::name(&(&order, &steps));
        let known = seen.as_ref() == Some(&name);
        yield Frame {
            cursor: cursor::write(KIND, &name),
            kind: if known { FrameKind::Heartbeat } else { FrameKind::Snapshot },
            order: order.clone(),
            steps: if known { Vec::new() } else { steps.clone() },
        };
        loop {
            pace.rest(async {
                tokio::select! {
                    () = marked(&mut changes) => {}
                    // Whichever saga: a look is two reads by key.
                    _ = sagas.recv() => {}
                }
            }).await;
            let found = orders::find(&app, &ctx, permit, id).await?;
            let now = found.ok_or_else(|| Error::of(ErrorCode::OrderNotFound))?;
            let all = timeline(&app, id).await?.steps;
            let new = cursor::name(&(&now, &all));
            if new == name {
                if pace.is_silent() {
                    yield Frame { cursor: cursor::write(KIND, &name), kind: FrameKind::Heartbeat, order: order.clone(), steps: Vec::new() };
                }
                continue;
            }
            let changed = all.iter().filter(|step| !steps.contains(step)).cloned().collect();
            (order, steps, name) = (now, all, new);
            pace.spoke();
            yield Frame { cursor: cursor::write(KIND, &name), kind: FrameKind::Delta, order: order.clone(), steps: changed };
        }
    };
    Ok(stream.boxed())
}
