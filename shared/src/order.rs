//! Service order states, TMF641 v4.1. Names are the enum values of the specification.

use serde::{Deserialize, Serialize};

/// State of a service order (TMF641 v4.1, ServiceOrderStateType).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
#[cfg_attr(feature = "graphql", graphql(rename_items = "camelCase"))]
pub enum OrderState {
    Acknowledged,
    Rejected,
    Pending,
    Held,
    InProgress,
    AssessingCancellation,
    PendingCancellation,
    Cancelled,
    Completed,
    Failed,
    Partial,
}

/// What the action of an order item asks for (TMF641 v4.1, OrderItemActionType).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
#[cfg_attr(feature = "graphql", graphql(rename_items = "camelCase"))]
pub enum ItemAction {
    Add,
    Modify,
    Delete,
    NoChange,
}

/// What happens to what was already done when a step fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
#[cfg_attr(feature = "graphql", graphql(rename_items = "camelCase"))]
pub enum OnFailure {
    /// Undo everything, the order ends `failed`.
    #[default]
    Compensate,
    /// Keep what stands, the order waits in `held` for retry or cancel.
    Hold,
}

impl OrderState {
    /// All states, in the order of the specification's diagram.
    pub const ALL: [OrderState; 11] = [
        OrderState::Acknowledged,
        OrderState::Rejected,
        OrderState::Pending,
        OrderState::Held,
        OrderState::InProgress,
        OrderState::AssessingCancellation,
        OrderState::PendingCancellation,
        OrderState::Cancelled,
        OrderState::Completed,
        OrderState::Failed,
        OrderState::Partial,
    ];

    /// The states that may follow (TMF641 v4.1 state diagram). Staying is always allowed and not listed.
    #[must_use]
    pub const fn next(self) -> &'static [OrderState] {
        use OrderState::*;
        match self {
            Acknowledged => &[InProgress, Rejected, Cancelled, AssessingCancellation],
            InProgress => &[Completed, Failed, Partial, Pending, Held, Cancelled, AssessingCancellation],
            Pending | Held => &[InProgress, Cancelled, AssessingCancellation],
            AssessingCancellation => &[Acknowledged, InProgress, Pending, Held, PendingCancellation],
            PendingCancellation => &[Cancelled],
            Rejected | Completed | Failed | Partial | Cancelled => &[],
        }
    }

    /// Whether the diagram has an edge from `self` to `to`.
    #[must_use]
    pub fn can_become(self, to: OrderState) -> bool {
        self == to || self.next().contains(&to)
    }

    /// No state follows.
    #[must_use]
    pub const fn is_final(self) -> bool {
        self.next().is_empty()
    }

    /// The specification's spelling.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            OrderState::Acknowledged => "acknowledged",
            OrderState::Rejected => "rejected",
            OrderState::Pending => "pending",
            OrderState::Held => "held",
            OrderState::InProgress => "inProgress",
            OrderState::AssessingCancellation => "assessingCancellation",
            OrderState::PendingCancellation => "pendingCancellation",
            OrderState::Cancelled => "cancelled",
            OrderState::Completed => "completed",
            OrderState::Failed => "failed",
            OrderState::Partial => "partial",
        }
    }
}

/// The state that the states of an order's items add up to (TMF641 user guide). Names that are no order state count
/// as work under way.
#[must_use]
pub fn roll_up(items: &[&str]) -> OrderState {
    use OrderState::*;
    let any = |state: OrderState| items.contains(&state.as_str());
    let all = |state: OrderState| items.iter().all(|item| *item == state.as_str());
    let ended = |item: &&str| OrderState::ALL.iter().any(|state| state.is_final() && state.as_str() == *item);
    if items.iter().all(ended) {
        let nothing_done = !any(Completed) && !any(Partial);
        return match () {
            () if all(Completed) => Completed,
            () if all(Cancelled) => Cancelled,
            () if nothing_done && any(Failed) => Failed,
            () if nothing_done => Rejected,
            () => Partial,
        };
    }
    match () {
        () if any(PendingCancellation) => PendingCancellation,
        () if any(Held) => Held,
        () if any(Pending) => Pending,
        () if all(Acknowledged) => Acknowledged,
        () => InProgress,
    }
}

/// What a person may do to an order now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OrderAction {
    Cancel,
    Retry,
}

impl OrderState {
    /// Whether `action` makes sense in this state; the portal greys buttons with it.
    #[must_use]
    pub const fn can(self, action: OrderAction) -> bool {
        match action {
            OrderAction::Cancel => matches!(
                self,
                OrderState::Acknowledged | OrderState::InProgress | OrderState::Pending | OrderState::Held
            ),
            OrderAction::Retry => matches!(self, OrderState::Held),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_the_specification() {
        let table: Vec<String> = OrderState::ALL
            .iter()
            .map(|state| {
                let next: Vec<_> = state.next().iter().map(|next| next.as_str()).collect();
                format!("{} -> {}", state.as_str(), next.join(" "))
            })
            .collect();
        assert_eq!(
            table,
            [
                "acknowledged -> inProgress rejected cancelled assessingCancellation",
                "rejected -> ",
                "pending -> inProgress cancelled assessingCancellation",
                "held -> inProgress cancelled assessingCancellation",
                "inProgress -> completed failed partial pending held cancelled assessingCancellation",
                "assessingCancellation -> acknowledged inProgress pending held pendingCancellation",
                "pendingCancellation -> cancelled",
                "cancelled -> ",
                "completed -> ",
                "failed -> ",
                "partial -> ",
            ]
        );
    }

    #[test]
    fn states_of_items_add_up() {
        let table: [(&[&str], OrderState); 12] = [
            (&["acknowledged", "acknowledged"], OrderState::Acknowledged),
            (&["acknowledged", "inProgress"], OrderState::InProgress),
            (&["completed", "acknowledged"], OrderState::InProgress),
            (&["completed", "completed"], OrderState::Completed),
            (&["failed", "failed"], OrderState::Failed),
            (&["completed", "failed"], OrderState::Partial),
            (&["completed", "cancelled"], OrderState::Partial),
            (&["rejected", "cancelled"], OrderState::Rejected),
            (&["failed", "rejected"], OrderState::Failed),
            (&["cancelled", "cancelled"], OrderState::Cancelled),
            (&["held", "inProgress"], OrderState::Held),
            (&["pendingCancellation", "held"], OrderState::PendingCancellation),
        ];
        for (items, order) in table {
            assert_eq!(roll_up(items), order, "{items:?}");
        }
    }

    #[test]
    fn serde_spelling_is_the_specification() {
        for state in OrderState::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
    }
}
