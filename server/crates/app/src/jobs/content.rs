//! What stands in a file: elements of a catalogue as a JSON array, or one to a line.

use std::collections::HashMap;

use hypo_store::documents;
use hypo_tmf::Resource;
use serde_json::Value;
use uuid::Uuid;

/// How elements are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Array,
    Lines,
}

impl Format {
    /// The format of a job's `contentType`; an array when it says nothing.
    pub fn of(content_type: &Value) -> Result<Self, String> {
        let name = content_type.as_str().unwrap_or_default().split(';').next().unwrap_or_default();
        match name.trim().to_ascii_lowercase().as_str() {
            "" | "json" | "application/json" => Ok(Self::Array),
            "application/x-ndjson" | "application/jsonl" => Ok(Self::Lines),
            other => Err(format!("contentType {other:?} is not known; use application/json or application/x-ndjson")),
        }
    }

    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Array => "application/json",
            Self::Lines => "application/x-ndjson",
        }
    }

    /// Elements as the text of a file.
    pub fn write(self, elements: &[Value]) -> String {
        let lines: Vec<String> = elements.iter().map(Value::to_string).collect();
        match self {
            Self::Array => format!("[{}]\n", lines.join(",\n")),
            Self::Lines => lines.iter().map(|line| format!("{line}\n")).collect(),
        }
    }

    /// The elements of a file; an array may be a single element too.
    pub fn read(self, content: &[u8]) -> Result<Vec<Value>, String> {
        let text = std::str::from_utf8(content).map_err(|_| "the file is not UTF-8".to_owned())?;
        let text = text.trim_start_matches('\u{feff}');
        let parse = |text: &str| documents::parse(text).map_err(|error| format!("the file cannot be read: {error}"));
        match self {
            Self::Lines => text.lines().filter(|line| !line.trim().is_empty()).map(parse).collect(),
            Self::Array => match parse(text)? {
                Value::Array(all) => Ok(all),
                one => Ok(vec![one]),
            },
        }
    }
}

/// Which collection an element is of: its `href` says so, or its `@type`, or there is only one.
pub fn collection(of: &[&'static Resource], element: &Value) -> Option<&'static Resource> {
    let href = element["href"].as_str().unwrap_or_default();
    let by_href = |resource: &&&'static Resource| {
        href.rsplit_once('/').is_some_and(|(place, _)| place.ends_with(&format!("/{}", resource.collection)))
    };
    let by_type = |resource: &&&'static Resource| element["@type"] == resource.type_name;
    let found = of.iter().find(by_href).or_else(|| of.iter().find(by_type)).copied();
    found.or(if of.len() == 1 { of.first().copied() } else { None })
}

/// References to elements of the same file are references to what these have become.
pub fn refer(value: &mut Value, ids: &HashMap<String, Uuid>) {
    match value {
        Value::Array(all) => all.iter_mut().for_each(|one| refer(one, ids)),
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(text) if name == "id" || name == "parentId" => {
                        if let Some(id) = ids.get(text.as_str()) {
                            *text = id.to_string();
                        }
                    }
                    Value::String(text) if name == "href" => {
                        let known = text.rsplit_once('/').and_then(|(place, id)| Some((place, ids.get(id)?)));
                        if let Some((place, id)) = known {
                            *text = format!("{place}/{id}");
                        }
                    }
                    other => refer(other, ids),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use hypo_tmf::registry::{SERVICE_CATALOG, resources};
    use serde_json::json;

    use super::*;

    #[test]
    fn a_file_is_read_as_it_was_written() {
        let elements = [json!({"name": "a", "n": 1.5}), json!({"name": "b\nc"})];
        for content_type in [json!(null), json!("application/json; charset=utf-8"), json!("application/x-ndjson")] {
            let format = Format::of(&content_type).unwrap();
            assert_eq!(format.read(format.write(&elements).as_bytes()).unwrap(), elements, "{content_type}");
        }
        assert!(Format::of(&json!("text/csv")).unwrap_err().contains("application/json"));
        assert_eq!(Format::Array.read(br#"{"name": "one"}"#).unwrap(), [json!({"name": "one"})]);
        assert_eq!(Format::Array.write(&[]), "[]\n");
        assert!(Format::Array.read(b"[0.1234567890123456789]").is_err(), "it would come back as another number");
        assert!(Format::Array.read(&[0xff]).is_err());
    }

    #[test]
    fn an_element_says_what_it_is() {
        let all: Vec<_> = resources().filter(|one| one.family.base == SERVICE_CATALOG.base).collect();
        let of = |element: Value| collection(&all, &element).map(|resource| resource.collection);
        assert_eq!(of(json!({"href": "https://x.test/a/serviceCandidate/1"})), Some("serviceCandidate"));
        assert_eq!(of(json!({"@type": "ServiceSpecification"})), Some("serviceSpecification"));
        assert_eq!(of(json!({"href": "/somewhere/1", "@type": "Own"})), None);
        assert_eq!(collection(&all[..1], &json!({})).map(|resource| resource.collection), Some(all[0].collection));
    }

    #[test]
    fn references_inside_a_file_follow_and_others_stay() {
        let id = Uuid::now_v7();
        let ids = HashMap::from([("1".to_owned(), id)]);
        let mut element = json!({
            "version": "1", "parentId": "1", "serviceSpecification": {"id": "1", "href": "/a/serviceSpecification/1"},
            "category": [{"id": "2", "href": "/a/category/2"}, {"id": "1"}],
        });
        refer(&mut element, &ids);
        assert_eq!(element["version"], "1");
        assert_eq!(element["parentId"], json!(id));
        let here = json!({"id": id, "href": format!("/a/serviceSpecification/{id}")});
        assert_eq!(element["serviceSpecification"], here);
        assert_eq!(element["category"], json!([{"id": "2", "href": "/a/category/2"}, {"id": id}]));
    }
}
