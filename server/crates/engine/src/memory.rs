//! A saga log in memory, for tests and simulations. [`Table`] is pure: time is an argument.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use hypo_shared::SagaId;
use tokio::sync::watch;

use crate::{Claim, Created, Held, LogError, Saga, SagaLog, Transition, Wish};

/// The rows and their rules.
#[derive(Debug, Default)]
pub struct Table {
    rows: BTreeMap<SagaId, Row>,
    next_wish: u64,
}

#[derive(Debug)]
struct Row {
    saga: Saga,
    run_at: Option<DateTime<Utc>>,
    leased_until: Option<DateTime<Utc>>,
    wishes: Vec<(u64, Wish)>,
}

impl Table {
    pub fn create(&mut self, saga: &Saga, now: DateTime<Utc>) -> Created {
        if let Some(row) = self.rows.values().find(|row| row.saga.key == saga.key) {
            return Created { id: row.saga.id, new: false };
        }
        let row = Row { saga: saga.clone(), run_at: Some(now), leased_until: None, wishes: Vec::new() };
        self.rows.insert(saga.id, row);
        Created { id: saga.id, new: true }
    }

    pub fn claim(&mut self, lease: Duration, limit: usize, now: DateTime<Utc>) -> Vec<Claim> {
        self.rows
            .values_mut()
            .filter(|row| row.leased_until.is_none_or(|until| until < now))
            .filter(|row| !row.wishes.is_empty() || row.run_at.is_some_and(|at| at <= now))
            .take(limit)
            .map(|row| {
                row.saga.epoch += 1;
                row.leased_until = Some(now + lease);
                Claim { saga: row.saga.clone(), wishes: row.wishes.clone() }
            })
            .collect()
    }

    pub fn renew(&mut self, held: &[(SagaId, u64)], lease: Duration, now: DateTime<Utc>) -> Vec<Held> {
        held.iter()
            .filter_map(|(id, epoch)| {
                let row = self.rows.get_mut(id).filter(|row| row.saga.epoch == *epoch)?;
                row.leased_until = Some(now + lease);
                Some(Held { id: *id, has_wishes: !row.wishes.is_empty() })
            })
            .collect()
    }

    pub fn append(&mut self, saga: &Saga, transition: &Transition) -> Result<(), LogError> {
        let row = self.rows.get_mut(&saga.id).ok_or(LogError::NotFound)?;
        if row.saga.epoch != saga.epoch {
            return Err(LogError::Fenced);
        }
        // Only what the transition names is taken over, so that a forgotten index shows in a test.
        let mut steps = std::mem::take(&mut row.saga.steps);
        for index in &transition.touched {
            steps[*index] = saga.steps[*index].clone();
        }
        row.saga = Saga { steps, ..saga.clone() };
        row.run_at = transition.run_at;
        row.wishes.retain(|(number, _)| !transition.wishes_taken.contains(number));
        if transition.release {
            row.leased_until = None;
        }
        Ok(())
    }

    #[must_use]
    pub fn load(&self, id: SagaId) -> Option<&Saga> {
        self.rows.get(&id).map(|row| &row.saga)
    }

    pub fn wish(&mut self, id: SagaId, wish: Wish) -> Result<(), LogError> {
        let row = self.rows.get_mut(&id).ok_or(LogError::NotFound)?;
        self.next_wish += 1;
        row.wishes.push((self.next_wish, wish));
        Ok(())
    }

    #[must_use]
    pub fn wishes(&self, id: SagaId) -> Vec<(u64, Wish)> {
        self.rows.get(&id).map(|row| row.wishes.clone()).unwrap_or_default()
    }
}

/// [`Table`] behind a lock, on the machine's clock.
#[derive(Debug)]
pub struct MemoryLog {
    table: Mutex<Table>,
    woken: watch::Sender<u64>,
}

impl Default for MemoryLog {
    fn default() -> Self {
        Self { table: Mutex::default(), woken: watch::channel(0).0 }
    }
}

impl MemoryLog {
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(&self) {
        self.woken.send_modify(|count| *count = count.wrapping_add(1));
    }
}

#[async_trait]
impl SagaLog for MemoryLog {
    async fn create(&self, saga: &Saga) -> Result<Created, LogError> {
        let created = self.table().create(saga, Utc::now());
        self.wake();
        Ok(created)
    }

    async fn claim(&self, _owner: &str, lease: Duration, limit: usize) -> Result<Vec<Claim>, LogError> {
        Ok(self.table().claim(lease, limit, Utc::now()))
    }

    async fn renew(&self, held: &[(SagaId, u64)], lease: Duration) -> Result<Vec<Held>, LogError> {
        Ok(self.table().renew(held, lease, Utc::now()))
    }

    async fn append(&self, saga: &Saga, transition: &Transition) -> Result<(), LogError> {
        self.table().append(saga, transition)
    }

    async fn load(&self, id: SagaId) -> Result<Option<Saga>, LogError> {
        Ok(self.table().load(id).cloned())
    }

    async fn wish(&self, id: SagaId, wish: Wish) -> Result<(), LogError> {
        self.table().wish(id, wish)?;
        self.wake();
        Ok(())
    }

    async fn wishes(&self, id: SagaId) -> Result<Vec<(u64, Wish)>, LogError> {
        Ok(self.table().wishes(id))
    }

    fn woken(&self) -> watch::Receiver<u64> {
        self.woken.subscribe()
    }
}
