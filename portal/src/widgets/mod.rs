//! Views that know the domain's words. They take data as properties and never fetch.

pub mod act;
pub mod bytes;
pub mod failure;
pub mod head;
pub mod lists;
pub mod log_lines;
pub mod pager;
pub mod search;
pub mod snippet;
pub mod time;
pub mod timeline;
pub mod typed;
pub mod words;
