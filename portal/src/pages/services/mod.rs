//! Services: the list, and one service with its tabs.

mod actions;
mod charts;
mod detail;
mod fate;
mod list;
mod logs;
mod objects;
mod overview;
mod scale;
mod terminate;
mod topology;

pub use detail::page as detail;
pub use list::page as list;
pub use terminate::page as terminate;
