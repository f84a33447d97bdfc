//! Lists: filter, order, page and the exact total in one statement, so that they are of one moment.
//!
//! The rows are looked for in *arms* that exclude each other: the tenant's own and those opened to it; and where an
//! equality has a key column, one arm per key. Each arm is one place of an index, read in the order of the list, and
//! the database merges them. Only the rows of the page are then read whole.

use hypo_shared::{ErrorCode, TenantId};
use hypo_tmf::query::{Filter as Condition, Literal, Operator, Path};
use sea_orm::QueryResult;
use uuid::Uuid;

use super::{
    Document, ListQuery, Showing, SortBy,
    compile::{Compiler, Search, alternatives, column},
};
use crate::{
    Error, Page, Reader, Result, Scope, Slice,
    mirror::EVERYBODY,
    sql::{Row, get},
};

/// Documents that a pattern is matched against at most; the index of the database cannot match it.
pub const CANDIDATES: u64 = 10_000;

/// A document as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    pub id: Uuid,
    pub rev: i64,
    /// The JSON of the document.
    pub doc: String,
}

impl Text {
    const COLUMNS: &[&str] = &["id", "rev", "doc"];
}

/// A page of documents the scope sees.
///
/// # Errors
/// `QueryTooComplex` when a filter with a pattern has more than [`CANDIDATES`] candidates; `InvalidInput` for a path
/// that is no member path.
pub async fn list(db: &Reader, scope: impl Into<Scope>, query: &ListQuery) -> Result<Page<Document>> {
    let filter = query.whole_filter()?;
    let read = |row: &QueryResult| Document::read(row);
    if !filter.has_pattern() {
        return Statement::of(db, scope.into(), query, &filter, query.slice.cut())?
            .run(db, Document::COLUMNS, read)
            .await;
    }
    let cut = (0, CANDIDATES);
    let found = Statement::of(db, scope.into(), query, &filter, cut)?.run(db, Document::COLUMNS, read).await?;
    finished(found, query.slice, |document| filter.matches(&document.doc))
}

/// As [`list`], with the documents as the text they are stored as.
///
/// # Errors
/// As [`list`].
pub async fn list_text(db: &Reader, scope: impl Into<Scope>, query: &ListQuery) -> Result<Page<Text>> {
    let filter = query.whole_filter()?;
    let read = |row: &QueryResult| Ok(Text { id: get(row, "id")?, rev: get(row, "rev")?, doc: get(row, "doc")? });
    if !filter.has_pattern() {
        return Statement::of(db, scope.into(), query, &filter, query.slice.cut())?.run(db, Text::COLUMNS, read).await;
    }
    let found = Statement::of(db, scope.into(), query, &filter, (0, CANDIDATES))?.run(db, Text::COLUMNS, read).await?;
    finished(found, query.slice, |text| serde_json::from_str(&text.doc).is_ok_and(|doc| filter.matches(&doc)))
}

/// The statement of a list, for looking at how a database would run it.
///
/// # Errors
/// As [`list`].
pub async fn explain(db: &Reader, scope: impl Into<Scope>, query: &ListQuery) -> Result<Vec<String>> {
    let statement = Statement::of(db, scope.into(), query, &query.whole_filter()?, query.slice.cut())?;
    let (word, column) = if db.is_postgres() { ("EXPLAIN", "QUERY PLAN") } else { ("EXPLAIN QUERY PLAN", "detail") };
    let sql = format!("{word} {}", statement.sql(Document::COLUMNS));
    db.query(&sql, statement.sql.values.clone()).await?.iter().map(|row| get(row, column)).collect()
}

/// The statement of a list of stored texts and its values, for programs that measure themselves against it.
///
/// # Errors
/// As [`list`].
pub fn statement(db: &Reader, scope: impl Into<Scope>, query: &ListQuery) -> Result<(String, Vec<sea_orm::Value>)> {
    let statement = Statement::of(db, scope.into(), query, &query.whole_filter()?, query.slice.cut())?;
    Ok((statement.sql(Text::COLUMNS), statement.sql.values))
}

/// Candidates that the evaluator lets through, cut to the page.
fn finished<T>(found: Page<T>, slice: Slice, matches: impl Fn(&T) -> bool) -> Result<Page<T>> {
    if found.total > CANDIDATES {
        return Err(Error::refused(
            ErrorCode::QueryTooComplex,
            format!(
                "the pattern has {} candidates and {CANDIDATES} are looked at; filter by something else too",
                found.total
            ),
        ));
    }
    let matching: Vec<T> = found.items.into_iter().filter(matches).collect();
    let total = matching.len() as u64;
    let (offset, limit) = slice.cut();
    let end = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    Ok(Page { items: matching.into_iter().skip(end(offset)).take(end(limit)).collect(), total })
}

impl ListQuery {
    fn whole_filter(&self) -> Result<Condition> {
        let mut all = vec![self.filter.clone()];
        for (path, value) in &self.filters {
            let path = Path::parse(path).map_err(|problem| Error::refused(problem.code, problem.reason))?;
            if value.is_array() || value.is_object() || value.is_null() {
                return Err(Error::refused(ErrorCode::InvalidInput, "a filter compares with a single value"));
            }
            all.push(Condition::Compare(hypo_tmf::query::Compare {
                path,
                operator: Operator::Eq,
                any_of: vec![Literal::from(value)],
            }));
        }
        Ok(all.into_iter().reduce(Condition::and).unwrap_or_default())
    }

    /// Expressions and directions to order by; the id comes last, in the direction of the last.
    fn order(&self, sql: &mut Compiler) -> Vec<(String, &'static str)> {
        if self.order.is_empty() {
            let column = match self.sort {
                SortBy::CreatedAt => "created_at",
                SortBy::UpdatedAt => "updated_at",
                SortBy::Name => "name",
                SortBy::State => "state",
            };
            return vec![(column.to_owned(), if self.descending { "DESC" } else { "ASC" })];
        }
        let keys = self.order.iter();
        keys.map(|key| (sql.key(&key.path), if key.descending { "DESC NULLS LAST" } else { "ASC NULLS LAST" }))
            .collect()
    }
}

/// A part of the rows, read from one place of an index.
struct Arm {
    /// `… documents WHERE …`.
    rows: String,
    /// The same rows, read in the order of the list.
    wide: Option<String>,
    /// They are sorted, whatever index has their order.
    few: bool,
}

/// Rows of a range that are sorted; more are looked for in the order of the list.
const NARROW: u64 = 10_000;

struct Statement {
    sql: Compiler,
    arms: Vec<Arm>,
    /// The first arm is all of its kind, whose number is kept.
    whole: bool,
    order: Vec<(String, &'static str)>,
    cut: (u64, u64),
}

impl Statement {
    fn of(db: &Reader, scope: Scope, query: &ListQuery, filter: &Condition, cut: (u64, u64)) -> Result<Self> {
        let mut sql = Compiler::new(db.is_postgres());
        let mut common = format!("kind = {}", sql.bind(query.kind.clone()));
        if !query.states.is_empty() {
            let states: Vec<String> = query.states.iter().map(|state| sql.bind(state.clone())).collect();
            common = format!("{common} AND state IN ({})", states.join(", "));
        }
        match query.showing {
            Showing::Anything => {}
            Showing::Applications => common.push_str(" AND application = id"),
            Showing::PartsOf(whole) => {
                common = format!("{common} AND application = {} AND application <> id", sql.bind(whole));
            }
        }
        let (searches, rest) = alternatives(&mut sql, filter)?;
        let own = match scope {
            Scope::Platform => "1 = 1".to_owned(),
            Scope::Tenant(tenant) => format!("tenant = {}", sql.bind(tenant)),
        };
        let sorts_by = query.order.first().and_then(|key| column(&key.path));
        let mut arms: Vec<Arm> = searches
            .iter()
            .map(|Search { from, holds, wide, few }| {
                let arm = |holds: &str| format!("{from} WHERE {common} AND {own} AND {holds} AND {rest}");
                let wide = wide.as_ref().filter(|(column, _)| sorts_by != Some(column));
                Arm { rows: arm(holds), wide: wide.map(|(_, holds)| arm(holds)), few: *few }
            })
            .collect();
        if let Scope::Tenant(tenant) = scope {
            let opened = opened(&mut sql, tenant);
            let whole = sql.condition(filter)?;
            arms.push(Arm { rows: format!("{opened} AND {common} AND {whole}"), wide: None, few: false });
        }
        let order = query.order(&mut sql);
        let whole = *filter == Condition::default() && query.showing == Showing::Anything;
        Ok(Self { sql, arms, whole, order, cut })
    }

    fn sql(&self, columns: &[&str]) -> String {
        let keys: Vec<String> =
            self.order.iter().enumerate().map(|(at, (expression, _))| format!("{expression} AS s{at}")).collect();
        let count = |(at, Arm { rows, wide, .. }): (usize, &Arm)| match rows
            .strip_prefix("documents")
            .filter(|_| at == 0 && self.whole)
        {
            Some(same) => format!("(SELECT CAST(coalesce(sum(n), 0) AS bigint) FROM document_counts{same})"),
            None if wide.is_some() => format!("(SELECT n FROM c{at})"),
            None => format!("(SELECT count(*) FROM {rows})"),
        };
        let counted = self.arms.iter().enumerate().filter(|(_, arm)| arm.wide.is_some());
        let counted: Vec<String> =
            counted.map(|(at, arm)| format!("c{at}(n) AS MATERIALIZED (SELECT count(*) FROM {})", arm.rows)).collect();
        let with = if counted.is_empty() { String::new() } else { format!("WITH {} ", counted.join(", ")) };
        let counts: Vec<String> = self.arms.iter().enumerate().map(count).collect();
        let direction = if self.order.last().is_some_and(|(_, way)| way.starts_with("DESC")) { "DESC" } else { "ASC" };
        let order = |row: &str| {
            let terms = self.order.iter().enumerate().map(|(at, (_, way))| format!("{row}s{at} {way}"));
            terms.chain([format!("{row}id {direction}")]).collect::<Vec<_>>().join(", ")
        };
        let columns: Vec<String> = columns.iter().map(|column| format!("d.\"{column}\"")).collect();
        let (offset, limit) = self.cut;
        // An arm gives what the page could need of it, so that it is read in order and not to its end.
        let (keys, page, most) = (keys.join(", "), order(""), offset.saturating_add(limit).min(i64::MAX as u64));
        let sorted = |rows: &str, page: &str| {
            format!("SELECT * FROM (SELECT id, {keys} FROM {rows} ORDER BY {page} LIMIT {most})")
        };
        let read = |rows: &str| sorted(rows, &page);
        let arm = |(at, Arm { rows, wide, few }): (usize, &Arm)| match wide {
            None if *few => vec![format!("{} a{at}", sorted(rows, &order("+")))],
            None => vec![format!("{} a{at}", read(rows))],
            // Which of the two is read is known before the first row.
            Some(wide) => vec![
                format!("{} a{at}", read(&format!("{rows} AND (SELECT n FROM c{at}) <= {NARROW}"))),
                format!("{} b{at}", read(&format!("{wide} AND (SELECT n FROM c{at}) > {NARROW}"))),
            ],
        };
        let arms: Vec<String> = self.arms.iter().enumerate().flat_map(arm).collect();
        format!(
            "{with}SELECT n.total, {columns} FROM (SELECT {counts} AS total) n \
             LEFT JOIN ({arms} ORDER BY {page} LIMIT {limit} OFFSET {offset}) p ON 1 = 1 \
             LEFT JOIN documents d ON d.id = p.id ORDER BY {rows}",
            columns = columns.join(", "),
            counts = counts.join(" + "),
            arms = arms.join(" UNION ALL "),
            rows = order("p."),
        )
    }

    async fn run<T>(self, db: &Reader, columns: &[&str], read: impl Fn(&QueryResult) -> Result<T>) -> Result<Page<T>> {
        let sql = self.sql(columns);
        let rows = db.query(&sql, self.sql.values).await?;
        let total = rows.first().map(|row| get::<u64>(row, "total")).transpose()?.unwrap_or_default();
        // An empty page is one row with a total and no document.
        let mut items = Vec::with_capacity(rows.len());
        for row in &rows {
            if get::<Option<Uuid>>(row, "id")?.is_some() {
                items.push(read(row)?);
            }
        }
        Ok(Page { items, total })
    }
}

/// Documents of others that were opened to the tenant, or to everybody. Theirs are few: SQLite looks through them in the
/// order a `CROSS JOIN` has, where it would go through all documents of a kind for a condition.
fn opened(sql: &mut Compiler, tenant: TenantId) -> String {
    let (tenant, everybody) = (sql.bind(tenant), sql.bind(EVERYBODY));
    format!(
        "(SELECT DISTINCT document FROM document_readers WHERE tenant IN ({tenant}, {everybody})) r \
         CROSS JOIN documents WHERE id = r.document AND tenant <> {tenant}"
    )
}
