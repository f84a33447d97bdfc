//! Who is told of events (TMF630 hubs), and how that goes.

mod letters;
mod list;
mod register;

pub use list::page;
