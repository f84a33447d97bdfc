//! Tokens that were looked up a moment ago: a program that asks again and again is not looked up each time.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Duration, Utc};

use crate::ctx::Principal;

/// How long a right that was lost on another replica may still be used; what this process takes away counts at once.
const LASTS: Duration = Duration::seconds(2);
/// Tokens that are remembered.
const MOST: usize = 1000;

/// Who tokens stand for, by digest. An entry holds until this process changes a user, a token or a tenant.
#[derive(Debug, Default)]
pub struct Known(Mutex<HashMap<String, Entry>>);

#[derive(Debug)]
struct Entry {
    who: Principal,
    identities: u64,
    until: DateTime<Utc>,
}

impl Known {
    /// Who the token stood for when as many changes of identities were counted.
    pub fn find(&self, hash: &str, identities: u64, now: DateTime<Utc>) -> Option<Principal> {
        let known = self.lock();
        known
            .get(hash)
            .filter(|entry| entry.identities == identities && entry.until > now)
            .map(|entry| entry.who.clone())
    }

    /// Remembers what was read when `identities` changes were counted, or more.
    pub fn keep(&self, hash: String, who: Principal, identities: u64, now: DateTime<Utc>, expires: DateTime<Utc>) {
        let mut known = self.lock();
        if known.len() >= MOST {
            known.retain(|_, entry| entry.identities == identities && entry.until > now);
        }
        if known.len() < MOST {
            known.insert(hash, Entry { who, identities, until: expires.min(now + LASTS) });
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use hypo_shared::TenantId;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_change_the_time_and_the_end_of_a_token_make_it_be_looked_up_again() {
        let (known, now) = (Known::default(), Utc::now());
        let who = Principal::system("test", TenantId(Uuid::now_v7()));
        known.keep("a".to_owned(), who.clone(), 7, now, now + Duration::days(1));
        known.keep("short".to_owned(), who.clone(), 7, now, now + Duration::milliseconds(5));
        assert_eq!(known.find("a", 7, now), Some(who));
        assert_eq!(known.find("a", 8, now), None, "an identity has changed");
        assert_eq!(known.find("a", 7, now + LASTS), None, "another replica may have written");
        assert_eq!(known.find("short", 7, now + Duration::milliseconds(5)), None);
        assert_eq!(known.find("b", 7, now), None);
    }

    #[test]
    fn it_does_not_grow_without_end() {
        let (known, now) = (Known::default(), Utc::now());
        let who = Principal::system("test", TenantId(Uuid::now_v7()));
        for number in 0..MOST + 10 {
            known.keep(number.to_string(), who.clone(), 7, now, now + Duration::days(1));
        }
        assert_eq!(known.lock().len(), MOST);
        known.keep("new".to_owned(), who, 8, now, now + Duration::days(1));
        assert_eq!(known.lock().len(), 1, "what no longer holds makes room");
    }
}
