//! Services: TMF638 documents, and what the clusters say about them.

mod control;
pub(crate) mod document;
mod live;
mod objects;
mod read;
mod redeploy;
mod scale;
mod terminate;
mod types;
mod volumes;

pub use control::{revert_drift, set_drift_policy};
pub(crate) use live::{components, events};
pub use live::{drift, links, live};
pub use objects::objects;
pub use read::{by_ids, find, list};
pub(crate) use read::{own, visible, visible_many};
pub use redeploy::redeploy;
pub use scale::{Scale, restart, scale};
pub(crate) use terminate::open_order;
pub use terminate::{DeleteVolume, Terminate, terminate, termination_plan};
pub use types::{
    AppliedObject, Component, Drift, EntryPoint, Event, KeptVolume, Link, Live, Pod, Service, TerminationObject,
    TerminationPlan, Volume,
};
pub use volumes::{delete_kept, kept};
