//! hypo-orchestrator
