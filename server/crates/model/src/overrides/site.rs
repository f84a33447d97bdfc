//! `${site.name}`, `${site.country}`, `${site.owner}` and `${site.label.KEY}` in strings.

use super::{OverrideError, refused};
use crate::cluster::Cluster;

/// Fills the facts of the cluster into a text. Other `${…}` and `$(…)` stay as they are: they are the application's.
///
/// # Errors
/// `HYP-2011` for a site fact that does not exist or that this cluster does not have.
pub fn fill(text: &str, site: &Cluster) -> Result<String, OverrideError> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("${site.") {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let Some(end) = from.find('}') else { break };
        let fact = &from["${site.".len()..end];
        out.push_str(&value(fact, site)?);
        rest = &from[end + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

fn value(fact: &str, site: &Cluster) -> Result<String, OverrideError> {
    let known = match fact {
        "name" => Some(&site.name),
        "country" => Some(&site.country).filter(|country| !country.is_empty()),
        "owner" => Some(&site.owner_name),
        _ => match fact.strip_prefix("label.") {
            Some(key) => site.labels.get(key),
            None => return Err(refused(format!("There is no site fact ${{site.{fact}}}."))),
        },
    };
    known.cloned().ok_or_else(|| refused(format!("{} has no ${{site.{fact}}}.", site.name)))
}
