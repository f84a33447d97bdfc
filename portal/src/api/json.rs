//! Reading and writing JSON without a generated visitor per type: a third of the wasm of derived code.

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::time::Time;

/// The answer does not have the shape the schema promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape;

/// Reads a value. `absent` stands for a field the operation did not select.
pub trait Json: Sized {
    fn read(value: &Value) -> Result<Self, Shape>;
    fn absent() -> Self;
}

/// Writes a value.
pub trait ToJson {
    fn json(&self) -> Value;
}

/// An enum whose variants have a GraphQL name.
pub trait Word: Copy {
    fn word(self) -> &'static str;
}

/// Member `name` of an object, [`Json::absent`] where the member is missing.
pub fn field<T: Json>(object: &Value, name: &str) -> Result<T, Shape> {
    object.get(name).map_or_else(|| Ok(T::absent()), T::read)
}

/// An object without its null members.
pub fn object(members: &[(&str, Value)]) -> Value {
    let kept = members.iter().filter(|(_, value)| !value.is_null());
    Value::Object(kept.map(|(name, value)| ((*name).to_owned(), value.clone())).collect::<Map<_, _>>())
}

impl Json for String {
    fn read(value: &Value) -> Result<Self, Shape> {
        value.as_str().map(str::to_owned).ok_or(Shape)
    }
    fn absent() -> Self {
        Self::new()
    }
}

impl Json for bool {
    fn read(value: &Value) -> Result<Self, Shape> {
        value.as_bool().ok_or(Shape)
    }
    fn absent() -> Self {
        false
    }
}

impl Json for i64 {
    fn read(value: &Value) -> Result<Self, Shape> {
        value.as_i64().ok_or(Shape)
    }
    fn absent() -> Self {
        0
    }
}

impl Json for f64 {
    fn read(value: &Value) -> Result<Self, Shape> {
        value.as_f64().ok_or(Shape)
    }
    fn absent() -> Self {
        0.0
    }
}

impl Json for Uuid {
    fn read(value: &Value) -> Result<Self, Shape> {
        value.as_str().and_then(|text| text.parse().ok()).ok_or(Shape)
    }
    fn absent() -> Self {
        Self::nil()
    }
}

impl Json for Time {
    fn read(value: &Value) -> Result<Self, Shape> {
        value.as_str().and_then(Time::parse).ok_or(Shape)
    }
    fn absent() -> Self {
        Self(0.0)
    }
}

impl Json for Value {
    fn read(value: &Value) -> Result<Self, Shape> {
        Ok(value.clone())
    }
    fn absent() -> Self {
        Self::Null
    }
}

impl<T: Json> Json for Option<T> {
    fn read(value: &Value) -> Result<Self, Shape> {
        if value.is_null() { Ok(None) } else { T::read(value).map(Some) }
    }
    fn absent() -> Self {
        None
    }
}

impl<T: Json> Json for Vec<T> {
    fn read(value: &Value) -> Result<Self, Shape> {
        value.as_array().ok_or(Shape)?.iter().map(T::read).collect()
    }
    fn absent() -> Self {
        Self::new()
    }
}

impl ToJson for String {
    fn json(&self) -> Value {
        Value::from(self.as_str())
    }
}

impl ToJson for bool {
    fn json(&self) -> Value {
        Value::from(*self)
    }
}

impl ToJson for i64 {
    fn json(&self) -> Value {
        Value::from(*self)
    }
}

impl ToJson for f64 {
    fn json(&self) -> Value {
        Value::from(*self)
    }
}

impl ToJson for Uuid {
    fn json(&self) -> Value {
        Value::from(self.to_string())
    }
}

impl ToJson for Value {
    fn json(&self) -> Value {
        self.clone()
    }
}

impl<T: ToJson> ToJson for Option<T> {
    fn json(&self) -> Value {
        self.as_ref().map_or(Value::Null, ToJson::json)
    }
}

impl<T: ToJson> ToJson for Vec<T> {
    fn json(&self) -> Value {
        self.iter().map(ToJson::json).collect()
    }
}
