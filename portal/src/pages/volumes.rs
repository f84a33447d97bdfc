//! Kept volumes: what outlived its service. Deleting one asks for its name.

use leptos::prelude::*;

use crate::{
    api::{
        ApiError,
        ops::{self, Action, KeptVolume},
    },
    state::{fetch::fetch_live, session::can, toasts::Toasts},
    ui::{
        dialog::{Dialog, open_while},
        field::TextField,
        icon::Icon,
        panel::empty,
    },
    widgets::{
        act::{Act, deed, fault_notice},
        bytes::bytes,
        head::PageHead,
        search::{matching, search_box},
        time::when,
    },
};

pub fn page() -> AnyView {
    let volumes = fetch_live(|| ops::KeptVolumes {});
    let wanted = search_box("Search volumes");
    let doomed = RwSignal::new(None::<KeptVolume>);
    html! {
        <PageHead title="Kept volumes" lead="Data that outlived its service. A new order of the same application can take it up again: name it when you place the components." />
        {volumes.show(move |all| {
            if all.is_empty() {
                return empty(Icon::Disk, "No volume is kept. When a service ends, its volumes stay here until somebody deletes them by name.", ().into_any());
            }
            let rows: Vec<_> = all.iter().filter(|it| matching(&wanted.value(), &[&it.claim, &it.service_name, &it.cluster.name])).map(|it| row(it, doomed)).collect();
            html! {
                <section class="panel" aria-label="Kept volumes"><header>{wanted.view()}</header>
                <div class="table-scroll" tabindex="0" role="region" aria-label="Volumes"><table class="grid">
                    <thead><tr><th>"Claim"</th><th>"Cluster"</th><th class="num">"Size"</th><th>"Of the service"</th><th class="wide">"Kept"</th><th><span class="sr">"Actions"</span></th></tr></thead>
                    <tbody>{rows}</tbody></table></div></section>
            }.into_any()
        })}
        {confirm(doomed)}
    }
    .into_any()
}

fn row(it: &KeptVolume, doomed: RwSignal<Option<KeptVolume>>) -> AnyView {
    let volume = it.clone();
    let delete = can(Action::ControlService).then(|| {
        html! { <button type="button" class="button danger tiny" on:click=move |_| doomed.set(Some(volume.clone()))>"Delete…"</button> }
    });
    html! {
        <tr><td><span class="strong">{it.claim.clone()}</span><span class="sub">{it.component.clone()}</span></td>
            <td>{it.cluster.name.clone()}<span class="sub">{it.namespace.clone()}</span></td><td class="num">{bytes(it.bytes)}</td>
            <td>{it.service_name.clone()}</td><td class="wide">{when(it.kept_at)}</td><td class="num">{delete}</td></tr>
    }
    .into_any()
}

fn confirm(doomed: RwSignal<Option<KeptVolume>>) -> AnyView {
    let open = open_while(doomed);
    let toasts = Toasts::here();
    html! {
        <Dialog title="Delete a volume" open=open>
            {move || doomed.get().map(|volume| {
                let name = RwSignal::new(String::new());
                let fault = RwSignal::new(None::<ApiError>);
                let (claim, id) = (volume.claim.clone(), volume.id);
                let unsure = { let claim = claim.clone(); Signal::derive(move || name.get() != claim) };
                let make = move || {
                    let typed = name.get_untracked();
                    Some(deed(ops::DeleteKeptVolume { id, name: typed.clone() }, move |_| { toasts.done(format!("{typed} is deleted.")); open.set(false); }))
                };
                html! {
                    <p>{format!("{} of data of {} on {}. Deleted data cannot be brought back.", bytes(volume.bytes), volume.service_name, volume.cluster.name)}</p>
                    {fault_notice(fault)}
                    <TextField label=format!("Type {claim} to delete it") value=name />
                    <footer><button type="button" class="button" autofocus on:click=move |_| open.set(false)>"Cancel"</button>
                        <Act label="Delete the volume" class="danger" deed=make disabled=unsure why=Signal::stored("Type the name of the volume.".to_owned()) fault=fault /></footer>
                }
            })}
        </Dialog>
    }
    .into_any()
}
