//! The engine over the log in memory, with actions that misbehave on request.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use hypo_engine::{
    Action, Dag, DagError, FailureKind, Injected, LogError, MemoryLog, NoInjection, OnFailure, Point, Registry, Retry,
    Saga, SagaLog, SagaState, Site, StepContext, StepDef, StepError, StepState, Transition, Wish,
    testing::{Running, Subject},
};
use hypo_shared::ErrorCode;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Default)]
struct Ports {
    things: Mutex<BTreeSet<String>>,
    calls: Mutex<BTreeMap<String, u32>>,
    order: Mutex<Vec<String>>,
    together: AtomicU32,
    most_together: AtomicU32,
}

impl Ports {
    fn call(&self, name: String) -> u32 {
        self.order.lock().unwrap().push(name.clone());
        let mut calls = self.calls.lock().unwrap();
        let count = calls.entry(name).or_default();
        *count += 1;
        *count
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Behaviour {
    retries: u32,
    parks: u32,
    permanent: bool,
    hold: bool,
    panics: bool,
    millis: u64,
    forever: bool,
    undo_retries: u32,
    undo_permanent_times: u32,
}

struct Put;

#[async_trait]
impl Action<Ports> for Put {
    async fn run(&self, cx: &StepContext<'_, Ports>) -> Result<Value, StepError> {
        let behaviour: Behaviour = cx.params()?;
        let calls = cx.ports.call(format!("run {}", cx.step));
        let together = cx.ports.together.fetch_add(1, Ordering::SeqCst) + 1;
        cx.ports.most_together.fetch_max(together, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(behaviour.millis)).await;
        cx.ports.together.fetch_sub(1, Ordering::SeqCst);
        cx.progress(json!({ "calls": calls }));
        if behaviour.forever {
            cx.cancel.cancelled().await;
            return Err(StepError::retry(ErrorCode::Internal, "cancelled"));
        }
        if calls <= behaviour.parks {
            return Err(StepError::park(ErrorCode::SecretStore, "sealed"));
        }
        if calls <= behaviour.parks + behaviour.retries {
            return Err(StepError::retry(ErrorCode::ClusterUnreachable, "away"));
        }
        assert!(!behaviour.panics, "this action panics");
        if behaviour.permanent {
            return Err(StepError::permanent(ErrorCode::ImagePull, "no such image").with_detail(json!({"image": "x"})));
        }
        if behaviour.hold && !cx.released {
            return Err(StepError::hold(ErrorCode::PlanStale, "outside the envelope"));
        }
        cx.ports.things.lock().unwrap().insert(cx.key());
        Ok(json!({ "step": cx.step }))
    }

    async fn undo(&self, cx: &StepContext<'_, Ports>) -> Result<(), StepError> {
        let behaviour: Behaviour = cx.params()?;
        let calls = cx.ports.call(format!("undo {}", cx.step));
        if calls <= behaviour.undo_permanent_times {
            return Err(StepError::permanent(ErrorCode::ClusterForbidden, "may not delete"));
        }
        if calls <= behaviour.undo_retries {
            return Err(StepError::retry(ErrorCode::ClusterUnreachable, "away"));
        }
        cx.ports.things.lock().unwrap().remove(&cx.key());
        Ok(())
    }
}

#[derive(Deserialize)]
struct Params {
    steps: Vec<(String, Vec<String>, Value)>,
    #[serde(default)]
    hold: bool,
}

fn registry() -> Registry<Ports> {
    Registry::new()
        .kind("toy", |params| {
            let params = Params::deserialize(params).map_err(|error| DagError::Params(error.to_string()))?;
            let retry = Retry { attempts: 3, first_ms: 2, max_ms: 5, timeout_ms: None };
            let steps = params
                .steps
                .into_iter()
                .map(|(name, after, behaviour)| StepDef::new(name, "put", behaviour).after(after).retry(retry))
                .collect();
            let policy = if params.hold { OnFailure::Hold } else { OnFailure::Compensate };
            Ok(Dag::new(steps).on_failure(policy))
        })
        .action("put", Put)
}

struct Lab {
    ports: Arc<Ports>,
    log: Arc<dyn SagaLog>,
    running: Running,
}

fn lab() -> Lab {
    lab_with(Arc::new(NoInjection))
}

fn lab_with(inject: Arc<dyn hypo_engine::Inject>) -> Lab {
    let ports = Arc::new(Ports::default());
    let log: Arc<dyn SagaLog> = Arc::new(MemoryLog::default());
    let running = Running::start(&Arc::new(registry()), &ports, &log, inject);
    Lab { ports, log, running }
}

impl Lab {
    async fn run(&self, params: Value) -> Saga {
        let id = self.running.handle.start("toy", params, &uuid::Uuid::now_v7().to_string()).await.unwrap();
        self.settled(id).await
    }

    async fn settled(&self, id: hypo_shared::SagaId) -> Saga {
        tokio::time::timeout(Duration::from_secs(10), self.running.handle.settled(id)).await.unwrap().unwrap()
    }

    async fn wait(&self, id: hypo_shared::SagaId, what: impl Fn(&Saga) -> bool) -> Saga {
        for _ in 0..1_000 {
            let saga = self.running.handle.load(id).await.unwrap();
            if what(&saga) {
                return saga;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("it did not come to that: {:#?}", self.running.handle.load(id).await);
    }

    fn things(&self) -> usize {
        self.ports.things.lock().unwrap().len()
    }
}

fn states(saga: &Saga) -> Vec<StepState> {
    saga.steps.iter().map(|step| step.state).collect()
}

#[tokio::test]
async fn a_saga_completes_in_order_and_at_the_same_time() {
    let lab = lab();
    let saga = lab
        .run(json!({ "steps": [["a", [], {}], ["b", ["a"], {"millis": 30}], ["c", ["a"], {"millis": 30}], ["d", ["b", "c"], {}]] }))
        .await;
    assert_eq!(saga.state, SagaState::Completed);
    assert_eq!(states(&saga), [StepState::Done; 4]);
    let order = lab.ports.order.lock().unwrap().clone();
    assert_eq!((order[0].as_str(), order[3].as_str()), ("run a", "run d"));
    assert_eq!(lab.ports.most_together.load(Ordering::SeqCst), 2);
    assert_eq!(saga.steps[1].output, Some(json!({"step": "b"})));
    assert_eq!(saga.steps[1].progress, Some(json!({"calls": 1})));
    assert_eq!(saga.steps[1].attempt, 1);
}

#[tokio::test]
async fn one_key_is_one_saga() {
    let lab = lab();
    let params = json!({ "steps": [["a", [], {}]] });
    let first = lab.running.handle.start("toy", params.clone(), "plan-1").await.unwrap();
    let second = lab.running.handle.start("toy", params, "plan-1").await.unwrap();
    assert_eq!(first, second);
    lab.settled(first).await;
    assert_eq!(lab.things(), 1);
}

#[tokio::test]
async fn a_failure_is_retried_and_then_undone() {
    let lab = lab();
    let saga = lab.run(json!({ "steps": [["a", [], {"retries": 2, "parks": 4}]] })).await;
    assert_eq!(saga.state, SagaState::Completed);
    assert_eq!((saga.steps[0].attempt, saga.steps[0].failures), (7, 0), "parking does not count");

    let saga = lab.run(json!({ "steps": [["x", [], {}], ["y", ["x"], {"retries": 3}], ["z", ["y"], {}]] })).await;
    assert_eq!(saga.state, SagaState::Compensated);
    assert!(!saga.cancelled);
    assert_eq!(states(&saga), [StepState::Undone, StepState::Undone, StepState::Skipped]);
    let cause = saga.cause.unwrap();
    assert_eq!((cause.step.as_str(), cause.failure.code), ("y", ErrorCode::ClusterUnreachable));
    assert_eq!(lab.things(), 1, "only the first saga's thing is left");
    let order = lab.ports.order.lock().unwrap().clone();
    assert_eq!(order[order.len() - 2..], ["undo y", "undo x"]);
}

#[tokio::test]
async fn a_panic_is_a_failure() {
    let saga = lab().run(json!({ "steps": [["a", [], {"panics": true}]] })).await;
    assert_eq!(saga.state, SagaState::Compensated);
    assert_eq!(saga.cause.unwrap().failure.code, ErrorCode::Internal);
}

#[tokio::test]
async fn a_failure_interrupts_what_runs() {
    let lab = lab();
    let saga =
        lab.run(json!({ "steps": [["a", [], {"forever": true}], ["b", [], {"permanent": true, "millis": 20}]] })).await;
    assert_eq!(saga.state, SagaState::Compensated);
    assert_eq!(saga.cause.as_ref().unwrap().step, "b");
    assert_eq!(saga.cause.unwrap().failure.detail, json!({"image": "x"}));
    assert_eq!(saga.steps[0].error.as_ref().unwrap().kind, FailureKind::Interrupted);
    assert_eq!(lab.things(), 0);
}

#[tokio::test]
async fn a_held_saga_is_retried_or_cancelled() {
    let lab = lab();
    let params = json!({ "hold": true, "steps": [["a", [], {}], ["b", ["a"], {"retries": 4}]] });
    let held = lab.run(params.clone()).await;
    assert_eq!(held.state, SagaState::Held);
    assert_eq!(lab.things(), 1, "what stands is kept");
    lab.running.handle.wish(held.id, Wish::Retry).await.unwrap();
    let saga = lab.wait(held.id, |saga| saga.state == SagaState::Completed).await;
    assert_eq!((saga.cause, saga.cancelled), (None, false));
    assert!(lab.running.handle.wish(held.id, Wish::Retry).await.is_err(), "it has ended");

    let held = lab.run(json!({ "hold": true, "steps": [["c", [], {}], ["d", ["c"], {"permanent": true}]] })).await;
    lab.running.handle.wish(held.id, Wish::Cancel).await.unwrap();
    let saga = lab.wait(held.id, |saga| saga.state == SagaState::Compensated).await;
    assert!(saga.cancelled);
    assert_eq!(lab.things(), 2, "the first saga's things are left");
}

#[tokio::test]
async fn a_step_may_ask_for_a_person() {
    let lab = lab();
    let held = lab.run(json!({ "steps": [["a", [], {}], ["gate", ["a"], {"hold": true}], ["b", ["gate"], {}]] })).await;
    assert_eq!(held.state, SagaState::Held, "also under the policy compensate");
    assert_eq!(held.cause.unwrap().failure.code, ErrorCode::PlanStale);
    lab.running.handle.wish(held.id, Wish::Retry).await.unwrap();
    lab.wait(held.id, |saga| saga.state == SagaState::Held && saga.step("gate").unwrap().attempt == 2).await;
    lab.running.handle.wish(held.id, Wish::Release).await.unwrap();
    lab.wait(held.id, |saga| saga.state == SagaState::Completed).await;
    assert_eq!(lab.things(), 3);
}

#[tokio::test]
async fn a_running_saga_is_cancelled() {
    let lab = lab();
    let params = json!({ "steps": [["a", [], {}], ["b", ["a"], {"forever": true}]] });
    let id = lab.running.handle.start("toy", params, "k").await.unwrap();
    lab.wait(id, |saga| saga.step("b").unwrap().state == StepState::Running).await;
    lab.running.handle.wish(id, Wish::Cancel).await.unwrap();
    let saga = lab.settled(id).await;
    assert_eq!((saga.state, saga.cancelled), (SagaState::Compensated, true));
    assert_eq!(lab.things(), 0);
}

#[tokio::test]
async fn a_failed_undo_is_stuck_until_it_is_retried() {
    let lab = lab();
    let steps = json!([["a", [], {}], ["b", ["a"], {"undo_permanent_times": 1}], ["c", ["b"], {"permanent": true}]]);
    let saga = lab.run(json!({ "steps": steps })).await;
    assert_eq!(saga.state, SagaState::Stuck);
    assert_eq!(states(&saga), [StepState::Done, StepState::UndoFailed, StepState::Undone]);
    assert_eq!(lab.things(), 2, "what the failed undo stands on is kept");
    lab.running.handle.wish(saga.id, Wish::Retry).await.unwrap();
    lab.wait(saga.id, |saga| saga.state == SagaState::Compensated).await;
    assert_eq!(lab.things(), 0);
    let saga = lab.run(json!({ "steps": [["e", [], {"permanent": true, "undo_retries": 2}]] })).await;
    assert_eq!(saga.state, SagaState::Compensated, "an undo is retried");
}

#[tokio::test]
async fn another_engine_takes_over_and_the_old_one_is_fenced() {
    let crash: Arc<dyn hypo_engine::Inject> = Arc::new(|site: Site<'_>| {
        if site.step == "b" && site.point == Point::AfterEffectBeforeCommit {
            Injected::Abandon
        } else {
            Injected::Nothing
        }
    });
    let lab = lab_with(crash);
    let params = json!({ "steps": [["a", [], {}], ["b", ["a"], {}], ["c", ["b"], {}]] });
    let id = lab.running.handle.start("toy", params, "k").await.unwrap();
    let before = lab.wait(id, |saga| saga.step("b").unwrap().state == StepState::Running).await;
    let second = Running::start(&Arc::new(registry()), &lab.ports, &lab.log, Arc::new(NoInjection));
    let saga = lab.wait(id, |saga| saga.state == SagaState::Completed).await;
    assert!(saga.epoch > before.epoch);
    assert_eq!(lab.things(), 3);
    let stale = lab.log.append(&before, &Transition { touched: vec![1], ..Transition::default() }).await;
    assert!(matches!(stale, Err(LogError::Fenced)), "{stale:?}");
    assert_eq!(second.handle.load(id).await.unwrap(), saga, "a refused write has no effect");
}

#[tokio::test]
async fn an_engine_that_stops_gives_its_sagas_back() {
    let lab = lab();
    let params = json!({ "steps": [["a", [], {"millis": 40}], ["b", ["a"], {}]] });
    let id = lab.running.handle.start("toy", params, "k").await.unwrap();
    lab.wait(id, |saga| saga.step("a").unwrap().state == StepState::Running).await;
    let Lab { ports, log, running } = lab;
    drop(running);
    tokio::time::sleep(Duration::from_millis(20)).await;
    let claims = log.claim("other", Duration::from_millis(1), 10).await.unwrap();
    assert_eq!(claims.len(), 1, "no waiting for the lease");
    tokio::time::sleep(Duration::from_millis(10)).await;
    let next = Running::start(&Arc::new(registry()), &ports, &log, Arc::new(NoInjection));
    assert_eq!(next.handle.settled(id).await.unwrap().state, SagaState::Completed);
    assert_eq!(ports.things.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_builder_is_checked() {
    let lab = lab();
    let start = |kind: &'static str, params: Value| {
        let handle = lab.running.handle.clone();
        async move { handle.start(kind, params, "k").await.unwrap_err().code() }
    };
    assert_eq!(start("nothing", json!({})).await, ErrorCode::Internal);
    assert_eq!(start("toy", json!({})).await, ErrorCode::InvalidInput);
    assert_eq!(start("toy", json!({"steps": [["a", ["b"], {}]]})).await, ErrorCode::Internal);
}

#[tokio::test]
async fn the_generic_properties_hold_for_a_diamond() {
    let steps =
        json!([["a", [], {}], ["b", ["a"], {"millis": 2}], ["c", ["a"], {}], ["d", ["b", "c"], {"undo_retries": 1}]]);
    let subject = Subject::new(registry(), "toy", json!({ "steps": steps }));
    subject
        .check_all(
            async || Arc::new(Ports::default()),
            async |ports: &Ports| {
                // Keys hold the saga's id, which differs from run to run.
                let things = ports.things.lock().unwrap();
                things
                    .iter()
                    .filter_map(|key| key.split_once(':').map(|(_, step)| step.to_owned()))
                    .collect::<BTreeSet<_>>()
            },
        )
        .await;
}
