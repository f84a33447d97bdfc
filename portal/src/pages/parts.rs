//! Parts of the portal that the browser loads when a page of theirs is first opened, so that the first page does not
//! wait for all others. With the feature `split` (`cargo xtask portal`) each part becomes a wasm file of its own;
//! without it (`trunk serve`, native tests) the same functions are ordinary ones and nothing is left to load.

use std::{
    cell::Cell,
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use leptos::{prelude::*, task::spawn_local};

use crate::{
    pages::{
        access, audit, designer, domains, help, listeners, offerings, orders, packages, records, services, settings,
        volumes,
    },
    routes::Route,
    ui::panel::{failure, skeleton},
};

/// A part that could not be loaded.
struct Absent;

#[cfg(feature = "split")]
impl From<leptos::wasm_split::SplitLoaderError> for Absent {
    fn from(_: leptos::wasm_split::SplitLoaderError) -> Self {
        Self
    }
}

/// A function that stands in a file of its own, and one that fetches the file.
#[cfg(feature = "split")]
macro_rules! part {
    ($name:ident, $fetch:ident, $route:ident => $page:expr) => {
        #[::leptos::wasm_split::wasm_split($name, wasm_split_path = ::leptos::wasm_split, preload($fetch), fallible)]
        fn $name($route: Route) -> Result<AnyView, Absent> {
            Ok($page)
        }
    };
}

#[cfg(not(feature = "split"))]
macro_rules! part {
    ($name:ident, $fetch:ident, $route:ident => $page:expr) => {
        async fn $name($route: Route) -> Result<AnyView, Absent> {
            Ok($page)
        }
        async fn $fetch() -> Result<(), Absent> {
            Ok(())
        }
    };
}

part!(order, fetch_order, route => match route {
    Route::Package(id) => packages::detail(id),
    Route::Publish(id) => offerings::publish(id),
    Route::Offerings => offerings::list(),
    Route::Offering(id) => offerings::detail(id),
    Route::NewService => designer::source(),
    Route::Components(id) => designer::components(id),
    Route::Placement(id) => designer::placement(id),
    Route::Plan { package, plan } => designer::plan(package, plan),
    _ => packages::list(),
});

part!(operate, fetch_operate, route => match route {
    Route::Order(id) => orders::detail(id),
    Route::Services => services::list(),
    Route::Service { id, .. } => services::detail(id),
    Route::Terminate(id) => services::terminate(id),
    Route::Volumes => volumes::page(),
    _ => orders::list(),
});

part!(govern, fetch_govern, route => match route {
    Route::Domains => domains::list(),
    Route::AddCluster => domains::add(),
    Route::Cluster(id) => domains::cluster(id),
    Route::Listeners => listeners::page(),
    Route::Access => access::page(),
    Route::Audit => audit::page(),
    Route::Help => help::page(),
    Route::HelpError(code) => help::error(code),
    _ => settings::page(),
});

part!(documents, fetch_documents, route => match route {
    Route::Records { group, kind, id } => records::page(group, kind, id),
    _ => ().into_any(),
});

/// Which pages come together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Packages, offerings, and the way from one to an order.
    Order,
    /// Orders, services and volumes.
    Operate,
    /// Domains, people, settings and help.
    Govern,
    /// TMF documents of any kind.
    Records,
}

const PARTS: [Part; 4] = [Part::Order, Part::Operate, Part::Govern, Part::Records];

thread_local! {
    static HERE: [Cell<bool>; PARTS.len()] = const { [const { Cell::new(false) }; PARTS.len()] };
}

#[derive(Clone, Copy, PartialEq)]
enum Arrival {
    Coming,
    Here,
    Lost,
}

impl Part {
    /// The part that shows a route; none for pages that are always there.
    #[must_use]
    pub fn of(route: &Route) -> Option<Self> {
        Some(match route {
            Route::Overview | Route::NotFound => return None,
            Route::Packages
            | Route::Package(_)
            | Route::Publish(_)
            | Route::Offerings
            | Route::Offering(_)
            | Route::NewService
            | Route::Components(_)
            | Route::Placement(_)
            | Route::Plan { .. } => Self::Order,
            Route::Orders
            | Route::Order(_)
            | Route::Services
            | Route::Service { .. }
            | Route::Terminate(_)
            | Route::Volumes => Self::Operate,
            Route::Domains
            | Route::AddCluster
            | Route::Cluster(_)
            | Route::Listeners
            | Route::Access
            | Route::Audit
            | Route::Settings
            | Route::Help
            | Route::HelpError(_) => Self::Govern,
            Route::Records { .. } => Self::Records,
        })
    }

    fn here(self) -> bool {
        HERE.with(|here| here[self as usize].get())
    }

    async fn load(self) -> Arrival {
        let fetched = match self {
            Self::Order => fetch_order().await.is_ok(),
            Self::Operate => fetch_operate().await.is_ok(),
            Self::Govern => fetch_govern().await.is_ok(),
            Self::Records => fetch_documents().await.is_ok(),
        };
        if !fetched {
            return Arrival::Lost;
        }
        HERE.with(|here| here[self as usize].set(true));
        Arrival::Here
    }

    /// The page itself, made at once and under the reactive owner of the caller: a part that is here has nothing to
    /// wait for.
    fn page(self, route: Route) -> AnyView {
        let page = match self {
            Self::Order => now(order(route)),
            Self::Operate => now(operate(route)),
            Self::Govern => now(govern(route)),
            Self::Records => now(documents(route)),
        };
        page.and_then(Result::ok).unwrap_or_else(|| ().into_any())
    }

    /// The page of a route, after its part has come.
    pub fn show(self, route: Route) -> AnyView {
        if self.here() {
            return self.page(route);
        }
        let arrival = RwSignal::new(Arrival::Coming);
        let fetch = move || {
            arrival.set(Arrival::Coming);
            spawn_local(async move {
                let now = self.load().await;
                let _ = arrival.try_set(now);
            });
        };
        fetch();
        (move || match arrival.get() {
            Arrival::Coming => skeleton(5),
            Arrival::Here => self.page(route.clone()),
            Arrival::Lost => failure(
                "This page could not be loaded from the server. If the server has been updated, reload the window.",
                "",
                fetch,
            ),
        })
        .into_any()
    }
}

/// Fetches the other parts when the first page has been shown, so that moving on does not wait.
pub fn fetch_rest() {
    set_timeout(
        || {
            spawn_local(async {
                for part in PARTS {
                    let _ = part.load().await;
                }
            });
        },
        Duration::from_secs(2),
    );
}

fn now<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}
