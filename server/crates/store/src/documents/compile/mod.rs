//! A filter of `hypo-tmf` as SQL, with the meaning of its evaluator. Values and member names are bound, never written
//! into the statement.
//!
//! On SQLite a path is a chain of `json_each`, on PostgreSQL a jsonpath in lax mode over the `jsonb` copy; both enter
//! arrays one level deep. Comparisons of the attributes with a key column use that column and its indexes.

mod keys;
mod postgres;
mod references;
mod sqlite;

use hypo_shared::ErrorCode;
use hypo_tmf::query::{Compare, Filter, Literal, Operator, Path};
use sea_orm::Value;

use crate::{Error, Result, sql::Cell};

pub use keys::{Search, alternatives, column};

/// Where paths begin.
#[derive(Clone, Debug)]
pub enum Root {
    /// The row of `documents`.
    Document,
    /// A value that was found, by the name of its row.
    Element(String),
}

/// What is asked of one value.
#[derive(Clone, Copy, Debug)]
pub enum Ask<'a> {
    Compare(&'a Compare),
    Matches,
    Exists,
}

/// Writes conditions and collects their values.
#[derive(Debug)]
pub struct Compiler {
    pub postgres: bool,
    pub values: Vec<Value>,
    /// Rows named so far.
    names: usize,
    /// Below a negation: conditions must be true or false, and key columns are not used.
    negated: bool,
}

impl Compiler {
    pub fn new(postgres: bool) -> Self {
        Self { postgres, values: Vec::new(), names: 0, negated: false }
    }

    /// Binds a value and gives its place.
    pub fn bind(&mut self, value: impl Cell) -> String {
        self.values.push(value.put().into());
        format!("${}", self.values.len())
    }

    fn name(&mut self) -> String {
        self.names += 1;
        format!("m{}", self.names)
    }

    /// A condition on rows of `documents`. Where the filter has a pattern it may let more rows through, never fewer.
    ///
    /// # Errors
    /// `InvalidInput` for a nested element condition without a path, which the parser does not make.
    pub fn condition(&mut self, filter: &Filter) -> Result<String> {
        self.at(filter, &Root::Document)
    }

    fn at(&mut self, filter: &Filter, root: &Root) -> Result<String> {
        Ok(match filter {
            Filter::And(all) => self.joined(all, root, " AND ", "1 = 1")?,
            Filter::Or(any) => self.joined(any, root, " OR ", "1 = 0")?,
            Filter::Not(one) if one.has_pattern() => "1 = 1".to_owned(),
            Filter::Not(one) => {
                let before = std::mem::replace(&mut self.negated, true);
                let inner = self.at(one, root)?;
                self.negated = before;
                format!("NOT ({inner})")
            }
            Filter::Compare(compare) => match (root, keys::Keyed::of(compare)) {
                (Root::Document, Some(keyed)) if !self.negated => keyed.condition(self),
                _ => self.ask(&compare.path, root, Ask::Compare(compare)),
            },
            Filter::Matches { path, .. } => self.ask(path, root, Ask::Matches),
            Filter::Exists(path) => self.ask(path, root, Ask::Exists),
            Filter::Element { path, holds } => match root {
                Root::Document if path.members().is_empty() => self.at(holds, root)?,
                Root::Element(_) if path.members().is_empty() => {
                    return Err(Error::refused(ErrorCode::InvalidInput, "a condition on an element needs a path"));
                }
                _ => {
                    let (from, row) = self.rows(path, root, true);
                    let inner = self.at(holds, &Root::Element(row))?;
                    format!("EXISTS (SELECT 1 FROM {from} WHERE {inner})")
                }
            },
        })
    }

    fn joined(&mut self, filters: &[Filter], root: &Root, word: &str, of_none: &str) -> Result<String> {
        let each: Vec<String> = filters.iter().map(|one| self.at(one, root)).collect::<Result<_>>()?;
        Ok(if each.is_empty() { of_none.to_owned() } else { format!("({})", each.join(word)) })
    }

    fn ask(&mut self, path: &Path, root: &Root, ask: Ask<'_>) -> String {
        match (root, path.members().is_empty()) {
            // A document is an object: it is there, and no scalar.
            (Root::Document, true) => if matches!(ask, Ask::Exists) { "1 = 1" } else { "1 = 0" }.to_owned(),
            (Root::Element(row), true) => self.of_element(row, ask),
            (Root::Document, false) if self.postgres => match postgres::indexed(self, path, ask) {
                Some(condition) => condition,
                None => self.exists(path, root, ask),
            },
            (_, false) => self.exists(path, root, ask),
        }
    }

    fn exists(&mut self, path: &Path, root: &Root, ask: Ask<'_>) -> String {
        let (from, row) = self.rows(path, root, !matches!(ask, Ask::Exists));
        let condition = self.of_value(&row, ask);
        format!("EXISTS (SELECT 1 FROM {from} WHERE {condition})")
    }

    /// Rows of the values at a path, and the name of the last. `unwrap` opens an array at the end.
    fn rows(&mut self, path: &Path, root: &Root, unwrap: bool) -> (String, String) {
        if self.postgres { postgres::rows(self, path, root, unwrap) } else { sqlite::rows(self, path, root, unwrap) }
    }

    /// A question about the element itself; an array stands for its elements.
    fn of_element(&mut self, row: &str, ask: Ask<'_>) -> String {
        let own = self.of_value(row, ask);
        if matches!(ask, Ask::Exists) {
            return own;
        }
        let (from, inner) = if self.postgres { postgres::items(self, row) } else { sqlite::items(self, row) };
        let items = self.of_value(&inner, ask);
        format!("(({own}) IS TRUE OR EXISTS (SELECT 1 FROM {from} WHERE {items}))")
    }

    fn of_value(&mut self, row: &str, ask: Ask<'_>) -> String {
        match ask {
            Ask::Exists => self.kind(row, "<> 'null'"),
            Ask::Matches => self.kind(row, &format!("= '{}'", self.text_kind())),
            Ask::Compare(Compare { operator, any_of, .. }) => {
                let each: Vec<String> = any_of.iter().map(|literal| self.against(row, *operator, literal)).collect();
                let any = format!("({})", each.join(" OR "));
                if *operator == Operator::Ne {
                    let scalars = if self.postgres {
                        "IN ('string', 'number', 'boolean')"
                    } else {
                        "IN ('text', 'integer', 'real', 'true', 'false')"
                    };
                    format!("({} AND {any} IS NOT TRUE)", self.kind(row, scalars))
                } else {
                    any
                }
            }
        }
    }

    /// One comparison of a row's value with a literal; not equal is told as equal and turned around by the caller.
    fn against(&mut self, row: &str, operator: Operator, literal: &Literal) -> String {
        let sign = match operator {
            Operator::Eq | Operator::Ne => "=",
            Operator::Lt => "<",
            Operator::Lte => "<=",
            Operator::Gt => ">",
            Operator::Gte => ">=",
        };
        let mut any = Vec::new();
        any.push(match literal.instant() {
            Some(instant) => {
                let place = self.bind(instant);
                if self.postgres { postgres::instant(row, sign, &place) } else { sqlite::instant(row, sign, &place) }
            }
            None => {
                let place = self.bind(literal.text().to_owned());
                if self.postgres { postgres::text(row, sign, &place) } else { sqlite::text(row, sign, &place) }
            }
        });
        if let Some(number) = literal.number_text() {
            let place = self.bind(number);
            any.push(if self.postgres {
                postgres::number(row, sign, &place)
            } else {
                sqlite::number(row, sign, &place)
            });
        }
        if let (Some(value), "=") = (literal.boolean(), sign) {
            any.push(if self.postgres { postgres::boolean(row, value) } else { sqlite::boolean(row, value) });
        }
        any.join(" OR ")
    }

    /// A condition on the JSON type of a row's value.
    fn kind(&self, row: &str, is: &str) -> String {
        if self.postgres { format!("jsonb_typeof({row}.j) {is}") } else { format!("{row}.type {is}") }
    }

    fn text_kind(&self) -> &'static str {
        if self.postgres { "string" } else { "text" }
    }

    /// The sort key of a document at a path through objects.
    pub fn key(&mut self, path: &Path) -> String {
        if let Some(column) = column(path) {
            return column.to_owned();
        }
        if self.postgres {
            let place = self.bind(postgres::path("strict $", path, ""));
            format!(
                "hypo_key(jsonb_path_query_first(doc_index, CAST({place} AS jsonpath), '{{}}', true)) COLLATE \"C\""
            )
        } else {
            let place = self.bind(sqlite::path(path));
            hypo_migrations::keys::sqlite_key(&format!("json_type(doc, {place})"), &format!("(doc ->> {place})"))
        }
    }
}
