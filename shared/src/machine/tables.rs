//! The tables. Names are the enum values of the v4 specifications.

use super::Machine;

/// A machine that knows its states only.
const PLAIN: Machine = Machine { name: "", states: &[], start: &[], asked: None, open: false, spellings: &[] };

/// What a client may ask an order to do; cancelling goes through the cancel task, the rest is the server's.
const ORDER_ASKED: Option<&[&str]> = Some(&["held", "pending"]);

/// Every machine.
pub static ALL: &[&Machine] = &[
    &SERVICE_ORDER,
    &RESOURCE_ORDER,
    &PRODUCT_ORDER,
    &CANCEL_ORDER,
    &CANCEL_PRODUCT_ORDER,
    &SERVICE,
    &PRODUCT,
    &LIFECYCLE,
    &RESOURCE_STATUS,
    &ADMINISTRATIVE,
    &OPERATIONAL,
    &USAGE,
    &INDIVIDUAL,
    &ORGANIZATION,
    &JOB,
    &MONITOR,
    &TASK,
];

/// TMF641 4.1 ServiceOrder.
pub static SERVICE_ORDER: Machine = Machine {
    name: "ServiceOrder",
    states: &[
        ("acknowledged", &["inProgress", "rejected", "cancelled", "assessingCancellation"]),
        ("rejected", &[]),
        ("pending", &["inProgress", "cancelled", "assessingCancellation"]),
        ("held", &["inProgress", "cancelled", "assessingCancellation"]),
        ("inProgress", &["completed", "failed", "partial", "pending", "held", "cancelled", "assessingCancellation"]),
        ("assessingCancellation", &["acknowledged", "inProgress", "pending", "held", "pendingCancellation"]),
        ("pendingCancellation", &["cancelled"]),
        ("cancelled", &[]),
        ("completed", &[]),
        ("failed", &[]),
        ("partial", &[]),
    ],
    start: &["acknowledged"],
    asked: ORDER_ASKED,
    ..PLAIN
};

/// TMF652 4.0 ResourceOrder: what has begun is cancelled only through the assessment.
pub static RESOURCE_ORDER: Machine = Machine {
    name: "ResourceOrder",
    states: &[
        ("acknowledged", &["inProgress", "rejected", "assessingCancellation"]),
        ("rejected", &[]),
        ("pending", &["inProgress", "cancelled", "assessingCancellation"]),
        ("held", &["inProgress", "cancelled", "assessingCancellation"]),
        ("inProgress", &["completed", "failed", "partial", "pending", "held", "assessingCancellation"]),
        ("assessingCancellation", &["acknowledged", "inProgress", "pending", "held", "pendingCancellation"]),
        ("pendingCancellation", &["cancelled"]),
        ("cancelled", &[]),
        ("completed", &[]),
        ("failed", &[]),
        ("partial", &[]),
    ],
    start: &["acknowledged"],
    asked: ORDER_ASKED,
    ..PLAIN
};

/// TMF622 4.0 ProductOrder. An order whose offering is unknown begins `rejected`.
pub static PRODUCT_ORDER: Machine = Machine {
    name: "ProductOrder",
    states: &[
        ("acknowledged", &["inProgress", "pending"]),
        ("rejected", &[]),
        ("pending", &["inProgress", "assessingCancellation", "cancelled"]),
        ("held", &["inProgress", "assessingCancellation", "cancelled"]),
        ("inProgress", &["pending", "held", "assessingCancellation", "completed", "failed", "partial"]),
        ("assessingCancellation", &["inProgress", "pending", "held", "pendingCancellation"]),
        ("pendingCancellation", &["cancelled"]),
        ("cancelled", &[]),
        ("completed", &[]),
        ("failed", &[]),
        ("partial", &[]),
    ],
    start: &["acknowledged", "rejected"],
    asked: ORDER_ASKED,
    ..PLAIN
};

/// The cancel tasks of TMF641 and TMF652.
pub static CANCEL_ORDER: Machine = Machine {
    name: "CancelOrder",
    states: &[
        ("accepted", &["inProgress"]),
        ("inProgress", &["done", "terminatedWithError"]),
        ("done", &[]),
        ("terminatedWithError", &[]),
    ],
    start: &["accepted"],
    asked: Some(&[]),
    ..PLAIN
};

/// The cancel task of TMF622, whose first state has another name.
pub static CANCEL_PRODUCT_ORDER: Machine = Machine {
    name: "CancelProductOrder",
    states: &[
        ("acknowledged", &["inProgress"]),
        ("inProgress", &["done", "terminatedWithError"]),
        ("done", &[]),
        ("terminatedWithError", &[]),
    ],
    start: &["acknowledged"],
    asked: Some(&[]),
    ..PLAIN
};

/// TMF638 4.0 Service. `reserved` and `inactive` to `terminated` are extensions: the diagram has no other way to end
/// a service that never became active.
pub static SERVICE: Machine = Machine {
    name: "Service",
    states: &[
        ("feasibilityChecked", &["designed", "reserved", "inactive", "active"]),
        ("designed", &["reserved", "inactive", "active"]),
        ("reserved", &["designed", "inactive", "active", "terminated"]),
        ("inactive", &["active", "terminated"]),
        ("active", &["inactive", "terminated"]),
        ("terminated", &["active"]),
    ],
    start: &["feasibilityChecked", "designed", "reserved", "inactive", "active"],
    ..PLAIN
};

/// TMF637 4.0 Product. The specification's enumeration spells one value with a blank at its end. An inventory is
/// filled from elsewhere, so a product may be registered in any state.
pub static PRODUCT: Machine = Machine {
    name: "Product",
    states: &[
        ("created", &["pendingActive", "active"]),
        ("pendingActive", &["active", "cancelled", "aborted"]),
        ("cancelled", &[]),
        ("active", &["suspended", "pendingTerminate", "terminated"]),
        ("pendingTerminate", &["terminated"]),
        ("terminated", &[]),
        ("suspended", &["active"]),
        ("aborted", &[]),
    ],
    spellings: &[("aborted ", "aborted")],
    ..PLAIN
};

/// `lifecycleStatus` of catalogue elements (TMF620 user guide). The specification leaves the names free.
pub static LIFECYCLE: Machine = Machine {
    name: "Lifecycle",
    states: &[
        ("In Study", &["In Design"]),
        ("In Design", &["In Test"]),
        ("In Test", &["Active", "Rejected"]),
        ("Active", &["Launched", "Retired"]),
        ("Rejected", &[]),
        ("Launched", &["Retired"]),
        ("Retired", &["Obsolete"]),
        ("Obsolete", &[]),
    ],
    open: true,
    ..PLAIN
};

/// `resourceStatus` of TMF639 4.0: free among its values.
pub static RESOURCE_STATUS: Machine = Machine {
    name: "ResourceStatus",
    states: &[
        ("standby", &["alarm", "available", "reserved", "unknown", "suspended"]),
        ("alarm", &["standby", "available", "reserved", "unknown", "suspended"]),
        ("available", &["standby", "alarm", "reserved", "unknown", "suspended"]),
        ("reserved", &["standby", "alarm", "available", "unknown", "suspended"]),
        ("unknown", &["standby", "alarm", "available", "reserved", "suspended"]),
        ("suspended", &["standby", "alarm", "available", "reserved", "unknown"]),
    ],
    ..PLAIN
};

/// `administrativeState` of TMF639 4.0. Open, as the official samples and version 5 spell it otherwise.
pub static ADMINISTRATIVE: Machine = Machine {
    name: "AdministrativeState",
    states: &[("locked", &["unlocked"]), ("unlocked", &["locked", "shutdown"]), ("shutdown", &["locked", "unlocked"])],
    open: true,
    ..PLAIN
};

/// `operationalState` of TMF639 4.0.
pub static OPERATIONAL: Machine = Machine {
    name: "OperationalState",
    states: &[("enable", &["disable"]), ("disable", &["enable"])],
    open: true,
    ..PLAIN
};

/// `usageState` of TMF639 4.0.
pub static USAGE: Machine = Machine {
    name: "UsageState",
    states: &[("idle", &["active", "busy"]), ("active", &["idle", "busy"]), ("busy", &["idle", "active"])],
    open: true,
    ..PLAIN
};

/// TMF632 4.0 Individual; version 5 spells the last state otherwise.
pub static INDIVIDUAL: Machine = Machine {
    name: "Individual",
    states: &[("initialized", &["validated", "deceaded"]), ("validated", &["deceaded"]), ("deceaded", &[])],
    spellings: &[("deceased", "deceaded")],
    ..PLAIN
};

/// TMF632 4.0 Organization.
pub static ORGANIZATION: Machine = Machine {
    name: "Organization",
    states: &[("initialized", &["validated", "closed"]), ("validated", &["closed"]), ("closed", &[])],
    ..PLAIN
};

/// Import and export jobs of the catalogues.
pub static JOB: Machine = Machine {
    name: "Job",
    states: &[
        ("Not Started", &["Running"]),
        ("Running", &["Succeeded", "Failed"]),
        ("Succeeded", &[]),
        ("Failed", &[]),
    ],
    start: &["Not Started"],
    asked: Some(&[]),
    ..PLAIN
};

/// Monitors of TMF640 and TMF702 (TMF630 part 1, 9).
pub static MONITOR: Machine = Machine {
    name: "Monitor",
    states: &[("InProgress", &["InError", "Completed"]), ("InError", &[]), ("Completed", &[])],
    start: &["InProgress"],
    asked: Some(&[]),
    ..PLAIN
};

/// Tasks of TMF673 and TMF642.
pub static TASK: Machine = Machine {
    name: "Task",
    states: &[
        ("accepted", &["inProgress"]),
        ("inProgress", &["done", "terminatedWithError"]),
        ("done", &[]),
        ("terminatedWithError", &[]),
    ],
    start: &["accepted"],
    asked: Some(&[]),
    ..PLAIN
};
