//! Cursor pages: forward by the server's cursor, back by the ones already seen.

use leptos::prelude::*;

#[derive(Clone, Copy)]
pub struct Pager {
    seen: RwSignal<Vec<String>>,
}

impl Pager {
    pub fn new() -> Self {
        Self { seen: RwSignal::new(Vec::new()) }
    }

    /// Back to the first page.
    pub fn begin(self) {
        self.seen.update(Vec::clear);
    }

    /// The cursor of the page that is shown.
    pub fn after(self) -> Option<String> {
        self.seen.with(|seen| seen.last().cloned())
    }

    /// The buttons; nothing where one page is all.
    pub fn view(self, total: i64, more: bool, end: Option<String>) -> AnyView {
        let first = self.seen.with(Vec::is_empty);
        if first && !more {
            return ().into_any();
        }
        html! {
            <div class="pager">
                <span>{format!("{total} in all")}</span><span class="spacer"></span>
                <button type="button" class="button tiny" disabled=first on:click=move |_| self.seen.update(|seen| { seen.pop(); })>"Newer"</button>
                <button type="button" class="button tiny" disabled=!more
                    on:click=move |_| if let Some(end) = end.clone() { self.seen.update(|seen| seen.push(end)) }>"Older"</button>
            </div>
        }
        .into_any()
    }
}
