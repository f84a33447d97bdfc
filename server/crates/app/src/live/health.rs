//! Health of one service.

use std::sync::Arc;

use async_stream::try_stream;
use futures::StreamExt;
use hypo_orchestrator::ServiceView;
use hypo_shared::{ErrorCode, ServiceId, service::Health};

use super::{
    FrameKind, Frames, cursor,
    pace::{Pace, heard},
};
use crate::{
    App, Ctx, Error, Result,
    clusters::cluster_names,
    permit::{Permit, may},
    services::{self, Component, Event},
};

const KIND: u8 = 2;

/// A frame of health.
#[derive(Clone, Debug)]
pub struct Frame {
    pub cursor: String,
    pub kind: FrameKind,
    pub health: Health,
    pub message: String,
    /// All of them in a snapshot, else those that changed.
    pub components: Vec<Component>,
    /// All that are kept in a snapshot, else new ones; newest first.
    pub events: Vec<Event>,
}

/// Watches a service. A component that is gone makes a new snapshot.
///
/// # Errors
/// `HYP-3003`, `HYP-6008`.
pub async fn watch(
    app: &App,
    ctx: &Ctx,
    _: Permit<may::Read>,
    id: ServiceId,
    resume: Option<&str>,
) -> Result<Frames<Frame>> {
    let seen: Option<String> = resume.map(|text| cursor::read(KIND, text)).transpose()?;
    services::visible(app, ctx, id).await?.ok_or_else(|| Error::of(ErrorCode::ServiceNotFound))?;
    let (app, ctx) = (app.clone(), ctx.clone());
    let mut changes = app.orchestrator().live().changes();
    let stream = try_stream! {
        let mut pace = Pace::new();
        let mut shown = State::of(&app, id).await?;
        let known = seen.as_ref() == Some(&shown.name);
        yield if known { shown.frame(FrameKind::Heartbeat, Vec::new(), Vec::new()) } else { shown.whole() };
        loop {
            pace.rest(heard(&mut changes, &id)).await;
            let now = State::of(&app, id).await?;
            if now.name == shown.name {
                if pace.is_silent() {
                    // A service that is no longer the caller's ends the stream.
                    services::visible(&app, &ctx, id).await?.ok_or_else(|| Error::of(ErrorCode::ServiceNotFound))?;
                    yield shown.frame(FrameKind::Heartbeat, Vec::new(), Vec::new());
                }
                continue;
            }
            let frame = now.since(&shown);
            shown = now;
            pace.spoke();
            yield frame;
        }
    };
    Ok(stream.boxed())
}

/// What is shown.
#[derive(Clone, Debug)]
struct State {
    health: Health,
    message: String,
    components: Vec<Component>,
    events: Vec<Event>,
    name: String,
}

impl State {
    async fn of(app: &App, id: ServiceId) -> Result<Self> {
        let view: Arc<ServiceView> = app.orchestrator().live().service(id).unwrap_or_default();
        let (components, events) = (services::components(&view), services::events(&view, &cluster_names(app).await?));
        let name = cursor::name(&(&view.health, &view.message, &components, &events));
        Ok(Self { health: view.health, message: view.message.clone(), components, events, name })
    }

    fn frame(&self, kind: FrameKind, components: Vec<Component>, events: Vec<Event>) -> Frame {
        let cursor = cursor::write(KIND, &self.name);
        Frame { cursor, kind, health: self.health, message: self.message.clone(), components, events }
    }

    fn whole(&self) -> Frame {
        self.frame(FrameKind::Snapshot, self.components.clone(), self.events.clone())
    }

    fn since(&self, before: &State) -> Frame {
        let stays = |gone: &&Component| {
            self.components.iter().any(|known| known.name == gone.name && known.cluster == gone.cluster)
        };
        if before.components.iter().any(|component| !stays(&component)) {
            return self.whole();
        }
        let components = self.components.iter().filter(|component| !before.components.contains(component)).cloned();
        let events = self.events.iter().filter(|event| !before.events.contains(event)).cloned();
        self.frame(FrameKind::Delta, components.collect(), events.collect())
    }
}

#[cfg(test)]
mod tests {
    use hypo_shared::ClusterId;
    use uuid::Uuid;

    use super::*;

    fn component(name: &str, ready: u32) -> Component {
        Component {
            name: name.to_owned(),
            kind: "Deployment".to_owned(),
            cluster: ClusterId(Uuid::nil()),
            health: Health::Healthy,
            message: String::new(),
            ready,
            desired: 1,
            restarts: 0,
            images: Vec::new(),
            pods: Vec::new(),
            cause: None,
            observed_at: None,
        }
    }

    fn state(components: Vec<Component>) -> State {
        let name = cursor::name(&components);
        State { health: Health::Healthy, message: String::new(), components, events: Vec::new(), name }
    }

    #[test]
    fn a_delta_holds_what_changed_and_a_loss_makes_a_snapshot() {
        let before = state(vec![component("a", 0), component("b", 1)]);
        let delta = state(vec![component("a", 1), component("b", 1)]).since(&before);
        assert_eq!((delta.kind, delta.components), (FrameKind::Delta, vec![component("a", 1)]));
        let less = state(vec![component("a", 0)]).since(&before);
        assert_eq!((less.kind, less.components.len()), (FrameKind::Snapshot, 1));
    }
}
