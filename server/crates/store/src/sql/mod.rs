//! A small layer over sea-orm: rows are plain structs, columns convert by [`Cell`], both databases read the same SQL
//! (`$1` placeholders, quoted names). sea-orm's types stay in here.

mod cell;
mod filter;
mod reader;
mod row;

pub(crate) use cell::Cell;
pub(crate) use filter::Filter;
pub use reader::Reader;
pub(crate) use reader::{Exec, Failure, columns};
pub(crate) use row::{Row, args, get, table};
