//! `hypo serve`.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use clap::Args;
use hypo_api::{HttpConfig, Portal};
use tokio::{net::TcpListener, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

use super::{
    compose::{Composed, compose},
    config::{Config, Log},
    demo,
    seed::{self, Invitation},
};
use crate::cli::{Error, Result};

#[derive(Debug, Args)]
pub struct Options {
    /// Folder of the database, the sealed secrets and the demo's clusters.
    #[arg(long, env = "HYPO_HOME", default_value = ".hypo")]
    home: PathBuf,
    /// Configuration file; by default `hypo.toml` in the home folder.
    #[arg(long)]
    config: Option<PathBuf>,
    /// Address and port to listen on.
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// Folder of the built portal.
    #[arg(long)]
    portal_dir: Option<PathBuf>,
    /// Make four tenants and simulated clusters in a process of their own.
    #[arg(long)]
    demo: bool,
    /// Print a one-time sign-in for this user.
    #[arg(long, value_name = "USER")]
    invite: Option<String>,
}

pub async fn run(options: Options) -> Result<()> {
    let mut config = Config::load(options.config.as_deref(), &options.home)?;
    if let Some(listen) = options.listen {
        config.server.listen = listen;
    }
    if options.portal_dir.is_some() {
        config.server.portal_dir = options.portal_dir;
    }
    if options.demo {
        demo::adjust(&mut config);
    }
    start_log(&config.log);

    let listener = TcpListener::bind(config.server.listen).await.map_err(|error| {
        Error::new(
            hypo_shared::ErrorCode::ConfigInvalid,
            format!("{} cannot be listened on: {error}", config.server.listen),
        )
    })?;
    let address = listener.local_addr()?;
    let twins = if options.demo { Some(demo::clusters(&options.home).await?) } else { None };
    let Composed { app, running, store } = compose(&config, &options.home, options.demo).await?;
    let mut invitations = match &twins {
        Some(twins) => demo::seed(&app, &store, &twins.report).await?,
        None => seed::first_run(&app, &store, options.invite.is_some()).await?.into_iter().collect(),
    };
    if let Some(name) = &options.invite {
        invitations.push(seed::invitation(&app, name).await?);
    }

    let shutdown = CancellationToken::new();
    let mut http = HttpConfig {
        portal: portal(config.server.portal_dir.as_deref()),
        trusted_proxies: config.server.trusted_proxies.clone(),
        shutdown: shutdown.clone(),
        ..HttpConfig::for_address(address, config.server.behind_tls)
    };
    http.origins.extend(config.server.origins.iter().cloned());
    let service = hypo_api::router(app, http).into_make_service_with_connect_info::<SocketAddr>();
    greet(address, &invitations);
    axum::serve(listener, service)
        .with_graceful_shutdown(async move {
            asked_to_stop().await;
            shutdown.cancel();
        })
        .await?;

    running.stop().await;
    if let Err(error) = store.close().await {
        tracing::warn!(error = %error, "The store did not close cleanly.");
    }
    if let Some(twins) = twins {
        twins.stop().await;
    }
    Ok(())
}

/// The folder named, else the built portal beside the working folder, else the one in the program.
fn portal(named: Option<&Path>) -> Portal {
    let built = Path::new("portal/dist");
    match named {
        Some(folder) => Portal::Dir(folder.to_owned()),
        None if built.join("index.html").exists() => Portal::Dir(built.to_owned()),
        None if cfg!(feature = "embed-portal") => Portal::Embedded,
        None => Portal::None,
    }
}

fn greet(address: SocketAddr, invitations: &[Invitation]) {
    println!("HypO listens on http://{address}");
    for Invitation { secret, whose } in invitations {
        println!("Sign in once as {whose} with http://{address}/setup/{secret}");
    }
}

fn start_log(log: &Log) {
    let filter = EnvFilter::try_new(&log.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = if log.format == "json" { builder.json().try_init() } else { builder.try_init() };
    if started.is_err() {
        eprintln!("hypo: a log is set up already");
    }
}

/// Ctrl-C, or SIGTERM from a service manager.
pub(super) async fn asked_to_stop() {
    let terminated = async {
        match signal::unix::signal(signal::unix::SignalKind::terminate()) {
            Ok(mut signals) => drop(signals.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = signal::ctrl_c() => {}
        () = terminated => {}
    }
}
