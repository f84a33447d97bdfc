//! A running write.

use std::ops::Deref;

use sea_orm::Value;

use crate::{
    Reader, Result,
    audit::NewEntry,
    events::Pending,
    sql::{Row, columns},
};

/// A running write: reads see what it has written. Events and audit rows are collected and written last, so that
/// the order of the outbox is the order of commits and the locks they need are held briefly.
#[derive(Debug)]
pub struct Tx {
    reader: Reader,
    pub(crate) events: Vec<Pending>,
    /// What the events belong to.
    pub(crate) correlation: Option<String>,
    /// A saga or a delivery may be claimed that could not be before.
    pub(crate) work: bool,
    /// Whom a token stands for may differ afterwards.
    pub(crate) identity: bool,
    pub(crate) audit: Vec<NewEntry>,
}

impl Deref for Tx {
    type Target = Reader;
    fn deref(&self) -> &Reader {
        &self.reader
    }
}

impl Tx {
    pub(crate) fn new(reader: Reader) -> Self {
        Self { reader, events: Vec::new(), correlation: None, work: false, identity: false, audit: Vec::new() }
    }

    pub(crate) fn into_reader(self) -> Reader {
        self.reader
    }

    pub(crate) async fn insert<T: Row>(&self, row: &T) -> Result<()> {
        self.execute(&insert_sql::<T>(""), row.cells()).await.map(drop)
    }

    /// Inserts and runs another statement, which has the same values, in one round trip.
    pub(crate) async fn insert_and<T: Row>(&self, row: &T, then: &str) -> Result<()> {
        let insert = insert_sql::<T>("");
        let sql = if self.is_postgres() {
            format!("WITH inserted AS ({insert}) {then}")
        } else {
            format!("{insert}; {then}")
        };
        self.execute(&sql, row.cells()).await.map(drop)
    }

    /// Inserts unless a unique value is taken; says whether it did.
    pub(crate) async fn insert_new<T: Row>(&self, row: &T) -> Result<bool> {
        Ok(self.execute(&insert_sql::<T>("ON CONFLICT DO NOTHING"), row.cells()).await? == 1)
    }

    /// Inserts, or replaces everything but the key columns of the row that is there.
    pub(crate) async fn upsert<T: Row>(&self, row: &T, key: &[&str]) -> Result<()> {
        let sets: Vec<String> = T::COLUMNS
            .iter()
            .filter(|column| !key.contains(column))
            .map(|column| format!("\"{column}\" = excluded.\"{column}\""))
            .collect();
        let key: Vec<String> = key.iter().map(|column| format!("\"{column}\"")).collect();
        let conflict = format!("ON CONFLICT ({}) DO UPDATE SET {}", key.join(", "), sets.join(", "));
        self.execute(&insert_sql::<T>(&conflict), row.cells()).await.map(drop)
    }

    /// `DELETE FROM table` of a row type, by filter; counts.
    pub(crate) async fn delete<T: Row>(&self, filter: &crate::sql::Filter) -> Result<u64> {
        let values: Vec<Value> = filter.values();
        self.execute(&format!("DELETE FROM {}{}", T::TABLE, filter.condition()), values).await
    }
}

fn insert_sql<T: Row>(conflict: &str) -> String {
    let places: Vec<String> = (1..=T::COLUMNS.len()).map(|place| format!("${place}")).collect();
    format!("INSERT INTO {} ({}) VALUES ({}) {conflict}", T::TABLE, columns::<T>(), places.join(", "))
}
