//! hypo-tmf
