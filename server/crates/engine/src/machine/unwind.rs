//! Going back: undo everything that was started, in reverse order.

use hypo_shared::timeline::{SagaState, StepState};

use super::{Command, Turn};

impl Turn<'_> {
    pub(super) fn begin_unwind(&mut self) {
        self.become_state(SagaState::Unwinding);
        for index in 0..self.saga.steps.len() {
            match self.saga.steps[index].state {
                StepState::Waiting => self.touch(index).state = StepState::Skipped,
                // An earlier attempt may have had its effect.
                StepState::Retrying => {
                    let step = self.touch(index);
                    step.state = StepState::Failed;
                    step.due = None;
                }
                StepState::Running => {
                    let step = self.saga.steps[index].def.name.clone();
                    self.decision.commands.push(Command::Interrupt { step });
                }
                _ => {}
            }
        }
        for index in self.indexes(|state| matches!(state, StepState::Done | StepState::Failed)) {
            self.touch(index).failures = 0;
        }
    }

    pub(super) fn unwind(&mut self) {
        for index in 0..self.saga.steps.len() {
            let step = &self.saga.steps[index];
            match step.state {
                StepState::Done | StepState::Failed if self.dependants_undone(index) => self.start_undo(index),
                StepState::Undoing if step.due.is_some_and(|due| due <= self.at.now) => self.start_undo(index),
                _ => {}
            }
        }
        let moving = self.indexes(|state| matches!(state, StepState::Running | StepState::Undoing));
        if !moving.is_empty() {
            return;
        }
        let left = self.indexes(|state| !matches!(state, StepState::Undone | StepState::Skipped));
        self.become_state(if left.is_empty() { SagaState::Compensated } else { SagaState::Stuck });
    }

    /// Records the intent to undo.
    pub(super) fn start_undo(&mut self, index: usize) {
        let step = self.touch(index);
        step.state = StepState::Undoing;
        step.due = None;
        step.parked = false;
        let step = step.def.name.clone();
        self.decision.commands.push(Command::Undo { step });
    }

    /// What was built on this step is gone.
    fn dependants_undone(&self, index: usize) -> bool {
        let name = &self.saga.steps[index].def.name;
        self.saga
            .steps
            .iter()
            .filter(|step| step.def.after.contains(name))
            .all(|step| matches!(step.state, StepState::Undone | StepState::Skipped))
    }
}
