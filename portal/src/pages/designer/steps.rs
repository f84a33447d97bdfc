//! The four steps as links; those that are not reached yet are text.

use leptos::prelude::*;

/// `at` counts from 0; `hrefs` are the steps that can be opened.
pub fn steps(at: usize, hrefs: [Option<String>; 4]) -> AnyView {
    let names = ["Package", "Components", "Placement", "Plan and order"];
    let items: Vec<_> = names
        .into_iter()
        .zip(hrefs)
        .enumerate()
        .map(|(index, (name, href))| {
            let number = html! { <span class="step-number" aria-hidden="true">{index + 1}</span> };
            let current = (index == at).then_some("step");
            let class = if index < at { "step done" } else { "step" };
            let inside = match href {
                Some(href) if index != at => html! { <a href=href>{number}{name}</a> }.into_any(),
                _ => html! { <span>{number}{name}</span> }.into_any(),
            };
            html! { <li class=class aria-current=current>{inside}</li> }
        })
        .collect();
    html! { <ol class="steps" role="list" aria-label="Steps">{items}</ol> }.into_any()
}
