//! TMF630 as data and pure functions: a registry of resources, the query grammar and its evaluator, pages, errors.
//! Adding an API is adding rows. No I/O: the API layer asks, the store answers.
//!
//! What is here is the first part: equality filters, `fields`, `offset` and `limit`. Operators, sorting, JSONPath and
//! hubs are refused with a clear error instead of being ignored.
#![forbid(unsafe_code)]

pub mod error;
pub mod page;
pub mod query;
pub mod registry;
pub mod shape;
pub mod validate;

pub use error::Problem;
pub use page::Paging;
pub use query::Query;
pub use registry::{Family, Method, Resource};
