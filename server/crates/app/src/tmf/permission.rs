//! Who may do what to documents: an action of the policy table per area and deed.

use hypo_shared::Action;
use hypo_tmf::{Method, Resource, registry::Area};

use crate::{App, Ctx, Result, permit::Proof};

/// The action a method of a resource asks for.
#[must_use]
pub const fn action(resource: &Resource, method: Method) -> Action {
    match (method, resource.family.area) {
        (Method::List | Method::Get, _) => Action::Read,
        (Method::Create, Area::Ordering) => Action::PlaceOrder,
        (_, Area::Ordering) => Action::ControlOrder,
        (_, Area::Catalogue) => Action::WriteCatalogue,
        (_, Area::Inventory) => Action::WriteInventory,
        (_, Area::Party) => Action::WriteParties,
        (_, Area::Location) => Action::WriteLocations,
        (_, Area::Alarm) => Action::WriteAlarms,
        (_, Area::Event) => Action::ManageHubs,
    }
}

/// Asks the policy table for a method of a resource.
///
/// # Errors
/// `HYP-5002` when the role may not do this.
pub async fn permit(app: &App, ctx: &Ctx, resource: &Resource, method: Method) -> Result<Proof> {
    app.prove(ctx, action(resource, method)).await
}
