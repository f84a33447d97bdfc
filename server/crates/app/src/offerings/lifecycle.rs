//! The lifecycle of an offering: its four documents go together.

use chrono::{DateTime, Utc};
use hypo_shared::{ErrorCode, TenantId, machine};
use hypo_store::{
    Scope, Tx,
    documents::{self, kind},
    mirror::EVERYBODY,
    offerings::{self as rows, OfferingRow},
};
use serde_json::json;
use uuid::Uuid;

use super::{Offering, documents as written, not_found, read};
use crate::{
    App, Ctx, Error, Result,
    access::audit,
    permit::{Permit, may},
};

/// Lets everybody see and order an offering that was in design. The version before it retires.
///
/// # Errors
/// `HYP-6002`; `HYP-6006` when it was launched before.
pub async fn launch(app: &App, ctx: &Ctx, _: Permit<may::WriteCatalogue>, id: Uuid) -> Result<Offering> {
    let row = own(app, ctx, id).await?;
    let before = rows::versions(app.store().read(), row.tenant, &row.name).await?;
    let before = before.into_iter().skip_while(|other| other.id != row.id).nth(1);
    go(app, ctx, &row, "Launched", before.as_ref()).await
}

/// Nobody can order it any more; what was ordered stays.
///
/// # Errors
/// `HYP-6002`; `HYP-6006` when it is not launched.
pub async fn retire(app: &App, ctx: &Ctx, _: Permit<may::WriteCatalogue>, id: Uuid) -> Result<Offering> {
    let row = own(app, ctx, id).await?;
    go(app, ctx, &row, "Retired", None).await
}

async fn own(app: &App, ctx: &Ctx, id: Uuid) -> Result<OfferingRow> {
    rows::find(app.store().read(), ctx.reach(), id).await?.ok_or_else(not_found)
}

async fn go(app: &App, ctx: &Ctx, row: &OfferingRow, to: &str, retires: Option<&OfferingRow>) -> Result<Offering> {
    let specification =
        documents::get(app.store().read(), Scope::Platform, kind::SERVICE_SPECIFICATION, row.id).await?;
    if way(&specification.state, to).is_empty() {
        let text = format!("The offering is {}, from where it cannot become {to}.", specification.state);
        return Err(Error::new(ErrorCode::StateConflict, text));
    }
    let now = app.now();
    let detail = json!({"name": row.name, "version": row.version, "from": specification.state, "to": to});
    let action = if to == "Launched" { "launchOffering" } else { "retireOffering" };
    let subject = format!("{}/{}", kind::SERVICE_SPECIFICATION, row.id);
    hypo_store::write!(app.store(), |tx| {
        let retired = retires.into_iter().flat_map(|before| written::ids(before).map(|found| (found, "Retired")));
        for ((kind, id), to) in written::ids(row).map(|found| (found, to)).into_iter().chain(retired) {
            let Some(found) = documents::find(tx, Scope::Platform, kind, id).await? else { continue };
            for state in way(&found.state, to) {
                step(tx, row.tenant, kind, id, state, now).await?;
            }
            if to == "Launched" {
                documents::open_to(tx, id, EVERYBODY).await?;
            }
        }
        audit::done_for(tx, app, ctx, row.tenant, action, subject.clone(), detail.clone());
        Ok(())
    })?;
    let permit = app.permit::<may::Read>(ctx).await?;
    read::find(app, ctx, permit, row.id).await?.ok_or_else(not_found)
}

/// The states on the shortest way through the lifecycle, without the first; empty when there is none.
pub(super) fn way(from: &str, to: &str) -> Vec<&'static str> {
    let mut ways: Vec<Vec<&'static str>> =
        machine::LIFECYCLE.next(from).unwrap_or_default().iter().map(|next| vec![*next]).collect();
    // The lifecycle has no cycles, so that this ends.
    while !ways.is_empty() {
        if let Some(found) = ways.iter().find(|way| way.last() == Some(&to)) {
            return found.clone();
        }
        let longer = ways.iter().flat_map(|way| {
            let last = way.last().copied().unwrap_or_default();
            machine::LIFECYCLE.next(last).unwrap_or_default().iter().map(|next| [way.as_slice(), &[*next]].concat())
        });
        ways = longer.collect();
    }
    Vec::new()
}

/// One step of one document.
pub(super) async fn step(
    tx: &mut Tx,
    tenant: TenantId,
    kind: &str,
    id: Uuid,
    to: &str,
    at: DateTime<Utc>,
) -> hypo_store::Result<()> {
    let found = documents::get(tx, tenant, kind, id).await?;
    let moved = written::moved(&found, to, at);
    let moved = moved.map_err(|error| hypo_store::Error::refused(error.code, error.message))?;
    documents::update(tx, &moved).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_edge_of_the_lifecycle_is_left_out() {
        assert_eq!(way("In Design", "Launched"), ["In Test", "Active", "Launched"]);
        assert_eq!(way("Active", "Retired"), ["Retired"]);
        assert_eq!(way("Launched", "Retired"), ["Retired"]);
        assert_eq!(way("Retired", "Launched"), Vec::<&str>::new());
        assert_eq!(way("Launched", "Launched"), Vec::<&str>::new());
    }
}
