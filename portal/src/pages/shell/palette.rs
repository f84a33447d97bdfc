//! The command palette: pages, services, orders and packages by name, ids by pasting them.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{client, ops},
    routes::{Group, Route},
    state::{
        keys::{GO, Keys},
        place::Place,
    },
    ui::{browser::focus, dialog::Dialog},
};

/// A thing one can jump to: name, kind, address.
#[derive(Clone, Debug, PartialEq)]
struct Target {
    name: String,
    kind: &'static str,
    href: String,
}

pub fn palette() -> AnyView {
    let keys = Keys::here();
    let found = RwSignal::new(Vec::<Target>::new());
    let text = RwSignal::new(String::new());
    let at = RwSignal::new(0_usize);
    Effect::new(move |_| {
        if keys.palette.get() {
            text.set(String::new());
            at.set(0);
            load(found);
            request_animation_frame(|| focus("#palette-text"));
        }
    });
    let matches = Memo::new(move |_| {
        let wanted = text.get().trim().to_lowercase();
        let all = found.get();
        let mut scored: Vec<(usize, Target)> = all
            .into_iter()
            .filter_map(|target| score(&target.name.to_lowercase(), &wanted).map(|score| (score, target)))
            .collect();
        scored.sort_by_key(|(score, _)| *score);
        let mut best: Vec<Target> = scored.into_iter().map(|(_, target)| target).take(12).collect();
        if wanted.parse::<uuid::Uuid>().is_ok() {
            for (kind, path) in
                [("Service", "services"), ("Order", "orders"), ("Package", "packages"), ("Cluster", "clusters")]
            {
                best.push(Target {
                    name: format!("{kind} {wanted}"),
                    kind: "By id",
                    href: format!("/{path}/{wanted}"),
                });
            }
        }
        best
    });
    let place = Place::here();
    let open = move |index: usize| {
        if let Some(target) = matches.with_untracked(|matches| matches.get(index).cloned()) {
            keys.palette.set(false);
            place.go(&target.href);
        }
    };
    let pressed = move |event: leptos::ev::KeyboardEvent| {
        let count = matches.with_untracked(Vec::len).max(1);
        match event.key().as_str() {
            "ArrowDown" => at.update(|at| *at = (*at + 1) % count),
            "ArrowUp" => at.update(|at| *at = (*at + count - 1) % count),
            "Enter" => open(at.get_untracked()),
            _ => return,
        }
        event.prevent_default();
    };
    let rows = move || {
        matches.get().into_iter().enumerate().map(|(index, target)| {
            html! {
                <li role="option" id=format!("palette-{index}") aria-selected=move || (at.get() == index).to_string()
                    on:click=move |_| open(index) on:mousemove=move |_| if at.get_untracked() != index { at.set(index) }>
                    {target.name}<small>{target.kind}</small>
                </li>
            }
        }).collect_view()
    };
    html! {
        <Dialog title="Find anything" open=keys.palette>
            <div class="palette">
                <input class="input" id="palette-text" type="text" role="combobox" aria-expanded="true" aria-controls="palette-list"
                    aria-label="Find a page, service, order or package" aria-activedescendant=move || format!("palette-{}", at.get())
                    autocomplete="off" placeholder="Type a name, or paste an id" prop:value=move || text.get()
                    on:input=move |event| { text.set(event_target_value(&event)); at.set(0) } on:keydown=pressed />
                <ul role="listbox" id="palette-list" aria-label="Matches">{rows}</ul>
                {move || matches.with(Vec::is_empty).then(|| html! { <p class="soft">"Nothing has that name."</p> })}
            </div>
        </Dialog>
    }
    .into_any()
}

fn load(found: RwSignal<Vec<Target>>) {
    let page = |(_, href, name): &(&str, &str, &str)| Target {
        name: (*name).to_owned(),
        kind: "Page",
        href: (*href).to_owned(),
    };
    let mut all: Vec<Target> = GO.iter().map(page).collect();
    all.push(Target { name: "Add a domain or cluster".into(), kind: "Action", href: "/domains/new".into() });
    all.push(Target { name: "Users and grants".into(), kind: "Page", href: "/access".into() });
    all.push(Target { name: "Help".into(), kind: "Page", href: "/help".into() });
    all.extend(Group::ALL.into_iter().map(|group| Target {
        name: group.label().to_owned(),
        kind: "Page",
        href: Route::Records { group, kind: None, id: None }.href(),
    }));
    found.set(all);
    spawn_local(async move {
        let first = Some(50);
        if let Ok(page) = client::send(ops::Services { first, after: None, state: None }).await {
            let rows = page.nodes.into_iter().map(|it| Target {
                name: it.name,
                kind: "Service",
                href: format!("/services/{}", it.id),
            });
            let _ = found.try_update(|found| found.extend(rows));
        }
        if let Ok(page) = client::send(ops::Orders { first, after: None, state: None }).await {
            let rows = page.nodes.into_iter().map(|it| Target {
                name: it.name,
                kind: "Order",
                href: format!("/orders/{}", it.id),
            });
            let _ = found.try_update(|found| found.extend(rows));
        }
        if let Ok(page) = client::send(ops::Packages { first, after: None }).await {
            let rows = page.nodes.into_iter().map(|it| Target {
                name: it.name,
                kind: "Package",
                href: format!("/packages/{}", it.id),
            });
            let _ = found.try_update(|found| found.extend(rows));
        }
    });
}

/// Smaller is better; `None` where the letters of `wanted` do not occur in order.
fn score(name: &str, wanted: &str) -> Option<usize> {
    if let Some(at) = name.find(wanted) {
        return Some(at);
    }
    let mut rest = name.chars();
    wanted.chars().all(|c| rest.any(|other| other == c)).then_some(100 + name.len())
}

#[cfg(test)]
mod tests {
    use super::score;

    #[test]
    fn letters_in_order_match_and_runs_come_first() {
        assert_eq!(score("watchpost", "post"), Some(5));
        assert!(score("watchpost", "wp") > score("watchpost", "post"));
        assert_eq!(score("watchpost", "tw"), None);
        assert_eq!(score("orders", ""), Some(0));
    }
}
