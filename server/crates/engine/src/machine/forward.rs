//! Going forward: start what can start, stop on failure, end when all is done.

use hypo_shared::{
    order::OnFailure,
    timeline::{SagaState, StepState},
};

use super::{Command, Turn};
use crate::{Cause, FailureKind};

impl Turn<'_> {
    pub(super) fn forward(&mut self) {
        if self.saga.cancelled {
            return self.begin_unwind();
        }
        let failed: Vec<usize> = self.indexes(|state| state == StepState::Failed);
        if !failed.is_empty() {
            return self.stop(&failed);
        }
        for index in 0..self.saga.steps.len() {
            let step = &self.saga.steps[index];
            let ready = match step.state {
                StepState::Waiting => self.predecessors_done(index),
                StepState::Retrying => step.due.is_none_or(|due| due <= self.at.now),
                _ => false,
            };
            if ready {
                self.start(index);
            }
        }
        if self.saga.steps.iter().all(|step| step.state == StepState::Done) {
            self.become_state(SagaState::Completed);
        }
    }

    /// A step has failed for good. A real failure under *compensate* beats a step that asks for a person.
    fn stop(&mut self, failed: &[usize]) {
        let asks =
            |index: &usize| self.saga.steps[*index].error.as_ref().is_some_and(|error| error.kind == FailureKind::Hold);
        let compensate = self.saga.on_failure == OnFailure::Compensate;
        let cause = failed.iter().find(|index| !asks(index)).or(failed.first()).copied();
        let unwind = compensate && failed.iter().any(|index| !asks(index));
        if let Some(index) = cause
            && (self.saga.cause.is_none() || unwind)
        {
            let step = &self.saga.steps[index];
            let cause = step.error.clone().map(|failure| Cause { step: step.def.name.clone(), failure });
            if self.saga.cause != cause {
                self.saga.cause = cause;
                self.decision.head = true;
            }
        }
        if unwind {
            self.begin_unwind();
        } else if self.indexes(|state| state == StepState::Running).is_empty() {
            self.become_state(SagaState::Held);
        }
    }

    /// Records the intent; the attempt follows the commit.
    pub(super) fn start(&mut self, index: usize) {
        let now = self.at.now;
        let step = self.touch(index);
        step.state = StepState::Running;
        step.attempt += 1;
        step.due = None;
        step.parked = false;
        step.ended_at = None;
        step.started_at.get_or_insert(now);
        let step = step.def.name.clone();
        self.decision.commands.push(Command::Run { step });
    }

    fn predecessors_done(&self, index: usize) -> bool {
        self.saga.steps[index]
            .def
            .after
            .iter()
            .all(|name| self.saga.step(name).is_some_and(|step| step.state == StepState::Done))
    }

    pub(super) fn indexes(&self, wanted: impl Fn(StepState) -> bool) -> Vec<usize> {
        self.saga.steps.iter().enumerate().filter(|(_, step)| wanted(step.state)).map(|(index, _)| index).collect()
    }
}
