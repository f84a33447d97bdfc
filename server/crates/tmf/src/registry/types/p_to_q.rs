//! Sub-objects whose names begin with P to Q.

use super::*;

types! {
    POPAlteration {
        id text, href text, description text, name text, priceType text, priority integer, recurringChargePeriod text,
        applicationDuration Duration, price ProductPriceValue, unitOfMeasure Quantity, validFor TimePeriod
    }
    PartyCreditProfile {
        creditAgencyName text, creditAgencyType text, ratingReference text, ratingScore integer, validFor TimePeriod
    }
    PaymentMethodRef { id text, href text, name text, "@referredType" text }
    PaymentRef { id text, href text, name text, "@referredType" text }
    PlaceRef { id text, href text, name text, "@referredType" text }
    PlaceRefOrValue { id text, href text, name text, "@referredType" text }
    Price { percentage number, taxRate number, dutyFreeAmount Money, taxIncludedAmount Money }
    PriceAlteration {
        applicationDuration integer, description text, name text, priceType text, priority integer,
        recurringChargePeriod text, unitOfMeasure text, price Price, productOfferingPrice ProductOfferingPriceRef
    }
    PricingLogicAlgorithm { id text, href text, description text, name text, plaSpecId text, validFor TimePeriod }
    ProductOfferingPriceRef { id text, href text, name text, "@referredType" text }
    ProductOfferingPriceRefOrValue {
        id text, href text, description text, lastUpdate dateTime, lifecycleStatus text, name text, priceType text,
        recurringChargePeriod text, recurringChargePeriodLength integer, version text, constraint [ConstraintRef],
        price ProductPriceValue, priceAlteration [POPAlteration], unitOfMeasure Quantity, validFor TimePeriod,
        "@referredType" text
    }
    ProductOfferingPriceRelationship {
        id text, href text, name text, relationshipType text, role text, "@referredType" text
    }
    ProductOfferingQualificationItemRef {
        id text, href text, name text, productOfferingQualificationHref text, productOfferingQualificationId text,
        productOfferingQualificationName text, "@referredType" text
    }
    ProductOfferingQualificationRef { id text, href text, name text, "@referredType" text }
    ProductOfferingRef { id text, href text, name text, "@referredType" text }
    ProductOfferingRelationship {
        id text, href text, name text, relationshipType text, role text, validFor TimePeriod, "@referredType" text
    }
    ProductOfferingTerm { description text, name text, duration Duration, validFor TimePeriod }
    ProductOrderItem {
        id text, quantity integer, action text, appointment AppointmentRef, billingAccount BillingAccountRef,
        itemPrice [OrderPrice], itemTerm [OrderTerm], itemTotalPrice [OrderPrice], payment [PaymentRef],
        product ProductRefOrValue, productOffering ProductOfferingRef,
        productOfferingQualificationItem ProductOfferingQualificationItemRef, productOrderItem [ProductOrderItem],
        productOrderItemRelationship [OrderItemRelationship], qualification [ProductOfferingQualificationRef],
        quoteItem QuoteItemRef, state text
    }
    ProductOrderRef { id text, href text, name text, "@referredType" text }
    ProductPrice {
        description text, name text, priceType text, recurringChargePeriod text, unitOfMeasure text,
        billingAccount BillingAccountRef, price Price, productOfferingPrice ProductOfferingPriceRef,
        productPriceAlteration [PriceAlteration]
    }
    ProductPriceValue {
        percentage number, taxCategory text, taxRate number, dutyFreeAmount Money, taxIncludedAmount Money
    }
    ProductRefOrValue {
        id text, href text, description text, isBundle boolean, isCustomerVisible boolean, name text,
        orderDate dateTime, productSerialNumber text, startDate dateTime, terminationDate dateTime,
        agreement [AgreementItemRef], billingAccount BillingAccountRef, place [RelatedPlaceRefOrValue],
        product [ProductRefOrValue], productCharacteristic [Characteristic], productOffering ProductOfferingRef,
        productOrderItem [RelatedProductOrderItem], productPrice [ProductPrice],
        productRelationship [ProductRelationship], productSpecification ProductSpecificationRef,
        productTerm [ProductTerm], realizingResource [ResourceRef], realizingService [ServiceRef],
        relatedParty [RelatedParty], status text, "@referredType" text
    }
    ProductRelationship { relationshipType text, product ProductRefOrValue }
    ProductSpecificationCharacteristic {
        id text, configurable boolean, description text, extensible boolean, isUnique boolean, maxCardinality integer,
        minCardinality integer, name text, regex text, valueType text,
        productSpecCharRelationship [ProductSpecificationCharacteristicRelationship],
        productSpecCharacteristicValue [CharacteristicValueSpecification], validFor TimePeriod,
        "@valueSchemaLocation" text
    }
    ProductSpecificationCharacteristicRelationship {
        id text, href text, charSpecSeq integer, name text, relationshipType text, validFor TimePeriod
    }
    ProductSpecificationCharacteristicValueUse {
        id text, description text, maxCardinality integer, minCardinality integer, name text, valueType text,
        productSpecCharacteristicValue [CharacteristicValueSpecification],
        productSpecification ProductSpecificationRef, validFor TimePeriod
    }
    ProductSpecificationRef {
        id text, href text, name text, version text, targetProductSchema TargetProductSchema, "@referredType" text
    }
    ProductSpecificationRelationship {
        id text, href text, name text, relationshipType text, validFor TimePeriod, "@referredType" text
    }
    ProductTerm { description text, name text, duration Quantity, validFor TimePeriod }
    Quantity { amount number, units text }
    QuoteItemRef { id text, href text, name text, quoteHref text, quoteId text, quoteName text, "@referredType" text }
    QuoteRef { id text, href text, name text, "@referredType" text }
}
