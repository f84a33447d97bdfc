//! The project's chores. `tidy` is also called by the test suite.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line program")]

pub mod accept;
pub mod bench;
pub mod e2e;
pub mod helm;
pub mod portal;
pub mod schema;
pub mod serve;
pub mod shell;
pub mod tidy;
pub mod workspace;
