//! Why something failed, in the cluster's words, and what to do.

use leptos::prelude::*;

use crate::{
    api::ops::Failure,
    ui::{
        icon::{Icon, icon},
        panel::error_link,
    },
};

pub fn cause(failure: &Failure) -> AnyView {
    let place: Vec<&str> = [&failure.component, &failure.cluster].into_iter().filter_map(|it| it.as_deref()).collect();
    let place = (!place.is_empty()).then(|| html! { <span class="small soft">{place.join(" on ")}</span> });
    let evidence = (!failure.evidence.is_empty()).then(|| {
        let lines = failure.evidence.join("\n");
        html! { <details class="fold"><summary class="small">"Evidence"</summary>{crate::ui::code::code(lines)}</details> }
    });
    html! {
        <div class="notice bad">
            {icon(Icon::Cross)}
            <div>
                <span class="strong">{failure.title.clone()}</span>
                {place}
                <span>{failure.detail.clone()}</span>
                <span><span class="strong">"What to do: "</span>{failure.remedy.clone()}</span>
                {evidence}
                {error_link(&failure.code)}
            </div>
        </div>
    }
    .into_any()
}
