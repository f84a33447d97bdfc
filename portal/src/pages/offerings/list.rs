//! One's own offerings and those others have launched; above them the orders that wait for a word.

use leptos::prelude::*;

use super::{approvals, lifecycle, orderable};
use crate::{
    api::ops::{self, Action, Offering},
    state::{fetch::fetch_live, session::can},
    ui::{
        icon::{Icon, icon},
        panel::empty,
    },
    widgets::{
        head::PageHead,
        search::{matching, search_box},
        time::when,
    },
};

pub fn page() -> AnyView {
    let offerings = fetch_live(|| ops::Offerings {});
    let wanted = search_box("Search offerings");
    html! {
        <PageHead title="Offerings" lead="What can be ordered by a form, without seeing packages or clusters." actions=publish() />
        {approvals::panel()}
        <section class="panel" aria-label="Offerings"><header>{wanted.view()}</header>
            {offerings.show(move |all| {
                if all.is_empty() {
                    return empty(Icon::Offer, "Nothing is offered yet. A provider makes an offering of a package: what customers may choose, and who says yes.", publish());
                }
                let text = wanted.value();
                table(all.iter().filter(|it| matching(&text, &[&it.name, &it.description, &it.lifecycle_status])))
            })}
        </section>
    }
    .into_any()
}

fn publish() -> AnyView {
    (move || {
        can(Action::WriteCatalogue)
            .then(|| html! { <a class="button" href="/packages">{icon(Icon::Box)}"Publish a package"</a> })
    })
    .into_any()
}

fn table<'a>(offerings: impl Iterator<Item = &'a Offering>) -> AnyView {
    let rows: Vec<_> = offerings
        .map(|it| {
            let from = if it.package_id.is_some() { "You".to_owned() } else { it.provider.clone() };
            let address = format!("/offerings/{}", it.id);
            let order = (orderable(&it.lifecycle_status) && can(Action::PlaceOrder))
                .then(|| html! { <a class="button tiny" href=address.clone() aria-label=format!("Order {}", it.name)>"Order"</a> });
            html! {
                <tr>
                    <td><a class="lead" href=address>{it.name.clone()}</a><span class="sub">{it.description.clone()}</span></td>
                    <td>{it.version.clone()}</td>
                    <td>{lifecycle(&it.lifecycle_status)}</td>
                    <td class="wide">{super::approval(it.approval)}</td>
                    <td class="wide">{from}</td>
                    <td class="wide">{when(it.created_at)}</td>
                    <td class="num">{order}</td>
                </tr>
            }
        })
        .collect();
    html! {
        <div class="table-scroll" tabindex="0" role="region" aria-label="Offerings"><table class="grid">
            <thead><tr><th>"Offering"</th><th>"Version"</th><th>"Lifecycle"</th><th class="wide">"Approval"</th><th class="wide">"From"</th><th class="wide">"Published"</th><th><span class="sr">"Actions"</span></th></tr></thead>
            <tbody>{rows}</tbody>
        </table></div>
    }
    .into_any()
}
