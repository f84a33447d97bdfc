//! The domain's states as a word, a tone and a shape.

use hypo_shared::{
    order::{ItemAction, OrderState},
    plan::ChangeKind,
    resource::ResourceStatus,
    role::Role,
    service::{Health, LinkState, ServiceState},
    timeline::StepState,
};
use leptos::prelude::AnyView;

use crate::ui::badge::{Tone, badge};

/// A tone and a word.
pub trait Said: Copy {
    fn tone(self) -> Tone;
    fn said(self) -> &'static str;
    fn badge(self) -> AnyView {
        badge(self.tone(), self.said())
    }
}

impl Said for OrderState {
    fn tone(self) -> Tone {
        match self {
            Self::Completed => Tone::Ok,
            Self::Acknowledged | Self::Pending | Self::InProgress => Tone::Busy,
            Self::Held | Self::Partial | Self::AssessingCancellation | Self::PendingCancellation => Tone::Warn,
            Self::Failed | Self::Rejected => Tone::Bad,
            Self::Cancelled => Tone::Off,
        }
    }
    fn said(self) -> &'static str {
        match self {
            Self::Acknowledged => "Accepted",
            Self::Rejected => "Rejected",
            Self::Pending => "Pending",
            Self::Held => "Held",
            Self::InProgress => "In progress",
            Self::AssessingCancellation => "Assessing cancellation",
            Self::PendingCancellation => "Cancelling",
            Self::Cancelled => "Cancelled",
            Self::Completed => "Completed",
            Self::Failed => "Failed",
            Self::Partial => "Partly completed",
        }
    }
}

impl Said for Health {
    fn tone(self) -> Tone {
        match self {
            Self::Healthy => Tone::Ok,
            Self::Progressing => Tone::Busy,
            Self::Degraded => Tone::Warn,
            Self::Failed => Tone::Bad,
            Self::Unknown => Tone::Off,
        }
    }
    fn said(self) -> &'static str {
        match self {
            Self::Healthy => "Healthy",
            Self::Progressing => "Progressing",
            Self::Degraded => "Degraded",
            Self::Failed => "Failed",
            Self::Unknown => "Unknown",
        }
    }
}

impl Said for ServiceState {
    fn tone(self) -> Tone {
        match self {
            Self::Active => Tone::Ok,
            Self::FeasibilityChecked | Self::Designed | Self::Reserved => Tone::Busy,
            Self::Inactive | Self::Terminated => Tone::Off,
        }
    }
    fn said(self) -> &'static str {
        match self {
            Self::FeasibilityChecked => "Checked",
            Self::Designed => "Designed",
            Self::Reserved => "Reserved",
            Self::Inactive => "Inactive",
            Self::Active => "Active",
            Self::Terminated => "Terminated",
        }
    }
}

impl Said for StepState {
    fn tone(self) -> Tone {
        match self {
            Self::Done => Tone::Ok,
            Self::Running | Self::Undoing => Tone::Busy,
            Self::Retrying | Self::Undone => Tone::Warn,
            Self::Failed | Self::UndoFailed => Tone::Bad,
            Self::Waiting | Self::Skipped => Tone::Off,
        }
    }
    fn said(self) -> &'static str {
        match self {
            Self::Waiting => "Waiting",
            Self::Running => "Running",
            Self::Retrying => "Retrying",
            Self::Done => "Done",
            Self::Failed => "Failed",
            Self::Undoing => "Undoing",
            Self::Undone => "Undone",
            Self::UndoFailed => "Undo failed",
            Self::Skipped => "Skipped",
        }
    }
}

impl Said for ResourceStatus {
    fn tone(self) -> Tone {
        match self {
            Self::Available => Tone::Ok,
            Self::Reserved | Self::Standby => Tone::Busy,
            Self::Alarm => Tone::Bad,
            Self::Suspended => Tone::Warn,
            Self::Unknown => Tone::Off,
        }
    }
    fn said(self) -> &'static str {
        match self {
            Self::Standby => "Standby",
            Self::Alarm => "Unreachable",
            Self::Available => "Available",
            Self::Reserved => "Reserved",
            Self::Unknown => "Not probed",
            Self::Suspended => "Suspended",
        }
    }
}

impl Said for LinkState {
    fn tone(self) -> Tone {
        match self {
            Self::Unverified => Tone::Warn,
            Self::Up => Tone::Ok,
            Self::Down => Tone::Bad,
        }
    }
    fn said(self) -> &'static str {
        match self {
            Self::Unverified => "Unverified",
            Self::Up => "Up",
            Self::Down => "Down",
        }
    }
}

impl Said for ChangeKind {
    fn tone(self) -> Tone {
        match self {
            Self::Create => Tone::Ok,
            Self::Update => Tone::Busy,
            Self::Delete => Tone::Bad,
            Self::NoChange => Tone::Off,
        }
    }
    fn said(self) -> &'static str {
        match self {
            Self::Create => "Create",
            Self::Update => "Update",
            Self::Delete => "Delete",
            Self::NoChange => "Unchanged",
        }
    }
}

/// What an order does.
pub const fn action(action: ItemAction) -> &'static str {
    match action {
        ItemAction::Add => "Deploy",
        ItemAction::Modify => "Change",
        ItemAction::Delete => "Terminate",
        ItemAction::NoChange => "No change",
    }
}

pub const fn role(role: Role) -> &'static str {
    match role {
        Role::Admin => "Administrator",
        Role::DomainOwner => "Domain owner",
        Role::Provider => "Provider",
        Role::Customer => "Customer",
        Role::Viewer => "Viewer",
    }
}
