//! A folder or file per noun. A page reads, composes widgets and says what an action does.

pub mod access;
pub mod audit;
pub mod designer;
pub mod domains;
pub mod help;
pub mod listeners;
pub mod offerings;
pub mod orders;
pub mod overview;
pub mod packages;
pub mod paged;
pub mod parts;
pub mod records;
pub mod services;
pub mod session;
pub mod settings;
pub mod shell;
pub mod volumes;
