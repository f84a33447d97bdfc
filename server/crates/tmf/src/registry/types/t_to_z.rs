//! Sub-objects whose names begin with T to Z.

use super::*;

types! {
    TargetEntitySchema {  }
    TargetProductSchema {  }
    TargetResourceSchema {  }
    TaxDefinition { id text, name text, taxType text, "@referredType" text }
    TaxExemptionCertificate {
        id text, attachment AttachmentRefOrValue, taxDefinition [TaxDefinition], validFor TimePeriod
    }
    TaxItem { id text, href text, taxCategory text, taxRate number, taxAmount Money }
    ThresholdRef { id text, href text, name text, "@referredType" text }
    TimePeriod { endDateTime dateTime, startDateTime dateTime }
}
