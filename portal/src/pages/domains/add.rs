//! The wizard: a domain, then a cluster by kubeconfig. A refused kubeconfig is answered with the command that makes a
//! usable one.

use std::collections::BTreeMap;

use hypo_shared::validate;
use leptos::prelude::*;
use uuid::Uuid;

use crate::{
    api::{
        ApiError, client,
        ops::{self, AddClusterInput, AddDomainInput},
    },
    state::{
        fetch::{Fetch, fetch},
        place::Place,
        session::{Me, Standing},
    },
    ui::{
        code::code,
        field::{SelectField, TextField},
        panel::Panel,
    },
    widgets::{
        act::{Act, deed, fault_notice},
        head::PageHead,
    },
};

pub fn page() -> AnyView {
    let domains = fetch(|| ops::Domains {});
    let domain = RwSignal::new(Place::here().query("domain").unwrap_or_default());
    html! {
        <PageHead title="Add a cluster" lead="A cluster belongs to a domain: a site, a region, a core." />
        <div class="split">
            <div class="stack">
                {domains.show(move |all| choose(&all, domain, domains))}
                {cluster(domain)}
            </div>
            {role()}
        </div>
    }
    .into_any()
}

fn choose(all: &[ops::Domain], domain: RwSignal<String>, domains: Fetch<Vec<ops::Domain>>) -> AnyView {
    let tenant = Me::here().standing.with_untracked(|it| match it {
        Standing::In(session) => session.tenant.id,
        _ => Uuid::nil(),
    });
    let own: Vec<(String, String)> = all
        .iter()
        .filter(|it| it.owner.id == tenant)
        .map(|it| (it.id.to_string(), format!("{} {}", it.name, it.country)))
        .collect();
    if domain.with_untracked(String::is_empty)
        && let Some((id, _)) = own.first()
    {
        domain.set(id.clone());
    }
    let has = !own.is_empty();
    let text = || RwSignal::new(String::new());
    let (name, country, latitude, longitude) = (text(), text(), text(), text());
    let (name_fault, country_fault) = (text(), text());
    let fault = RwSignal::new(None::<ApiError>);
    let make = move || {
        let wrong = validate::display_name("name", &name.get_untracked());
        name_fault.set(wrong.first().map(|it| it.text.clone()).unwrap_or_default());
        let code = country.get_untracked().trim().to_uppercase();
        let known = code.len() == 2 && code.chars().all(|c| c.is_ascii_uppercase());
        country_fault.set(if known {
            String::new()
        } else {
            "Give the two letters of ISO 3166, for example IT.".into()
        });
        (wrong.is_empty() && known).then(|| {
            let input = AddDomainInput {
                name: name.get_untracked(),
                country: Some(code),
                latitude: latitude.get_untracked().trim().parse().ok(),
                longitude: longitude.get_untracked().trim().parse().ok(),
            };
            deed(ops::AddDomain { input }, move |added| {
                domain.set(added.id.to_string());
                domains.reload();
            })
        })
    };
    let known = has.then(|| html! { <SelectField label="Domain" value=domain options=Signal::stored(own) /> });
    html! {
        <Panel title="1. The domain">
            {known}
            <details class="fold" open=!has><summary>"A new domain"</summary>
                <div class="stack">
                    {fault_notice(fault)}
                    <div class="fields">
                        <TextField label="Name of the domain" value=name fault=name_fault placeholder="Edge site Turin" />
                        <TextField label="Country of the domain" value=country fault=country_fault placeholder="IT" />
                        <TextField label="Latitude" value=latitude placeholder="45.07" />
                        <TextField label="Longitude" value=longitude placeholder="7.69" />
                    </div>
                    <div><Act label="Add the domain" deed=make fault=fault /></div>
                </div>
            </details>
        </Panel>
    }
    .into_any()
}

fn cluster(domain: RwSignal<String>) -> AnyView {
    let text = || RwSignal::new(String::new());
    let (name, labels, price, kubeconfig) = (text(), text(), text(), text());
    let (name_fault, config_fault, labels_fault) = (text(), text(), text());
    let fault = RwSignal::new(None::<ApiError>);
    let place = Place::here();
    let make = move || {
        let wrong = validate::dns_label("name", &name.get_untracked(), 63);
        name_fault.set(wrong.first().map(|it| it.text.clone()).unwrap_or_default());
        let config = kubeconfig.get_untracked();
        config_fault.set(if config.trim().is_empty() { "Paste a kubeconfig.".into() } else { String::new() });
        let pairs: Option<BTreeMap<String, String>> = labels
            .get_untracked()
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| line.split_once('=').map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned())))
            .collect();
        labels_fault.set(if pairs.is_some() { String::new() } else { "One key=value a line.".into() });
        let domain_id: Uuid = domain.get_untracked().parse().ok().or_else(|| {
            fault.set(Some(ApiError::local("Choose or add a domain first.")));
            None
        })?;
        if !wrong.is_empty() || config.trim().is_empty() {
            return None;
        }
        let pairs = pairs?;
        let input = AddClusterInput {
            domain_id,
            name: name.get_untracked(),
            kubeconfig: config,
            country: None,
            labels: if pairs.is_empty() { serde_json::Value::Null } else { serde_json::json!(pairs) },
            price_per_cpu_hour: price.get_untracked().trim().parse().ok(),
        };
        Some(deed(ops::AddCluster { input }, move |added| place.go(&format!("/clusters/{}", added.id))))
    };
    let area = |label: &'static str,
                id: &'static str,
                value: RwSignal<String>,
                wrong: RwSignal<String>,
                hint: &'static str| {
        html! {
            <div class="field"><label for=id>{label}</label>
                <textarea class="area" id=id spellcheck="false" prop:value=move || value.get() on:input=move |event| value.set(event_target_value(&event))
                    aria-invalid=move || (!wrong.get().is_empty()).then_some("true")></textarea>
                {move || if wrong.get().is_empty() { html! { <span class="hint">{hint}</span> }.into_any() } else { html! { <span class="fault">{wrong.get()}</span> }.into_any() }}
            </div>
        }
        .into_any()
    };
    // A kubeconfig HypO refuses is refused with a reason; the way to a usable one stands beside it.
    let refused = move || {
        fault.get().is_some_and(|error| error.code.starts_with("HYP-400")).then(|| {
            html! { <p>"Run the command at the side with an administrator's kubeconfig: it makes an account with exactly the rights HypO needs."</p> }
        })
    };
    html! {
        <Panel title="2. The cluster">
            {fault_notice(fault)}
            {refused}
            <TextField label="Name of the cluster" value=name fault=name_fault placeholder="edge-turin" />
            {area("Kubeconfig", "cluster-kubeconfig", kubeconfig, config_fault, "Server, CA and a token or certificate. No exec plugins, file paths, proxies or insecure TLS. It is sealed, never shown again.")}
            {area("Labels", "cluster-labels", labels, labels_fault, "One key=value a line; components can ask for them.")}
            <TextField label="Price of a CPU hour" value=price hint="Optional; the planner weighs it." />
            <div><Act label="Check and add the cluster" class="primary" deed=make fault=fault plain=true /></div>
        </Panel>
    }
    .into_any()
}

fn role() -> AnyView {
    let namespace = RwSignal::new(String::new());
    let text = RwSignal::new(None::<Result<String, ApiError>>);
    let show = move |_| {
        let namespace = Some(namespace.get_untracked().trim().to_owned()).filter(|it| !it.is_empty());
        leptos::task::spawn_local(async move {
            let answer = client::send(ops::ClusterRole { namespace }).await;
            let _ = text.try_set(Some(answer));
        });
    };
    let command = move || {
        let namespace = namespace.get();
        let limit =
            if namespace.trim().is_empty() { String::new() } else { format!(" --namespace {}", namespace.trim()) };
        code(format!("hypo cluster-role{limit} | kubectl apply -f -"))
    };
    html! {
        <Panel title="The account HypO needs">
            <p class="soft">"With an administrator's kubeconfig, this makes the account; its kubeconfig is what you paste here."</p>
            {command}
            <TextField label="Only in the namespace" value=namespace hint="Empty: HypO makes its own namespaces." />
            <div><button type="button" class="button" on:click=show>"Show what it may do"</button></div>
            {move || text.get().map(|text| match text {
                Ok(yaml) => code(yaml),
                Err(error) => crate::ui::panel::notice("bad", error.message, ().into_any()),
            })}
        </Panel>
    }
    .into_any()
}
