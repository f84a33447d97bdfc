//! How often somebody may try to sign in: a leaky bucket per account and one per address.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use hypo_shared::ErrorCode;

use crate::{Error, Result};

/// Tries an account has before it waits, and how long until one comes back.
const ACCOUNT: Rate = Rate { burst: 5.0, refill: Duration::from_secs(60) };
/// The same for an address; larger, because offices share one.
const ADDRESS: Rate = Rate { burst: 30.0, refill: Duration::from_secs(10) };
/// Buckets kept before full ones are forgotten.
const KEPT: usize = 10_000;

#[derive(Clone, Copy, Debug)]
struct Rate {
    burst: f64,
    refill: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Account(String),
    Address(IpAddr),
}

impl Key {
    const fn rate(&self) -> Rate {
        match self {
            Key::Account(_) => ACCOUNT,
            Key::Address(_) => ADDRESS,
        }
    }
}

/// Counts tries. A right password gives the account's tries back.
#[derive(Debug, Default)]
pub struct Throttle {
    buckets: Mutex<HashMap<Key, (f64, DateTime<Utc>)>>,
}

impl Throttle {
    /// Takes one try.
    ///
    /// # Errors
    /// `HYP-5004` with the time to wait, when none is left for the account or for the address.
    pub fn take(&self, account: &str, address: Option<IpAddr>, now: DateTime<Utc>) -> Result<()> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() > KEPT {
            buckets.retain(|key, bucket| level(*bucket, key.rate(), now) < key.rate().burst);
        }
        let keys = [Some(Key::Account(account.to_owned())), address.map(Key::Address)];
        for key in keys.iter().flatten() {
            let rate = key.rate();
            let left = buckets.get(key).map_or(rate.burst, |bucket| level(*bucket, rate, now));
            if left < 1.0 {
                let wait = rate.refill.mul_f64(1.0 - left);
                return Err(Error::of(ErrorCode::TooManyAttempts).retry(wait));
            }
        }
        for key in keys.into_iter().flatten() {
            let rate = key.rate();
            let left = buckets.get(&key).map_or(rate.burst, |bucket| level(*bucket, rate, now));
            buckets.insert(key, (left - 1.0, now));
        }
        Ok(())
    }

    /// The account signed in.
    pub fn succeeded(&self, account: &str) {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.remove(&Key::Account(account.to_owned()));
    }
}

/// Tries that are left at `now`.
fn level((left, at): (f64, DateTime<Utc>), rate: Rate, now: DateTime<Utc>) -> f64 {
    let passed = (now - at).to_std().unwrap_or_default().as_secs_f64();
    (left + passed / rate.refill.as_secs_f64()).min(rate.burst)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn an_account_waits_after_five_tries() {
        let throttle = Throttle::default();
        for _ in 0..5 {
            throttle.take("ada", None, at(0)).unwrap();
        }
        let refused = throttle.take("ada", None, at(0)).unwrap_err();
        assert_eq!((refused.code, refused.retry_after), (ErrorCode::TooManyAttempts, Some(Duration::from_secs(60))));
        throttle.take("grace", None, at(0)).unwrap();
        throttle.take("ada", None, at(60)).unwrap();
        assert!(throttle.take("ada", None, at(60)).is_err());
        throttle.succeeded("ada");
        throttle.take("ada", None, at(60)).unwrap();
    }

    #[test]
    fn an_address_waits_whatever_accounts_it_tries() {
        let throttle = Throttle::default();
        let address = Some(IpAddr::from([127, 0, 0, 1]));
        for number in 0..30 {
            throttle.take(&format!("user{number}"), address, at(0)).unwrap();
        }
        assert!(throttle.take("another", address, at(0)).is_err());
        throttle.take("another", None, at(0)).unwrap();
    }
}
