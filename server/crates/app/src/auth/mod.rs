//! Passwords, secrets a client holds, and how often somebody may try.

pub mod known;
pub mod password;
pub mod secret;
pub mod throttle;

pub use known::Known;
pub use password::Passwords;
pub use throttle::Throttle;
