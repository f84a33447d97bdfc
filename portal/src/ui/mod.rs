//! Primitives over native HTML. They know neither the API nor the routes.

pub mod badge;
pub mod browser;
pub mod code;
pub mod dialog;
pub mod diff_lines;
pub mod field;
pub mod icon;
pub mod markdown;
pub mod panel;
