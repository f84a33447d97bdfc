//! What of an order is carried out by others: looked at when the order comes, before it is stored.

use chrono::{DateTime, Utc};
use hypo_shared::{
    order::ItemAction,
    validate::{self, Violation},
};
use hypo_store::{
    Scope,
    documents::{self, kind},
    offerings::{self as rows, OfferingRow},
    ordering::{self, OrderItem, step},
};
use serde_json::Value;
use uuid::Uuid;

use super::{PRODUCT, PRODUCT_ORDER, id, parse, time};
use crate::{
    App, Ctx, Error, Result,
    end_user::{self, Wish},
    offerings::{self, Approval},
    permit::may,
};

/// What becomes of an order.
#[derive(Clone, Debug)]
pub(crate) enum Taken {
    /// No item is about an offering.
    NotOurs,
    /// Items by position, and why nobody carries them out.
    Rejected(Vec<(usize, String)>),
    /// It is stored with these items; their order has no id yet.
    Items(Vec<OrderItem>),
}

/// An item about an offering.
enum Line {
    Other,
    Unknown(String),
    Offered { row: Box<OfferingRow>, subject: Option<Uuid>, wrong: Vec<Violation> },
    Nothing,
}

/// A TMF641 order: its items name service specifications that are published, or services that were ordered so.
pub(crate) async fn service_order(app: &App, ctx: &Ctx, document: &Value) -> Result<Taken> {
    let mut lines = Vec::new();
    for (position, item) in items(document, "serviceOrderItem").iter().enumerate() {
        lines.push(service_line(app, ctx, position, item).await?);
    }
    if !lines.iter().any(|line| matches!(line, Line::Offered { .. } | Line::Unknown(_))) {
        return Ok(Taken::NotOurs);
    }
    if lines.iter().any(|line| matches!(line, Line::Other)) {
        let text = "An order is about offerings of others or about packages of one's own, not both.";
        return Err(Error::field("serviceOrderItem", "mixed", text));
    }
    decide(app, ctx, kind::SERVICE_ORDER, document, lines)
}

/// A TMF622 order: its items name product offerings, or products that were ordered so.
pub(crate) async fn product_order(app: &App, ctx: &Ctx, document: &Value) -> Result<Taken> {
    let mut lines = Vec::new();
    for (position, item) in items(document, "productOrderItem").iter().enumerate() {
        lines.push(product_line(app, ctx, position, item).await?);
    }
    decide(app, ctx, PRODUCT_ORDER, document, lines)
}

/// Items of an order of one's own packages; `None` for a single one that starts at once, which is placed while its
/// client waits.
pub(crate) async fn own(app: &App, ctx: &Ctx, document: &Value) -> Result<Option<Vec<OrderItem>>> {
    let due = begins(app, document);
    let mut taken = Vec::new();
    let mut at_once = due <= app.now();
    Error::check(unclear(app, items(document, "serviceOrderItem"), "serviceOrderItem", "service"))?;
    for (position, item) in items(document, "serviceOrderItem").iter().enumerate() {
        let mut next = row(ctx, kind::SERVICE_ORDER, position, due);
        app.permit::<may::PlaceOrder>(ctx).await?;
        match parse::<ItemAction>("action", &item["action"])? {
            ItemAction::Add | ItemAction::Modify => drop(app.permit::<may::CreatePlan>(ctx).await?),
            ItemAction::Delete => drop(app.permit::<may::ControlService>(ctx).await?),
            ItemAction::NoChange => {
                next.step = step::DONE.to_owned();
                at_once = false;
            }
        }
        if end_user::is_asked(&item["service"]) && next.step != step::DONE {
            // A chart is fetched and rendered first: longer than a client waits.
            app.permit::<may::ImportPackage>(ctx).await?;
            if item["action"] != "delete" {
                Wish::read(&item["service"])?;
            }
            at_once = false;
        }
        at_once &= position == 0;
        taken.push(next);
    }
    Ok((!at_once).then_some(taken))
}

fn decide(app: &App, ctx: &Ctx, kind: &str, document: &Value, lines: Vec<Line>) -> Result<Taken> {
    let due = begins(app, document);
    let (mut reasons, mut wrong, mut taken) = (Vec::new(), Vec::new(), Vec::new());
    for (position, line) in lines.into_iter().enumerate() {
        let mut item = row(ctx, kind, position, due);
        match line {
            Line::Unknown(reason) => reasons.push((position, reason)),
            Line::Offered { row, subject, wrong: found } => {
                wrong.extend(found);
                let asks = offerings::approval(&row) == Approval::Provider && row.tenant != ctx.who.tenant;
                // Whoever has a service may end it; the service order beneath a product order asks by itself.
                let ends = items(document, super::items_of(kind))[position]["action"] == "delete";
                if asks && !ends && kind == kind::SERVICE_ORDER {
                    item.step = step::APPROVAL.to_owned();
                }
                item.provider = Some(row.tenant);
                item.offering = Some(row.id);
                item.subject = subject;
            }
            Line::Nothing | Line::Other => item.step = step::DONE.to_owned(),
        }
        taken.push(item);
    }
    let member = super::items_of(kind);
    wrong.extend(unclear(
        app,
        items(document, member),
        member,
        if member == "serviceOrderItem" { "service" } else { "product" },
    ));
    let mut providers: Vec<_> = taken.iter().filter_map(|item| item.provider).collect();
    providers.sort_unstable();
    providers.dedup();
    if kind == kind::SERVICE_ORDER && providers.len() > 1 {
        let text = "A service order is one provider's to read. Order by TMF622, or once per provider.".to_owned();
        wrong.push(Violation { path: member.to_owned(), code: "mixed".to_owned(), text });
    }
    Error::check(wrong)?;
    Ok(if reasons.is_empty() { Taken::Items(taken) } else { Taken::Rejected(reasons) })
}

async fn service_line(app: &App, ctx: &Ctx, position: usize, item: &Value) -> Result<Line> {
    let service = &item["service"];
    let at = format!("serviceOrderItem[{position}].service");
    let action: ItemAction = parse("action", &item["action"])?;
    if action == ItemAction::Add {
        let Some(specification) = id(&service["serviceSpecification"]["id"]) else { return Ok(Line::Other) };
        let Some((row, document)) = offerings::visible(app, ctx, specification).await? else { return Ok(Line::Other) };
        if !offerings::orderable(&document.state) {
            return Ok(Line::Unknown(not_orderable(&row, &document.state)));
        }
        let mut wrong =
            violations(&row, &service["serviceCharacteristic"], &format!("{at}.serviceCharacteristic"), false)?;
        if let Some(name) = service["name"].as_str() {
            wrong.extend(validate::dns_label(&format!("{at}.name"), name, 40));
        }
        return Ok(Line::Offered { row: Box::new(row), subject: None, wrong });
    }
    let Some(known) = id(&service["id"]) else { return Ok(Line::Other) };
    let read = app.store().read();
    let Some(shown) = ordering::shown(read, ctx.who.tenant, kind::SERVICE, known).await? else {
        return Ok(Line::Other);
    };
    let Some(row) = rows::find(read, Scope::Platform, shown.offering).await? else { return Ok(Line::Other) };
    if id(&service["serviceSpecification"]["id"]).is_some_and(|named| named != row.id) {
        let text = format!("The service is one of {} {}, which an order does not change.", row.name, row.version);
        return Err(Error::field(&format!("{at}.serviceSpecification.id"), "conflict", text));
    }
    changed(action, row, known, &service["serviceCharacteristic"], &format!("{at}.serviceCharacteristic"))
}

async fn product_line(app: &App, ctx: &Ctx, position: usize, item: &Value) -> Result<Line> {
    let product = &item["product"];
    let at = format!("productOrderItem[{position}].product.productCharacteristic");
    let read = app.store().read();
    let action: ItemAction = parse("action", &item["action"])?;
    if action == ItemAction::Add {
        let named = &item["productOffering"]["id"];
        let Some(text) = named.as_str() else {
            return Ok(Line::Unknown("The item names no product offering.".to_owned()));
        };
        let unknown = || Line::Unknown(format!("There is no product offering {text}."));
        let Some(offering) = id(named) else { return Ok(unknown()) };
        let Some(row) = rows::by_product_offering(read, Scope::Platform, offering).await? else { return Ok(unknown()) };
        let shown = documents::find(read, ctx.reach(), "productOffering", offering).await?;
        let (Some(shown), Some((_, specification))) = (shown, offerings::visible(app, ctx, row.id).await?) else {
            return Ok(unknown());
        };
        if let Some(state) = [shown.state, specification.state].into_iter().find(|state| !offerings::orderable(state)) {
            return Ok(Line::Unknown(not_orderable(&row, &state)));
        }
        let wrong = violations(&row, &product["productCharacteristic"], &at, false)?;
        return Ok(Line::Offered { row: Box::new(row), subject: None, wrong });
    }
    let missing = || Line::Unknown("The item names no product of yours that was ordered here.".to_owned());
    if action == ItemAction::NoChange {
        return Ok(Line::Nothing);
    }
    let Some(known) = id(&product["id"]) else { return Ok(missing()) };
    let Some(shown) = ordering::shown(read, ctx.who.tenant, PRODUCT, known).await? else { return Ok(missing()) };
    let Some(row) = rows::find(read, Scope::Platform, shown.offering).await? else { return Ok(missing()) };
    changed(action, row, known, &product["productCharacteristic"], &at)
}

fn changed(action: ItemAction, row: OfferingRow, subject: Uuid, values: &Value, at: &str) -> Result<Line> {
    Ok(match action {
        ItemAction::NoChange => Line::Nothing,
        ItemAction::Delete => Line::Offered { row: Box::new(row), subject: Some(subject), wrong: Vec::new() },
        ItemAction::Add | ItemAction::Modify => {
            let wrong = violations(&row, values, at, true)?;
            Line::Offered { row: Box::new(row), subject: Some(subject), wrong }
        }
    })
}

fn violations(row: &OfferingRow, characteristics: &Value, at: &str, partial: bool) -> Result<Vec<Violation>> {
    let given = offerings::given(characteristics);
    let mut wrong = offerings::check(&offerings::terms(row)?.choices, &given, at, partial);
    if given.get("hypo.leaseEnd").is_some_and(|end| time(end).is_none()) {
        let text = "hypo.leaseEnd is a time in RFC 3339.".to_owned();
        wrong.push(Violation { path: format!("{at}[hypo.leaseEnd]"), code: "format".to_owned(), text });
    }
    Ok(wrong)
}

/// What an item says that could not be done as it says it.
fn unclear(app: &App, items: &[Value], member: &str, subject: &str) -> Vec<Violation> {
    let mut wrong = Vec::new();
    for (position, item) in items.iter().enumerate() {
        let mut no = |path: &str, code: &str, text: &str| {
            let path = format!("{member}[{position}].{path}");
            wrong.push(Violation { path, code: code.to_owned(), text: text.to_owned() });
        };
        if !(item["quantity"].is_null() || item["quantity"] == 1) {
            no("quantity", "range", "The quantity of an item is 1; give an item for each.");
        }
        let end = &item[subject]["endDate"];
        if !end.is_null() && time(end).is_none() {
            no(&format!("{subject}.endDate"), "format", "endDate is a time in RFC 3339.");
        }
        if item["action"] == "add" && time(end).is_some_and(|end| end <= app.now()) {
            no(&format!("{subject}.endDate"), "range", "endDate is before the service begins.");
        }
    }
    wrong
}

fn not_orderable(row: &OfferingRow, state: &str) -> String {
    format!("{} {} is {state}; only what is Active or Launched can be ordered.", row.name, row.version)
}

fn items<'a>(document: &'a Value, member: &str) -> &'a [Value] {
    document[member].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// When the order starts: a date in the past, or one that cannot be read, means now.
fn begins(app: &App, document: &Value) -> DateTime<Utc> {
    let now = app.now();
    time(&document["requestedStartDate"]).map_or(now, |asked| asked.max(now))
}

fn row(ctx: &Ctx, kind: &str, position: usize, due_at: DateTime<Utc>) -> OrderItem {
    OrderItem {
        order: Uuid::nil(),
        position: i64::try_from(position).unwrap_or(i64::MAX),
        kind: kind.to_owned(),
        tenant: ctx.who.tenant,
        provider: None,
        offering: None,
        step: step::WAITING.to_owned(),
        due_at,
        part: None,
        seen: String::new(),
        subject: None,
        reason: String::new(),
    }
}
