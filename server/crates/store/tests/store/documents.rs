use std::sync::Arc;

use hypo_shared::{ErrorCode, TenantId};
use hypo_store::{
    Error, Scope, Slice,
    documents::{self, Document, ListQuery, SortBy, kind},
    write,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{common::Db, make, on_both};

on_both!(
    a_document_comes_back_as_it_was_given,
    a_stale_revision_is_refused,
    of_twenty_racing_updates_each_revision_is_won_once,
    external_ids_are_unique_per_tenant_and_kind,
    filters_look_into_the_document,
    who_refers_to_something_is_found,
    lists_are_ordered_and_cut,
    kept_totals_are_what_counting_gives,
    other_tenants_read_what_was_opened_to_them,
    a_refused_write_leaves_nothing,
);

async fn a_document_comes_back_as_it_was_given(db: Db) {
    let tenant: TenantId = make::id();
    let text = r#"{"z":1,"a":{"y":"ü€😀","b":[]},"big":9007199254740993,"f":0.1,"e":1e300,"unknown":null}"#;
    let given = Document { doc: serde_json::from_str(text).unwrap(), ..make::document(tenant, "as given") };
    let stored = write!(db.store, |tx| documents::create(tx, &given).await).unwrap();
    assert_eq!(stored, Document { rev: 1, ..given.clone() });
    let found = documents::get(db.store.read(), tenant, kind::SERVICE_ORDER, given.id).await.unwrap();
    assert_eq!(found, stored);
    assert_eq!(found.doc.to_string(), serde_json::from_str::<Value>(text).unwrap().to_string(), "order of members");

    let nul = Document { doc: json!({"deep": ["a\0b"]}), ..make::document(tenant, "nul") };
    let refused = write!(db.store, |tx| documents::create(tx, &nul).await).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::InvalidInput);

    write!(db.store, |tx| documents::delete(tx, tenant, kind::SERVICE_ORDER, given.id, Some(1), make::at(1)).await)
        .unwrap();
    let gone = documents::get(db.store.read(), tenant, kind::SERVICE_ORDER, given.id).await.unwrap_err();
    assert_eq!(gone.code(), ErrorCode::OrderNotFound);
}

async fn who_refers_to_something_is_found(db: Db) {
    let tenant: TenantId = make::id();
    let (first, second) = (Uuid::now_v7(), Uuid::now_v7());
    let refers = |to: Uuid| json!({"id": "own", "item": [{"id": "1", "service": {"id": to}}, {"service": {"id": 7}}]});
    let given = Document { doc: refers(first), ..make::document(tenant, "refers") };
    let given = write!(db.store, |tx| documents::create(tx, &given).await).unwrap();
    let found = async |path: &str, value: Value, to: Uuid| {
        let filters = vec![(path.to_owned(), value), ("item.service.id".to_owned(), json!(to))];
        let query = ListQuery { filters, ..ListQuery::of(kind::SERVICE_ORDER) };
        documents::list(db.store.read(), tenant, &query).await.unwrap().total
    };
    assert_eq!(found("id", json!("own"), first).await, 1);
    assert_eq!(found("item.id", json!("1"), first).await, 1, "a text that is a number too");
    assert_eq!(found("item.service.id", json!(7), first).await, 1, "a number");
    assert_eq!(found("item.id", json!(first), first).await, 0, "at another path");
    assert_eq!(found("item.service.id", json!(second), second).await, 0);

    let moved = Document { doc: refers(second), ..given };
    let moved = write!(db.store, |tx| documents::update(tx, &moved).await).unwrap();
    assert_eq!(found("item.service.id", json!(first), first).await, 0);
    assert_eq!(found("item.service.id", json!(second), second).await, 1);

    write!(db.store, |tx| documents::delete(tx, tenant, &moved.kind, moved.id, None, make::at(1)).await).unwrap();
    assert_eq!(found("item.service.id", json!(second), second).await, 0);
    if !db.url.starts_with("postgres") {
        assert_eq!(db.try_sql("DELETE FROM document_refs").await, Ok(0), "nothing is left of it");
    }
}

async fn a_stale_revision_is_refused(db: Db) {
    let first = make::document(make::id(), "first");
    let first = write!(db.store, |tx| documents::create(tx, &first).await).unwrap();
    let changed = Document { state: "inProgress".into(), updated_at: make::at(5), ..first.clone() };
    let second = write!(db.store, |tx| documents::update(tx, &changed).await).unwrap();
    assert_eq!(second, Document { rev: 2, ..changed.clone() });
    for again in [
        write!(db.store, |tx| documents::update(tx, &changed).await).map(drop),
        write!(db.store, |tx| documents::delete(tx, first.tenant, &first.kind, first.id, Some(1), make::at(6)).await),
    ] {
        assert_eq!(again.unwrap_err().code(), ErrorCode::PreconditionFailed);
    }
    let now = documents::get(db.store.read(), Scope::Platform, &first.kind, first.id).await.unwrap();
    assert_eq!(now, second);
}

async fn of_twenty_racing_updates_each_revision_is_won_once(db: Db) {
    let document = make::document(make::id(), "contended");
    let document = Arc::new(write!(db.store, |tx| documents::create(tx, &document).await).unwrap());
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let (store, document) = (db.store.clone(), Arc::clone(&document));
            tokio::spawn(async move { write!(store, |tx| documents::update(tx, &document).await) })
        })
        .collect();
    let mut won = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(after) => {
                assert_eq!(after.rev, 2);
                won += 1;
            }
            Err(error) => assert_eq!(error.code(), ErrorCode::PreconditionFailed),
        }
    }
    assert_eq!(won, 1);
}

async fn external_ids_are_unique_per_tenant_and_kind(db: Db) {
    let (ours, theirs): (TenantId, TenantId) = (make::id(), make::id());
    let named = |tenant, kind: &str| Document {
        external_id: Some("crm-7".into()),
        kind: kind.into(),
        ..make::document(tenant, "named")
    };
    let first = named(ours, kind::SERVICE_ORDER);
    write!(db.store, |tx| documents::create(tx, &first).await).unwrap();
    for allowed in [named(theirs, kind::SERVICE_ORDER), named(ours, kind::SERVICE), make::document(ours, "none")] {
        write!(db.store, |tx| documents::create(tx, &allowed).await).unwrap();
    }
    let twice = named(ours, kind::SERVICE_ORDER);
    let refused = write!(db.store, |tx| documents::create(tx, &twice).await);
    assert!(matches!(refused, Err(Error::Duplicate(_))), "{refused:?}");
    let found = documents::find_external(db.store.read(), ours, kind::SERVICE_ORDER, "crm-7").await.unwrap();
    assert_eq!(found.map(|found| found.id), Some(first.id));

    let other = write!(db.store, |tx| documents::create(tx, &make::document(ours, "other")).await).unwrap();
    let renamed = Document { external_id: Some("crm-7".into()), ..other };
    let refused = write!(db.store, |tx| documents::update(tx, &renamed).await);
    assert!(matches!(refused, Err(Error::Duplicate(_))), "{refused:?}");
}

async fn filters_look_into_the_document(db: Db) {
    let tenant: TenantId = make::id();
    let docs = [
        json!({"@type": "CFS", "priority": 1, "relatedParty": [{"id": "p1", "role": "owner"}, {"id": "p2"}], "ok": true}),
        json!({"@type": "RFS", "priority": 2, "relatedParty": {"id": "p2"}, "ok": false, "tags": ["a", "b"]}),
        json!({"@type": "RFS", "priority": "1", "relatedParty": "p2", "ok": null, "note": "it's \"quoted\" \\ here"}),
        json!({"priority": 1.5, "nested": [[{"id": "deep"}], {"list": [{"id": "x"}, {"id": "y"}]}]}),
    ];
    for (number, doc) in docs.iter().enumerate() {
        let document = Document { doc: doc.clone(), ..make::document(tenant, &number.to_string()) };
        write!(db.store, |tx| documents::create(tx, &document).await).unwrap();
    }
    let cases = [
        ("@type", json!("RFS"), "12"),
        ("priority", json!(1), "02"),
        ("priority", json!("1"), "02"),
        ("priority", json!(1.5), "3"),
        ("relatedParty.id", json!("p2"), "01"),
        ("relatedParty.role", json!("owner"), "0"),
        ("relatedParty", json!("p2"), "2"),
        ("tags", json!("b"), "1"),
        ("ok", json!(true), "0"),
        ("ok", json!(false), "1"),
        ("note", json!("it's \"quoted\" \\ here"), "2"),
        ("nested.list.id", json!("y"), "3"),
        ("absent", json!("x"), ""),
        ("@type", json!("rfs"), ""),
    ];
    for (path, value, expected) in cases {
        let query = ListQuery {
            filters: vec![(path.into(), value.clone())],
            sort: SortBy::Name,
            ..ListQuery::of(kind::SERVICE_ORDER)
        };
        let page = documents::list(db.store.read(), tenant, &query).await.unwrap();
        let names: String = page.items.iter().map(|found| found.name.as_str()).collect();
        assert_eq!((names.as_str(), page.total), (expected, expected.len() as u64), "{path} = {value}");
    }
    for path in ["", "a..b", "a'b", "a\"b", "$.x[0]"] {
        let query = ListQuery { filters: vec![(path.into(), json!("x"))], ..ListQuery::of(kind::SERVICE_ORDER) };
        let refused = documents::list(db.store.read(), tenant, &query).await.unwrap_err();
        assert_eq!(refused.code(), ErrorCode::InvalidInput, "{path:?}");
    }
}

async fn lists_are_ordered_and_cut(db: Db) {
    let tenant: TenantId = make::id();
    for number in 0..7 {
        let state = if number % 2 == 0 { "held" } else { "completed" };
        let document = Document {
            state: state.into(),
            created_at: make::at(number),
            updated_at: make::at(-number),
            ..make::document(tenant, &number.to_string())
        };
        write!(db.store, |tx| documents::create(tx, &document).await).unwrap();
    }
    let names = async |query: ListQuery| {
        let page = documents::list(db.store.read(), tenant, &query).await.unwrap();
        (page.items.iter().map(|found| found.name.clone()).collect::<String>(), page.total)
    };
    let all = ListQuery::of(kind::SERVICE_ORDER);
    assert_eq!(names(all.clone()).await, ("0123456".into(), 7));
    assert_eq!(names(ListQuery { sort: SortBy::UpdatedAt, ..all.clone() }).await, ("6543210".into(), 7));
    let middle = ListQuery { slice: Slice { offset: 2, limit: 3 }, descending: true, ..all.clone() };
    assert_eq!(names(middle).await, ("432".into(), 7));
    assert_eq!(names(ListQuery { states: vec!["held".into()], ..all.clone() }).await, ("0246".into(), 4));
    let none = ListQuery { slice: Slice { offset: u64::MAX, limit: u64::MAX }, ..all };
    assert_eq!(names(none).await, (String::new(), 7));
}

async fn kept_totals_are_what_counting_gives(db: Db) {
    let (tenant, other): (TenantId, TenantId) = (make::id(), make::id());
    let total = async |scope: Scope, states: &[&str]| {
        let states = states.iter().map(|state| (*state).to_owned()).collect();
        let asked = ListQuery { states, ..ListQuery::of(kind::SERVICE_ORDER) };
        documents::list(db.store.read(), scope, &asked).await.unwrap().total
    };
    let mut all = Vec::new();
    for (number, owner) in [tenant, tenant, tenant, other].into_iter().enumerate() {
        let new = make::document(owner, &format!("number {number}"));
        all.push(write!(db.store, |tx| documents::create(tx, &new).await).unwrap());
    }
    let moved = Document { state: "held".into(), ..all[0].clone() };
    write!(db.store, |tx| documents::update(tx, &moved).await).unwrap();
    write!(db.store, |tx| documents::delete(tx, tenant, kind::SERVICE_ORDER, all[1].id, None, make::at(9)).await)
        .unwrap();
    let refused = write!(db.store, |tx| {
        documents::create(tx, &make::document(tenant, "taken back")).await?;
        Err::<(), _>(Error::Internal("no".to_owned()))
    });
    refused.unwrap_err();
    assert_eq!((total(tenant.into(), &[]).await, total(other.into(), &[]).await), (2, 1));
    assert_eq!((total(tenant.into(), &["held"]).await, total(tenant.into(), &[&all[2].state]).await), (1, 1));
    assert_eq!(total(tenant.into(), &["held", &all[2].state]).await, 2);
    assert_eq!(total(Scope::Platform, &["held"]).await, 1);
}

async fn other_tenants_read_what_was_opened_to_them(db: Db) {
    let (owner, reader): (TenantId, TenantId) = (make::id(), make::id());
    let document = make::document(owner, "shown");
    write!(db.store, |tx| {
        documents::create(tx, &document).await?;
        documents::open_to(tx, document.id, reader).await?;
        documents::open_to(tx, document.id, reader).await
    })
    .unwrap();
    let seen = documents::get(db.store.read(), reader, &document.kind, document.id).await.unwrap();
    let listed = documents::list(db.store.read(), reader, &ListQuery::of(&document.kind)).await.unwrap();
    assert_eq!((seen.id, listed.total), (document.id, 1));
    assert_eq!(documents::readers(db.store.read(), owner, document.id).await, Ok(vec![reader]));
    let mine = Document { tenant: reader, ..seen };
    let refused = write!(db.store, |tx| documents::update(tx, &mine).await).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::OrderNotFound, "reading is not writing");
    write!(db.store, |tx| documents::close_to(tx, document.id, reader).await).unwrap();
    assert_eq!(documents::find(db.store.read(), reader, &document.kind, document.id).await, Ok(None));
}

async fn a_refused_write_leaves_nothing(db: Db) {
    let document = make::document(make::id(), "never");
    let refused: Result<(), Error> = write!(db.store, |tx| {
        documents::create(tx, &document).await?;
        Err(Error::refused(ErrorCode::PlanStale, "on purpose"))
    });
    assert_eq!(refused.unwrap_err().code(), ErrorCode::PlanStale);
    assert_eq!(documents::find(db.store.read(), document.tenant, &document.kind, document.id).await, Ok(None));
    let head = hypo_store::events::head(db.store.read()).await.unwrap();
    assert_eq!(head, hypo_store::events::Cursor::START, "no event either");
}
