//! Permission is a value (architecture rule 6): a [`Permit`] can only be had by asking the policy table.

use std::marker::PhantomData;

use hypo_shared::{Action, ErrorCode, Role, role};

use crate::{App, Ctx, Error, Result, access::audit};

/// An action as a type, so that the compiler checks which permission a function was given.
pub trait Acts: Send + Sync + 'static {
    const ACTION: Action;
}

/// Proof that the caller may do `A`.
#[derive(Debug)]
pub struct Permit<A: Acts> {
    proof: PhantomData<A>,
}

impl<A: Acts> Clone for Permit<A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A: Acts> Copy for Permit<A> {}

/// Proof that the caller may do an action that is known only when the program runs: TMF documents, whose action
/// depends on the resource.
#[derive(Clone, Copy, Debug)]
pub struct Proof {
    action: Action,
}

impl Proof {
    /// Whether it is a proof of this action.
    ///
    /// # Errors
    /// `HYP-5002` when it is of another one.
    pub(crate) fn of(self, action: Action) -> Result<()> {
        if self.action == action { Ok(()) } else { Err(Error::of(ErrorCode::Forbidden)) }
    }
}

/// One type per action.
pub mod may {
    use hypo_shared::Action;

    use super::Acts;

    macro_rules! actions {
        ($($name:ident),+ $(,)?) => {$(
            #[doc = concat!("See `Action::", stringify!($name), "`.")]
            #[derive(Clone, Copy, Debug)]
            pub struct $name;
            impl Acts for $name {
                const ACTION: Action = Action::$name;
            }
        )+};
    }

    actions! {
        ReadSelf, Read, ReadClusters, ReadAudit, ImportPackage, CreatePlan, PlaceOrder, ControlOrder, ControlService,
        Observe, ManageClusters, ManageGrants, ManageUsers, ManageTokens, ManageTenants, ManageHubs,
        ReadPeers, WritePeers, ManagePeers, WriteCatalogue, WriteInventory, WriteParties, WriteLocations, WriteAlarms,
    }
}

impl App {
    /// Asks the policy table. A refusal leaves an audit row.
    ///
    /// # Errors
    /// `HYP-5002` when the role may not do this.
    pub async fn permit<A: Acts>(&self, ctx: &Ctx) -> Result<Permit<A>> {
        if let Some(permit) = decide::<A>(ctx.who.role) {
            return Ok(permit);
        }
        audit::denied(self, ctx, A::ACTION).await;
        Err(Error::of(ErrorCode::Forbidden))
    }
}

impl App {
    /// As [`App::permit`], for an action that is known only when the program runs.
    ///
    /// # Errors
    /// `HYP-5002` when the role may not do this.
    pub async fn prove(&self, ctx: &Ctx, action: Action) -> Result<Proof> {
        if role::allows(ctx.who.role, action) {
            return Ok(Proof { action });
        }
        audit::denied(self, ctx, action).await;
        Err(Error::of(ErrorCode::Forbidden))
    }
}

/// The decision alone: default deny.
fn decide<A: Acts>(role: Role) -> Option<Permit<A>> {
    role::allows(role, A::ACTION).then_some(Permit { proof: PhantomData })
}

/// What a role may do, for greying buttons.
#[must_use]
pub fn actions(role: Role) -> Vec<Action> {
    Action::ALL.into_iter().filter(|action| role::allows(role, *action)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permit_is_only_given_by_the_table() {
        assert!(decide::<may::PlaceOrder>(Role::Provider).is_some());
        assert!(decide::<may::PlaceOrder>(Role::Viewer).is_none());
        assert!(decide::<may::ManageUsers>(Role::DomainOwner).is_none());
    }
}
