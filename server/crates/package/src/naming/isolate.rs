use hypo_shared::plan::RecordedOverride;
use super::Isolation;
use crate::manifest::Document;
/// Isolates.
#[must_use]
pub fn isolate(documents: &[Document], _isolation: &Isolation) -> (Vec<Document>, Vec<RecordedOverride>) {
    (documents.to_vec(), Vec::new())
}
