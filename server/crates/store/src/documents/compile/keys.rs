//! Comparisons by the key columns of `documents`. A key is exact for scalars; arrays and objects share the key `e`, and
//! for these the value itself is asked.

use hypo_migrations::keys::{COLUMNS, EPOCH};
use hypo_tmf::query::{Compare, Filter, KEY_CHARS, Literal, Operator, Path};

use super::{Ask, Compiler, Root, references};
use crate::Result;

/// Values of one equality that are worth a search of their own each.
const SEARCHES: usize = 4;

/// The column with the key of an attribute.
pub fn column(path: &Path) -> Option<&'static str> {
    let [member] = path.members() else { return None };
    COLUMNS.iter().find(|(attribute, _)| attribute == member).map(|(_, column)| *column)
}

/// A comparison that a key column answers.
pub struct Keyed<'a> {
    column: &'static str,
    compare: &'a Compare,
}

impl<'a> Keyed<'a> {
    /// Equality, unless a text is longer than a key, and ranges of an instant.
    pub fn of(compare: &'a Compare) -> Option<Self> {
        let column = column(&compare.path)?;
        let fits = match compare.operator {
            Operator::Eq => compare.any_of.iter().all(|literal| literal.text().chars().count() < KEY_CHARS),
            Operator::Ne => false,
            // A text that is a number too is compared in two ways; one that is an instant is no number.
            _ => matches!(compare.any_of.as_slice(), [one] if one.instant().is_some()),
        };
        fits.then_some(Self { column, compare })
    }

    pub fn condition(&self, sql: &mut Compiler) -> String {
        let (column, inside) = (self.column, self.of_container(sql));
        if self.compare.operator == Operator::Eq {
            let keys = self.keys(sql);
            return format!("({column} IN ({}, 'e') AND ({column} <> 'e' OR {inside}))", keys.join(", "));
        }
        format!("({} OR ({column} = 'e' AND {inside}))", self.range(column, sql))
    }

    /// Conditions that exclude each other, one of which holds where this one does, each a search in one place of an
    /// index. `None` when there would be too many.
    fn searches(&self, sql: &mut Compiler) -> Option<Vec<Search>> {
        let column = self.column;
        let mut searches: Vec<Search> = if self.compare.operator == Operator::Eq {
            if self.compare.any_of.len() > SEARCHES {
                return None;
            }
            self.keys(sql).into_iter().map(|key| Search::of_documents(format!("{column} = {key}"))).collect()
        } else {
            // SQLite takes a column behind a plus for no place of an index.
            let wide = (!sql.postgres).then(|| (column, self.range(&format!("+{column}"), sql)));
            vec![Search { wide, ..Search::of_documents(self.range(column, sql)) }]
        };
        let container = Search::of_documents(format!("({column} = 'e' AND {})", self.of_container(sql)));
        searches.push(Search { few: !sql.postgres, ..container });
        Some(searches)
    }

    fn of_container(&self, sql: &mut Compiler) -> String {
        sql.exists(&self.compare.path, &Root::Document, Ask::Compare(self.compare))
    }

    /// Places of the keys that are equal, none twice.
    fn keys(&self, sql: &mut Compiler) -> Vec<String> {
        let (mut texts, mut numbers): (Vec<String>, Vec<(f64, String)>) = (Vec::new(), Vec::new());
        let mut text = |key: String| {
            if !texts.contains(&key) {
                texts.push(key);
            }
        };
        for literal in &self.compare.any_of {
            match literal.instant() {
                Some(instant) => text(instant_key(instant)),
                None => text(format!("d{}", literal.text())),
            }
            if let Some(value) = literal.boolean() {
                text(if value { "b1" } else { "b0" }.to_owned());
            }
            if let (Some(number), Some(written)) = (literal.number(), literal.number_text()) {
                match sql.postgres {
                    true => text(number_key(number)),
                    false if numbers.iter().any(|(known, _)| *known == number) => {}
                    false => numbers.push((number, written)),
                }
            }
        }
        let mut places: Vec<String> = texts.into_iter().map(|key| sql.bind(key)).collect();
        places.extend(numbers.into_iter().map(|(_, written)| format!("CAST({} AS REAL)", sql.bind(written))));
        places
    }

    fn range(&self, column: &str, sql: &mut Compiler) -> String {
        let key = self.compare.any_of.first().and_then(Literal::instant).map(instant_key).unwrap_or_default();
        let place = sql.bind(key);
        match self.compare.operator {
            Operator::Lt => format!("({column} >= 'c' AND {column} < {place})"),
            Operator::Lte => format!("({column} >= 'c' AND {column} <= {place})"),
            Operator::Gt => format!("({column} > {place} AND {column} < 'd')"),
            _ => format!("({column} >= {place} AND {column} < 'd')"),
        }
    }
}

/// One place to look in.
#[derive(Debug)]
pub struct Search {
    /// Tables, of which the last is `documents`.
    pub from: String,
    pub holds: String,
    /// The column of a range and the same condition without its index: where most documents are in the range, they are
    /// better read in the order of the list.
    pub wide: Option<(&'static str, String)>,
    /// There are hardly any: SQLite, which has no statistics, is told to sort them rather than to look for them in the
    /// order of the list.
    pub few: bool,
}

impl Search {
    fn of_documents(holds: String) -> Self {
        Self { from: "documents".to_owned(), holds, wide: None, few: false }
    }
}

/// The searches of the condition that an index narrows best, and what else must hold. One search without a condition of
/// its own where no index helps.
///
/// # Errors
/// As [`Compiler::condition`].
pub fn alternatives(sql: &mut Compiler, filter: &Filter) -> Result<(Vec<Search>, String)> {
    let none = [];
    let all = match filter {
        Filter::And(all) => all.as_slice(),
        Filter::Compare(_) => std::slice::from_ref(filter),
        _ => &none,
    };
    let compares = all.iter().enumerate().filter_map(|(at, one)| match one {
        Filter::Compare(compare) => Some((at, compare)),
        _ => None,
    });
    let ranked = compares.filter_map(|(at, compare)| rank(sql.postgres, compare).map(|rank| (rank, at, compare)));
    let Some((_, best, compare)) = ranked.min_by_key(|(rank, at, _)| (*rank, *at)) else {
        return Ok((vec![Search::of_documents("1 = 1".to_owned())], sql.condition(filter)?));
    };
    if let Some(from) = references::candidates(sql, compare) {
        let search = Search { from, holds: "id = r.document".to_owned(), wide: None, few: false };
        return Ok((vec![search], sql.condition(filter)?));
    }
    match Keyed::of(compare).and_then(|keyed| keyed.searches(sql)) {
        Some(searches) => {
            let others = all.iter().enumerate().filter(|(at, _)| *at != best).map(|(_, one)| one.clone()).collect();
            Ok((searches, sql.condition(&Filter::And(others))?))
        }
        None => Ok((vec![Search::of_documents("1 = 1".to_owned())], sql.condition(filter)?)),
    }
}

/// How far an index narrows a comparison, best first: a name of its own, who refers to something, a state, a range.
fn rank(postgres: bool, compare: &Compare) -> Option<u8> {
    match Keyed::of(compare) {
        Some(_) if compare.operator != Operator::Eq => Some(3),
        Some(Keyed { column: "k_id" | "k_external_id" | "k_name", .. }) => Some(0),
        Some(_) => Some(2),
        None => (!postgres && references::is_reference(compare)).then_some(1),
    }
}

fn instant_key(instant: i64) -> String {
    format!("c{}", EPOCH + instant)
}

/// As `hypo_key` writes a number: the bits of a double, so that their order is the numbers'.
fn number_key(number: f64) -> String {
    // Zero has one key, whatever its sign.
    let bits = (number + 0.0).to_bits();
    format!("a{:016x}", if bits >> 63 == 1 { !bits } else { bits | 1 << 63 })
}
