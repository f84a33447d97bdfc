//! Short messages at the edge of the screen. Errors stay until they are closed and carry their code.

use std::time::Duration;

use leptos::prelude::*;

use crate::api::ApiError;

#[derive(Clone, Debug, PartialEq)]
pub struct Toast {
    pub id: u32,
    pub bad: bool,
    pub text: String,
    pub code: String,
}

#[derive(Clone, Copy)]
pub struct Toasts {
    pub list: RwSignal<Vec<Toast>>,
    next: StoredValue<u32>,
}

impl Toasts {
    pub fn provide() -> Self {
        let toasts = Self { list: RwSignal::new(Vec::new()), next: StoredValue::new(0) };
        provide_context(toasts);
        toasts
    }

    pub fn here() -> Self {
        expect_context()
    }

    /// A success whose result is not on the screen.
    pub fn done(self, text: impl Into<String>) {
        let id = self.push(false, text.into(), String::new());
        set_timeout(move || self.close(id), Duration::from_secs(6));
    }

    pub fn error(self, error: &ApiError) {
        self.push(true, error.message.clone(), error.code.clone());
    }

    pub fn close(self, id: u32) {
        let _ = self.list.try_update(|list| list.retain(|toast| toast.id != id));
    }

    fn push(self, bad: bool, text: String, code: String) -> u32 {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        self.list.update(|list| {
            list.retain(|toast| toast.text != text);
            if list.len() > 4 {
                list.remove(0);
            }
            list.push(Toast { id, bad, text, code });
        });
        id
    }
}
