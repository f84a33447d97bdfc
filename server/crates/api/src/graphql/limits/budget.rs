//! A budget per token: every operation costs its complexity, and the budget fills up again. It bounds what one client
//! takes over time, as the other limits bound one request. Kept in memory, per server process.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use hypo_app::ctx::Credential;

/// How much a token may ask for. The unit is a field, times the items of the lists it stands in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Budget {
    /// What a token has when it has not been used for a while.
    pub capacity: u64,
    /// What comes back each second.
    pub per_second: u64,
}

impl Default for Budget {
    /// Fifteen of the largest operations at once, and one more every four seconds.
    fn default() -> Self {
        Self { capacity: 300_000, per_second: 5_000 }
    }
}

/// Tokens that are kept apart; beyond it those with a full budget are forgotten.
const KEPT: usize = 10_000;

/// What every token has left.
#[derive(Debug)]
pub struct Budgets {
    rule: Budget,
    left: Mutex<HashMap<Credential, Left>>,
}

#[derive(Clone, Copy, Debug)]
struct Left {
    units: f64,
    at: Instant,
}

/// An operation costs more than is left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spent {
    pub remaining: u64,
    /// Until there is enough; `None` when there never will be.
    pub wait: Option<Duration>,
}

impl Budgets {
    pub fn new(rule: Budget) -> Self {
        Self { rule, left: Mutex::default() }
    }

    pub fn rule(&self) -> Budget {
        self.rule
    }

    /// Takes `cost` and gives what remains.
    pub fn take(&self, who: Credential, cost: u64, now: Instant) -> Result<u64, Spent> {
        let mut all = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let full = Left { units: units(self.rule.capacity), at: now };
        if all.len() >= KEPT && !all.contains_key(&who) {
            all.retain(|_, left| self.filled(*left, now) < full.units);
        }
        let left = all.entry(who).or_insert(full);
        *left = Left { units: self.filled(*left, now), at: now };
        let after = left.units - units(cost);
        if after < 0.0 {
            let per_second = units(self.rule.per_second);
            let ever = cost <= self.rule.capacity && per_second > 0.0;
            let wait = ever.then(|| Duration::from_secs_f64(-after / per_second));
            return Err(Spent { remaining: whole(left.units), wait });
        }
        left.units = after;
        Ok(whole(after))
    }

    fn filled(&self, left: Left, now: Instant) -> f64 {
        let back = now.saturating_duration_since(left.at).as_secs_f64() * units(self.rule.per_second);
        (left.units + back).min(units(self.rule.capacity))
    }
}

#[expect(clippy::cast_precision_loss, reason = "budgets are far below 2^53")]
fn units(number: u64) -> f64 {
    number as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the capacity")]
fn whole(units: f64) -> u64 {
    units as u64
}

#[cfg(test)]
mod tests {
    use hypo_shared::TokenId;

    use super::*;

    fn token(number: u128) -> Credential {
        Credential::Token(TokenId(uuid::Uuid::from_u128(number)))
    }

    #[test]
    fn a_spent_budget_refuses_and_fills_up_again() {
        let budgets = Budgets::new(Budget { capacity: 100, per_second: 10 });
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(budgets.take(token(1), 90, at(0)), Ok(10));
        let spent = Spent { remaining: 10, wait: Some(Duration::from_secs(2)) };
        assert_eq!(budgets.take(token(1), 30, at(0)), Err(spent));
        assert_eq!(budgets.take(token(2), 30, at(0)), Ok(70), "another token has its own");
        assert_eq!(budgets.take(token(1), 30, at(2)), Ok(0));
        assert_eq!(budgets.take(token(1), 100, at(60)), Ok(0), "never more than the capacity");
        assert_eq!(budgets.take(token(1), 101, at(120)), Err(Spent { remaining: 100, wait: None }));
    }

    #[test]
    fn idle_tokens_are_forgotten() {
        let budgets = Budgets::new(Budget { capacity: 10, per_second: 10 });
        let start = Instant::now();
        for number in 0..KEPT as u128 {
            budgets.take(token(number), 1, start).unwrap();
        }
        budgets.take(token(u128::MAX), 1, start + Duration::from_secs(5)).unwrap();
        assert_eq!(budgets.left.lock().unwrap().len(), 1);
    }
}
