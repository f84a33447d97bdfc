//! Sub-objects whose names begin with F to O.

use super::*;

types! {
    Feature {
        id text, isBundle boolean, isEnabled boolean, name text, constraint [ConstraintRef],
        featureCharacteristic [Characteristic], featureRelationship [FeatureRelationship]
    }
    FeatureRelationship { id text, name text, relationshipType text, validFor TimePeriod }
    FeatureSpecification {
        id text, isBundle boolean, isEnabled boolean, name text, version text, constraint [ConstraintRef],
        featureSpecCharacteristic [FeatureSpecificationCharacteristic],
        featureSpecRelationship [FeatureSpecificationRelationship], validFor TimePeriod, href text
    }
    FeatureSpecificationCharacteristic {
        id text, configurable boolean, description text, extensible boolean, isUnique boolean, maxCardinality integer,
        minCardinality integer, name text, regex text, valueType text,
        featureSpecCharRelationship [FeatureSpecificationCharacteristicRelationship],
        featureSpecCharacteristicValue [CharacteristicValueSpecification], validFor TimePeriod,
        "@valueSchemaLocation" text
    }
    FeatureSpecificationCharacteristicRelationship {
        characteristicId text, featureId text, name text, relationshipType text, resourceSpecificationHref text,
        resourceSpecificationId text, validFor TimePeriod, id text, href text
    }
    FeatureSpecificationRelationship {
        featureId text, name text, parentSpecificationHref text, parentSpecificationId text, relationshipType text,
        validFor TimePeriod, id text, href text
    }
    GeographicAddress {
        id text, href text, city text, country text, locality text, name text, postcode text, stateOrProvince text,
        streetName text, streetNr text, streetNrLast text, streetNrLastSuffix text, streetNrSuffix text,
        streetSuffix text, streetType text, geographicLocation GeographicLocationRefOrValue,
        geographicSubAddress [GeographicSubAddress]
    }
    GeographicLocationRefOrValue { id text, href text, name text, bbox [number], "@referredType" text }
    GeographicSiteRelationship { id text, href text, relationshipType text, role text, validFor TimePeriod }
    GeographicSubAddress {
        id text, href text, buildingName text, levelNumber text, levelType text, name text, privateStreetName text,
        privateStreetNumber text, subAddressType text, subUnitNumber text, subUnitType text
    }
    HeaderItem { name text, value text }
    HourPeriod { endHour text, startHour text }
    IndividualIdentification {
        identificationId text, identificationType text, issuingAuthority text, issuingDate dateTime,
        attachment AttachmentRefOrValue, validFor TimePeriod
    }
    LanguageAbility {
        isFavouriteLanguage boolean, languageCode text, languageName text, listeningProficiency text,
        readingProficiency text, speakingProficiency text, writingProficiency text, validFor TimePeriod
    }
    MarketSegmentRef { id text, href text, name text, "@referredType" text }
    MediumCharacteristic {
        city text, contactType text, country text, emailAddress text, faxNumber text, phoneNumber text, postCode text,
        socialNetworkId text, stateOrProvince text, street1 text, street2 text
    }
    Money { unit text, value number }
    Note { id text, author text, date dateTime, text text, href text }
    OrderItemRelationship { id text, relationshipType text }
    OrderPrice {
        description text, name text, priceType text, recurringChargePeriod text, unitOfMeasure text,
        billingAccount BillingAccountRef, price Price, priceAlteration [PriceAlteration],
        productOfferingPrice ProductOfferingPriceRef
    }
    OrderTerm { description text, name text, duration Quantity }
    OrganizationChildRelationship { relationshipType text, organization OrganizationRef }
    OrganizationIdentification {
        identificationId text, identificationType text, issuingAuthority text, issuingDate dateTime,
        attachment AttachmentRefOrValue, validFor TimePeriod
    }
    OrganizationParentRelationship { relationshipType text, organization OrganizationRef }
    OrganizationRef { id text, href text, name text, "@referredType" text }
    OtherNameIndividual {
        aristocraticTitle text, familyName text, familyNamePrefix text, formattedName text, fullName text,
        generation text, givenName text, legalName text, middleName text, preferredGivenName text, title text,
        validFor TimePeriod
    }
    OtherNameOrganization { name text, nameType text, tradingName text, validFor TimePeriod }
}
