//! The part of a SELECT behind WHERE.

use sea_orm::Value;

use crate::{Scope, Slice, sql::Cell};

/// Conditions that must all hold, with their values, an order and a cut.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    conditions: Vec<String>,
    values: Vec<Value>,
    order: String,
    slice: String,
}

impl Filter {
    pub fn new() -> Self {
        Self::default()
    }

    /// `column = value`; the column is quoted.
    pub fn eq(self, column: &str, value: impl Cell) -> Self {
        self.and(&format!("\"{column}\" = {{}}"), value)
    }

    /// A condition with `{}` where the value goes (as often as needed).
    pub fn and(mut self, condition: &str, value: impl Cell) -> Self {
        self.values.push(value.put().into());
        self.conditions.push(condition.replace("{}", &format!("${}", self.values.len())));
        self
    }

    /// A condition with `{}` where the first value goes and `{other}` where the second does.
    pub fn and_pair(mut self, condition: &str, first: impl Cell, second: impl Cell) -> Self {
        self.values.push(second.put().into());
        let condition = condition.replace("{other}", &format!("${}", self.values.len()));
        self.and(&condition, first)
    }

    /// A condition without values.
    pub fn and_raw(mut self, condition: impl Into<String>) -> Self {
        self.conditions.push(condition.into());
        self
    }

    /// Rows whose `column` is the scope's tenant; all rows for the platform.
    pub fn scope(self, column: &str, scope: Scope) -> Self {
        match scope {
            Scope::Tenant(tenant) => self.eq(column, tenant),
            Scope::Platform => self,
        }
    }

    /// One of several values; none matches when there are none.
    pub fn any_of<T: Cell>(mut self, column: &str, values: &[T]) -> Self {
        if values.is_empty() {
            return self.and_raw("1 = 0");
        }
        let places: Vec<String> = values
            .iter()
            .map(|value| {
                self.values.push(value.put().into());
                format!("${}", self.values.len())
            })
            .collect();
        self.and_raw(format!("\"{column}\" IN ({})", places.join(", ")))
    }

    /// `ORDER BY` terms, as SQL.
    pub fn order(mut self, terms: &str) -> Self {
        self.order = format!(" ORDER BY {terms}");
        self
    }

    pub fn slice(mut self, slice: Slice) -> Self {
        self.slice = format!(" {}", slice.sql());
        self
    }

    /// ` WHERE … ORDER BY … LIMIT …`.
    pub fn tail(&self) -> String {
        format!("{}{}{}", self.condition(), self.order, self.slice)
    }

    /// ` WHERE …` alone, for counting.
    pub fn condition(&self) -> String {
        if self.conditions.is_empty() { String::new() } else { format!(" WHERE {}", self.conditions.join(" AND ")) }
    }

    pub fn values(&self) -> Vec<Value> {
        self.values.clone()
    }
}
