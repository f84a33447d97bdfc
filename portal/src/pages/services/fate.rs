//! What becomes of volumes: kept, or deleted by typing their names.

use std::collections::BTreeMap;

use leptos::prelude::*;
use uuid::Uuid;

use crate::{
    api::ops::{DeleteVolumeInput, ServiceVolume},
    ui::field::slug,
    widgets::bytes::bytes,
};

/// What is typed per volume; the volume goes only where the text is its name.
type Typed = RwSignal<BTreeMap<(Uuid, String), Option<String>>>;

/// The choices made so far. A volume nobody said anything of is kept.
#[derive(Clone, Copy, Default)]
pub struct Fate(Typed);

impl Fate {
    /// A choice per volume.
    pub fn rows(self, volumes: &[ServiceVolume]) -> AnyView {
        let rows: Vec<_> = volumes.iter().map(|it| row(it, self.0)).collect();
        html! { <ul role="list" class="stack">{rows}</ul> }.into_any()
    }

    /// Forgets what was said of volumes that are not offered any more.
    pub fn keep_only(self, volumes: &[ServiceVolume]) {
        let offered = |(cluster, claim): &(Uuid, String)| {
            volumes.iter().any(|it| it.cluster.id == *cluster && it.claim == *claim)
        };
        self.0.update(|typed| typed.retain(|key, _| offered(key)));
    }

    /// How many are to go.
    pub fn count(self) -> usize {
        self.0.with(|typed| typed.values().flatten().count())
    }

    /// Whether a name is still to be typed.
    pub fn unsure(self) -> bool {
        self.0.with(|typed| typed.iter().any(|((_, claim), text)| text.as_ref().is_some_and(|text| text != claim)))
    }

    /// The volumes to delete, `None` where there are none.
    pub fn delete(self) -> Option<Vec<DeleteVolumeInput>> {
        let named = self.0.with_untracked(|typed| {
            let going = typed.iter().filter(|(_, text)| text.is_some());
            let input = |(cluster_id, claim): &(Uuid, String)| DeleteVolumeInput {
                cluster_id: *cluster_id,
                claim: claim.clone(),
            };
            going.map(|(key, _)| input(key)).collect::<Vec<_>>()
        });
        (!named.is_empty()).then_some(named)
    }
}

fn row(it: &ServiceVolume, typed: Typed) -> AnyView {
    let key = (it.cluster.id, it.claim.clone());
    let (kept, gone, input, read, state) = (key.clone(), key.clone(), key.clone(), key.clone(), key.clone());
    let claim = it.claim.clone();
    let label = format!("Type {claim} to delete it");
    let name = format!("volume-{}-{}", slug(&claim), it.cluster.id);
    let field = format!("{name}-text");
    let deleting = Memo::new(move |_| typed.with(|typed| matches!(typed.get(&state), Some(Some(_)))));
    html! {
        <li class="volume">
            <div><span class="strong">{claim.clone()}</span><span class="soft small">{format!(" {} · {} on {}", bytes(it.bytes), it.component, it.cluster.name)}</span></div>
            <fieldset class="row"><legend class="sr">{format!("What happens to {claim}")}</legend>
                <label class="check"><input type="radio" name=name.clone() prop:checked=move || !deleting.get()
                    on:change=move |_| typed.update(|typed| { typed.insert(kept.clone(), None); }) />"Keep"</label>
                <label class="check"><input type="radio" name=name.clone() prop:checked=move || deleting.get()
                    on:change=move |_| typed.update(|typed| { typed.insert(gone.clone(), Some(String::new())); }) />"Delete"</label>
            </fieldset>
            {move || deleting.get().then(|| {
                let (input, read) = (input.clone(), read.clone());
                html! {
                    <div class="field"><label for=field.clone()>{label.clone()}</label>
                        <input class="input" id=field.clone() type="text" autocomplete="off"
                            prop:value=move || typed.with(|typed| typed.get(&read).cloned().flatten().unwrap_or_default())
                            on:input=move |event| { let text = event_target_value(&event); typed.update(|typed| { typed.insert(input.clone(), Some(text)); }) } />
                        <span class="hint">"Deleted data cannot be brought back."</span></div>
                }
            })}
        </li>
    }
    .into_any()
}
