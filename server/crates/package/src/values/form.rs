use super::FormField;
use crate::Error;
/// The form.
///
/// # Errors
/// Unreadable values or schema.
pub fn form(_values_yaml: &str, _schema_json: Option<&str>) -> Result<Vec<FormField>, Error> {
    Ok(Vec::new())
}
