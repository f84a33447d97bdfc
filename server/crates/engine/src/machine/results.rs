//! Outcomes of attempts. An outcome that no recorded intent waits for is ignored.

use hypo_shared::timeline::{SagaState, StepState};
use serde_json::Value;

use super::Turn;
use crate::{Failure, FailureKind, StepError, StepErrorKind};

impl Turn<'_> {
    pub(super) fn succeeded(&mut self, name: &str, output: Value) {
        let Some(index) = self.waiting_for(name, StepState::Running) else { return };
        let now = self.at.now;
        let step = self.touch(index);
        step.state = StepState::Done;
        step.failures = 0;
        step.output = Some(output);
        step.ended_at = Some(now);
    }

    pub(super) fn failed(&mut self, name: &str, error: &StepError) {
        let Some(index) = self.waiting_for(name, StepState::Running) else { return };
        if self.saga.state == SagaState::Unwinding {
            let failure = self.failure(error, FailureKind::Interrupted);
            let step = self.touch(index);
            step.state = StepState::Failed;
            step.failures = 0;
            step.error.get_or_insert(failure);
            return;
        }
        match error.kind {
            StepErrorKind::Park => {
                let due = self.due(index, error);
                let failure = self.failure(error, FailureKind::Park);
                let step = self.touch(index);
                step.state = StepState::Retrying;
                step.parked = true;
                step.due = Some(due);
                step.error = Some(failure);
            }
            StepErrorKind::Retry { .. } if self.counts(index) => {
                let due = self.due(index, error);
                let failure = self.failure(error, FailureKind::Retry);
                let step = self.touch(index);
                step.state = StepState::Retrying;
                step.due = Some(due);
                step.error = Some(failure);
            }
            StepErrorKind::Hold => self.end(index, error, FailureKind::Hold),
            StepErrorKind::Retry { .. } | StepErrorKind::Permanent => self.end(index, error, FailureKind::Final),
        }
    }

    pub(super) fn undone(&mut self, name: &str) {
        let Some(index) = self.waiting_for(name, StepState::Undoing) else { return };
        let now = self.at.now;
        let step = self.touch(index);
        step.state = StepState::Undone;
        step.failures = 0;
        step.ended_at = Some(now);
    }

    pub(super) fn undo_failed(&mut self, name: &str, error: &StepError) {
        let Some(index) = self.waiting_for(name, StepState::Undoing) else { return };
        let again = match error.kind {
            StepErrorKind::Park => true,
            StepErrorKind::Retry { .. } => self.counts(index),
            StepErrorKind::Permanent | StepErrorKind::Hold => false,
        };
        let parked = error.kind == StepErrorKind::Park;
        let due = again.then(|| self.due(index, error));
        let kind = match (parked, again) {
            (true, _) => FailureKind::Park,
            (_, true) => FailureKind::Retry,
            _ => FailureKind::Final,
        };
        let failure = self.failure(error, kind);
        let step = self.touch(index);
        step.due = due;
        step.parked = parked;
        step.error = Some(failure);
        if !again {
            step.state = StepState::UndoFailed;
        }
    }

    /// Counts a failed attempt; true while another one is allowed.
    fn counts(&mut self, index: usize) -> bool {
        let step = self.touch(index);
        step.failures += 1;
        step.failures < step.def.retry.attempts
    }

    fn end(&mut self, index: usize, error: &StepError, kind: FailureKind) {
        let failure: Failure = self.failure(error, kind);
        let now = self.at.now;
        let step = self.touch(index);
        step.state = StepState::Failed;
        step.due = None;
        step.error = Some(failure);
        step.ended_at = Some(now);
    }

    fn waiting_for(&self, name: &str, state: StepState) -> Option<usize> {
        self.saga.index(name).filter(|index| self.saga.steps[*index].state == state)
    }
}
