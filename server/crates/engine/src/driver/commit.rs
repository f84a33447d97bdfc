//! Commits decisions, and gives the lease back when there is nothing to hold it for.

use std::time::Duration;

use chrono::Utc;

use super::{Driver, End};
use crate::{
    LogError, Transition,
    machine::{self, Command, Decision, Event},
};

impl<C: Send + Sync + 'static> Driver<C> {
    /// Commits the decision together with reported progress. `None`: the lease ended with this commit, there is
    /// nothing to do. `always` commits an empty decision too if that ends the lease.
    pub(super) async fn commit(
        &mut self,
        mut decision: Decision,
        taken: Vec<u64>,
        always: bool,
    ) -> Result<Option<Vec<Command>>, End> {
        while let Ok((step, detail)) = self.reports.1.try_recv() {
            self.progress.insert(step, detail);
        }
        for (step, detail) in std::mem::take(&mut self.progress) {
            decision.merge(self.decide(Event::Progress { step, detail }));
        }
        let transition = machine::transition(&self.saga, &decision, taken, Utc::now(), self.shared.config.linger);
        let release = transition.release;
        if decision.is_empty() && transition.wishes_taken.is_empty() && !(release && always) {
            return Ok(if release { None } else { Some(decision.commands) });
        }
        self.append(&transition).await?;
        // Nobody listens: fine.
        let _ = self.shared.changed.send(self.saga.id);
        Ok(if release { None } else { Some(decision.commands) })
    }

    /// Effects are done and their result is known: keep trying until the store answers or the lease is lost.
    async fn append(&mut self, transition: &Transition) -> Result<(), End> {
        let mut wait = Duration::from_millis(50);
        loop {
            match self.shared.log.append(&self.saga, transition).await {
                Ok(()) => return Ok(()),
                Err(LogError::Unavailable(error)) => {
                    tracing::warn!(saga.id = %self.saga.id, error = &*error as &dyn std::error::Error,
                        "A saga could not be committed; trying again.");
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(Duration::from_secs(2));
                }
                Err(LogError::Fenced) => {
                    tracing::info!(saga.id = %self.saga.id, saga.epoch = self.saga.epoch,
                        "A write was refused: the saga is held by somebody else.");
                    return Err(End::Dropped);
                }
                Err(error) => {
                    tracing::error!(saga.id = %self.saga.id, error = &error as &dyn std::error::Error,
                        "A saga could not be committed.");
                    return Err(End::Dropped);
                }
            }
        }
    }

    /// The engine stops: whoever claims next goes on at once. Memory equals what is committed here.
    pub(super) async fn give_back(&mut self) {
        self.flights.shutdown().await;
        let transition = Transition { run_at: Some(Utc::now()), release: true, ..Transition::default() };
        if let Err(error) = self.shared.log.append(&self.saga, &transition).await {
            tracing::warn!(saga.id = %self.saga.id, error = &error as &dyn std::error::Error,
                "A lease could not be given back; it runs out by itself.");
        }
    }
}
