//! hypo-store
