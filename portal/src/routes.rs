//! Every page has a URL; this file lists them all.

use uuid::Uuid;

/// A page and what it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    Overview,
    Packages,
    Package(Uuid),
    /// What others may order, and what one may order from others.
    Offerings,
    Offering(Uuid),
    /// A package becomes an offering.
    Publish(Uuid),
    /// Pick or import a package.
    NewService,
    /// Components, values and peers of a package.
    Components(Uuid),
    /// The placement board.
    Placement(Uuid),
    /// The exact plan before the order.
    Plan {
        package: Uuid,
        plan: Uuid,
    },
    Orders,
    Order(Uuid),
    Services,
    Service {
        id: Uuid,
        tab: ServiceTab,
    },
    Terminate(Uuid),
    Volumes,
    Domains,
    AddCluster,
    Cluster(Uuid),
    /// Who is told of events.
    Listeners,
    Access,
    Audit,
    Settings,
    Help,
    HelpError(String),
    /// TMF documents of any kind: the list, `new`, or one by its id.
    Records {
        group: Group,
        /// Number of the API and name of the collection; the first of the group where there is none.
        kind: Option<(String, String)>,
        id: Option<String>,
    },
    NotFound,
}

/// What TMF documents are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    Catalogue,
    Products,
    Resources,
    Parties,
    Locations,
    Events,
}

impl Group {
    pub const ALL: [Group; 6] =
        [Self::Catalogue, Self::Products, Self::Resources, Self::Parties, Self::Locations, Self::Events];

    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Catalogue => "catalogue",
            Self::Products => "products",
            Self::Resources => "resources",
            Self::Parties => "parties",
            Self::Locations => "locations",
            Self::Events => "events",
        }
    }

    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Catalogue => "Catalogue",
            Self::Products => "Products",
            Self::Resources => "Resources",
            Self::Parties => "Parties",
            Self::Locations => "Locations",
            Self::Events => "Events and alarms",
        }
    }

    /// Numbers of the APIs whose documents it shows.
    #[must_use]
    pub const fn apis(self) -> &'static [&'static str] {
        match self {
            Self::Catalogue => &["TMF633", "TMF620", "TMF634"],
            Self::Products => &["TMF637", "TMF622"],
            Self::Resources => &["TMF639", "TMF638", "TMF652", "TMF657"],
            Self::Parties => &["TMF632", "TMF669"],
            Self::Locations => &["TMF675", "TMF674", "TMF673"],
            Self::Events => &["TMF688", "TMF642"],
        }
    }
}

/// What a service's page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceTab {
    Overview,
    Topology,
    Charts,
    Logs,
    Events,
    Objects,
}

impl ServiceTab {
    pub const ALL: [ServiceTab; 6] =
        [Self::Overview, Self::Topology, Self::Charts, Self::Logs, Self::Events, Self::Objects];

    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Overview => "",
            Self::Topology => "topology",
            Self::Charts => "charts",
            Self::Logs => "logs",
            Self::Events => "events",
            Self::Objects => "objects",
        }
    }

    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Topology => "Topology",
            Self::Charts => "Charts",
            Self::Logs => "Logs",
            Self::Events => "Events",
            Self::Objects => "Objects",
        }
    }
}

impl Route {
    /// Reads a path without query; trailing slashes do not matter.
    #[must_use]
    pub fn parse(path: &str) -> Self {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        Self::of(&parts).unwrap_or(Self::NotFound)
    }

    fn of(parts: &[&str]) -> Option<Self> {
        let id = |text: &str| text.parse::<Uuid>().ok();
        Some(match parts {
            [] => Self::Overview,
            ["packages"] => Self::Packages,
            ["packages", package] => Self::Package(id(package)?),
            ["packages", package, "publish"] => Self::Publish(id(package)?),
            ["offerings"] => Self::Offerings,
            ["offerings", offering] => Self::Offering(id(offering)?),
            ["new"] => Self::NewService,
            ["new", package, "components"] => Self::Components(id(package)?),
            ["new", package, "placement"] => Self::Placement(id(package)?),
            ["new", package, "plan", plan] => Self::Plan { package: id(package)?, plan: id(plan)? },
            ["orders"] => Self::Orders,
            ["orders", order] => Self::Order(id(order)?),
            ["services"] => Self::Services,
            ["services", service] => Self::Service { id: id(service)?, tab: ServiceTab::Overview },
            ["services", service, "terminate"] => Self::Terminate(id(service)?),
            ["services", service, tab] => {
                let tab = ServiceTab::ALL.into_iter().find(|known| known.slug() == *tab)?;
                Self::Service { id: id(service)?, tab }
            }
            ["volumes"] => Self::Volumes,
            ["domains"] => Self::Domains,
            ["domains", "new"] => Self::AddCluster,
            ["clusters", cluster] => Self::Cluster(id(cluster)?),
            ["listeners"] => Self::Listeners,
            ["access"] => Self::Access,
            ["audit"] => Self::Audit,
            ["settings"] => Self::Settings,
            ["help"] => Self::Help,
            ["help", "error", code] => Self::HelpError((*code).to_owned()),
            ["records", group, rest @ ..] => {
                let group = Group::ALL.into_iter().find(|known| known.slug() == *group)?;
                let (kind, id) = match rest {
                    [] => (None, None),
                    [api, collection] => (Some((*api, *collection)), None),
                    [api, collection, id] => (Some((*api, *collection)), Some((*id).to_owned())),
                    _ => return None,
                };
                Self::Records { group, kind: kind.map(|(api, name)| (api.to_owned(), name.to_owned())), id }
            }
            _ => return None,
        })
    }

    /// The path of the page.
    #[must_use]
    pub fn href(&self) -> String {
        match self {
            Self::Overview | Self::NotFound => "/".into(),
            Self::Packages => "/packages".into(),
            Self::Package(id) => format!("/packages/{id}"),
            Self::Publish(id) => format!("/packages/{id}/publish"),
            Self::Offerings => "/offerings".into(),
            Self::Offering(id) => format!("/offerings/{id}"),
            Self::NewService => "/new".into(),
            Self::Components(id) => format!("/new/{id}/components"),
            Self::Placement(id) => format!("/new/{id}/placement"),
            Self::Plan { package, plan } => format!("/new/{package}/plan/{plan}"),
            Self::Orders => "/orders".into(),
            Self::Order(id) => format!("/orders/{id}"),
            Self::Services => "/services".into(),
            Self::Service { id, tab: ServiceTab::Overview } => format!("/services/{id}"),
            Self::Service { id, tab } => format!("/services/{id}/{}", tab.slug()),
            Self::Terminate(id) => format!("/services/{id}/terminate"),
            Self::Volumes => "/volumes".into(),
            Self::Domains => "/domains".into(),
            Self::AddCluster => "/domains/new".into(),
            Self::Cluster(id) => format!("/clusters/{id}"),
            Self::Listeners => "/listeners".into(),
            Self::Access => "/access".into(),
            Self::Audit => "/audit".into(),
            Self::Settings => "/settings".into(),
            Self::Help => "/help".into(),
            Self::HelpError(code) => format!("/help/error/{code}"),
            Self::Records { group, kind, id } => {
                let parts = kind.iter().flat_map(|(api, name)| [api, name]).chain(id);
                parts.fold(format!("/records/{}", group.slug()), |path, part| format!("{path}/{part}"))
            }
        }
    }

    /// The list page a page belongs to, for the rail and the breadcrumb.
    #[must_use]
    pub fn section(&self) -> (&'static str, Route) {
        match self {
            Self::Overview | Self::NotFound => ("Overview", Self::Overview),
            Self::Packages | Self::Package(_) | Self::Publish(_) => ("Packages", Self::Packages),
            Self::Offerings | Self::Offering(_) => ("Offerings", Self::Offerings),
            Self::NewService | Self::Components(_) | Self::Placement(_) | Self::Plan { .. } => {
                ("New service", Self::NewService)
            }
            Self::Orders | Self::Order(_) => ("Orders", Self::Orders),
            Self::Services | Self::Service { .. } | Self::Terminate(_) => ("Services", Self::Services),
            Self::Volumes => ("Kept volumes", Self::Volumes),
            Self::Domains | Self::AddCluster | Self::Cluster(_) => ("Domains and clusters", Self::Domains),
            Self::Listeners => ("Event listeners", Self::Listeners),
            Self::Access => ("Users and grants", Self::Access),
            Self::Audit => ("Audit", Self::Audit),
            Self::Settings => ("Settings", Self::Settings),
            Self::Help | Self::HelpError(_) => ("Help", Self::Help),
            Self::Records { group, .. } => (group.label(), Self::Records { group: *group, kind: None, id: None }),
        }
    }

    /// Routes with equal keys share one mounted page: tabs of a service keep its subscriptions.
    #[must_use]
    pub fn page_key(&self) -> Route {
        match self {
            Self::Service { id, .. } => Self::Service { id: *id, tab: ServiceTab::Overview },
            other => other.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_reads_its_own_address() {
        let id = Uuid::from_u128(7);
        let mut all = vec![
            Route::Overview,
            Route::Packages,
            Route::Package(id),
            Route::Publish(id),
            Route::Offerings,
            Route::Offering(id),
            Route::NewService,
            Route::Components(id),
            Route::Placement(id),
            Route::Plan { package: id, plan: Uuid::from_u128(8) },
            Route::Orders,
            Route::Order(id),
            Route::Services,
            Route::Terminate(id),
            Route::Volumes,
            Route::Domains,
            Route::AddCluster,
            Route::Cluster(id),
            Route::Listeners,
            Route::Access,
            Route::Audit,
            Route::Settings,
            Route::Help,
            Route::HelpError("HYP-1001".into()),
        ];
        let kind = Some(("TMF633".to_owned(), "serviceSpecification".to_owned()));
        for group in Group::ALL {
            all.push(Route::Records { group, kind: None, id: None });
            all.push(Route::Records { group, kind: kind.clone(), id: None });
            all.push(Route::Records { group, kind: kind.clone(), id: Some(id.to_string()) });
        }
        all.extend(ServiceTab::ALL.map(|tab| Route::Service { id, tab }));
        for route in all {
            assert_eq!(Route::parse(&route.href()), route);
            assert_eq!(Route::parse(&format!("{}/", route.href())), route);
        }
    }

    #[test]
    fn what_is_no_page_is_not_found() {
        for path in ["/nowhere", "/orders/not-an-id", "/services/x/logs", "/new/x", "/records", "/records/x"] {
            assert_eq!(Route::parse(path), Route::NotFound, "{path}");
        }
    }

    #[test]
    fn tabs_share_a_page() {
        let id = Uuid::from_u128(7);
        let logs = Route::Service { id, tab: ServiceTab::Logs };
        assert_eq!(logs.page_key(), Route::Service { id, tab: ServiceTab::Charts }.page_key());
        assert_ne!(Route::Order(id).page_key(), Route::Orders.page_key());
    }
}
