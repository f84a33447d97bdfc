//! Pages of lists. A cursor is opaque and names the place the next page begins at.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hypo_shared::ErrorCode;
use hypo_store::Slice;

use crate::{Error, Result};

/// Items of a page when the caller names no number.
pub const DEFAULT: u64 = 50;
/// The most items a page may have.
pub const MAX: u64 = 200;
/// First byte of a cursor, so that another kind of cursor is refused.
const KIND: u8 = 1;

/// Which part of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
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
    /// Reads what a caller sent.
    ///
    /// # Errors
    /// `HYP-6001` for a number below 1 or above [`MAX`], `HYP-6008` for a cursor that is not ours.
    pub fn read(first: Option<i32>, after: Option<&str>) -> Result<Self> {
        let limit = first.map(|first| u64::try_from(first).unwrap_or(0));
        if limit.is_some_and(|limit| !(1..=MAX).contains(&limit)) {
            return Err(Error::field("first", "range", format!("Ask for 1 to {MAX} items.")));
        }
        Ok(Self { offset: after.map(decode).transpose()?.unwrap_or(0), limit })
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

    /// What to ask the store for.
    pub(crate) fn slice(self) -> Slice {
        Slice { offset: self.offset, limit: self.limit() }
    }
}

impl<T> Page<T> {
    /// What the store gave for a window.
    pub(crate) fn of<U>(window: Window, page: hypo_store::Page<U>, with: impl FnMut(U) -> T) -> Self {
        let end = window.offset + page.items.len() as u64;
        let next = (end < page.total && !page.items.is_empty()).then(|| encode(end));
        Self { items: page.items.into_iter().map(with).collect(), next, total: page.total }
    }
}

/// The cursor of the place after `offset` items.
#[must_use]
pub fn cursor(offset: u64) -> String {
    encode(offset)
}

fn encode(offset: u64) -> String {
    let mut bytes = vec![KIND];
    bytes.extend(offset.to_be_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(text: &str) -> Result<u64> {
    let refused = || Error::of(ErrorCode::CursorInvalid);
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| refused())?;
    match bytes.split_first() {
        Some((&KIND, rest)) => Ok(u64::from_be_bytes(rest.try_into().map_err(|_| refused())?)),
        _ => Err(refused()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_the_next_one() {
        let window = Window::read(Some(2), None).unwrap();
        let page = Page::of(window, hypo_store::Page { items: vec![1, 2], total: 3 }, |item| item);
        let window = Window::read(Some(2), page.next.as_deref()).unwrap();
        assert_eq!(window.slice(), Slice { offset: 2, limit: 2 });
        let last = Page::of(window, hypo_store::Page { items: vec![3], total: 3 }, |item| item);
        assert!(last.next.is_none());
    }

    #[test]
    fn wild_numbers_and_foreign_cursors_are_refused() {
        for first in [0, -1, 99_999_999] {
            assert_eq!(Window::read(Some(first), None).unwrap_err().code, ErrorCode::InvalidInput);
        }
        assert_eq!(Window::read(None, Some("x")).unwrap_err().code, ErrorCode::CursorInvalid);
    }
}
