//! Decoding a query string.

use super::{Equals, Fields, Query};
use crate::Problem;

/// Clauses of one query at most.
const CLAUSES: usize = 32;

impl Query {
    /// Parses a raw query string, still percent-encoded.
    ///
    /// # Errors
    /// 400 for what is malformed, and for operators that are not served: a filter that is ignored would answer
    /// something else than what was asked.
    pub fn parse(raw: &str) -> Result<Self, Problem> {
        let mut query = Self::default();
        for clause in raw.split('&').filter(|clause| !clause.is_empty()) {
            let (name, value) = clause.split_once('=').unwrap_or((clause, ""));
            let (name, value) = (decode(name)?, decode(value)?);
            match name.as_str() {
                "fields" => query.fields = fields(&value),
                "offset" => query.offset = Some(count(&name, &value)?),
                "limit" => query.limit = Some(count(&name, &value)?),
                "sort" | "filter" => {
                    return Err(Problem::new(
                        501,
                        hypo_shared::ErrorCode::InvalidInput,
                        format!("{name} is not served yet"),
                    ));
                }
                _ => query.equals(name, &value)?,
            }
        }
        if query.filters.len() > CLAUSES {
            return Err(Problem::invalid(format!("more than {CLAUSES} filters")));
        }
        Ok(query)
    }

    /// `a=x,y`, `a=x&a=y` and `a=x;a=y` all mean x or y (TMF630 4.4).
    fn equals(&mut self, path: String, value: &str) -> Result<(), Problem> {
        let operator = [".gt", ".gte", ".lt", ".lte", ".ne", ".regex", "*", ">", "<", "~", "!"];
        if operator.iter().any(|operator| path.ends_with(operator)) {
            return Err(Problem::new(
                501,
                hypo_shared::ErrorCode::InvalidInput,
                format!("the operator of {path} is not served yet"),
            ));
        }
        let path = path.strip_suffix(".eq").unwrap_or(&path).to_owned();
        let segment = |segment: &str| {
            !segment.is_empty() && segment.chars().all(|c| c.is_alphanumeric() || matches!(c, '@' | '_' | '-' | ' '))
        };
        if path.len() > 200 || !path.split('.').all(segment) {
            return Err(Problem::invalid(format!("{path:?} is no attribute path")));
        }
        let mut values = Vec::new();
        for (position, part) in value.split(';').enumerate() {
            let part = match part.split_once('=') {
                Some((name, value)) if position > 0 && name == path => value,
                Some((name, _)) if position > 0 => {
                    return Err(Problem::new(
                        501,
                        hypo_shared::ErrorCode::InvalidInput,
                        format!("an alternative over another attribute ({name}) is not served yet"),
                    ));
                }
                _ => part,
            };
            values.extend(part.split(',').map(str::to_owned));
        }
        match self.filters.iter_mut().find(|known| known.path == path) {
            Some(known) => known.any_of.extend(values),
            None => self.filters.push(Equals { path, any_of: values }),
        }
        Ok(())
    }
}

fn fields(value: &str) -> Fields {
    match value {
        "none" => Fields::None,
        "" => Fields::All,
        names => Fields::Some(
            // An inner selection keeps the whole first-level member.
            names.split(',').filter_map(|name| name.trim().split('.').next()).map(str::to_owned).collect(),
        ),
    }
}

fn count(name: &str, value: &str) -> Result<u64, Problem> {
    value.parse().map_err(|_| Problem::invalid(format!("{name} must be an integer of at least 0")))
}

fn decode(text: &str) -> Result<String, Problem> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits =
                    [rest.next(), rest.next()].map(|digit| digit.and_then(|digit| char::from(digit).to_digit(16)));
                match digits {
                    [Some(high), Some(low)] => u8::try_from(high * 16 + low).unwrap_or_default(),
                    _ => return Err(Problem::invalid("the query string is not percent-encoded correctly")),
                }
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).map_err(|_| Problem::invalid("the query string is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(path: &str, values: &[&str]) -> Equals {
        Equals { path: path.into(), any_of: values.iter().map(|value| (*value).to_owned()).collect() }
    }

    #[test]
    fn three_spellings_of_or() {
        for raw in ["state=a,b", "state=a&state=b", "state=a;state=b", "state=a;b", "state=a%2Cb"] {
            assert_eq!(Query::parse(raw).unwrap().filters, [filter("state", &["a", "b"])], "{raw}");
        }
    }

    #[test]
    fn nested_paths_and_pages() {
        let query =
            Query::parse("serviceSpecification.id=7&offset=10&limit=5&fields=id,state&name.eq=my+shop").unwrap();
        assert_eq!(query.filters, [filter("serviceSpecification.id", &["7"]), filter("name", &["my shop"])]);
        assert_eq!((query.offset, query.limit), (Some(10), Some(5)));
        assert_eq!(query.fields, Fields::Some(vec!["id".into(), "state".into()]));
    }

    #[test]
    fn what_is_not_served_is_refused_and_never_ignored() {
        for raw in
            ["orderDate.gt=2026", "orderDate%3E=2026", "name.regex=a", "sort=-id", "filter=x", "a=1;b=2", "name*=x"]
        {
            assert_eq!(Query::parse(raw).unwrap_err().status, 501, "{raw}");
        }
        for raw in ["limit=-1", "limit=x", "offset=1.5", "a%zz=1", "a..b=1", "a'b=1", "=1", "%ff=1"] {
            assert_eq!(Query::parse(raw).unwrap_err().status, 400, "{raw}");
        }
    }
}
