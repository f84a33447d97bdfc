//! Who is signed in.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{
        client, live,
        ops::{self, Action},
    },
    state::toasts::Toasts,
};

/// The session as the shell needs it.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing {
    /// Not asked yet.
    Unknown,
    Out,
    In(ops::Session),
    /// The server did not answer.
    Unreachable(String),
}

/// The context.
#[derive(Clone, Copy)]
pub struct Me {
    pub standing: RwSignal<Standing>,
    /// The session ended while a page was open: sign in again in place, nothing on the page is lost.
    pub expired: RwSignal<bool>,
}

impl Me {
    pub fn provide() -> Self {
        let me = Self { standing: RwSignal::new(Standing::Unknown), expired: RwSignal::new(false) };
        provide_context(me);
        client::on_expired(move || {
            if me.standing.with_untracked(|standing| matches!(standing, Standing::In(_))) {
                me.expired.set(true);
            } else {
                me.standing.set(Standing::Out);
            }
        });
        me.refresh();
        me
    }

    pub fn here() -> Self {
        expect_context()
    }

    /// Asks the server who is signed in.
    pub fn refresh(self) {
        spawn_local(async move {
            match client::send(ops::CurrentSession {}).await {
                Ok(session) => {
                    self.expired.set(false);
                    if self.standing.with_untracked(|old| *old != Standing::In(session.clone())) {
                        self.standing.set(Standing::In(session));
                    }
                    live::wake();
                }
                Err(error) if error.is_unauthenticated() => {
                    if !self.standing.with_untracked(|standing| matches!(standing, Standing::In(_))) {
                        self.standing.set(Standing::Out);
                    }
                }
                Err(error) => self.standing.set(Standing::Unreachable(error.message)),
            }
        });
    }

    pub fn sign_out(self) {
        let toasts = Toasts::here();
        spawn_local(async move {
            match client::sign_out().await {
                Ok(()) => self.standing.set(Standing::Out),
                Err(error) => toasts.error(&error),
            }
        });
    }

    /// Whether the caller may do this; the server decides again.
    pub fn can(self, action: Action) -> bool {
        self.standing.with(|standing| match standing {
            Standing::In(session) => session.actions.contains(&action),
            _ => false,
        })
    }
}

/// Whether the caller may do this.
pub fn can(action: Action) -> bool {
    Me::here().can(action)
}
