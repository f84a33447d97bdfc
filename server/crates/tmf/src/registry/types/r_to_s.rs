//! Sub-objects whose names begin with R to S.

use super::*;

types! {
    RelatedChannel { id text, href text, name text, role text, "@referredType" text }
    RelatedEntityRefOrValue { id text, href text, name text, role text, "@referredType" text }
    RelatedParty { id text, href text, name text, role text, "@referredType" text }
    RelatedPlaceRefOrValue { id text, href text, name text, role text, "@referredType" text }
    RelatedProductOrderItem {
        orderItemAction text, orderItemId text, productOrderHref text, productOrderId text, role text,
        "@referredType" text
    }
    RelatedServiceOrderItem {
        itemId text, role text, serviceOrderHref text, serviceOrderId text, itemAction text, "@referredType" text,
        id text, href text
    }
    Request { body text, method text, to text, header [HeaderItem] }
    ResourceCandidateRef { id text, href text, name text, version text, "@referredType" text }
    ResourceCategoryRef { id text, href text, name text, version text, "@referredType" text }
    ResourceOrderItem {
        id text, href text, quantity integer, action text, appointment AppointmentRef,
        orderItemRelationship [ResourceOrderItemRelationship], resource ResourceRefOrValue,
        resourceSpecification ResourceSpecificationRef, state text
    }
    ResourceOrderItemRef { itemId text, resourceOrderHref text, resourceOrderId text, "@referredType" text }
    ResourceOrderItemRelationship { id text, href text, relationshipType text, orderItem ResourceOrderItemRef }
    ResourceOrderRef { id text, href text, "@referredType" text }
    ResourceRef { id text, href text, name text, value text, "@referredType" text }
    ResourceRefOrValue {
        id text, href text, category text, description text, endOperatingDate dateTime, name text,
        resourceVersion text, startOperatingDate dateTime, activationFeature [Feature], administrativeState text,
        attachment [AttachmentRefOrValue], note [Note], operationalState text, place RelatedPlaceRefOrValue,
        relatedParty [RelatedParty], resourceCharacteristic [Characteristic],
        resourceRelationship [ResourceRelationship], resourceSpecification ResourceSpecificationRef,
        resourceStatus text, usageState text, "@referredType" text
    }
    ResourceRelationship { id text, href text, relationshipType text, resource ResourceRefOrValue }
    ResourceSpecificationCharacteristic {
        id text, configurable boolean, description text, extensible boolean, isUnique boolean, maxCardinality integer,
        minCardinality integer, name text, regex text, valueType text,
        resourceSpecCharRelationship [ResourceSpecificationCharacteristicRelationship],
        resourceSpecCharacteristicValue [CharacteristicValueSpecification], validFor TimePeriod,
        "@valueSchemaLocation" text
    }
    ResourceSpecificationCharacteristicRelationship {
        characteristicSpecificationId text, name text, relationshipType text, resourceSpecificationHref text,
        resourceSpecificationId text, validFor TimePeriod
    }
    ResourceSpecificationRef { id text, href text, name text, version text, "@referredType" text }
    ResourceSpecificationRelationship {
        id text, href text, defaultQuantity integer, maximumQuantity integer, minimumQuantity integer, name text,
        relationshipType text, role text, characteristic [ResourceSpecificationCharacteristic], validFor TimePeriod
    }
    Response { body text, statusCode text, header [HeaderItem] }
    SLARef { id text, href text, name text, "@referredType" text }
    ServiceCandidateRef { id text, href text, name text, version text, "@referredType" text }
    ServiceCategoryRef { id text, href text, name text, version text, "@referredType" text }
    ServiceLevelSpecConsequence { prescribedAction text, validFor TimePeriod }
    ServiceLevelSpecParameter {
        name text, parameterType text, serviceParmCategory text, serviceParmPerspective text,
        transformationAlgorithmOfKQI text, relatedEntity [any], validFor TimePeriod
    }
    ServiceLevelSpecificationRef { id text, href text, name text, "@referredType" text }
    ServiceOrderErrorMessage {
        code text, message text, reason text, referenceError text, status text, timestamp dateTime,
        serviceOrderItem [ServiceOrderItemRef]
    }
    ServiceOrderItem {
        id text, quantity integer, action text, appointment AppointmentRef,
        errorMessage [ServiceOrderItemErrorMessage], service ServiceRefOrValue, serviceOrderItem [ServiceOrderItem],
        serviceOrderItemRelationship [ServiceOrderItemRelationship], state text
    }
    ServiceOrderItemErrorMessage {
        code text, message text, reason text, referenceError text, status text, timestamp dateTime
    }
    ServiceOrderItemRef { itemId text, serviceOrderHref text, serviceOrderId text, "@referredType" text }
    ServiceOrderItemRelationship { relationshipType text, orderItem ServiceOrderItemRef }
    ServiceOrderJeopardyAlert {
        id text, alertDate dateTime, exception text, jeopardyType text, message text, name text,
        serviceOrderItem [ServiceOrderItemRef]
    }
    ServiceOrderMilestone {
        id text, description text, message text, milestoneDate dateTime, name text, status text,
        serviceOrderItem [ServiceOrderItemRef]
    }
    ServiceOrderRef { id text, href text, name text, "@referredType" text }
    ServiceOrderRelationship { id text, href text, relationshipType text, "@referredType" text }
    ServiceRef { id text, href text, name text, "@referredType" text }
    ServiceRefOrValue {
        id text, href text, category text, description text, endDate dateTime, hasStarted boolean, isBundle boolean,
        isServiceEnabled boolean, isStateful boolean, name text, serviceDate text, serviceType text,
        startDate dateTime, startMode text, feature [Feature], note [Note], place [RelatedPlaceRefOrValue],
        relatedEntity [RelatedEntityRefOrValue], relatedParty [RelatedParty], serviceCharacteristic [Characteristic],
        serviceOrderItem [RelatedServiceOrderItem], serviceRelationship [ServiceRelationship],
        serviceSpecification ServiceSpecificationRef, state text, supportingResource [ResourceRef],
        supportingService [ServiceRefOrValue], "@referredType" text
    }
    ServiceRelationship {
        relationshipType text, service ServiceRefOrValue, serviceRelationshipCharacteristic [Characteristic],
        ServiceRelationshipCharacteristic [Characteristic], id text, href text
    }
    ServiceSpecRelationship {
        id text, href text, name text, relationshipType text, role text, validFor TimePeriod, "@referredType" text
    }
    ServiceSpecificationRef { id text, href text, name text, version text, "@referredType" text }
    Skill { comment text, evaluatedLevel text, skillCode text, skillName text, validFor TimePeriod }
}
