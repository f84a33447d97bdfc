//! hypo-adapters
