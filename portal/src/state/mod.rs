//! What outlives a page: address, session, theme, messages, clock, changes.

pub mod clock;
pub mod draft;
pub mod fetch;
pub mod keys;
pub mod place;
pub mod pulse;
pub mod session;
pub mod store;
pub mod theme;
pub mod toasts;
