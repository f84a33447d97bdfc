//! Where a value is in a document.

use std::fmt;

use super::limits;
use crate::Problem;

/// Member names from the document down; empty for the document (or the element) itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Path(Vec<String>);

impl Path {
    /// The members, none of them with a quote, a backslash or a control character.
    #[must_use]
    pub fn members(&self) -> &[String] {
        &self.0
    }

    /// A dotted path, for example `serviceSpecification.id`.
    ///
    /// # Errors
    /// 400 for what is no path.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        Self::of(text.split('.').map(str::to_owned).collect())
    }

    /// A path of members.
    ///
    /// # Errors
    /// 400 for a name that is no attribute's, or too many.
    pub fn of(members: Vec<String>) -> Result<Self, Problem> {
        if let Some(name) = members.iter().find(|name| !is_name(name)) {
            return Err(Problem::invalid(format!("{name:?} is no attribute name")));
        }
        limits::at_most(limits::MEMBERS, members.len(), "members in a path")?;
        Ok(Self(members))
    }

    /// A path that code knows.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn known(text: &'static str) -> Self {
        Self::parse(text).expect("a path in the code is well formed")
    }
}

fn is_name(name: &str) -> bool {
    let plain = |c: char| !c.is_control() && !"\"'\\[](){}<>=!*~;,?|".contains(c);
    !name.is_empty() && name.len() <= limits::NAME && name.chars().all(plain)
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("."))
    }
}
