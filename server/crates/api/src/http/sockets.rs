//! Open WebSockets by who opened them, so that a lost right ends them within seconds.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use hypo_app::{
    access::sessions,
    ctx::{Credential, Principal},
};
use hypo_shared::{ErrorCode, UserId};
use tokio_util::sync::CancellationToken;

use super::answer::Failure;
use crate::ApiState;

/// Connections of one user.
const PER_USER: usize = 50;
/// Pause between two looks at the rights behind open sockets.
const LOOK: Duration = Duration::from_secs(2);

/// Open WebSockets.
#[derive(Debug, Default)]
pub struct Sockets {
    open: Mutex<HashMap<Credential, Entry>>,
}

#[derive(Debug)]
struct Entry {
    who: Principal,
    count: usize,
    end: CancellationToken,
}

/// Keeps one connection counted; `ended` fires when its right is lost.
pub struct Ticket {
    sockets: Arc<Sockets>,
    credential: Credential,
    end: CancellationToken,
}

impl Ticket {
    /// Waits until the right to this connection is lost.
    pub async fn ended(&self) {
        self.end.cancelled().await;
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut open = self.sockets.lock();
        // An ended entry has been taken out; a new one of the same credential is not this ticket's.
        if let Some(entry) = open.get_mut(&self.credential).filter(|_| !self.end.is_cancelled()) {
            entry.count -= 1;
            if entry.count == 0 {
                open.remove(&self.credential);
            }
        }
    }
}

impl Sockets {
    /// Counts a new connection.
    pub fn admit(self: &Arc<Self>, who: &Principal) -> Result<Ticket, Failure> {
        let mut open = self.lock();
        if of_user(&open, who.user) >= PER_USER {
            return Err(ErrorCode::Overloaded.into());
        }
        let entry = open.entry(who.credential).or_insert_with(|| Entry {
            who: who.clone(),
            count: 0,
            end: CancellationToken::new(),
        });
        entry.count += 1;
        Ok(Ticket { sockets: Arc::clone(self), credential: who.credential, end: entry.end.clone() })
    }

    /// Ends every connection of a credential.
    pub fn end(&self, credential: Credential) {
        if let Some(entry) = self.lock().remove(&credential) {
            entry.end.cancel();
        }
    }

    fn principals(&self) -> Vec<Principal> {
        self.lock().values().map(|entry| entry.who.clone()).collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Credential, Entry>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn of_user(open: &HashMap<Credential, Entry>, user: UserId) -> usize {
    open.values().filter(|entry| entry.who.user == user).map(|entry| entry.count).sum()
}

/// Looks every two seconds whether the rights behind open sockets still stand: one look per credential, however many
/// sockets it has. Ends with the state or the server.
pub fn warden(state: &ApiState) {
    let (app, shutdown) = (state.app().clone(), state.config().shutdown.clone());
    let sockets = Arc::downgrade(state.sockets());
    tokio::spawn(async move {
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(LOOK) => {}
            }
            let Some(sockets) = sockets.upgrade() else { return };
            for who in sockets.principals() {
                match sessions::still_stands(&app, &who).await {
                    Ok(true) => {}
                    Ok(false) => sockets.end(who.credential),
                    Err(error) => crate::graphql::error::note(&error),
                }
            }
        }
    });
}
