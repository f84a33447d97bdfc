//! The accept loop: TLS and HTTP/1.1 per connection, with faults that break connections.

use std::{sync::Arc, time::Duration};

use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_util::task::TaskTracker;

use super::handle;
use crate::cluster::{Cluster, stopped};

/// Serves connections until the cluster stops; open connections get a moment to end.
pub async fn serve(cluster: Arc<Cluster>, listener: TcpListener, tls: TlsAcceptor) {
    let tracker = TaskTracker::new();
    let mut stop = cluster.stop.subscribe();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopped(&mut stop) => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(error = %error, "accepting a connection failed");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        if cluster.faults.is_down() {
            // Only the control token can lift the fault, so its connections still come through.
            tracker.spawn(connection(cluster.clone(), stream, tls.clone(), true));
            continue;
        }
        tracker.spawn(connection(cluster.clone(), stream, tls.clone(), false));
    }
    drop(listener);
    tracker.close();
    if tokio::time::timeout(Duration::from_secs(2), tracker.wait()).await.is_err() {
        tracing::debug!("connections were still open when the twin stopped");
    }
}

async fn connection(cluster: Arc<Cluster>, stream: tokio::net::TcpStream, tls: TlsAcceptor, only_control: bool) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(error = %error, "setting TCP_NODELAY failed");
    }
    let Ok(Ok(stream)) = tokio::time::timeout(Duration::from_secs(10), tls.accept(stream)).await else { return };
    let mut stop = cluster.stop.subscribe();
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let cluster = cluster.clone();
        async move {
            let control = request.uri().path().starts_with("/twin");
            if !control && (only_control || cluster.faults.is_down()) {
                return Err(super::Broken);
            }
            handle(cluster, request).await
        }
    });
    let mut builder = hyper::server::conn::http1::Builder::new();
    // An idle connection stays as long as at a real API server; clients that send on a closed one would see an error.
    builder.timer(TokioTimer::new()).header_read_timeout(Duration::from_secs(90)).max_buf_size(16 << 10);
    let served = builder.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(served);
    tokio::select! {
        ended = served.as_mut() => {
            if let Err(error) = ended {
                tracing::debug!(error = %error, "a connection ended early");
            }
        }
        () = stopped(&mut stop) => {
            served.as_mut().graceful_shutdown();
            // Whether the peer ends cleanly within the moment does not matter any more.
            drop(tokio::time::timeout(Duration::from_secs(1), served).await);
        }
    }
}
