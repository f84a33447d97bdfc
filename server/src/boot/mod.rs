//! The only composition root: everything that is made once is made here.

mod compose;
mod config;
mod demo;
mod seed;
pub mod serve;
pub mod twins;
mod twins_process;
