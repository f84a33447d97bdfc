//! Carries one claimed saga: asks the core, commits, then does what the core said.

mod attempt;
mod commit;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use chrono::Utc;
use serde_json::Value;
use tokio::{sync::mpsc, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{
    Claim, Injected, Point, Saga, Site, Wish,
    engine::{Lease, Shared},
    machine::{self, At, Command, Decision, Event, Rest},
};
use attempt::Outcome;

/// Why a driver stops.
pub(crate) enum End {
    /// The saga was released: it has ended, is held, or waits long.
    Released,
    /// Somebody else has it, or an injected crash: not another word.
    Dropped,
    /// The engine stops.
    Shutdown,
}

/// A step's name and the detail its action reported.
type Report = (String, Value);

struct Driver<C> {
    shared: Arc<Shared<C>>,
    saga: Saga,
    lease: Lease,
    /// Tasks of their own: an attempt may hold the store's one writing connection while this driver waits for it.
    flights: JoinSet<Outcome>,
    interrupts: HashMap<String, CancellationToken>,
    reports: (mpsc::UnboundedSender<Report>, mpsc::UnboundedReceiver<Report>),
    /// Reported and not yet committed, the latest of each step.
    progress: BTreeMap<String, Value>,
}

/// Carries the saga until it rests, is lost, or the engine stops.
pub(crate) async fn drive<C: Send + Sync + 'static>(
    shared: Arc<Shared<C>>,
    claim: Claim,
    lease: Lease,
    shutdown: CancellationToken,
) {
    let lost = lease.lost.clone();
    let mut driver = Driver {
        shared,
        saga: claim.saga,
        lease,
        flights: JoinSet::new(),
        interrupts: HashMap::new(),
        reports: mpsc::unbounded_channel(),
        progress: BTreeMap::new(),
    };
    tracing::debug!(saga.id = %driver.saga.id, saga.epoch = driver.saga.epoch, "A saga was claimed.");
    let end = tokio::select! {
        biased;
        () = lost.cancelled() => End::Dropped,
        end = driver.carry(claim.wishes, &shutdown) => end,
    };
    match end {
        End::Released => {}
        End::Dropped => {
            driver.flights.shutdown().await;
            tracing::debug!(saga.id = %driver.saga.id, "A saga was dropped.");
        }
        End::Shutdown => driver.give_back().await,
    }
}

impl<C: Send + Sync + 'static> Driver<C> {
    async fn carry(&mut self, wishes: Vec<(u64, Wish)>, shutdown: &CancellationToken) -> End {
        let mut decision = self.decide(Event::Claimed);
        decision.merge(self.obey(&wishes));
        if let Err(end) = self.settle(decision, numbers(&wishes), true).await {
            return end;
        }
        loop {
            let next = match self.next(shutdown).await {
                Ok(next) => next,
                Err(end) => return end,
            };
            if let Err(end) = self.handle(next).await {
                return end;
            }
        }
    }

    /// Waits for whatever happens next.
    async fn next(&mut self, shutdown: &CancellationToken) -> Result<Next, End> {
        let due = match machine::rest(&self.saga) {
            Rest::Until(due) => (due - Utc::now()).to_std().unwrap_or_default(),
            _ => self.next_due().unwrap_or(self.shared.config.lease),
        };
        let flush = self.shared.config.progress;
        tokio::select! {
            biased;
            () = shutdown.cancelled() => Err(End::Shutdown),
            Some(ended) = self.flights.join_next(), if !self.flights.is_empty() => Ok(Next::Outcome(landed(ended))),
            () = self.lease.nudge.notified() => Ok(Next::Wishes),
            Some(report) = self.reports.1.recv(), if self.progress.is_empty() => Ok(Next::Report(report)),
            () = tokio::time::sleep(flush), if !self.progress.is_empty() => Ok(Next::Tick),
            () = tokio::time::sleep(due) => Ok(Next::Tick),
        }
    }

    /// The earliest timer while other attempts are in flight.
    fn next_due(&self) -> Option<std::time::Duration> {
        let due = self.saga.steps.iter().filter_map(|step| step.due).min()?;
        Some((due - Utc::now()).to_std().unwrap_or_default())
    }

    async fn handle(&mut self, next: Next) -> Result<(), End> {
        match next {
            Next::Report((step, detail)) => {
                self.progress.insert(step, detail);
                Ok(())
            }
            Next::Tick => {
                let decision = self.decide(Event::Tick);
                self.settle(decision, Vec::new(), false).await
            }
            Next::Wishes => {
                let wishes = match self.shared.log.wishes(self.saga.id).await {
                    Ok(wishes) => wishes,
                    Err(error) => {
                        // The next renewal nudges again.
                        tracing::warn!(saga.id = %self.saga.id, error = &error as &dyn std::error::Error,
                            "Wishes could not be read.");
                        return Ok(());
                    }
                };
                let decision = self.obey(&wishes);
                self.settle(decision, numbers(&wishes), false).await
            }
            Next::Outcome(first) => self.outcomes(first).await,
        }
    }

    /// Everything that has ended by now goes into one commit.
    async fn outcomes(&mut self, first: Outcome) -> Result<(), End> {
        let mut decision = Decision::default();
        let mut committed = Vec::new();
        let mut next = Some(first);
        while let Some(outcome) = next {
            let (step, undo, event) = match outcome {
                Outcome::Abandoned => return Err(End::Dropped),
                Outcome::Ended { step, undo: false, result: Ok(output) } => {
                    (step.clone(), false, Event::Succeeded { step, output })
                }
                Outcome::Ended { step, undo: false, result: Err(error) } => {
                    (step.clone(), false, Event::Failed { step, error })
                }
                Outcome::Ended { step, undo: true, result: Ok(_) } => (step.clone(), true, Event::Undone { step }),
                Outcome::Ended { step, undo: true, result: Err(error) } => {
                    (step.clone(), true, Event::UndoFailed { step, error })
                }
            };
            self.interrupts.remove(&step);
            decision.merge(self.decide(event));
            committed.push((step, undo));
            next = self.flights.try_join_next().map(landed);
        }
        let commands = self.commit(decision, Vec::new(), false).await?;
        for (step, undo) in committed {
            let site = Site { kind: &self.saga.kind, step: &step, undo, point: Point::AfterCommit };
            if self.shared.inject.at(site) == Injected::Abandon {
                return Err(End::Dropped);
            }
        }
        self.carry_out(commands.ok_or(End::Released)?);
        Ok(())
    }

    fn decide(&mut self, event: Event) -> Decision {
        let at = At { now: Utc::now(), jitter: rand::random(), park: self.shared.config.park };
        machine::decide(&mut self.saga, event, at)
    }

    fn obey(&mut self, wishes: &[(u64, Wish)]) -> Decision {
        let mut decision = Decision::default();
        for (_, wish) in wishes {
            tracing::info!(saga.id = %self.saga.id, saga.wish = ?wish, "A wish is obeyed.");
            decision.merge(self.decide(Event::Wished(*wish)));
        }
        decision
    }

    async fn settle(&mut self, decision: Decision, taken: Vec<u64>, always: bool) -> Result<(), End> {
        let commands = self.commit(decision, taken, always).await?;
        self.carry_out(commands.ok_or(End::Released)?);
        Ok(())
    }

    fn carry_out(&mut self, commands: Vec<Command>) {
        for command in commands {
            match command {
                Command::Run { step } => self.fly(&step, false),
                Command::Undo { step } => self.fly(&step, true),
                Command::Interrupt { step } => {
                    if let Some(token) = self.interrupts.get(&step) {
                        token.cancel();
                    }
                }
            }
        }
    }
}

enum Next {
    Outcome(Outcome),
    Wishes,
    Report(Report),
    Tick,
}

/// An attempt catches its action's panics; what is left is a runtime that ends, as in a crash.
fn landed(ended: Result<Outcome, tokio::task::JoinError>) -> Outcome {
    ended.unwrap_or(Outcome::Abandoned)
}

fn numbers(wishes: &[(u64, Wish)]) -> Vec<u64> {
    wishes.iter().map(|(number, _)| *number).collect()
}
