//! Line icons on a 16 grid, drawn for this portal. Decorative: the words beside them speak.

use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    Alert,
    Audit,
    Box,
    Check,
    Close,
    Cluster,
    Copy,
    Cross,
    Disk,
    Download,
    Graph,
    Help,
    Home,
    Menu,
    Moon,
    More,
    Offer,
    Open,
    Order,
    Pause,
    Play,
    Plus,
    Refresh,
    Search,
    Service,
    Settings,
    Sun,
    Upload,
    Users,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Self::Alert => "M8 2.2 14.4 13.4H1.6ZM8 6.4v3.2M8 11.6v.1",
            Self::Audit => "M3.5 2h9v12h-9zM6 5.5h4M6 8h4M6 10.5h2.5",
            Self::Box => "M8 1.8 13.6 4.8v6.4L8 14.2 2.4 11.2V4.8ZM2.4 4.8 8 7.8l5.6-3M8 7.8v6.4",
            Self::Check => "M3 8.6 6.4 12 13 4.6",
            Self::Close => "M4 4l8 8M12 4l-8 8",
            Self::Cluster => "M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.1M5 11h.1",
            Self::Copy => "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
            Self::Cross => "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4",
            Self::Disk => {
                "M2.5 4.2C2.5 1.5 13.5 1.5 13.5 4.2v7.6c0 2.7-11 2.7-11 0ZM2.5 4.2c0 2.7 11 2.7 11 0M2.5 8c0 2.7 11 2.7 11 0"
            }
            Self::Download => "M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11",
            Self::Graph => {
                "M5 8 11 4M5 8l6 4M3 6.4a1.6 1.6 0 1 0 .1 0M12.6 2a1.6 1.6 0 1 0 .1 0M12.6 10.6a1.6 1.6 0 1 0 .1 0"
            }
            Self::Help => {
                "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M6.2 6.3C6.2 3.9 9.9 4 9.8 6.3 9.8 7.7 8 7.8 8 9.3M8 11.3v.1"
            }
            Self::Home => "M2.4 7.4 8 2.6l5.6 4.8M4 6.2v7.2h8V6.2",
            Self::Menu => "M2 4h12M2 8h12M2 12h12",
            Self::Moon => "M13 9.6A5.6 5.6 0 0 1 6.4 3 5.6 5.6 0 1 0 13 9.6Z",
            Self::More => "M3.2 8h.1M8 8h.1M12.8 8h.1",
            Self::Offer => "M2.5 2.5h5.2l5.8 5.8-5.2 5.2-5.8-5.8ZM5.4 5.4h.1",
            Self::Open => "M6 3.5H2.5v10h10V10M9 2.5h4.5V7M13.3 2.7 7 9",
            Self::Order => "M5.5 4h8M5.5 8h8M5.5 12h8M2.4 4h.1M2.4 8h.1M2.4 12h.1",
            Self::Pause => "M5.5 3.5v9M10.5 3.5v9",
            Self::Play => "M5 3.2 12.2 8 5 12.8Z",
            Self::Plus => "M8 3v10M3 8h10",
            Self::Refresh => {
                "M13.2 7A5.4 5.4 0 0 0 3.4 5M2.8 2.6v2.8h2.8M2.8 9a5.4 5.4 0 0 0 9.8 2M13.2 13.4v-2.8h-2.8"
            }
            Self::Search => "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M10.4 10.4 14 14",
            Self::Service => "M8 2 14 5.2 8 8.4 2 5.2ZM2 8l6 3.2L14 8M2 10.8 8 14l6-3.2",
            Self::Settings => "M2 4.5h7M12 4.5h2M2 11.5h2M7 11.5h7M10.5 2.8v3.4M5.5 9.8v3.4",
            Self::Sun => {
                "M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.1 1.1M11.9 11.9 13 13M3 13l1.1-1.1M11.9 4.1 13 3"
            }
            Self::Upload => "M8 10.5v-8M4.5 6 8 2.5 11.5 6M2.5 13.5h11",
            Self::Users => {
                "M6 7.4a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5M1.6 13.6c0-5.4 8.8-5.4 8.8 0M10.6 2.7a2.4 2.4 0 0 1 0 4.4M12 9.6c1.6.5 2.5 1.800 2.500 4"
            }
        }
    }
}

/// The icon in the size of the text beside it.
pub fn icon(name: Icon) -> AnyView {
    html! {
        <svg width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.5"
            stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
            <path d=name.path() />
        </svg>
    }
    .into_any()
}

/// The mark of the product: four sites, one application.
pub fn logo() -> AnyView {
    html! {
        <svg width="26" height="26" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" aria-hidden="true">
            <path d="M6 6.500v11M18 6.500v11M6 12h12" />
            <circle cx="6" cy="5" r="2.400" fill="currentColor" stroke="none" />
            <circle cx="18" cy="5" r="2.400" fill="currentColor" stroke="none" />
            <circle cx="6" cy="19" r="2.400" fill="currentColor" stroke="none" />
            <circle cx="18" cy="19" r="2.400" fill="currentColor" stroke="none" />
        </svg>
    }
    .into_any()
}
