//! The resources that are served, as data. Adding an API is adding rows. Sources: the official v4 specifications of
//! each API; a first version of the files was made from them, and they are ours to keep.

mod lookup;
mod macros;
mod rows;
mod tmf620;
mod tmf622;
mod tmf632;
mod tmf633;
mod tmf634;
mod tmf637;
mod tmf638;
mod tmf639;
mod tmf640;
mod tmf641;
mod tmf642;
mod tmf652;
mod tmf657;
mod tmf669;
mod tmf673;
mod tmf674;
mod tmf675;
mod tmf688;
mod tmf702;
pub mod types;

pub(crate) use macros::attributes;
pub use rows::{Area, Attribute, Family, Holds, Method, Nested, Parent, Preset, Resource, Shape};
pub use tmf620::PRODUCT_CATALOG;
pub use tmf622::PRODUCT_ORDERING;
pub use tmf632::PARTY;
pub use tmf633::SERVICE_CATALOG;
pub use tmf634::RESOURCE_CATALOG;
pub use tmf637::PRODUCT_INVENTORY;
pub use tmf638::SERVICE_INVENTORY;
pub use tmf639::RESOURCE_INVENTORY;
pub use tmf640::SERVICE_ACTIVATION;
pub use tmf641::SERVICE_ORDERING;
pub use tmf642::ALARM;
pub use tmf652::RESOURCE_ORDERING;
pub use tmf657::SERVICE_QUALITY;
pub use tmf669::PARTY_ROLE;
pub use tmf673::GEOGRAPHIC_ADDRESS;
pub use tmf674::GEOGRAPHIC_SITE;
pub use tmf675::GEOGRAPHIC_LOCATION;
pub use tmf688::EVENT;
pub use tmf702::RESOURCE_ACTIVATION;

/// All families with their resources, by number.
pub static FAMILIES: &[(&Family, &[Resource])] = &[
    (&PRODUCT_CATALOG, tmf620::RESOURCES),
    (&PRODUCT_ORDERING, tmf622::RESOURCES),
    (&PARTY, tmf632::RESOURCES),
    (&SERVICE_CATALOG, tmf633::RESOURCES),
    (&RESOURCE_CATALOG, tmf634::RESOURCES),
    (&PRODUCT_INVENTORY, tmf637::RESOURCES),
    (&SERVICE_INVENTORY, tmf638::RESOURCES),
    (&RESOURCE_INVENTORY, tmf639::RESOURCES),
    (&SERVICE_ACTIVATION, tmf640::RESOURCES),
    (&SERVICE_ORDERING, tmf641::RESOURCES),
    (&ALARM, tmf642::RESOURCES),
    (&RESOURCE_ORDERING, tmf652::RESOURCES),
    (&SERVICE_QUALITY, tmf657::RESOURCES),
    (&PARTY_ROLE, tmf669::RESOURCES),
    (&GEOGRAPHIC_ADDRESS, tmf673::RESOURCES),
    (&GEOGRAPHIC_SITE, tmf674::RESOURCES),
    (&GEOGRAPHIC_LOCATION, tmf675::RESOURCES),
    (&EVENT, tmf688::RESOURCES),
    (&RESOURCE_ACTIVATION, tmf702::RESOURCES),
];

/// All resources, in the order of the families.
pub fn resources() -> impl Iterator<Item = &'static Resource> {
    FAMILIES.iter().flat_map(|(_, resources)| resources.iter())
}
