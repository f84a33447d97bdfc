//! How a field of a struct is kept in a column.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use hypo_shared::{
    AuditId, ClusterId, DomainId, GrantId, OrderId, PackageId, PlanId, Role, SagaId, ServiceId, SessionId, TenantId,
    TokenId, UserId, VolumeId, order::OnFailure, plan::Plan, resource::ResourceStatus, service::Health,
};
use sea_orm::{TryGetable, Value, sea_query::Nullable};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

/// A field that fits a column. `take` says what is wrong with a stored value it cannot read.
pub trait Cell: Sized {
    /// The type the driver knows.
    type Sql: Into<Value> + TryGetable;
    fn put(&self) -> Self::Sql;
    fn take(sql: Self::Sql) -> Result<Self, String>;
}

macro_rules! plain {
    ($($kind:ty),+) => {$(
        impl Cell for $kind {
            type Sql = $kind;
            fn put(&self) -> $kind {
                self.clone()
            }
            fn take(sql: $kind) -> Result<Self, String> {
                Ok(sql)
            }
        }
    )+};
}
plain!(i64, bool, f64, String, Vec<u8>, Uuid);

macro_rules! ids {
    ($($id:ty),+) => {$(
        impl Cell for $id {
            type Sql = Uuid;
            fn put(&self) -> Uuid {
                self.0
            }
            fn take(sql: Uuid) -> Result<Self, String> {
                Ok(Self(sql))
            }
        }
    )+};
}
ids!(
    AuditId, ClusterId, DomainId, GrantId, OrderId, PackageId, PlanId, SagaId, ServiceId, SessionId, TenantId, TokenId,
    UserId, VolumeId
);

/// Enums, in the spelling serde gives them.
macro_rules! words {
    ($($kind:ty),+) => {$(
        impl Cell for $kind {
            type Sql = String;
            fn put(&self) -> String {
                to_word(self)
            }
            fn take(sql: String) -> Result<Self, String> {
                from_word(sql)
            }
        }
    )+};
}
words!(Role, OnFailure, ResourceStatus, Health, hypo_shared::ErrorCode);

/// Whole JSON documents, kept as text: members keep their order.
macro_rules! json {
    ($($kind:ty),+) => {$(
        impl Cell for $kind {
            type Sql = String;
            fn put(&self) -> String {
                to_json(self)
            }
            fn take(sql: String) -> Result<Self, String> {
                serde_json::from_str(&sql).map_err(|error| error.to_string())
            }
        }
    )+};
}
json!(serde_json::Value, Plan, Vec<Role>, BTreeMap<String, String>, BTreeMap<ClusterId, f64>);

impl Cell for DateTime<Utc> {
    type Sql = i64;
    fn put(&self) -> i64 {
        self.timestamp_micros()
    }
    fn take(sql: i64) -> Result<Self, String> {
        DateTime::from_timestamp_micros(sql).ok_or_else(|| format!("{sql} is no time"))
    }
}

impl Cell for crate::events::Cursor {
    type Sql = i64;
    fn put(&self) -> i64 {
        self.seq()
    }
    fn take(sql: i64) -> Result<Self, String> {
        Ok(Self::at(sql))
    }
}

impl Cell for u64 {
    type Sql = i64;
    fn put(&self) -> i64 {
        i64::try_from(*self).unwrap_or(i64::MAX)
    }
    fn take(sql: i64) -> Result<Self, String> {
        Self::try_from(sql).map_err(|_| format!("{sql} is negative"))
    }
}

impl Cell for u32 {
    type Sql = i64;
    fn put(&self) -> i64 {
        i64::from(*self)
    }
    fn take(sql: i64) -> Result<Self, String> {
        Self::try_from(sql).map_err(|_| format!("{sql} does not fit"))
    }
}

impl<T: Cell> Cell for Option<T>
where
    T::Sql: Nullable,
    Option<T::Sql>: Into<Value> + TryGetable,
{
    type Sql = Option<T::Sql>;
    fn put(&self) -> Self::Sql {
        self.as_ref().map(T::put)
    }
    fn take(sql: Self::Sql) -> Result<Self, String> {
        sql.map(T::take).transpose()
    }
}

fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("maps have string keys and no writer can fail")
}

fn to_word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => unreachable!("only enums without fields are kept as words"),
    }
}

fn from_word<T: DeserializeOwned>(word: String) -> Result<T, String> {
    serde_json::from_value(serde_json::Value::String(word)).map_err(|error| error.to_string())
}
