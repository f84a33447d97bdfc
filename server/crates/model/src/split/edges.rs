//! x
use hypo_shared::plan::LinkPlan;
use super::{SplitError, SplitInput};
/// links
///
/// # Errors
/// x
pub fn links(input: &SplitInput<'_>) -> Result<Vec<LinkPlan>, SplitError> {
    let _ = input;
    Ok(Vec::new())
}
