//! The sub-objects of documents: which members they have. `@baseType`, `@schemaLocation` and `@type` belong to every
//! one and are not repeated. Sources: the definitions of the v4 specifications, which agree where they overlap.

mod a_to_e;
mod f_to_o;
mod p_to_q;
mod r_to_s;
mod t_to_z;

use super::{Attribute, attributes};

/// A sub-object's type.
#[derive(Debug, PartialEq, Eq)]
pub struct Type {
    pub name: &'static str,
    pub attributes: &'static [Attribute],
}

macro_rules! types {
    ($($name:ident { $($attribute:tt $shape:tt),* $(,)? })*) => {
        pub(super) static TYPES: &[Type] =
            &[$(Type { name: stringify!($name), attributes: attributes! { $($attribute $shape),* } }),*];
    };
}

use types;

/// Every type, by name.
pub fn all() -> impl Iterator<Item = &'static Type> {
    [a_to_e::TYPES, f_to_o::TYPES, p_to_q::TYPES, r_to_s::TYPES, t_to_z::TYPES].into_iter().flatten()
}

/// The type of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Type> {
    all().find(|known| known.name == name)
}
