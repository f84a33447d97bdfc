//! Offerings: a package others may order by a form, without seeing what it is made of.

mod approvals;
mod choices;
mod detail;
mod list;
mod order;
mod publish;

pub use detail::page as detail;
pub use list::page as list;
pub use publish::page as publish;

use leptos::prelude::AnyView;

use crate::{
    api::ops::OfferingApproval,
    ui::badge::{Tone, badge},
};

/// The TMF620 lifecycle of an offering.
fn lifecycle(state: &str) -> AnyView {
    let tone = match state {
        "Launched" | "Active" => Tone::Ok,
        "Retired" | "Obsolete" => Tone::Off,
        _ => Tone::Busy,
    };
    badge(tone, state)
}

/// Whether it can be ordered (TMF620 user guide).
fn orderable(state: &str) -> bool {
    matches!(state, "Active" | "Launched")
}

const fn approval(approval: OfferingApproval) -> &'static str {
    match approval {
        OfferingApproval::Automatic => "Starts at once",
        OfferingApproval::Provider => "The provider approves each order",
    }
}
