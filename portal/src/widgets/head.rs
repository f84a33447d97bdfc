//! The head of a page: its heading takes the focus after a move and names the document.

use leptos::{html, prelude::*};

use crate::state::place::Place;

#[component]
pub fn PageHead(
    #[prop(into)] title: Signal<String>,
    #[prop(optional, into)] lead: String,
    /// Badges beside the heading.
    #[prop(optional, into)]
    badges: Option<AnyView>,
    #[prop(optional, into)] actions: Option<AnyView>,
) -> AnyView {
    let place = Place::here();
    let heading = NodeRef::<html::H1>::new();
    Effect::new(move |_| {
        let title = title.get();
        document().set_title(&format!("{title} · HypO"));
        place.title.set(title);
    });
    Effect::new(move |_| {
        if let Some(heading) = heading.get()
            && place.moved.get_value()
        {
            let _ = heading.focus();
        }
    });
    let lead = (!lead.is_empty()).then(|| html! { <p class="lead">{lead}</p> });
    html! {
        <div class="page-head">
            <div>
                <div class="title-line"><h1 tabindex="-1" node_ref=heading>{move || title.get()}</h1>{badges}</div>
                {lead}
            </div>
            <div class="actions">{actions}</div>
        </div>
    }
    .into_any()
}
