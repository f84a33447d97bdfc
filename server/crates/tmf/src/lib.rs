//! TMF630 as data and pure functions: a registry of resources, the query grammar and its evaluator, state changes,
//! patches, dialects, pages, errors. Adding an API is adding rows. No I/O: the API layer asks, the store answers.
#![forbid(unsafe_code)]

pub mod dialect;
pub mod error;
pub mod event;
pub mod items;
pub mod page;
pub mod patch;
pub mod percent;
pub mod query;
pub mod registry;
pub mod shape;
pub mod transition;
pub mod validate;

pub use dialect::Dialect;
pub use error::Problem;
pub use page::Paging;
pub use query::Query;
pub use registry::{Family, Method, Resource};
