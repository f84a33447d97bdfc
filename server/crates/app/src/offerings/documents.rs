//! The four documents of an offering. None of them names the package, its images or a cluster.

use chrono::{DateTime, Utc};
use hypo_store::{
    documents::{Document, kind},
    offerings::OfferingRow,
};
use hypo_tmf::{Resource, shape};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Choice, form};
use crate::{Ctx, Error, Result};

/// TMF633 service candidate.
pub(super) const CANDIDATE: &str = "serviceCandidate";
/// TMF620 product specification.
pub(super) const PRODUCT_SPECIFICATION: &str = "productSpecification";
/// TMF620 product offering.
pub(super) const PRODUCT_OFFERING: &str = "productOffering";

/// Kind and id of the documents of an offering; the service specification first.
pub(super) fn ids(row: &OfferingRow) -> [(&'static str, Uuid); 4] {
    [
        (kind::SERVICE_SPECIFICATION, row.id),
        (CANDIDATE, row.candidate),
        (PRODUCT_SPECIFICATION, row.product_specification),
        (PRODUCT_OFFERING, row.product_offering),
    ]
}

/// New documents in a lifecycle state. `before` is the version that this one supersedes.
pub(super) fn write(
    ctx: &Ctx,
    row: &OfferingRow,
    description: &str,
    form: &[Choice],
    lifecycle: &str,
    before: Option<&OfferingRow>,
) -> Result<Vec<Document>> {
    let now = row.created_at;
    let provider = json!({
        "id": row.tenant, "name": ctx.who.tenant_name, "role": "provider", "@referredType": "Organization",
    });
    let common = json!({
        "name": row.name, "description": description, "version": row.version, "lifecycleStatus": lifecycle,
        "isBundle": false, "validFor": {"startDateTime": now},
    });
    let with = |members: Value| {
        let mut doc = common.clone();
        if let (Some(doc), Value::Object(members)) = (doc.as_object_mut(), members) {
            doc.extend(members);
        }
        doc
    };
    let mut specification = with(json!({
        "specCharacteristic": form::characteristics(form, "characteristicValueSpecification"),
        "relatedParty": [provider],
        "@type": "CustomerFacingServiceSpecification",
        "@baseType": "ServiceSpecification",
    }));
    let mut product = with(json!({
        "brand": ctx.who.tenant_name,
        "productSpecCharacteristic": form::characteristics(form, "productSpecCharacteristicValue"),
        "relatedParty": [provider],
        "serviceSpecification": [reference(kind::SERVICE_SPECIFICATION, row.id, row)?],
    }));
    let mut offering = with(json!({
        "isSellable": true,
        "productSpecification": reference(PRODUCT_SPECIFICATION, row.product_specification, row)?,
        "serviceCandidate": reference(CANDIDATE, row.candidate, row)?,
    }));
    if let Some(before) = before {
        let replaces = |kind: &str, id: Uuid| -> Result<Value> {
            let mut one = reference(kind, id, before)?;
            one["relationshipType"] = json!("substitution");
            Ok(json!([one]))
        };
        specification["serviceSpecRelationship"] = replaces(kind::SERVICE_SPECIFICATION, before.id)?;
        product["productSpecificationRelationship"] = replaces(PRODUCT_SPECIFICATION, before.product_specification)?;
        offering["productOfferingRelationship"] = replaces(PRODUCT_OFFERING, before.product_offering)?;
    }
    let candidate = with(json!({"serviceSpecification": reference(kind::SERVICE_SPECIFICATION, row.id, row)?}));
    let bodies = [specification, candidate, product, offering];
    ids(row).into_iter().zip(bodies).map(|((kind, id), body)| document(row, kind, id, body, lifecycle)).collect()
}

fn document(row: &OfferingRow, kind: &str, id: Uuid, mut body: Value, lifecycle: &str) -> Result<Document> {
    let resource = resource(kind)?;
    // A candidate is no bundle and cannot be one.
    if resource.shape("isBundle").is_none()
        && let Some(members) = body.as_object_mut()
    {
        members.shift_remove("isBundle");
    }
    let doc = shape::fresh(resource, &id.to_string(), body, &instant(row.created_at));
    Ok(Document {
        state: lifecycle.to_owned(),
        name: row.name.clone(),
        ..Document::new(kind, id, row.tenant, doc, row.created_at)
    })
}

/// The document in another state.
pub(super) fn moved(document: &Document, lifecycle: &str, at: DateTime<Utc>) -> Result<Document> {
    let mut doc = document.doc.clone();
    doc["lifecycleStatus"] = json!(lifecycle);
    shape::touch(resource(&document.kind)?, &mut doc, &instant(at));
    Ok(Document { state: lifecycle.to_owned(), doc, updated_at: at, ..document.clone() })
}

fn reference(kind: &str, id: Uuid, row: &OfferingRow) -> Result<Value> {
    let resource = resource(kind)?;
    Ok(json!({
        "id": id, "href": resource.path(Some(&id.to_string())), "name": row.name, "version": row.version,
        "@referredType": resource.type_name,
    }))
}

fn resource(kind: &str) -> Result<&'static Resource> {
    Resource::of_kind(kind).ok_or_else(|| Error::internal(format!("no resource has documents of kind {kind}")))
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}
