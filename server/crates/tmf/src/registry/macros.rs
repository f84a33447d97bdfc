//! `attributes! { name shape, … }`: a shape is `text`, `dateTime`, `integer`, `number`, `boolean`, `any`, the name of
//! a type, or one of these in brackets for a list.

macro_rules! attributes {
    ($($name:tt $shape:tt),* $(,)?) => {
        &[$($crate::registry::Attribute {
            name: $crate::registry::attributes!(@name $name),
            shape: $crate::registry::attributes!(@shape $shape),
        }),*]
    };
    (@name $name:literal) => { $name };
    (@name $name:ident) => { stringify!($name) };
    (@shape text) => { $crate::registry::Shape::Text };
    (@shape dateTime) => { $crate::registry::Shape::DateTime };
    (@shape integer) => { $crate::registry::Shape::Integer };
    (@shape number) => { $crate::registry::Shape::Number };
    (@shape boolean) => { $crate::registry::Shape::Boolean };
    (@shape any) => { $crate::registry::Shape::Any };
    (@shape [$inner:tt]) => { $crate::registry::Shape::List(&$crate::registry::attributes!(@shape $inner)) };
    (@shape $type:ident) => { $crate::registry::Shape::Object(stringify!($type)) };
}

pub(crate) use attributes;
