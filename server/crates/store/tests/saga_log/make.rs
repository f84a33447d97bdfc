//! Sagas to store.

use chrono::Utc;
use hypo_engine::{Dag, OnFailure, Saga, SagaLog, SagaState, StepDef, StepState, Transition};
use hypo_shared::{SagaId, TenantId};
use serde_json::json;
use uuid::Uuid;

/// A saga of two steps, `b` after `a`.
pub fn saga(key: &str) -> Saga {
    let steps = vec![
        StepDef::new("a", "act", json!({"z": 1, "a": [0.1, null]})),
        StepDef::new("b", "act", json!({})).after(["a"]),
    ];
    let dag = Dag::new(steps).on_failure(OnFailure::Hold).about(TenantId(Uuid::now_v7()), Uuid::now_v7());
    // The store keeps microseconds.
    let now = chrono::DateTime::from_timestamp_micros(Utc::now().timestamp_micros()).unwrap();
    Saga::new(SagaId(Uuid::now_v7()), "toy", key, json!({"order": key}), dag, now)
}

/// Commits `saga` as done and released.
pub async fn finish(log: &dyn SagaLog, saga: &mut Saga) -> Result<(), hypo_engine::LogError> {
    saga.state = SagaState::Completed;
    for step in &mut saga.steps {
        step.state = StepState::Done;
        step.output = Some(json!({"made": true}));
    }
    let transition = Transition { touched: vec![0, 1], release: true, ..Transition::default() };
    log.append(saga, &transition).await
}
