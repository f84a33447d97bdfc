//! A peer that fails again and again is left alone for a while, so that callers are refused at once instead of
//! waiting for it.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use hypo_model::ports::peers::Error;
use hypo_shared::ErrorCode;

/// Failures in a row before a peer is left alone.
const FAILURES: u32 = 5;
/// How long it is left alone. Then one request is let through: its outcome decides.
const PAUSE: Duration = Duration::from_secs(10);

/// One breaker per peer.
#[derive(Debug, Default)]
pub struct Breakers(Mutex<HashMap<String, State>>);

#[derive(Debug, Default)]
struct State {
    failures: u32,
    until: Option<Instant>,
}

impl Breakers {
    /// Whether a request may be sent.
    ///
    /// # Errors
    /// `PeerUnreachable` with the time to wait.
    pub fn pass(&self, key: &str) -> Result<(), Error> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(state) = all.get_mut(key) else { return Ok(()) };
        let Some(until) = state.until else { return Ok(()) };
        let now = Instant::now();
        if now < until {
            let message = "The peer has failed several times in a row and is left alone for some seconds.".to_owned();
            return Err(Error { code: ErrorCode::PeerUnreachable, message, retry_after: Some(until - now) });
        }
        // This request finds out; the others wait for what it finds.
        state.until = Some(now + PAUSE);
        Ok(())
    }

    /// Notes how a request went.
    pub fn note(&self, key: &str, fine: bool) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if fine {
            all.remove(key);
            return;
        }
        let state = all.entry(key.to_owned()).or_default();
        state.failures += 1;
        if state.failures >= FAILURES {
            state.until = Some(Instant::now() + PAUSE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_failures_in_a_row_open_it_and_one_success_closes_it() {
        let breakers = Breakers::default();
        for _ in 0..FAILURES {
            breakers.pass("a").unwrap();
            breakers.note("a", false);
        }
        let refused = breakers.pass("a").unwrap_err();
        assert!(refused.retry_after.is_some_and(|wait| wait <= PAUSE) && refused.code == ErrorCode::PeerUnreachable);
        breakers.pass("b").unwrap();
        breakers.note("a", true);
        breakers.pass("a").unwrap();
        for _ in 1..FAILURES {
            breakers.note("a", false);
        }
        breakers.pass("a").unwrap();
    }
}
