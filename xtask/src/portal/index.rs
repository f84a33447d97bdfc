//! Reads Trunk's `data-trunk` links out of `index.html` and puts the built files in their place.
//!
//! Understood: `rel="rust"` (becomes the preloads and the start script at the end of `<head>`), `rel="css"` (the first
//! becomes the one joined style sheet, others are dropped: they are in it), `rel="icon"` and `rel="copy-file"` (copied),
//! `rel="copy-dir"` (copied as a folder). Anything else is an error, so that nothing is lost silently.
//!
//! The start script is inline, as Trunk's is: the server reads `index.html` when it starts and allows each inline
//! script by its SHA-256 in the Content-Security-Policy.

use std::path::{Path, PathBuf};

use crate::shell::Outcome;

/// Names of the built files, from the site's root.
pub struct Built {
    pub style: String,
    pub script: String,
    /// The loader of the parts that come later; the script imports it.
    pub parts: String,
    pub wasm: String,
}

/// The page and what it wants copied: (source relative to `portal/`, name in `dist`).
pub struct Page {
    pub html: String,
    pub copies: Vec<(PathBuf, String)>,
}

pub fn fill(template: &str, built: &Built) -> Outcome<Page> {
    let (mut html, mut copies, mut styled, mut started) = (String::new(), Vec::new(), false, false);
    let mut rest = template;
    while let Some(at) = rest.find("<link") {
        let (before, tag_on) = rest.split_at(at);
        let end = tag_on.find('>').ok_or("index.html: a <link> is not closed")? + 1;
        let (tag, after) = tag_on.split_at(end);
        html.push_str(before);
        rest = after;
        if !tag.contains("data-trunk") {
            html.push_str(tag);
            continue;
        }
        let href = attribute(tag, "href").unwrap_or_default();
        match attribute(tag, "rel").unwrap_or_default() {
            "rust" => started = true,
            "css" if styled => {}
            "css" => {
                styled = true;
                html.push_str(&format!("<link rel=\"stylesheet\" href=\"/{}\">", built.style));
            }
            "icon" => {
                let name = file_name(href)?;
                html.push_str(&format!("<link rel=\"icon\" href=\"/{name}\">"));
                copies.push((href.into(), name));
            }
            "copy-file" | "copy-dir" => copies.push((href.into(), file_name(href)?)),
            other => return Err(format!("index.html: data-trunk rel=\"{other}\" is not understood").into()),
        }
    }
    html.push_str(rest);
    if !(styled && started) {
        return Err("index.html needs a data-trunk link with rel=\"css\" and one with rel=\"rust\"".into());
    }
    let head = html.find("</head>").ok_or("index.html has no </head>")?;
    html.insert_str(head, &start(built));
    Ok(Page { html, copies })
}

fn start(Built { script, parts, wasm, .. }: &Built) -> String {
    format!(
        "<link rel=\"modulepreload\" href=\"/{script}\">\n\
         <link rel=\"modulepreload\" href=\"/{parts}\">\n\
         <link rel=\"preload\" href=\"/{wasm}\" as=\"fetch\" type=\"application/wasm\" crossorigin>\n\
         <script type=\"module\">import init from '/{script}';\
         const wasm = await init({{ module_or_path: '/{wasm}' }});\
         dispatchEvent(new CustomEvent('TrunkApplicationStarted', {{ detail: {{ wasm }} }}));</script>\n"
    )
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let at = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    tag[at..].split('"').next()
}

fn file_name(href: &str) -> Outcome<String> {
    let name = Path::new(href).file_name().ok_or("index.html: a data-trunk link has no href")?;
    Ok(name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built() -> Built {
        Built {
            style: "portal-1.css".into(),
            script: "portal-2.js".into(),
            parts: "portal-parts-2.js".into(),
            wasm: "portal-3.wasm".into(),
        }
    }

    #[test]
    fn fills_the_page_and_keeps_what_is_not_ours() {
        let page = fill(
            "<head><link rel=\"manifest\" href=\"m.json\"><link data-trunk rel=\"css\" href=\"a.css\" />\n\
             <link data-trunk rel=\"css\" href=\"b.css\"><link data-trunk rel=\"rust\" href=\"Cargo.toml\" />\
             <link data-trunk rel=\"icon\" href=\"assets/logo.svg\"><link data-trunk rel=\"copy-dir\" href=\"assets\"></head>",
            &built(),
        )
        .unwrap();
        assert_eq!(page.html.matches("stylesheet").count(), 1);
        assert!(page.html.contains("m.json") && page.html.contains("init({ module_or_path: '/portal-3.wasm' })"));
        assert!(!page.html.contains("data-trunk"));
        assert_eq!(page.copies, [("assets/logo.svg".into(), "logo.svg".into()), ("assets".into(), "assets".into())]);
    }

    #[test]
    fn refuses_what_it_does_not_understand() {
        assert!(fill("<head><link data-trunk rel=\"sass\" href=\"a\"></head>", &built()).is_err());
        assert!(fill("<head></head>", &built()).is_err());
    }
}
