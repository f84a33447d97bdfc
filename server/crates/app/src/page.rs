//! Pages of lists. A cursor is opaque and names the place the next page begins at.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hypo_shared::ErrorCode;
use hypo_store::Slice;
use sha2::{Digest, Sha256};

use crate::{Error, Result};

/// Items of a page when the caller names no number.
pub const DEFAULT: u64 = 50;
/// The most items a page may have.
pub const MAX: u64 = 200;
/// First byte of a cursor, so that another kind of cursor is refused.
const KIND: u8 = 2;
/// Bytes of a cursor that bind it to its list.
const BOUND: usize = 8;

/// Digest of the list with its filter and order.
type List = [u8; 32];

/// Which part of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    list: List,
    offset: u64,
    limit: Option<u64>,
}

/// A part of a list, newest first.
#[derive(Clone, Debug)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<String>,
    /// Items of the whole list.
    pub total: u64,
}

impl Window {
    /// Reads what a caller sent. `list` names the list with its filter and order: a cursor of another one is refused.
    ///
    /// # Errors
    /// `HYP-6001` for a number below 1 or above [`MAX`], `HYP-6008` for a cursor that is not of this list.
    pub fn read(list: impl AsRef<[u8]>, first: Option<i32>, after: Option<&str>) -> Result<Self> {
        let limit = first.map(|first| u64::try_from(first).unwrap_or(0));
        if limit.is_some_and(|limit| !(1..=MAX).contains(&limit)) {
            return Err(Error::field("first", "range", format!("Ask for 1 to {MAX} items.")));
        }
        let list = Sha256::digest(list).into();
        Ok(Self { offset: after.map(|after| decode(&list, after)).transpose()?.unwrap_or(0), limit, list })
    }

    /// Items before the page.
    #[must_use]
    pub const fn offset(self) -> u64 {
        self.offset
    }

    /// Items of the page at most.
    #[must_use]
    pub fn limit(self) -> u64 {
        self.limit.unwrap_or(DEFAULT)
    }

    /// The cursor of the place behind the first `count` items of the page.
    #[must_use]
    pub fn cursor(self, count: u64) -> String {
        encode(&self.list, self.offset + count)
    }

    /// What to ask the store for.
    pub(crate) fn slice(self) -> Slice {
        Slice { offset: self.offset, limit: self.limit() }
    }
}

impl<T> Page<T> {
    /// What the store gave for a window.
    pub(crate) fn of<U>(window: Window, page: hypo_store::Page<U>, with: impl FnMut(U) -> T) -> Self {
        let count = page.items.len() as u64;
        let next = (window.offset + count < page.total && count > 0).then(|| window.cursor(count));
        Self { items: page.items.into_iter().map(with).collect(), next, total: page.total }
    }
}

/// Ties a place to its list. No secret is kept by it: it tells mistakes, not forgers, and a forger would only see
/// another page of what may be seen anyway.
fn bound(list: &List, offset: u64) -> [u8; BOUND] {
    let digest: [u8; 32] = Sha256::new().chain_update(offset.to_be_bytes()).chain_update(list).finalize().into();
    let mut bound = [0; BOUND];
    bound.copy_from_slice(&digest[..BOUND]);
    bound
}

fn encode(list: &List, offset: u64) -> String {
    let mut bytes = vec![KIND];
    bytes.extend(offset.to_be_bytes());
    bytes.extend(bound(list, offset));
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(list: &List, text: &str) -> Result<u64> {
    let refused = || Error::of(ErrorCode::CursorInvalid);
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| refused())?;
    let Some((&KIND, rest)) = bytes.split_first() else { return Err(refused()) };
    let (offset, given) = rest.split_first_chunk().ok_or_else(refused)?;
    let offset = u64::from_be_bytes(*offset);
    if given == bound(list, offset) { Ok(offset) } else { Err(refused()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_the_next_one() {
        let window = Window::read("a", Some(2), None).unwrap();
        let page = Page::of(window, hypo_store::Page { items: vec![1, 2], total: 3 }, |item| item);
        let window = Window::read("a", Some(2), page.next.as_deref()).unwrap();
        assert_eq!(window.slice(), Slice { offset: 2, limit: 2 });
        let last = Page::of(window, hypo_store::Page { items: vec![3], total: 3 }, |item| item);
        assert!(last.next.is_none());
    }

    #[test]
    fn wild_numbers_are_refused() {
        for first in [0, -1, 99_999_999] {
            assert_eq!(Window::read("a", Some(first), None).unwrap_err().code, ErrorCode::InvalidInput);
        }
    }

    #[test]
    fn a_cursor_is_of_one_list_and_cannot_be_changed() {
        let good = Window::read("orders held", None, None).unwrap().cursor(7);
        assert_eq!(Window::read("orders held", None, Some(&good)).unwrap().offset(), 7);
        let mut moved = URL_SAFE_NO_PAD.decode(&good).unwrap();
        moved[8] = 9;
        let moved = URL_SAFE_NO_PAD.encode(moved);
        let old = URL_SAFE_NO_PAD.encode([1, 0, 0, 0, 0, 0, 0, 0, 7]);
        for (list, cursor) in
            [("orders", &*good), ("services held", &good), ("orders held", &moved), ("orders held", &old), ("a", "x")]
        {
            let refused = Window::read(list, None, Some(cursor)).unwrap_err();
            assert_eq!(refused.code, ErrorCode::CursorInvalid, "{list} {cursor}");
        }
    }
}
