//! The provider port: objects, next effects, status.

use std::collections::BTreeMap;

use hypo_shared::{ClusterId, service::LinkState};
use serde_json::Value;

use super::{ID, LABEL_LINK, Link, config, objects};
use crate::{
    fabric::{Effect, FabricObject, FabricStatus, Intent, LinkStatus, Observed, Provider},
    object, plan,
};

/// Kinds of which we make objects; pods and replica sets carry the label too.
const KINDS: [&str; 5] = ["Secret", "ConfigMap", "NetworkPolicy", "Service", "Deployment"];

impl Provider for Link {
    fn id(&self) -> &'static str {
        ID
    }

    fn protocols(&self) -> &'static [&'static str] {
        &["TCP"]
    }

    fn objects(&self, intent: &Intent, observed: &Observed) -> BTreeMap<ClusterId, Vec<FabricObject>> {
        let takes_part = |cluster: &ClusterId| {
            intent.links.iter().any(|link| link.from_cluster == *cluster || link.to_cluster == *cluster)
        };
        intent
            .sites
            .iter()
            .filter(|(cluster, _)| takes_part(cluster))
            .map(|(cluster, site)| (*cluster, objects::of_site(intent, observed, site)))
            .collect()
    }

    fn next(&self, intent: &Intent, observed: &Observed) -> Vec<Effect> {
        let wanted = self.objects(intent, observed);
        let mut out = Vec::new();
        for (cluster, objects) in wanted.iter().filter(|(cluster, _)| !observed.away.contains(cluster)) {
            for object in objects {
                let live = find(observed, *cluster, &object.object);
                match &object.mint {
                    Some(request) => {
                        let minted = observed.identities.get(cluster);
                        let valid = minted.is_some_and(|minted| minted.spiffe == request.spiffe && !minted.due);
                        if !valid || live.is_none() {
                            out.push(Effect::Mint(request.clone()));
                        }
                    }
                    None if live.is_some_and(|live| plan::same(&object.object, live)) => {}
                    None => out.push(Effect::Apply { cluster: *cluster, object: object.object.clone() }),
                }
            }
        }
        let suffix = intent.identity.suffix();
        for (cluster, live) in observed.objects.iter().filter(|(cluster, _)| !observed.away.contains(cluster)) {
            let wanted: &[FabricObject] = wanted.get(cluster).map_or(&[], Vec::as_slice);
            for live in live {
                let ours = object::label(live, LABEL_LINK) == suffix
                    && KINDS.contains(&object::kind(live))
                    && object::array(live, "/metadata/ownerReferences").is_empty();
                // A Service of the package that came back under the stub's name is no longer the fabric's.
                let package = object::kind(live) == "Service"
                    && intent.sites.get(cluster).is_some_and(|site| site.local.contains(object::name(live)));
                if ours && !package && !wanted.iter().any(|wanted| same(&wanted.object, live)) {
                    out.push(Effect::Delete { cluster: *cluster, object: object::reference(live) });
                }
            }
        }
        out
    }

    fn status(&self, intent: &Intent, observed: &Observed) -> FabricStatus {
        let wanted = self.objects(intent, observed);
        let missing = |cluster: &ClusterId| {
            let objects = wanted.get(cluster).into_iter().flatten();
            objects.filter(|object| find(observed, *cluster, &object.object).is_none()).count()
        };
        let links: Vec<LinkStatus> = intent
            .links
            .iter()
            .map(|link| {
                let namespace = intent.sites.get(&link.from_cluster).map_or("", |site| site.namespace.as_str());
                let key = config::key(namespace, &link.service, link.port);
                let report = observed.reports.iter().find(|report| {
                    report.from_cluster == link.from_cluster
                        && report.to_cluster == link.to_cluster
                        && report.key == key
                });
                let ends = [link.from_cluster, link.to_cluster];
                let (state, detail) = match report {
                    _ if ends.iter().any(|end| observed.away.contains(end)) => {
                        (LinkState::Unverified, "A cluster of this link does not answer.".to_owned())
                    }
                    Some(report) if report.up => (LinkState::Up, report.detail.clone()),
                    Some(report) => (LinkState::Down, report.detail.clone()),
                    None => match ends.iter().map(missing).sum::<usize>() {
                        0 => (LinkState::Unverified, "Declared; no agent has proven the path.".to_owned()),
                        count => (LinkState::Unverified, format!("{count} objects of this link are not there yet.")),
                    },
                };
                LinkStatus { link: link.clone(), state, detail }
            })
            .collect();
        FabricStatus { declared: wanted.keys().all(|cluster| missing(cluster) == 0), links }
    }
}

fn find<'o>(observed: &'o Observed, cluster: ClusterId, wanted: &Value) -> Option<&'o Value> {
    observed.objects.get(&cluster)?.iter().find(|live| same(wanted, live))
}

fn same(a: &Value, b: &Value) -> bool {
    object::kind(a) == object::kind(b)
        && object::name(a) == object::name(b)
        && object::namespace(a) == object::namespace(b)
}
