//! Sub-objects whose names begin with A to E.

use super::*;

types! {
    AccountRef { id text, href text, description text, name text, "@referredType" text }
    AffectedService { id text, href text }
    AgreementItemRef { id text, href text, agreementItemId text, name text, "@referredType" text }
    AgreementRef { id text, href text, name text, "@referredType" text }
    Alarm {
        id integer, href text, ackState text, ackSystemId text, ackUserId text, alarmChangedTime dateTime,
        alarmClearedTime dateTime, alarmDetails text, alarmEscalation boolean, alarmRaisedTime dateTime,
        alarmReportingTime dateTime, alarmedObjectType text, clearSystemId text, clearUserId text,
        externalAlarmId text, isRootCause boolean, plannedOutageIndicator text, probableCause text,
        proposedRepairedActions text, reportingSystemId text, serviceAffecting boolean, sourceSystemId text,
        specificProblem text, state text, affectedService [AffectedService], alarmType text,
        alarmedObject AlarmedObject, comment [Comment], correlatedAlarm [AlarmRef],
        crossedThresholdInformation CrossedThresholdInformation, parentAlarm [AlarmRef], perceivedSeverity text,
        place [RelatedPlaceRefOrValue]
    }
    AlarmRef { id text, href text, name text, "@referredType" text }
    AlarmRefOrValue {
        id integer, href text, ackState text, ackSystemId text, ackUserId text, alarmChangedTime dateTime,
        alarmClearedTime dateTime, alarmDetails text, alarmEscalation boolean, alarmRaisedTime dateTime,
        alarmReportingTime dateTime, alarmedObjectType text, clearSystemId text, clearUserId text,
        externalAlarmId text, isRootCause boolean, name text, plannedOutageIndicator text, probableCause text,
        proposedRepairedActions text, reportingSystemId text, serviceAffecting boolean, sourceSystemId text,
        specificProblem text, state text, affectedService [AffectedService], alarmType text,
        alarmedObject AlarmedObject, comment [Comment], correlatedAlarm [AlarmRef],
        crossedThresholdInformation CrossedThresholdInformation, parentAlarm [AlarmRef], perceivedSeverity text,
        place [RelatedPlaceRefOrValue], "@referredType" text
    }
    AlarmedObject { id text, href text }
    AppointmentRef { id text, href text, description text, "@referredType" text }
    AssociationSpecificationRef { id text, href text, name text, "@referredType" text }
    AttachmentRefOrValue {
        id text, href text, attachmentType text, content text, description text, mimeType text, name text, url text,
        size Quantity, validFor TimePeriod, "@referredType" text
    }
    BillingAccountRef { id text, href text, name text, "@referredType" text }
    BundledProductOffering {
        id text, href text, lifecycleStatus text, name text, bundledProductOfferingOption BundledProductOfferingOption
    }
    BundledProductOfferingOption {
        numberRelOfferDefault integer, numberRelOfferLowerLimit integer, numberRelOfferUpperLimit integer
    }
    BundledProductOfferingPriceRelationship { id text, href text, name text }
    BundledProductSpecification { id text, href text, lifecycleStatus text, name text }
    CalendarPeriod { day text, status text, timeZone text, hourPeriod [HourPeriod] }
    CategoryRef { id text, href text, name text, version text, "@referredType" text }
    ChannelRef { id text, href text, name text, "@referredType" text }
    Characteristic {
        name text, valueType text, value any, id text, characteristicRelationship [CharacteristicRelationship]
    }
    CharacteristicRelationship { id text, relationshipType text, href text }
    CharacteristicSpecification {
        id text, configurable boolean, description text, extensible boolean, isUnique boolean, maxCardinality integer,
        minCardinality integer, name text, regex text, valueType text,
        charSpecRelationship [CharacteristicSpecificationRelationship],
        characteristicValueSpecification [CharacteristicValueSpecification], validFor TimePeriod,
        "@valueSchemaLocation" text
    }
    CharacteristicSpecificationRelationship {
        characteristicSpecificationId text, name text, parentSpecificationHref text, parentSpecificationId text,
        relationshipType text, validFor TimePeriod
    }
    CharacteristicValueSpecification {
        isDefault boolean, rangeInterval text, regex text, unitOfMeasure text, valueFrom integer, valueTo integer,
        valueType text, validFor TimePeriod, value any
    }
    Comment { comment text, systemId text, time dateTime, userId text }
    ConstraintRef { id text, href text, name text, version text, "@referredType" text }
    ContactMedium { mediumType text, preferred boolean, characteristic MediumCharacteristic, validFor TimePeriod }
    CreditProfile { creditProfileDate dateTime, creditRiskRating integer, creditScore integer, validFor TimePeriod }
    CrossedThresholdInformation {
        direction text, granularity text, indicatorName text, indicatorUnit text, observedValue text,
        thresholdCrossingDescription text, threshold ThresholdRef
    }
    Disability { disabilityCode text, disabilityName text, validFor TimePeriod }
    Duration { amount integer, units text }
    EntityRef { id text, href text, name text, "@referredType" text }
    EntitySpecificationRelationship {
        id text, href text, name text, relationshipType text, role text, associationSpec AssociationSpecificationRef,
        validFor TimePeriod, "@referredType" text
    }
    ErrorMessage { code text, message text, reason text, referenceError text, status text }
    ExternalReference { externalReferenceType text, name text, id text, href text }
}
