//! Weighs tokens against the names table: references to Services, and hosts outside the package.

use std::collections::{BTreeMap, BTreeSet};

use hypo_shared::analysis::Evidence;

use super::{
    keys::{self, Meaning},
    lexer::{self, Shape, Token},
    names::{Form, Names, Target},
    outside::{outside, scheme_port},
    texts::{self, Kind, NODE, Text},
};
use crate::components::package::{PAIRS, Package, Service};

/// Bytes of text that one analysis reads; large files mounted by many components add up.
const BUDGET: usize = 64 << 20;

/// `from` names a Service.
pub(crate) struct Reference {
    pub from: usize,
    /// Components behind it, `from` not among them.
    pub to: Vec<usize>,
    /// Index into `Package::services`.
    pub service: usize,
    /// Single pods were named.
    pub pod: bool,
    /// 0 where none is known.
    pub port: u16,
    pub protocol: String,
    pub confidence: f64,
    pub evidence: Evidence,
    /// Init container that reads the text.
    pub init: Option<String>,
    /// The port is none of the Service's.
    pub undeclared: bool,
}

/// `from` names a host that is not of the package.
pub(crate) struct Outside {
    pub from: usize,
    pub host: String,
    pub port: Option<u16>,
    pub evidence: Evidence,
}

/// All that was found.
#[derive(Default)]
pub(crate) struct Scan {
    pub references: Vec<Reference>,
    pub outside: Vec<Outside>,
    /// Components that reach their node's address, and the port.
    pub node: BTreeSet<(usize, Option<u16>)>,
    /// Service to components that name it, aliases included.
    pub users: BTreeMap<usize, BTreeSet<usize>>,
    /// Pairs of caller and peer among the references.
    pairs: usize,
    /// The text budget or the pairs were used up.
    pub truncated: bool,
}

/// Scans all components. `resources[i]` are the custom resources that component `i` controls.
pub(crate) fn scan<'p>(package: &Package<'p>, names: &Names<'p>, resources: &[Vec<usize>]) -> Scan {
    let mut scan = Scan::default();
    let mut left = BUDGET;
    for from in 0..package.workloads.len() {
        let controlled = resources.get(from).map_or(&[][..], Vec::as_slice);
        for text in texts::collect(package, names, from, controlled) {
            let Some(rest) = left.checked_sub(text.text.len()) else {
                scan.truncated = true;
                continue;
            };
            left = rest;
            let key: &str = if text.text.trim_end().contains('\n') { "" } else { &text.key };
            for token in lexer::tokens(&text.text, key) {
                consider(package, names, from, &text, &token, &mut scan);
            }
        }
    }
    scan
}

fn consider<'p>(
    package: &Package<'p>,
    names: &Names<'p>,
    from: usize,
    text: &Text<'p>,
    token: &Token<'_>,
    scan: &mut Scan,
) {
    let meaning = keys::meaning(token.key);
    if meaning == Meaning::Image {
        return;
    }
    if token.host == NODE {
        scan.node.insert((from, token.port));
        return;
    }
    let namespace = package.workloads[from].namespace;
    let linked;
    let mut host = token.host;
    let mut variable = false;
    // `os.environ["REDIS_SERVICE_HOST"]`: the variable's name is the reference.
    if token.shape == Shape::Name && host.ends_with("_SERVICE_HOST") {
        let Some(name) = names.link(namespace, host) else { return };
        linked = name;
        host = &linked;
        variable = true;
    }
    match names.resolve(package, host, namespace) {
        Some(Target::Service(found)) => {
            let service = &package.services[found.service];
            let (port, undeclared) = port(service, token, text, found.form);
            let Some(mut confidence) = weigh(token, text, meaning, found.form, service, undeclared, variable) else {
                return;
            };
            if found.form == Form::Foreign {
                confidence = confidence.min(0.5);
            }
            let accepted = confidence >= hypo_shared::analysis::ACCEPT;
            if accepted {
                note_user(package, names, scan, found.service, host, namespace, from);
            }
            let to: Vec<usize> = match found.pod {
                Some(pod) => vec![pod],
                None => service.selects.clone(),
            };
            let to: Vec<usize> = to.into_iter().filter(|to| *to != from).collect();
            scan.pairs = scan.pairs.saturating_add(to.len());
            if scan.pairs > PAIRS {
                scan.truncated = true;
                return;
            }
            if to.is_empty() {
                if accepted && service.selects.is_empty() && !service.has_selector {
                    endpoints(package, service, from, token, text, scan);
                }
                return;
            }
            let protocol = service.ports.iter().find(|known| known.port == port).map_or("TCP", |known| &known.protocol);
            scan.references.push(Reference {
                from,
                to,
                service: found.service,
                pod: found.form == Form::Pod || token.dotted,
                port,
                protocol: protocol.to_owned(),
                confidence,
                evidence: evidence(package, text, token),
                init: text.init.map(str::to_owned),
                undeclared: undeclared && accepted,
            });
        }
        Some(Target::Outside(target, alias)) => {
            let service = &package.services[alias];
            if weigh(token, text, meaning, Form::Short, service, false, false)
                .is_some_and(|c| c >= hypo_shared::analysis::ACCEPT)
            {
                scan.users.entry(alias).or_default().insert(from);
                let port = token
                    .port
                    .or_else(|| scheme_port(token.scheme))
                    .or_else(|| service.ports.first().map(|port| port.port));
                scan.outside.push(Outside { from, host: target, port, evidence: evidence(package, text, token) });
            }
        }
        None => {
            if let Some(port) = outside(token, text, meaning) {
                scan.outside.push(Outside {
                    from,
                    host: token.host.trim_matches(['[', ']']).to_ascii_lowercase(),
                    port,
                    evidence: evidence(package, text, token),
                });
            }
        }
    }
}

/// Remembers who needs a Service, and every alias on the way to it.
fn note_user<'p>(
    package: &Package<'p>,
    names: &Names<'p>,
    scan: &mut Scan,
    service: usize,
    host: &str,
    namespace: &'p str,
    from: usize,
) {
    scan.users.entry(service).or_default().insert(from);
    if let Some(alias) = names.direct(package, host, namespace).filter(|alias| *alias != service) {
        scan.users.entry(alias).or_default().insert(from);
    }
}

fn weigh(
    token: &Token<'_>,
    text: &Text<'_>,
    meaning: Meaning,
    form: Form,
    service: &Service<'_>,
    undeclared: bool,
    variable: bool,
) -> Option<f64> {
    let by_key = meaning == Meaning::Host && token.whole;
    let confidence = match token.shape {
        Shape::Url => 0.95,
        Shape::HostPort if !undeclared || service.headless || form == Form::Pod => 0.95,
        Shape::HostPort if by_key => 0.7,
        Shape::HostPort => 0.4,
        Shape::Name if text.kind == Kind::Annotation => return None,
        Shape::Name if variable => 0.9,
        Shape::Name if token.dotted => {
            if !service.headless {
                return None;
            }
            0.9
        }
        Shape::Name if matches!(form, Form::Full | Form::Pod) => 0.9,
        Shape::Name if by_key => 0.85,
        Shape::Name if token.spaced_port.is_some_and(|port| service.ports.iter().any(|known| known.port == port)) => {
            0.85
        }
        // A word of a secret must not be shown, not even as a guess.
        Shape::Name if text.secret || keys::confidential(token.key) || keys::confidential(&text.key) => return None,
        Shape::Name => 0.4,
    };
    if text.kind == Kind::Annotation && undeclared {
        return None;
    }
    Some(if meaning == Meaning::Listed { f64::min(confidence, 0.4) } else { confidence })
}

/// The port that is called, and whether the Service has no such port.
fn port(service: &Service<'_>, token: &Token<'_>, text: &Text<'_>, form: Form) -> (u16, bool) {
    let declared = |port: &u16| service.ports.iter().any(|known| known.port == *port);
    if let Some(port) = token.port {
        let direct = service.headless || form == Form::Pod;
        return (
            port,
            !declared(&port) && !(direct && (service.ports.is_empty() || service.target_ports.contains(&port))),
        );
    }
    let sibling = || text.ports.get(&keys::prefix(token.key)).copied();
    let guess = token
        .spaced_port
        .filter(declared)
        .or_else(|| token.near_port.filter(declared))
        .or_else(|| sibling().filter(declared))
        .or_else(|| scheme_port(token.scheme).filter(declared))
        .or_else(|| service.ports.first().map(|port| port.port))
        .or_else(|| token.near_port.or_else(sibling).or_else(|| scheme_port(token.scheme)));
    (guess.unwrap_or(0), false)
}

/// What is shown: never user or password; of a Secret only the host.
fn evidence(package: &Package<'_>, text: &Text<'_>, token: &Token<'_>) -> Evidence {
    let document = &package.documents[text.document];
    let string = if text.secret || text.kind == Kind::Setting && keys::confidential(token.key) {
        token.host.to_owned()
    } else {
        let port = token.port.map(|port| format!(":{port}")).unwrap_or_default();
        match token.shape {
            Shape::Url => format!("{}://{}{port}", token.scheme, token.host),
            _ => format!("{}{port}", token.host),
        }
    };
    Evidence { document: format!("{}/{}", document.kind(), document.name()), path: text.path.clone(), string }
}

/// Addresses behind a Service without selector, from the package's Endpoints.
fn endpoints(
    package: &Package<'_>,
    service: &Service<'_>,
    from: usize,
    token: &Token<'_>,
    text: &Text<'_>,
    scan: &mut Scan,
) {
    let Some(index) = package.find("Endpoints", service.namespace, service.name) else { return };
    for subset in crate::object::array(&package.documents[index].object, "/subsets") {
        let port = subset
            .pointer("/ports/0/port")
            .and_then(serde_json::Value::as_u64)
            .and_then(|port| u16::try_from(port).ok());
        for address in crate::object::array(subset, "/addresses") {
            let host = match crate::object::text(address, "/hostname") {
                "" => crate::object::text(address, "/ip"),
                name => name,
            };
            if !host.is_empty() {
                scan.outside.push(Outside {
                    from,
                    host: host.to_owned(),
                    port,
                    evidence: evidence(package, text, token),
                });
            }
        }
    }
}
