//! Properties every saga kind has to have, checked over an in-memory log. Meant for the tests of other crates.
//!
//! A test gives a registry, the kind and its parameters, a maker of fresh ports, and a function that reads the world
//! behind the ports (what exists, not how often it was asked for). [`Subject::check_all`] then checks that
//! - every `run` and `undo` done twice has the effect of once,
//! - a failure at every step, before and after its effect, leaves the world as it was,
//! - a crash at every point of every step still completes, with the same world,
//! - a crash at every point of every undo still compensates, and no undo gets stuck.

use std::{
    fmt::Debug,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use hypo_shared::{ErrorCode, SagaId, timeline::SagaState};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    Action, Builder, Config, Engine, EngineHandle, Inject, Injected, MemoryLog, NoInjection, Point, Registry, Saga,
    SagaLog, Site, StepContext, StepError, Wish,
};

/// An engine with short times.
#[must_use]
pub fn quick() -> Config {
    Config {
        lease: Duration::from_millis(150),
        poll: Duration::from_millis(10),
        grace: Duration::from_millis(100),
        park: Duration::from_millis(5),
        progress: Duration::from_millis(5),
        ..Config::default()
    }
}

/// An engine that runs in the background until it is dropped.
pub struct Running {
    pub handle: EngineHandle,
    stop: CancellationToken,
}

impl Running {
    /// Starts one with [`quick`] times.
    pub fn start<C: Send + Sync + 'static>(
        registry: &Arc<Registry<C>>,
        ports: &Arc<C>,
        log: &Arc<dyn SagaLog>,
        inject: Arc<dyn Inject>,
    ) -> Self {
        let engine = Engine::new(registry.clone(), ports.clone(), log.clone(), quick()).inject(inject);
        let handle = engine.handle();
        let stop = CancellationToken::new();
        tokio::spawn(engine.run(stop.clone()));
        Self { handle, stop }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// A saga kind under test.
pub struct Subject<C> {
    pub registry: Arc<Registry<C>>,
    pub kind: String,
    pub params: Value,
    /// A saga that has not settled after this has failed the test.
    pub limit: Duration,
}

impl<C: Send + Sync + 'static> Subject<C> {
    pub fn new(registry: Registry<C>, kind: &str, params: Value) -> Self {
        Self { registry: Arc::new(registry), kind: kind.to_owned(), params, limit: Duration::from_secs(20) }
    }

    /// Checks every property of this module.
    pub async fn check_all<W: PartialEq + Debug>(&self, make: impl AsyncFn() -> Arc<C>, world: impl AsyncFn(&C) -> W) {
        self.everything_twice_is_once(&make, &world).await;
        self.failure_at_every_step_unwinds(&make, &world).await;
        self.crash_at_every_step_completes(&make, &world).await;
        self.crash_at_every_undo_compensates(&make, &world).await;
    }

    /// Runs every action twice, forward and back.
    pub async fn everything_twice_is_once<W: PartialEq + Debug>(
        &self,
        make: impl AsyncFn() -> Arc<C>,
        world: impl AsyncFn(&C) -> W,
    ) {
        let clean = self.clean_world(&make, &world).await;
        let twice = Arc::new(self.registry.twice());
        let ports = make().await;
        let saga = self.settle(&twice, &ports, Arc::new(NoInjection)).await;
        assert_eq!(saga.state, SagaState::Completed, "with every action run twice: {:?}", saga.cause);
        assert_eq!(world(&ports).await, clean, "with every action run twice");

        let ports = make().await;
        let before = world(&ports).await;
        let saga = self.settle(&twice, &ports, fail_at(self.last_step(), Point::AfterEffectBeforeCommit)).await;
        assert_eq!(saga.state, SagaState::Compensated, "with every undo run twice: {:?}", stuck(&saga));
        assert_eq!(world(&ports).await, before, "with every undo run twice");
    }

    /// Fails each step in turn, for good.
    pub async fn failure_at_every_step_unwinds<W: PartialEq + Debug>(
        &self,
        make: impl AsyncFn() -> Arc<C>,
        world: impl AsyncFn(&C) -> W,
    ) {
        for step in self.steps() {
            for point in [Point::BeforeEffect, Point::AfterEffectBeforeCommit] {
                let ports = make().await;
                let before = world(&ports).await;
                let saga = self.settle(&self.registry, &ports, fail_at(step.clone(), point)).await;
                assert_eq!(saga.state, SagaState::Compensated, "failed at {step} {point:?}: {:?}", stuck(&saga));
                assert_eq!(world(&ports).await, before, "failed at {step} {point:?}");
            }
        }
    }

    /// Crashes once at each point of each step.
    pub async fn crash_at_every_step_completes<W: PartialEq + Debug>(
        &self,
        make: impl AsyncFn() -> Arc<C>,
        world: impl AsyncFn(&C) -> W,
    ) {
        let clean = self.clean_world(&make, &world).await;
        for step in self.steps() {
            for point in Point::ALL {
                let ports = make().await;
                let saga = self.settle(&self.registry, &ports, crash_once(step.clone(), false, point, None)).await;
                assert_eq!(saga.state, SagaState::Completed, "crashed at {step} {point:?}: {:?}", saga.cause);
                assert_eq!(world(&ports).await, clean, "crashed at {step} {point:?}");
            }
        }
    }

    /// Fails the last step and crashes once at each point of each undo.
    pub async fn crash_at_every_undo_compensates<W: PartialEq + Debug>(
        &self,
        make: impl AsyncFn() -> Arc<C>,
        world: impl AsyncFn(&C) -> W,
    ) {
        let last = self.last_step();
        for step in self.steps() {
            for point in Point::ALL {
                let ports = make().await;
                let before = world(&ports).await;
                let inject = crash_once(step.clone(), true, point, Some(last.clone()));
                let saga = self.settle(&self.registry, &ports, inject).await;
                assert_eq!(saga.state, SagaState::Compensated, "crashed undoing {step} {point:?}: {:?}", stuck(&saga));
                assert_eq!(world(&ports).await, before, "crashed undoing {step} {point:?}");
            }
        }
    }

    /// Carries one saga with these ports to its end; a held one is cancelled.
    pub async fn settle(&self, registry: &Arc<Registry<C>>, ports: &Arc<C>, inject: Arc<dyn Inject>) -> Saga {
        let log: Arc<dyn SagaLog> = Arc::new(MemoryLog::default());
        let running = Running::start(registry, ports, &log, inject);
        let saga = self.prepare();
        log.create(&saga).await.expect("a log in memory always answers");
        let end = async {
            loop {
                let now = running.handle.settled(saga.id).await.expect("the saga was created");
                if now.state != SagaState::Held {
                    return now;
                }
                // It may have been cancelled already and not be seen yet.
                let _ = running.handle.wish(saga.id, Wish::Cancel).await;
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        match tokio::time::timeout(self.limit, end).await {
            Ok(saga) => saga,
            Err(_) => panic!("the saga did not settle: {:#?}", log.load(saga.id).await),
        }
    }

    async fn clean_world<W>(&self, make: &impl AsyncFn() -> Arc<C>, world: &impl AsyncFn(&C) -> W) -> W {
        let ports = make().await;
        let saga = self.settle(&self.registry, &ports, Arc::new(NoInjection)).await;
        assert_eq!(saga.state, SagaState::Completed, "without any fault: {:?}", saga.cause);
        world(&ports).await
    }

    /// Waits between attempts are cut, numbers of attempts are kept.
    fn prepare(&self) -> Saga {
        let id = SagaId(Uuid::now_v7());
        let mut saga = self
            .registry
            .prepare(id, &self.kind, self.params.clone(), &id.to_string(), chrono::Utc::now())
            .expect("the parameters under test are valid");
        for step in &mut saga.steps {
            step.def.retry.first_ms = step.def.retry.first_ms.min(5);
            step.def.retry.max_ms = step.def.retry.max_ms.min(20);
        }
        saga
    }

    fn steps(&self) -> Vec<String> {
        self.prepare().steps.into_iter().map(|step| step.def.name).collect()
    }

    /// A step nothing comes after, so that its failure finds everything else done or under way.
    fn last_step(&self) -> String {
        self.steps().pop().expect("a checked graph has a step")
    }
}

fn stuck(saga: &Saga) -> Vec<(&str, Option<&str>)> {
    saga.steps
        .iter()
        .filter(|step| step.state == crate::StepState::UndoFailed)
        .map(|step| (step.def.name.as_str(), step.error.as_ref().map(|error| error.message.as_str())))
        .collect()
}

fn injected_failure() -> Injected {
    Injected::Fail(StepError::permanent(ErrorCode::Internal, "injected by the test"))
}

/// Fails the run of one step.
#[must_use]
pub fn fail_at(step: String, point: Point) -> Arc<dyn Inject> {
    Arc::new(move |site: Site<'_>| {
        if !site.undo && site.step == step && site.point == point { injected_failure() } else { Injected::Nothing }
    })
}

/// Abandons the saga once at one site; optionally fails another step so that the saga unwinds.
#[must_use]
pub fn crash_once(step: String, undo: bool, point: Point, fail: Option<String>) -> Arc<dyn Inject> {
    let crashed = AtomicBool::new(false);
    Arc::new(move |site: Site<'_>| {
        if site.step == step && site.undo == undo && site.point == point && !crashed.swap(true, Ordering::SeqCst) {
            return Injected::Abandon;
        }
        let fails = !site.undo && site.point == Point::AfterEffectBeforeCommit && fail.as_deref() == Some(site.step);
        if fails { injected_failure() } else { Injected::Nothing }
    })
}

/// Calls the inner action twice each time.
pub(crate) struct Twice<C>(pub Arc<dyn Action<C>>);

#[async_trait]
impl<C: Send + Sync> Action<C> for Twice<C> {
    async fn run(&self, cx: &StepContext<'_, C>) -> Result<Value, StepError> {
        self.0.run(cx).await?;
        self.0.run(cx).await
    }

    async fn undo(&self, cx: &StepContext<'_, C>) -> Result<(), StepError> {
        self.0.undo(cx).await?;
        self.0.undo(cx).await
    }
}
