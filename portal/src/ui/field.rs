//! Form fields: a label, a control, a hint and what is wrong.

use leptos::prelude::*;

/// A text field bound to a signal.
#[component]
pub fn TextField(
    #[prop(into)] label: String,
    value: RwSignal<String>,
    #[prop(optional, into)] hint: String,
    /// What is wrong; empty means nothing.
    #[prop(optional, into)]
    fault: Signal<String>,
    #[prop(optional, into)] kind: String,
    #[prop(optional, into)] autocomplete: String,
    #[prop(optional, into)] placeholder: String,
    #[prop(optional)] autofocus: bool,
) -> AnyView {
    let id = format!("f-{}", slug(&label));
    let note = format!("{id}-note");
    let kind = if kind.is_empty() { "text".to_owned() } else { kind };
    let wrong = move || !fault.get().is_empty();
    html! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input class="input" id=id.clone() type=kind autocomplete=autocomplete placeholder=placeholder autofocus=autofocus
                prop:value=move || value.get() on:input=move |event| value.set(event_target_value(&event))
                aria-invalid=move || wrong().then_some("true") aria-describedby=note.clone() />
            <div id=note>
                {move || wrong().then(|| html! { <span class="fault">{fault.get()}</span> })}
                {move || (!wrong() && !hint.is_empty()).then(|| html! { <span class="hint">{hint.clone()}</span> })}
            </div>
        </div>
    }
    .into_any()
}

/// A choice among a few words: (value, label).
#[component]
pub fn SelectField(
    #[prop(into)] label: String,
    value: RwSignal<String>,
    #[prop(into)] options: Signal<Vec<(String, String)>>,
    /// The label is only for screen readers.
    #[prop(optional)]
    small: bool,
) -> AnyView {
    let id = format!("s-{}", slug(&label));
    // What a browser shows for a value that is no option is the first one.
    Effect::new(move |_| {
        let first = options.with(|all| {
            let stands = value.with_untracked(|value| all.iter().any(|(key, _)| key == value));
            all.first().filter(|_| !stands).map(|(key, _)| key.clone())
        });
        if let Some(first) = first {
            value.set(first);
        }
    });
    let options = move || {
        options
            .get()
            .into_iter()
            .map(|(key, text)| {
                let own = key.clone();
                html! { <option value=key selected=move || value.get() == own>{text}</option> }
            })
            .collect_view()
    };
    html! {
        <div class="field">
            <label class=if small { "sr" } else { "" } for=id.clone()>{label}</label>
            <select class=if small { "select small" } else { "select" } id=id prop:value=move || value.get()
                on:change=move |event| value.set(event_target_value(&event))>{options}</select>
        </div>
    }
    .into_any()
}

/// Letters and digits of a label, for ids.
pub fn slug(label: &str) -> String {
    label.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect()
}
