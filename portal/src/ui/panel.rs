//! Panels and what stands in them while there is nothing to show.

use leptos::prelude::*;

use super::icon::{Icon, icon};
#[component]
pub fn Panel(
    #[prop(into)] title: String,
    /// Buttons at the end of the header.
    #[prop(optional, into)]
    tools: Option<AnyView>,
    /// The content brings its own padding (tables).
    #[prop(optional)]
    bare: bool,
    children: Children,
) -> AnyView {
    let label = title.clone();
    let content = children();
    let content = if bare { content.into_any() } else { html! { <div class="body">{content}</div> }.into_any() };
    html! {
        <section class="panel" aria-label=label>
            <header><h2>{title}</h2><span class="spacer"></span>{tools}</header>
            {content}
        </section>
    }
    .into_any()
}

/// Lines in the size of what comes; invisible for the first 150 ms.
pub fn skeleton(lines: usize) -> AnyView {
    let lines: Vec<_> = (0..lines).map(|_| html! { <i></i> }).collect();
    html! { <div class="skeleton" role="status" aria-label="Loading">{lines}</div> }.into_any()
}

/// A failed panel with its code, the page about it and a retry.
pub fn failure(message: &str, code: &str, retry: impl Fn() + Send + Sync + 'static) -> AnyView {
    failed(message, code, Box::new(retry))
}

fn failed(message: &str, code: &str, retry: Box<dyn Fn() + Send + Sync>) -> AnyView {
    html! {
        <div class="notice bad" role="alert">
            {icon(Icon::Cross)}
            <div>
                <span class="strong">{message.to_owned()}</span>
                {error_link(code)}
                <div class="row"><button type="button" class="button tiny" on:click=move |_| retry()>"Try again"</button></div>
            </div>
        </div>
    }
    .into_any()
}

/// The code with a link to its page; nothing for failures without a code.
pub fn error_link(code: &str) -> AnyView {
    if code.is_empty() {
        return ().into_any();
    }
    html! { <a class="small" href=format!("/help/error/{code}")>{format!("{code}: what it means and what to do")}</a> }
        .into_any()
}

/// A sentence, why there is nothing, and one thing to do.
pub fn empty(sign: Icon, sentence: &'static str, action: AnyView) -> AnyView {
    html! { <div class="empty">{icon(sign)}<p>{sentence}</p>{action}</div> }.into_any()
}

/// A remark in one of the tones `warn`, `bad`, `ok`, `info` or none.
pub fn notice(tone: &'static str, title: impl Into<String>, body: AnyView) -> AnyView {
    let sign = match tone {
        "ok" => Icon::Check,
        "info" => Icon::Help,
        "bad" => Icon::Cross,
        _ => Icon::Alert,
    };
    html! { <div class=format!("notice {tone}")>{icon(sign)}<div><span class="strong">{title.into()}</span>{body}</div></div> }.into_any()
}
