//! A JSON value that refuses duplicate keys and counts what it costs while it is built.
//!
//! Parsers bound what they read; aliases multiply what is *built*. The count covers every node and byte
//! that lands in the value, so a small text cannot become a large one.

use std::cell::Cell;

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value};

thread_local! {
    /// Nodes and bytes that may still be built by the parse that runs on this thread.
    static LEFT: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
}

/// Marks the error of a value that became too large.
pub(super) const BEYOND: &str = "more values than the limit";
/// Stands before the key in the error of a duplicate.
pub(super) const DUPLICATE: &str = "duplicate key: ";

/// Runs a parse with a budget of nodes and bytes.
pub(super) fn budgeted<T>(nodes: usize, bytes: usize, parse: impl FnOnce() -> T) -> T {
    LEFT.with(|left| left.set((nodes, bytes)));
    let parsed = parse();
    LEFT.with(|left| left.set((0, 0)));
    parsed
}

fn charge<E: serde::de::Error>(bytes: usize) -> Result<(), E> {
    LEFT.with(|left| {
        let (nodes, room) = left.get();
        match (nodes.checked_sub(1), room.checked_sub(bytes)) {
            (Some(nodes), Some(room)) => {
                left.set((nodes, room));
                Ok(())
            }
            _ => Err(E::custom(BEYOND)),
        }
    })
}

/// See the module documentation.
pub(super) struct Strict(pub(super) Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Builder).map(Self)
    }
}

struct Builder;

impl<'de> Visitor<'de> for Builder {
    type Value = Value;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Value, E> {
        charge(0)?;
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        charge(0)?;
        Ok(value.into())
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        charge(0)?;
        Ok(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        charge(0)?;
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number that JSON does not have"))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        charge(value.len())?;
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: serde::de::Error>(self, value: String) -> Result<Value, E> {
        charge(value.len())?;
        Ok(Value::String(value))
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Value, E> {
        charge(0)?;
        Ok(Value::Null)
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<Value, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        charge(0)?;
        let mut items = Vec::new();
        while let Some(Strict(item)) = access.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        charge(0)?;
        let mut members = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            charge(key.len())?;
            let Strict(value) = access.next_value()?;
            if members.contains_key(&key) {
                return Err(A::Error::custom(format!("{DUPLICATE}{key}")));
            }
            members.insert(key, value);
        }
        Ok(Value::Object(members))
    }
}
