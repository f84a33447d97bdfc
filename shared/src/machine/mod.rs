//! State machines of TMF documents as tables, for every resource that has one. The server decides with them and the
//! portal greys with them. Sources: the state diagrams of each specification; what they do not draw is said here.
//!
//! [`OrderState`](crate::order::OrderState) and [`ServiceState`](crate::service::ServiceState) are the typed faces of
//! two of these tables; a test keeps them the same.

mod tables;

pub use tables::*;

/// One state machine. Staying in a state is always allowed and never listed.
#[derive(Debug, PartialEq, Eq)]
pub struct Machine {
    /// What it is the machine of.
    pub name: &'static str,
    /// Every state and the states that may follow it.
    pub states: &'static [(&'static str, &'static [&'static str])],
    /// States a new document may be in. Empty: any.
    pub start: &'static [&'static str],
    /// States a client without administrator rights may ask for in a change. `None`: any that may follow.
    pub asked: Option<&'static [&'static str]>,
    /// Names beside these are accepted, and a change is checked only between two known names.
    pub open: bool,
    /// Other spellings of a state that are understood; the right one is stored.
    pub spellings: &'static [(&'static str, &'static str)],
}

/// Why a state cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Illegal {
    /// The machine has no such state; these it has.
    Unknown(Vec<&'static str>),
    /// A new document cannot begin in it; in these it can.
    Start(Vec<&'static str>),
    /// It does not follow the current state; these do.
    Edge(Vec<&'static str>),
    /// It follows, but only the server itself moves there; the caller may ask for these.
    Reserved(Vec<&'static str>),
}

impl Machine {
    /// The right spelling of a state.
    #[must_use]
    pub fn spelled<'a>(&self, state: &'a str) -> &'a str {
        self.spellings.iter().find(|(other, _)| *other == state).map_or(state, |(_, right)| right)
    }

    /// The states that may follow; `None` for a name the machine does not know.
    #[must_use]
    pub fn next(&self, state: &str) -> Option<&'static [&'static str]> {
        self.states.iter().find(|(known, _)| *known == state).map(|(_, next)| *next)
    }

    /// Whether no state follows.
    #[must_use]
    pub fn is_final(&self, state: &str) -> bool {
        self.next(state).is_some_and(<[_]>::is_empty)
    }

    /// Whether the diagram leads from one state to another, however many edges away.
    #[must_use]
    pub fn leads(&self, from: &str, to: &str) -> bool {
        let mut seen = vec![from];
        let mut next = 0;
        while next < seen.len() {
            if seen[next] == to {
                return true;
            }
            for state in self.next(seen[next]).unwrap_or_default() {
                if !seen.contains(state) {
                    seen.push(state);
                }
            }
            next += 1;
        }
        false
    }

    /// All states, in the order of the diagram.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.states.iter().map(|(name, _)| *name)
    }

    /// Whether a new document may be in `state`.
    ///
    /// # Errors
    /// [`Illegal::Unknown`], [`Illegal::Start`].
    pub fn begin(&self, state: &str) -> Result<(), Illegal> {
        if self.next(state).is_none() {
            return if self.open { Ok(()) } else { Err(Illegal::Unknown(self.names().collect())) };
        }
        if self.start.is_empty() || self.start.contains(&state) {
            Ok(())
        } else {
            Err(Illegal::Start(self.start.to_vec()))
        }
    }

    /// Whether a client may ask for the state where it may follow.
    #[must_use]
    pub fn may_ask(&self, state: &str, privileged: bool) -> bool {
        privileged || self.asked.is_none_or(|asked| asked.contains(&state))
    }

    /// Whether a document may go from `from` to `to` when a client asks; `privileged` clients may also ask for what
    /// otherwise only the server does.
    ///
    /// # Errors
    /// [`Illegal::Unknown`], [`Illegal::Edge`], [`Illegal::Reserved`].
    pub fn change(&self, from: &str, to: &str, privileged: bool) -> Result<(), Illegal> {
        if from == to {
            return Ok(());
        }
        let known = |state: &str| self.next(state).is_some();
        if !known(to) && !self.open {
            return Err(Illegal::Unknown(self.names().collect()));
        }
        let Some(next) = self.next(from).filter(|_| known(to)) else { return Ok(()) };
        let may = |state: &&str| self.may_ask(state, privileged);
        if !next.contains(&to) {
            return Err(Illegal::Edge(next.to_vec()));
        }
        if may(&to) { Ok(()) } else { Err(Illegal::Reserved(next.iter().copied().filter(may).collect())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{order::OrderState, service::ServiceState};

    #[test]
    fn every_edge_leads_to_a_state() {
        for machine in ALL {
            for (state, next) in machine.states {
                for to in *next {
                    assert!(machine.next(to).is_some() && to != state, "{}: {state} -> {to}", machine.name);
                }
            }
            let lists = machine.start.iter().chain(machine.asked.unwrap_or_default());
            for name in lists.chain(machine.spellings.iter().map(|(_, right)| right)) {
                assert!(machine.next(name).is_some(), "{}: {name}", machine.name);
            }
        }
    }

    #[test]
    fn every_state_can_be_reached() {
        for machine in ALL.iter().filter(|machine| !machine.start.is_empty()) {
            let mut reached: Vec<&str> = machine.start.to_vec();
            let mut position = 0;
            while let Some(state) = reached.get(position).copied() {
                let next = machine.next(state).unwrap_or_default();
                let new: Vec<&str> = next.iter().copied().filter(|state| !reached.contains(state)).collect();
                reached.extend(new);
                position += 1;
            }
            assert!(machine.names().all(|state| reached.contains(&state)), "{}: {reached:?}", machine.name);
        }
    }

    #[test]
    fn the_typed_tables_are_the_same() {
        let order: Vec<_> = OrderState::ALL
            .iter()
            .map(|state| (state.as_str(), state.next().iter().map(|to| to.as_str()).collect::<Vec<_>>()))
            .collect();
        let service: Vec<_> = ServiceState::ALL
            .iter()
            .map(|state| (state.as_str(), state.next().iter().map(|to| to.as_str()).collect::<Vec<_>>()))
            .collect();
        for (machine, typed) in [(&SERVICE_ORDER, order), (&SERVICE, service)] {
            let mut table: Vec<_> = machine.states.iter().map(|(state, next)| (*state, next.to_vec())).collect();
            let mut typed = typed;
            table.sort();
            typed.sort();
            assert_eq!(table, typed, "{}", machine.name);
        }
    }

    #[test]
    fn a_client_asks_only_for_what_is_its() {
        let order = &SERVICE_ORDER;
        assert_eq!(order.change("inProgress", "held", false), Ok(()));
        assert_eq!(order.change("inProgress", "completed", false), Err(Illegal::Reserved(vec!["pending", "held"])));
        assert_eq!(order.change("inProgress", "completed", true), Ok(()));
        assert_eq!(order.change("completed", "held", true), Err(Illegal::Edge(Vec::new())));
        assert!(matches!(order.change("held", "gone", true), Err(Illegal::Unknown(_))));
        assert_eq!(order.begin("completed"), Err(Illegal::Start(vec!["acknowledged"])));
        assert_eq!(LIFECYCLE.change("Active", "ours", false), Ok(()));
        assert_eq!(LIFECYCLE.change("Launched", "Active", false), Err(Illegal::Edge(vec!["Retired"])));
        assert_eq!(PRODUCT.spelled("aborted "), "aborted");
    }
}
