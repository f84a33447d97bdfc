//! Every name a Service answers to (Kubernetes "DNS for Services and Pods", and the Docker-link variables).

use std::collections::HashMap;

use crate::components::package::Package;

/// The names table of a package.
pub(crate) struct Names<'p> {
    /// Namespace, then name, to the index of the Service.
    by_namespace: HashMap<&'p str, HashMap<&'p str, usize>>,
    /// Services of a name in any namespace.
    anywhere: HashMap<&'p str, Vec<usize>>,
    /// Namespace and variable prefix (`S` of `S_SERVICE_HOST`) to the Service's name and first port.
    variables: HashMap<&'p str, HashMap<String, (&'p str, u16)>>,
    /// `.svc` and `.svc.<cluster domain>`, dots included.
    suffixes: [String; 2],
}

/// How a name was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `S`, in the namespace of the caller.
    Short,
    /// `S`, but it stands in another namespace: DNS would not find it.
    Foreign,
    /// `S.N`.
    Namespaced,
    /// `S.N.svc…`.
    Full,
    /// `<pod>.S…`.
    Pod,
}

/// A Service that a name leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Index into `Package::services`.
    pub service: usize,
    pub form: Form,
    /// The workload whose single pod is named.
    pub pod: Option<usize>,
}

/// What a name leads to in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Service(Found),
    /// An ExternalName outside the package, with the alias that leads there.
    Outside(String, usize),
}

impl<'p> Names<'p> {
    pub fn new(package: &Package<'p>) -> Self {
        let mut by_namespace: HashMap<&str, HashMap<&str, usize>> = HashMap::new();
        let mut anywhere: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut variables: HashMap<&str, HashMap<String, (&str, u16)>> = HashMap::new();
        for (index, service) in package.services.iter().enumerate() {
            if service.name.is_empty() {
                continue;
            }
            by_namespace.entry(service.namespace).or_default().entry(service.name).or_insert(index);
            anywhere.entry(service.name).or_default().push(index);
            let variable = service.name.replace(['-', '.'], "_").to_ascii_uppercase();
            // Headless Services and aliases have no address of their own, so no variables.
            if let Some(port) = service.ports.first().filter(|_| !service.headless && service.external_name.is_none()) {
                variables.entry(service.namespace).or_default().entry(variable).or_insert((service.name, port.port));
            }
        }
        let suffixes = [format!(".svc.{}", package.domain), ".svc".to_owned()];
        Self { by_namespace, anywhere, variables, suffixes }
    }

    /// The value of a Docker-link variable (`S_SERVICE_HOST`, `S_SERVICE_PORT`, `S_PORT`, `S_PORT_80_TCP_ADDR`),
    /// the Service's full name standing for its address: such a variable is never just a word.
    pub fn link(&self, namespace: &str, name: &str) -> Option<String> {
        let (prefix, kind) = if let Some(prefix) = name.strip_suffix("_SERVICE_HOST") {
            (prefix, "host")
        } else if let Some(prefix) = name.strip_suffix("_SERVICE_PORT") {
            (prefix, "port")
        } else if let Some((prefix, _)) = name.split_once("_PORT_").filter(|_| name.ends_with("_ADDR")) {
            (prefix, "host")
        } else {
            (name.strip_suffix("_PORT")?, "url")
        };
        let (service, port) = self.variables.get(namespace)?.get(prefix)?;
        Some(match kind {
            "host" => format!("{service}.{namespace}.svc"),
            "port" => port.to_string(),
            _ => format!("tcp://{service}.{namespace}.svc:{port}"),
        })
    }

    /// What a host name leads to, seen from a namespace. Aliases (ExternalName) are followed eight deep.
    pub fn resolve(&self, package: &Package<'p>, host: &str, namespace: &'p str) -> Option<Target> {
        let mut found = self.lookup(package, host, namespace)?;
        for _ in 0..8 {
            let alias = found.service;
            let Some(next) = package.services[alias].external_name else { return Some(Target::Service(found)) };
            let next = next.trim_end_matches('.');
            match self.lookup(package, next, package.services[alias].namespace) {
                Some(target) if target.form != Form::Foreign => found = Found { form: found.form, ..target },
                _ => return Some(Target::Outside(next.to_owned(), alias)),
            }
        }
        None
    }

    /// The Service of a name, aliases not followed.
    pub fn direct(&self, package: &Package<'p>, host: &str, namespace: &'p str) -> Option<usize> {
        self.lookup(package, host, namespace).map(|found| found.service)
    }

    fn lookup(&self, package: &Package<'p>, host: &str, namespace: &'p str) -> Option<Found> {
        let lower;
        let mut host = host.trim_end_matches('.');
        if host.bytes().any(|byte| byte.is_ascii_uppercase()) {
            lower = host.to_ascii_lowercase();
            host = &lower;
        }
        // SRV names: _port._protocol.S…
        while host.starts_with('_') {
            host = host.split_once('.')?.1;
        }
        let Some((first, rest)) = host.split_once('.') else {
            if let Some(service) = self.get(namespace, host) {
                return Some(Found { service, form: Form::Short, pod: None });
            }
            let service = *self.anywhere.get(host)?.first()?;
            return Some(Found { service, form: Form::Foreign, pod: None });
        };
        if let Some(qualified) = self.suffixes.iter().find_map(|suffix| host.strip_suffix(suffix.as_str())) {
            let mut parts = qualified.rsplitn(3, '.');
            let (home, name, pod) = (parts.next()?, parts.next()?, parts.next());
            let service = self.get(home, name)?;
            return match pod {
                None => Some(Found { service, form: Form::Full, pod: None }),
                Some(pod) => self.pod(package, pod, service),
            };
        }
        if let Some(service) = self.get(rest, first) {
            return Some(Found { service, form: Form::Namespaced, pod: None });
        }
        if let Some(service) = self.get(namespace, rest) {
            return self.pod(package, first, service);
        }
        let (name, home) = rest.split_once('.')?;
        self.pod(package, first, self.get(home, name)?)
    }

    fn get(&self, namespace: &str, name: &str) -> Option<usize> {
        self.by_namespace.get(namespace)?.get(name).copied()
    }

    /// A single pod of the workloads that a Service selects.
    fn pod(&self, package: &Package<'p>, pod: &str, service: usize) -> Option<Found> {
        let owner = package.services[service].selects.iter().find(|index| package.workloads[**index].makes_pod(pod));
        owner.map(|index| Found { service, form: Form::Pod, pod: Some(*index) })
    }
}
