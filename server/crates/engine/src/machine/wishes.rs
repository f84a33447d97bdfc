//! A person's requests. A wish that makes no sense in the present state changes nothing.

use hypo_shared::timeline::{SagaState, StepState};

use super::Turn;
use crate::{FailureKind, Wish};

impl Turn<'_> {
    pub(super) fn wished(&mut self, wish: Wish) {
        match (wish, self.saga.state) {
            (Wish::Cancel, SagaState::Running | SagaState::Held) => {
                self.saga.cancelled = true;
                self.become_state(SagaState::Running);
            }
            (Wish::Retry, SagaState::Held) => self.resume(|_| true, false),
            (Wish::Release, SagaState::Held) => self.resume(|kind| kind == FailureKind::Hold, true),
            (Wish::Retry, SagaState::Running | SagaState::Unwinding) => self.hurry(),
            (Wish::Retry, SagaState::Stuck) => {
                for index in self.indexes(|state| state == StepState::UndoFailed) {
                    self.touch(index).failures = 0;
                    self.start_undo(index);
                }
                self.become_state(SagaState::Unwinding);
            }
            _ => {}
        }
    }

    /// A held saga goes on with the failed steps of the meant kinds.
    fn resume(&mut self, meant: impl Fn(FailureKind) -> bool, released: bool) {
        let failed = self.indexes(|state| state == StepState::Failed);
        let chosen: Vec<usize> = failed
            .into_iter()
            .filter(|index| self.saga.steps[*index].error.as_ref().is_none_or(|error| meant(error.kind)))
            .collect();
        if chosen.is_empty() {
            return;
        }
        for index in chosen {
            let now = self.at.now;
            let step = self.touch(index);
            step.state = StepState::Retrying;
            step.failures = 0;
            step.released = released;
            step.due = Some(now);
        }
        self.saga.cause = None;
        self.hurry();
        self.become_state(SagaState::Running);
    }

    /// Waiting steps are due now.
    fn hurry(&mut self) {
        let now = self.at.now;
        let waiting: Vec<usize> = (0..self.saga.steps.len())
            .filter(|index| self.saga.steps[*index].due.is_some_and(|due| due > now))
            .collect();
        for index in waiting {
            self.touch(index).due = Some(now);
        }
    }
}
