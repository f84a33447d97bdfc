//! Structs as rows of a table.

use sea_orm::{QueryResult, Value};

use crate::{Error, Result, sql::Cell};

/// A struct that is a row. Made by [`table!`].
pub trait Row: Sized {
    const TABLE: &'static str;
    const COLUMNS: &'static [&'static str];
    /// The values, in the order of [`Row::COLUMNS`].
    fn cells(&self) -> Vec<Value>;
    fn read(row: &QueryResult) -> Result<Self>;
}

/// One column of a result.
pub fn get<T: Cell>(row: &QueryResult, column: &str) -> Result<T> {
    let sql: T::Sql = row.try_get("", column)?;
    T::take(sql).map_err(|problem| Error::Corrupt(format!("column {column}: {problem}")))
}

/// Declares which struct is which table; fields and columns have the same names.
macro_rules! table {
    ($row:ty, $table:literal { $($field:ident),+ $(,)? }) => {
        impl $crate::sql::Row for $row {
            const TABLE: &'static str = $table;
            const COLUMNS: &'static [&'static str] = &[$(stringify!($field)),+];
            fn cells(&self) -> Vec<sea_orm::Value> {
                vec![$($crate::sql::Cell::put(&self.$field).into()),+]
            }
            fn read(row: &sea_orm::QueryResult) -> $crate::Result<Self> {
                Ok(Self { $($field: $crate::sql::get(row, stringify!($field))?),+ })
            }
        }
    };
}
pub(crate) use table;

/// Values of a statement's placeholders, in order.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::sql::Cell::put(&$value).into()),*] };
}
pub(crate) use args;
