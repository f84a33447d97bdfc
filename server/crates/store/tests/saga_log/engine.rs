//! The engine carries sagas over the store, through crashes.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use hypo_engine::{
    Action, Dag, Inject, Injected, NoInjection, Point, Registry, Retry, SagaLog, SagaState, Site, StepContext, StepDef,
    StepError, Wish,
    testing::{Running, crash_once},
};
use hypo_shared::{ErrorCode, TenantId};
use hypo_store::saga_log::StoredSagas;
use serde_json::{Value, json};
use uuid::Uuid;

use super::common::Db;
use crate::on_both;

/// Things made, by key, and how often each was made anew.
#[derive(Default)]
struct Outside {
    made: Mutex<BTreeMap<String, u32>>,
    gone: Mutex<BTreeMap<String, u32>>,
    refuses: bool,
}

struct Make;

#[async_trait]
impl Action<Outside> for Make {
    async fn run(&self, cx: &StepContext<'_, Outside>) -> Result<Value, StepError> {
        if cx.ports.refuses && cx.step == "c" {
            return Err(StepError::permanent(ErrorCode::ApplyRefused, "no"));
        }
        cx.ports.made.lock().unwrap().entry(cx.key()).or_insert(1);
        Ok(json!({"key": cx.key()}))
    }
    async fn undo(&self, cx: &StepContext<'_, Outside>) -> Result<(), StepError> {
        if cx.ports.made.lock().unwrap().remove(&cx.key()).is_some() {
            *cx.ports.gone.lock().unwrap().entry(cx.key()).or_default() += 1;
        }
        Ok(())
    }
}

fn registry() -> Arc<Registry<Outside>> {
    let build = |params: &Value| {
        let retry = Retry { attempts: 3, first_ms: 2, max_ms: 5, timeout_ms: None };
        let step = |name: &str, after: &[&str]| {
            StepDef::new(name, "make", json!({})).after(after.iter().copied()).retry(retry)
        };
        let steps = vec![step("a", &[]), step("b", &["a"]), step("b2", &["a"]), step("c", &["b", "b2"])];
        let tenant = params["tenant"].as_str().and_then(|text| text.parse().ok()).unwrap_or_default();
        Ok(Dag::new(steps).about(TenantId(tenant), tenant))
    };
    Arc::new(Registry::new().kind("toy", build).action("make", Make))
}

fn start(db: &Db, ports: &Arc<Outside>, inject: Arc<dyn Inject>) -> Running {
    let log: Arc<dyn SagaLog> = Arc::new(StoredSagas::new(db.store.clone()));
    Running::start(&registry(), ports, &log, inject)
}

async fn sagas_survive_a_crash_at_every_point(db: Db) {
    for step in ["a", "b", "c"] {
        for point in Point::ALL {
            let ports = Arc::new(Outside::default());
            let crashing = start(&db, &ports, crash_once(step.to_owned(), false, point, None));
            let key = format!("{step} {point:?}");
            let id = crashing.handle.start("toy", json!({"tenant": Uuid::now_v7()}), &key).await.unwrap();
            let settled = tokio::time::timeout(Duration::from_secs(30), crashing.handle.settled(id)).await;
            let saga = settled.unwrap_or_else(|_| panic!("{key} did not settle")).unwrap();
            assert_eq!(saga.state, SagaState::Completed, "{key}");
            assert!(saga.epoch > 1 || point == Point::AfterCommit && step == "c", "{key} was taken over");
            assert_eq!(ports.made.lock().unwrap().len(), 4, "{key}");
        }
    }
}

async fn a_refused_saga_is_undone_by_whoever_holds_it(db: Db) {
    let ports = Arc::new(Outside { refuses: true, ..Outside::default() });
    let crash: Arc<dyn Inject> = crash_once("b".to_owned(), true, Point::AfterEffectBeforeCommit, None);
    let first = start(&db, &ports, crash);
    let second = start(&db, &ports, Arc::new(NoInjection));
    let mut ids = Vec::new();
    for number in 0..10 {
        let params = json!({"tenant": Uuid::now_v7()});
        ids.push(first.handle.start("toy", params, &number.to_string()).await.unwrap());
    }
    for id in ids {
        let settled = tokio::time::timeout(Duration::from_secs(30), second.handle.settled(id)).await;
        assert_eq!(settled.expect("it settles").unwrap().state, SagaState::Compensated);
    }
    assert!(ports.made.lock().unwrap().is_empty());
    assert!(ports.gone.lock().unwrap().values().all(|times| *times == 1), "each thing was removed once");
}

async fn a_wish_reaches_a_saga_another_engine_holds(db: Db) {
    let ports = Arc::new(Outside::default());
    // The step fails for as long as nobody cancels.
    let failing: Arc<dyn Inject> = Arc::new(|site: Site<'_>| {
        let again = StepError::park(ErrorCode::SecretStore, "sealed");
        let hit = site.step == "c" && !site.undo && site.point == Point::BeforeEffect;
        if hit { Injected::Fail(again) } else { Injected::Nothing }
    });
    let holder = start(&db, &ports, failing);
    let id = holder.handle.start("toy", json!({"tenant": Uuid::now_v7()}), "k").await.unwrap();
    while !holder.handle.load(id).await.unwrap().step("c").unwrap().parked {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // This handle's engine never runs.
    let log: Arc<dyn SagaLog> = Arc::new(StoredSagas::new(db.store.clone()));
    let idle = hypo_engine::Engine::new(registry(), ports.clone(), log, hypo_engine::testing::quick());
    idle.handle().wish(id, Wish::Cancel).await.unwrap();
    let saga = tokio::time::timeout(Duration::from_secs(30), holder.handle.settled(id)).await.unwrap().unwrap();
    assert_eq!((saga.state, saga.cancelled), (SagaState::Compensated, true));
    assert!(ports.made.lock().unwrap().is_empty());
}

on_both!(
    sagas_survive_a_crash_at_every_point,
    a_refused_saga_is_undone_by_whoever_holds_it,
    a_wish_reaches_a_saga_another_engine_holds,
);
