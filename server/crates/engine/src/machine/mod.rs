//! The pure core: what happened and the time go in, the next state and what to do come out. No clock, no I/O, no
//! randomness, so that a simulation can drive it through every order of events.
//!
//! Rules:
//! - A step is started when all its predecessors are done; starting is recorded (`running`) before it is done.
//! - A final failure stops new steps. With policy *compensate*, or when cancelled, running steps are interrupted and
//!   everything that was started is undone in reverse order, independent undos at the same time. With policy *hold*,
//!   running steps come to their end and the saga waits for a person.
//! - A failed undo keeps its predecessors as they are; when nothing else can be undone, the saga is stuck.

mod forward;
mod results;
mod unwind;
mod wishes;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use hypo_shared::timeline::{SagaState, StepState};
use serde_json::Value;

use crate::{Failure, FailureKind, Saga, StepError, StepErrorKind, Transition, Wish};

/// Something that happened to a saga.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// This process has just claimed the saga; recorded intents have no known outcome.
    Claimed,
    /// A timer fired.
    Tick,
    Succeeded {
        step: String,
        output: Value,
    },
    Failed {
        step: String,
        error: StepError,
    },
    Undone {
        step: String,
    },
    UndoFailed {
        step: String,
        error: StepError,
    },
    /// The action reported a detail.
    Progress {
        step: String,
        detail: Value,
    },
    Wished(Wish),
}

/// What the driver does after the new state is committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    Run {
        step: String,
    },
    Undo {
        step: String,
    },
    /// Ask the running attempt to end.
    Interrupt {
        step: String,
    },
}

/// The circumstances of a decision.
#[derive(Clone, Copy, Debug)]
pub struct At {
    pub now: DateTime<Utc>,
    /// In 0..1, for the back-off.
    pub jitter: f64,
    /// How long a parked step waits.
    pub park: std::time::Duration,
}

/// What a decision changed and asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decision {
    /// Indexes of changed steps, ascending.
    pub touched: BTreeSet<usize>,
    /// The head (state, cause, cancelled) changed.
    pub head: bool,
    /// To be carried out after the commit.
    pub commands: Vec<Command>,
}

impl Decision {
    /// Nothing to commit.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.touched.is_empty() && !self.head
    }

    /// Adds a later decision on the same saga.
    pub fn merge(&mut self, later: Decision) {
        self.touched.extend(later.touched);
        self.head |= later.head;
        self.commands.extend(later.commands);
    }
}

/// What the saga needs next from whoever holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// Attempts are in flight.
    Busy,
    /// Nothing before this time.
    Until(DateTime<Utc>),
    /// Nothing without a wish: held or ended.
    Idle,
}

/// Applies one event and everything that follows from it.
pub fn decide(saga: &mut Saga, event: Event, at: At) -> Decision {
    let mut turn = Turn { saga, at, decision: Decision::default() };
    turn.take(event);
    turn.advance();
    let decision = turn.decision;
    if !decision.is_empty() {
        saga.updated_at = at.now;
    }
    decision
}

/// What the saga waits for.
#[must_use]
pub fn rest(saga: &Saga) -> Rest {
    if saga.steps.iter().any(crate::Step::in_flight) {
        return Rest::Busy;
    }
    match saga.state {
        SagaState::Running | SagaState::Unwinding => {
            saga.steps.iter().filter_map(|step| step.due).min().map_or(Rest::Idle, Rest::Until)
        }
        _ => Rest::Idle,
    }
}

/// The commit that a decision asks for. A saga that needs nobody for longer than `linger` is released.
#[must_use]
pub fn transition(
    saga: &Saga,
    decision: &Decision,
    wishes_taken: Vec<u64>,
    now: DateTime<Utc>,
    linger: std::time::Duration,
) -> Transition {
    let (run_at, release) = match rest(saga) {
        Rest::Busy => (Some(now), false),
        Rest::Idle => (None, true),
        Rest::Until(due) => (Some(due), (due - now).to_std().is_ok_and(|wait| wait > linger)),
    };
    Transition { touched: decision.touched.iter().copied().collect(), wishes_taken, run_at, release }
}

/// One decision being made.
struct Turn<'a> {
    saga: &'a mut Saga,
    at: At,
    decision: Decision,
}

impl Turn<'_> {
    fn take(&mut self, event: Event) {
        match event {
            Event::Claimed => self.recover(),
            Event::Tick => {}
            Event::Succeeded { step, output } => self.succeeded(&step, output),
            Event::Failed { step, error } => self.failed(&step, &error),
            Event::Undone { step } => self.undone(&step),
            Event::UndoFailed { step, error } => self.undo_failed(&step, &error),
            Event::Progress { step, detail } => {
                if let Some(index) = self.saga.index(&step) {
                    self.touch(index).progress = Some(detail);
                }
            }
            Event::Wished(wish) => self.wished(wish),
        }
    }

    /// Recorded intents of an earlier claim: run them again with the same key, or undo them.
    fn recover(&mut self) {
        for index in 0..self.saga.steps.len() {
            match (self.saga.state, self.saga.steps[index].state) {
                (SagaState::Unwinding, StepState::Running) => {
                    let step = self.touch(index);
                    step.state = StepState::Failed;
                    step.failures = 0;
                }
                (_, StepState::Running) => self.start(index),
                (_, StepState::Undoing) if self.saga.steps[index].due.is_none() => self.start_undo(index),
                _ => {}
            }
        }
    }

    fn advance(&mut self) {
        if self.saga.state == SagaState::Running {
            self.forward();
        }
        if self.saga.state == SagaState::Unwinding {
            self.unwind();
        }
    }

    fn touch(&mut self, index: usize) -> &mut crate::Step {
        self.decision.touched.insert(index);
        &mut self.saga.steps[index]
    }

    fn become_state(&mut self, state: SagaState) {
        self.saga.state = state;
        self.decision.head = true;
    }

    fn failure(&self, error: &StepError, kind: FailureKind) -> Failure {
        Failure {
            kind,
            code: error.code,
            message: error.message.clone(),
            detail: error.detail.clone(),
            at: self.at.now,
        }
    }

    /// The wait after a failed attempt.
    fn due(&self, index: usize, error: &StepError) -> DateTime<Utc> {
        let step = &self.saga.steps[index];
        let wait = match error.kind {
            StepErrorKind::Retry { after: Some(after) } => after,
            StepErrorKind::Park => self.at.park,
            _ => step.def.retry.wait(step.failures, self.at.jitter),
        };
        let wait = chrono::Duration::from_std(wait).unwrap_or(chrono::Duration::days(1));
        self.at.now + wait
    }
}
