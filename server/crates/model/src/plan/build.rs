//! x
use hypo_shared::plan::Plan;
use super::{PlanError, PlanInput};
/// The plan.
///
/// # Errors
/// See [`PlanError`]: the placement is incomplete, an override cannot be applied, a cluster cannot take an object.
pub fn build(input: &PlanInput<'_>) -> Result<Plan, PlanError> {
    let _ = input;
    Ok(Plan::default())
}
