//! TMF673: an address is valid when one of the addresses on record says the same.

use async_trait::async_trait;
use hypo_store::{
    Slice,
    documents::{self, ListQuery},
};
use hypo_tmf::Resource;
use serde_json::{Value, json};

use super::{Draft, Hooks};
use crate::{
    App, Ctx, Result,
    tmf::{document::instant, key::Key},
};

/// Members that must agree where both sides have them, the narrower first.
const COMPARED: [&str; 6] = ["streetNr", "streetName", "postcode", "city", "stateOrProvince", "country"];

/// Proposals at most.
const PROPOSALS: usize = 10;

pub(super) struct AddressValidation;

#[async_trait]
impl Hooks for AddressValidation {
    async fn creating(
        &self,
        app: &App,
        ctx: &Ctx,
        _: &'static Resource,
        document: &mut Value,
        _: Option<&Key>,
    ) -> Result<Draft> {
        let submitted = document["submittedGeographicAddress"].clone();
        // The place is looked for by its most telling member, so that the store does the searching.
        let telling = ["postcode", "city", "streetName", "country"].iter().find(|name| submitted[**name].is_string());
        let mut found = Vec::new();
        if let Some(name) = telling {
            let query = ListQuery {
                filters: vec![((*name).to_owned(), submitted[*name].clone())],
                slice: Slice { offset: 0, limit: Slice::MAX },
                ..ListQuery::of("geographicAddress")
            };
            found = documents::list(app.store().read(), ctx.reach(), &query).await?.items;
        }
        let same = |other: &Value| {
            COMPARED
                .iter()
                .all(|name| submitted[*name].is_null() || other[*name].is_null() || submitted[*name] == other[*name])
        };
        let (valid, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|known| same(&known.doc));
        let members = ["streetNr", "streetName"];
        let whole = members.iter().all(|name| !submitted[*name].is_null());
        let result = match valid.first() {
            Some(_) if whole => "success",
            Some(_) => "partial",
            None => "fails",
        };
        if let Some(known) = valid.first() {
            document["validGeographicAddress"] = known.doc.clone();
        }
        let wants = document["provideAlternative"] == json!(true) || document["provideAlternative"] == json!("true");
        if wants && valid.is_empty() && !others.is_empty() {
            document["alternateGeographicAddress"] =
                others.into_iter().take(PROPOSALS).map(|other| other.doc).collect();
        }
        document["validationResult"] = json!(result);
        document["validationDate"] = json!(instant(app.now()));
        document["state"] = json!("done");
        Ok(Draft::Store)
    }
}
