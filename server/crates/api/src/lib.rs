//! hypo-api
