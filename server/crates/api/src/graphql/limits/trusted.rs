//! Trusted documents: the operations of the portal and of the command line, known by the SHA-256 of their tokens. A
//! session may run these and nothing else, so that a page that got hold of one cannot ask anything new. The build
//! script reads them from `portal/graphql/*.graphql` and `server/src/cli/**/*.graphql`: a new operation is trusted by
//! being written there.

use std::{collections::HashSet, sync::LazyLock};

use sha2::{Digest, Sha256};

use super::text::{canonical, tokens};

/// Names and canonical texts.
const DOCUMENTS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/trusted.rs"));

type Hash = [u8; 32];

static HASHES: LazyLock<HashSet<Hash>> = LazyLock::new(|| DOCUMENTS.iter().map(|(_, text)| hash(text)).collect());

fn hash(canonical: &str) -> Hash {
    Sha256::digest(canonical.as_bytes()).into()
}

/// Whether a text is a trusted document, however it is laid out.
pub fn is_trusted(query: &str) -> bool {
    HASHES.contains(&hash(&canonical(tokens(query))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout_does_not_matter_and_content_does() {
        let (name, text) = DOCUMENTS.iter().find(|(name, _)| *name == "CurrentSession").unwrap();
        assert!(text.starts_with(&format!("query {name} {{ session {{")), "{text}");
        assert!(is_trusted(text) && is_trusted(&text.replace(' ', "\n\t# a comment, with words\n")));
        assert!(!is_trusted(&text.replace("role", "role tenant { id }")) && !is_trusted(""));
        assert!(!is_trusted("{ session { role } }"));
        assert_eq!(HASHES.len(), DOCUMENTS.len(), "no operation stands twice");
    }
}
