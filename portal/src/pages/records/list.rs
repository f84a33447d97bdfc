//! The documents of a kind: filter, sort, pages. All of it is the address, and all of it is done by the server.

use leptos::prelude::*;
use serde_json::Value;

use super::{
    href,
    kinds::{Kind, text, tone, words},
    map,
};
use crate::{
    api::tmf::{self, Page},
    routes::Group,
    state::{fetch::fetch_by, place::Place},
    time::Time,
    ui::{
        badge::badge,
        field::SelectField,
        icon::{Icon, icon},
        panel::empty,
    },
    widgets::{head::PageHead, search::search_box, time::when},
};

const ROWS: usize = 50;

/// Members that say when a document was last touched, the first that is there is shown.
const TIMES: [&str; 6] = ["lastUpdate", "eventTime", "orderDate", "creationDate", "startDate", "alarmRaisedTime"];

/// The query of a page of the list (TMF630 part 1): every value in its own parameter, so that nothing is mistaken.
fn query(kind: &Kind, wanted: &str, state: &str, sort: &str, offset: usize) -> String {
    let encode = |text: &str| String::from(js_sys::encode_uri_component(text));
    let mut parts = vec![format!("offset={offset}"), format!("limit={ROWS}")];
    if !sort.is_empty() {
        parts.push(format!("sort={}", encode(sort)));
    }
    if let (Some((member, _)), false) = (&kind.state, state.is_empty()) {
        parts.push(format!("{member}={}", encode(state)));
    }
    if !wanted.trim().is_empty() {
        parts.push(format!("name.regex={}", encode(&format!("(?i){}", literal(wanted.trim())))));
    }
    parts.join("&")
}

/// A text as a pattern that means itself.
fn literal(text: &str) -> String {
    let special = |c: char| r"\.+*?()|[]{}^$#&-~".contains(c);
    text.chars().flat_map(|c| special(c).then_some('\\').into_iter().chain([c])).collect()
}

pub fn page(group: Group, all: &[Kind], kind: Kind) -> AnyView {
    let place = Place::here();
    let wanted = search_box("Search by name");
    let state = RwSignal::new(place.query("state").unwrap_or_default());
    Effect::new(move |before: Option<String>| {
        let state = state.get();
        if before.as_ref().is_some_and(|before| *before != state) {
            place.set_query("from", "");
        }
        place.set_query("state", &state);
        state
    });
    let (sort, from) = (place.param("sort"), place.param("from"));
    let offset = Signal::derive(move || from.get().parse::<usize>().unwrap_or(0));
    let asked = kind.clone();
    let answer = fetch_by(move || {
        let query = query(&asked, &wanted.value(), &state.get(), &sort.get(), offset.get());
        let path = asked.path.clone();
        async move { tmf::list(&path, &query).await }
    });
    let (listed, drawn) = (kind.clone(), kind.clone());
    let body = answer.show(move |page: Page| {
        html! { {table(&page.rows, group, &listed, sort)}{pager(page.total, page.rows.len(), offset.get_untracked())} }
    });
    let map = (group == Group::Locations).then(|| answer.show(move |page: Page| map::of(&page.rows, group, &drawn)));
    let states: Vec<(String, String)> =
        kind.state.iter().flat_map(|(_, machine)| machine.names()).map(|it| (it.to_owned(), words(it))).collect();
    let filter = (!states.is_empty()).then(|| {
        let states: Vec<_> = std::iter::once((String::new(), "Every state".to_owned())).chain(states).collect();
        html! { <SelectField label="State" value=state options=Signal::stored(states) small=true /> }
    });
    let new = kind.creates.then(|| {
        html! { <a class="button primary" href=href(group, &kind, Some("new"))>{icon(Icon::Plus)}{format!("New {}", kind.label().to_lowercase())}</a> }
    });
    let label = format!("{} list", kind.label());
    html! {
        <PageHead title=kind.label() lead=kind.about.clone() actions=new.into_any() />
        {tabs(group, all, &kind)}
        <section class="panel" aria-label=label>
            <header>{wanted.view()}{filter}<span class="spacer"></span><a class="small" href=kind.openapi.clone() target="_blank" rel="noopener">{format!("{} on the wire", kind.api)}</a></header>
            {body}
        </section>
        {map}
    }
}

fn tabs(group: Group, all: &[Kind], current: &Kind) -> AnyView {
    let links: Vec<_> = all
        .iter()
        .map(|kind| {
            let here = (kind == current).then_some("page");
            // Two APIs may have a collection of one name.
            let twice = all.iter().filter(|it| it.collection == kind.collection).count() > 1;
            let label = if twice { format!("{} ({})", kind.label(), kind.api) } else { kind.label() };
            html! { <a href=href(group, kind, None) aria-current=here>{label}</a> }
        })
        .collect();
    html! { <nav class="tabs wrap" aria-label="Kinds of documents">{links}</nav> }
}

/// What a document is called: by its name, else what it says of itself, else its id.
pub fn name_of(document: &Value) -> String {
    let full = format!("{} {}", text(document, "givenName"), text(document, "familyName"));
    let candidates =
        [text(document, "name"), text(document, "tradingName"), full.trim().to_owned(), text(document, "title")];
    let place = [text(document, "streetName"), text(document, "streetNr"), text(document, "city")].join(" ");
    candidates
        .into_iter()
        .chain([place.trim().to_owned(), text(document, "externalId"), text(document, "id")])
        .find(|name| !name.is_empty())
        .unwrap_or_default()
}

fn table(rows: &[Value], group: Group, kind: &Kind, sort: Signal<String>) -> AnyView {
    if rows.is_empty() {
        return empty(Icon::Search, "No document fits.", ().into_any());
    }
    let time = TIMES.into_iter().find(|member| rows.iter().any(|row| row.get(member).is_some()));
    let lines: Vec<_> = rows
        .iter()
        .map(|row| {
            let id = text(row, "id");
            let state = kind.state_of(row).map(|state| badge(tone(&state), words(&state)));
            let touched = time.and_then(|member| Time::parse(&text(row, member))).map(when);
            let about: String = text(row, "description").chars().take(160).collect();
            html! {
                <tr>
                    <td><a class="lead" href=href(group, kind, Some(&id))>{name_of(row)}</a><span class="sub mono">{id}</span></td>
                    <td>{state}</td>
                    <td class="wide">{text(row, "@type")}</td>
                    <td class="wide">{text(row, "version")}</td>
                    <td>{touched}</td>
                    <td class="wide">{about}</td>
                </tr>
            }
        })
        .collect();
    let changed = time.map(|member| sortable(member, &words(member), sort));
    html! {
        <div class="table-scroll" tabindex="0" role="region" aria-label=kind.label()><table class="grid">
            <thead><tr>
                {sortable("name", "Name", sort)}<th>"State"</th><th class="wide">"Type"</th><th class="wide">"Version"</th>
                {changed.unwrap_or_else(|| html! { <th></th> })}<th class="wide">"Description"</th>
            </tr></thead>
            <tbody>{lines}</tbody>
        </table></div>
    }
}

/// A heading that sorts: ascending, descending, not at all.
fn sortable(member: &str, label: &str, sort: Signal<String>) -> AnyView {
    let place = Place::here();
    let (up, down) = (member.to_owned(), format!("-{member}"));
    let (is_up, is_down) = (up.clone(), down.clone());
    let sorted = move || {
        let sort = sort.get();
        if sort == is_up {
            "ascending"
        } else if sort == is_down {
            "descending"
        } else {
            "none"
        }
    };
    let sign = {
        let sorted = sorted.clone();
        move || match sorted() {
            "ascending" => " ↑",
            "descending" => " ↓",
            _ => "",
        }
    };
    let click = move |_| {
        let now = sort.get_untracked();
        let next = if now == up {
            down.clone()
        } else if now == down {
            String::new()
        } else {
            up.clone()
        };
        place.set_query("from", "");
        place.set_query("sort", &next);
    };
    html! { <th aria-sort=sorted><button type="button" class="sort" on:click=click>{label.to_owned()}{sign}</button></th> }
}

fn pager(total: usize, shown: usize, offset: usize) -> AnyView {
    let place = Place::here();
    let turn = move |to: usize| place.set_query("from", &if to == 0 { String::new() } else { to.to_string() });
    let (first, last) = (offset == 0, offset + shown >= total);
    let range =
        if shown == 0 { format!("{total} in all") } else { format!("{} to {} of {total}", offset + 1, offset + shown) };
    html! {
        <div class="pager">
            <span>{range}</span><span class="spacer"></span>
            <button type="button" class="button tiny" disabled=first on:click=move |_| turn(offset.saturating_sub(ROWS))>"Back"</button>
            <button type="button" class="button tiny" disabled=last on:click=move |_| turn(offset + ROWS)>"On"</button>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_mean_themselves_in_a_pattern() {
        assert_eq!(literal("a.b (c)"), r"a\.b \(c\)");
    }

    #[test]
    fn documents_have_a_name() {
        assert_eq!(name_of(&json!({"id": "1", "name": "x"})), "x");
        assert_eq!(name_of(&json!({"id": "1", "givenName": "Ada", "familyName": "L"})), "Ada L");
        assert_eq!(name_of(&json!({"id": "1"})), "1");
    }
}
