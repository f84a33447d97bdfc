//! TMF637 Product Inventory Management 4.0.0.

use super::rows::*;

/// TMF637 Product Inventory Management 4.0.0.
pub static PRODUCT_INVENTORY: Family = Family {
    number: "TMF637",
    name: "Product Inventory Management",
    base: "/tmf-api/productInventory/v4",
    aliases: &["/tmf-api/productInventoryManagement/v4"],
    version: "v4",
    spec: "4.0.0",
    area: Area::Inventory,
};

pub(super) static RESOURCES: &[Resource] = &[Resource {
    family: &PRODUCT_INVENTORY,
    collection: "product",
    kind: "product",
    type_name: "Product",
    doc: "A product that a customer has.",
    parent: None,
    methods: ALL,
    attributes: attributes! {
        id text, href text, description text, isBundle boolean, isCustomerVisible boolean, name text,
        orderDate dateTime, productSerialNumber text, startDate dateTime, terminationDate dateTime,
        agreement [AgreementItemRef], billingAccount BillingAccountRef, place [RelatedPlaceRefOrValue],
        product [ProductRefOrValue], productCharacteristic [Characteristic], productOffering ProductOfferingRef,
        productOrderItem [RelatedProductOrderItem], productPrice [ProductPrice],
        productRelationship [ProductRelationship], productSpecification ProductSpecificationRef,
        productTerm [ProductTerm], realizingResource [ResourceRef], realizingService [ServiceRef],
        relatedParty [RelatedParty], status text, "@baseType" text, "@schemaLocation" text, "@type" text
    },
    create_required: &["status"],
    nested: &[],
    server_set: &["id", "href"],
    presets: &[],
    non_patchable: &["id", "href", "@type", "@baseType", "@schemaLocation"],
    state: Some("status"),
    machines: &[("status", &machine::PRODUCT)],
    events: &[
        "ProductCreateEvent",
        "ProductAttributeValueChangeEvent",
        "ProductStateChangeEvent",
        "ProductBatchEvent",
        "ProductDeleteEvent",
    ],
}];
