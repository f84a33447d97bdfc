//! What the browser keeps: theme, drafts, preferences. A browser that keeps nothing is fine too.

use leptos::prelude::window;
use serde::{Serialize, de::DeserializeOwned};
use web_sys::Storage;

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

pub fn read(key: &str) -> Option<String> {
    storage()?.get_item(&format!("hypo.{key}")).ok().flatten()
}

pub fn write(key: &str, value: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(&format!("hypo.{key}"), value);
    }
}

pub fn remove(key: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(&format!("hypo.{key}"));
    }
}

pub fn read_json<T: DeserializeOwned>(key: &str) -> Option<T> {
    // By way of `Value`, as everything else: one reader in the wasm instead of two.
    serde_json::from_value(serde_json::from_str(&read(key)?).ok()?).ok()
}

pub fn write_json<T: Serialize>(key: &str, value: &T) {
    if let Ok(value) = serde_json::to_value(value) {
        write(key, &value.to_string());
    }
}
