//! hypo-app
