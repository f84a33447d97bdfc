//! Orders: the list, and one order with its live timeline.

mod detail;
mod list;

pub use detail::page as detail;
pub use list::page as list;
