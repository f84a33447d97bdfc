//! Volumes that outlived their service: a component of the new one may begin with their data.

use hypo_shared::{
    ClusterId,
    analysis::{Analysis, Component},
};
use leptos::prelude::*;

use crate::{
    api::ops::{self, KeptVolume},
    state::{draft::Draft, fetch::fetch},
    ui::panel::Panel,
    widgets::{bytes::bytes, time::when},
};

/// The kept volumes that a component of this package could mount; nothing where there is none.
pub fn panel(analysis: &Analysis, draft: RwSignal<Draft>) -> AnyView {
    let volumes = fetch(|| ops::KeptVolumes {});
    let components = StoredValue::new(analysis.components.clone());
    (move || {
        let all = volumes.ok().unwrap_or_default();
        let fitting: Vec<_> =
            all.into_iter().filter(|it| components.with_value(|known| known.iter().any(|one| fits(one, it)))).collect();
        if fitting.is_empty() { ().into_any() } else { offer(fitting, draft) }
    })
    .into_any()
}

/// Whether a claim of that name is one the component makes: by its own name, or by a template of a StatefulSet, which
/// names its claims `template-set-ordinal`.
fn fits(component: &Component, volume: &KeptVolume) -> bool {
    component.name == volume.component
        && component.volumes.iter().any(|own| {
            if own.template { volume.claim.starts_with(&format!("{}-", own.name)) } else { volume.claim == own.name }
        })
}

fn offer(volumes: Vec<KeptVolume>, draft: RwSignal<Draft>) -> AnyView {
    let all = StoredValue::new(volumes);
    let rows: Vec<_> = all.get_value().into_iter().map(|volume| row(volume, all, draft)).collect();
    html! {
        <Panel title="Data of an ended service">
            <p class="soft">"These volumes outlived the service they were made for, and a component of this package can go on with them. A component whose volume is taken up again starts with that data, on the cluster where the volume is and in the namespace of the ended service; without it the component starts with a new, empty volume. Either way nothing is deleted, and the plan shows it before anything happens."</p>
            <fieldset class="stack-s"><legend class="sr">"Volumes to take up again"</legend>{rows}</fieldset>
        </Panel>
    }
    .into_any()
}

fn row(volume: KeptVolume, all: StoredValue<Vec<KeptVolume>>, draft: RwSignal<Draft>) -> AnyView {
    let id = volume.id;
    let here = ClusterId(volume.cluster.id);
    let chosen = move || draft.with(|draft| draft.attach.contains(&id));
    let namespace = volume.namespace.clone();
    // A service lives in one namespace, and so do the volumes it can mount.
    let foreign = Signal::derive(move || {
        draft.with(|draft| {
            all.with_value(|all| all.iter().any(|it| it.namespace != namespace && draft.attach.contains(&it.id)))
        })
    });
    let component = volume.component.clone();
    let toggle = move |_| {
        draft.update(|draft| {
            if let Some(at) = draft.attach.iter().position(|it| *it == id) {
                draft.attach.remove(at);
                return;
            }
            draft.attach.push(id);
            let pins = draft.request.pins.entry(component.clone()).or_default();
            if !pins.contains(&here) {
                *pins = vec![here];
                draft.reasons.insert(component.clone(), "Its data is there.".to_owned());
            }
        });
    };
    let (name, place) = (volume.component.clone(), volume.cluster.name.clone());
    let status = move || {
        let astray = !draft.with(|draft| draft.request.pins.get(&name).is_some_and(|pins| pins.contains(&here)));
        let text = match (chosen(), foreign.get(), astray) {
            (true, _, false) => format!("{name} starts with this data on {place}."),
            (true, _, true) => {
                format!("{name} is not placed there: put it on {place}, or it starts with an empty volume.")
            }
            (false, true, _) => {
                "Of another service than the volumes chosen above; one service can only take up the volumes of one."
                    .to_owned()
            }
            (false, false, _) => return ().into_any(),
        };
        let class = if chosen() && astray { "small tone-warn" } else { "small soft" };
        html! { <span class=class>{text}</span> }.into_any()
    };
    html! {
        <label class="choice">
            <input type="checkbox" prop:checked=chosen disabled=move || foreign.get() && !chosen() on:change=toggle />
            <span>
                <span class="strong">{format!("{} of {}", volume.claim, volume.component)}</span>
                <span class="soft small">{format!("{} on {}, from {}, kept ", bytes(volume.bytes), volume.cluster.name, volume.service_name)}{when(volume.kept_at)}</span>
                <span role="status">{status}</span>
            </span>
        </label>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use hypo_shared::analysis::Component;
    use serde_json::json;

    use super::*;
    use crate::api::json::Json;

    fn volume(component: &str, claim: &str) -> KeptVolume {
        let mut volume = KeptVolume::absent();
        volume.component = component.to_owned();
        volume.claim = claim.to_owned();
        volume
    }

    #[test]
    fn claims_fit_by_name_or_by_template() {
        let mut component: Component = serde_json::from_value(json!({
            "name": "store", "kind": "StatefulSet", "namespace": "", "owned": [], "replicas": 1,
            "volumes": [{"name": "data", "bytes": 1, "template": true, "access_modes": []}]
        }))
        .unwrap();
        assert!(fits(&component, &volume("store", "data-store-0")));
        assert!(!fits(&component, &volume("store", "data")) && !fits(&component, &volume("broker", "data-store-0")));
        component.volumes[0].template = false;
        assert!(fits(&component, &volume("store", "data")) && !fits(&component, &volume("store", "data-store-0")));
    }
}
