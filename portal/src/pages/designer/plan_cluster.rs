//! What happens in one cluster: objects with their manifest, recorded overrides and differences.

use leptos::prelude::*;
use serde_json::Value;

use crate::{
    api::ops::{ClusterPlan, ObjectPlan},
    ui::{
        code::code,
        icon::{Icon, icon},
    },
    widgets::words::Said,
};

pub fn panel(plan: &ClusterPlan) -> AnyView {
    let rows: Vec<_> = plan.objects.iter().map(object).collect();
    let makes = if plan.makes_namespace { "made by this order" } else { "is there already and stays" };
    html! {
        <section class="panel" aria-label=format!("Cluster {}", plan.cluster.name)>
            <header>
                {icon(Icon::Cluster)}<h2>{plan.cluster.name.clone()}</h2>
                <span class="small muted">{format!("{} · namespace {} ({makes})", plan.cluster.owner.name, plan.namespace)}</span>
                <span class="spacer"></span>
                <span class="counts"><span class="tone-ok">{format!("+{}", plan.creates)}</span><span class="tone-busy">{format!("~{}", plan.updates)}</span><span class="tone-bad">{format!("−{}", plan.deletes)}</span></span>
            </header>
            <ul role="list" class="objects">{rows}</ul>
        </section>
    }
    .into_any()
}

fn object(it: &ObjectPlan) -> AnyView {
    let overrides: Vec<_> = it
        .overrides
        .iter()
        .map(|change| html! { <tr><td><code>{change.path.clone()}</code></td><td><code>{short(&change.from)}</code></td><td><code>{short(&change.to)}</code></td><td>{change.reason.clone()}</td></tr> })
        .collect();
    let count = overrides.len();
    let overrides = (count > 0).then(|| {
        html! { <h4 class="small muted">"Recorded overrides"</h4><div class="table-scroll" tabindex="0" role="region" aria-label="Recorded overrides"><table class="grid"><thead><tr><th>"Path"</th><th>"In the package"</th><th>"Applied"</th><th>"Why"</th></tr></thead><tbody>{overrides}</tbody></table></div> }
    });
    let diff: Vec<_> = it
        .diff
        .iter()
        .map(|change| html! { <tr><td><code>{change.path.clone()}</code></td><td><code>{short(&change.from)}</code></td><td><code>{short(&change.to)}</code></td></tr> })
        .collect();
    let diff = (!diff.is_empty()).then(|| {
        html! { <h4 class="small muted">"Difference to what is live"</h4><div class="table-scroll" tabindex="0" role="region" aria-label="Difference"><table class="grid"><thead><tr><th>"Path"</th><th>"Live"</th><th>"Planned"</th></tr></thead><tbody>{diff}</tbody></table></div> }
    });
    let mark = (count > 0).then(|| html! { <span class="chip accent">{if count == 1 { "1 override".to_owned() } else { format!("{count} overrides") }}</span> });
    let whose = it.component.clone().or_else(|| it.reason.clone()).unwrap_or_default();
    // The manifest is only put on the page when it is asked for: plans have hundreds of objects.
    let open = RwSignal::new(false);
    let yaml = it.yaml.clone();
    html! {
        <li>
            <details class="fold" on:toggle=move |_| open.set(true)>
                <summary>
                    {it.change.badge()}
                    <span class="strong">{it.kind.clone()}</span><span class="mono clip">{it.name.clone()}</span>
                    <span class="small muted clip">{whose}</span>{mark}
                </summary>
                {move || open.get().then(|| code(yaml.clone()))}
                {overrides}
                {diff}
            </details>
        </li>
    }
    .into_any()
}

fn short(value: &Value) -> String {
    let text = match value {
        Value::Null => return "–".into(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if text.chars().count() > 80 { text.chars().take(79).chain(['…']).collect() } else { text }
}
