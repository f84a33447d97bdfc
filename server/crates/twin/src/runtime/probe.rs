//! Probes of real containers: TCP, HTTP and exec, with Kubernetes' thresholds.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    process::Command,
    time::timeout,
};

use super::process::Process;
use crate::{cluster::Cluster, json as at};

/// What the probes of a container have found.
#[derive(Debug, Default)]
pub struct Health {
    ready: AtomicBool,
    restart: AtomicBool,
    complaints: Mutex<Vec<(&'static str, String)>>,
}

impl Health {
    pub fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Relaxed)
    }

    /// Whether liveness failed; true once.
    pub fn must_restart(&self) -> bool {
        self.restart.swap(false, Ordering::Relaxed)
    }

    /// Failures since the last call.
    pub fn take_complaints(&self) -> Vec<(&'static str, String)> {
        std::mem::take(&mut self.complaints.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn complain(&self, kind: &'static str, message: String) {
        let mut all = self.complaints.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() < 4 {
            all.push((kind, message));
        }
    }
}

/// Starts the probes of a container that has just been started.
pub fn start(cluster: &Arc<Cluster>, spec: &Value, ip: &str, process: Option<&Process>) {
    let Some(process) = process else { return };
    let health = process.health().clone();
    if spec.get("readinessProbe").is_none() && spec.get("startupProbe").is_none() {
        health.ready.store(true, Ordering::Relaxed);
    }
    let (cluster, spec, ip) = (cluster.clone(), spec.clone(), ip.to_owned());
    let mut ended = process.ended();
    tokio::spawn(async move {
        tokio::select! {
            () = all(&cluster, &spec, &ip, &health) => {}
            // A sender that is gone means the process is gone.
            _ = ended.wait_for(Option::is_some) => {}
        }
    });
}

async fn all(cluster: &Cluster, spec: &Value, ip: &str, health: &Health) {
    if let Some(probe) = spec.get("startupProbe") {
        let mut failures = 0;
        wait(probe, "initialDelaySeconds", 0).await;
        while let Err(message) = once(spec, probe, ip).await {
            failures += 1;
            health.complain("Startup", message);
            if failures >= at::int(probe, "/failureThreshold").unwrap_or(3) {
                health.restart.store(true, Ordering::Relaxed);
            }
            cluster.wake.notify_one();
            wait(probe, "periodSeconds", 10).await;
        }
        if spec.get("readinessProbe").is_none() {
            health.ready.store(true, Ordering::Relaxed);
            cluster.wake.notify_one();
        }
    }
    tokio::join!(readiness(cluster, spec, ip, health), liveness(cluster, spec, ip, health));
    std::future::pending::<()>().await;
}

async fn wait(probe: &Value, field: &str, default: u64) {
    let seconds = probe.get(field).and_then(Value::as_u64).unwrap_or(default);
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

async fn readiness(cluster: &Cluster, spec: &Value, ip: &str, health: &Health) {
    let Some(probe) = spec.get("readinessProbe") else { return };
    wait(probe, "initialDelaySeconds", 0).await;
    let (mut good, mut bad) = (0, 0);
    loop {
        let before = health.is_ready();
        match once(spec, probe, ip).await {
            Ok(()) => {
                (good, bad) = (good + 1, 0);
                if good >= at::int(probe, "/successThreshold").unwrap_or(1) {
                    health.ready.store(true, Ordering::Relaxed);
                }
            }
            Err(message) => {
                (good, bad) = (0, bad + 1);
                health.complain("Readiness", message);
                if bad >= at::int(probe, "/failureThreshold").unwrap_or(3) {
                    health.ready.store(false, Ordering::Relaxed);
                }
                cluster.wake.notify_one();
            }
        }
        if before != health.is_ready() {
            cluster.wake.notify_one();
        }
        if health.is_ready() {
            wait(probe, "periodSeconds", 10).await;
        } else {
            // A process on this machine is up in moments: look often until it is ready.
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }
}

async fn liveness(cluster: &Cluster, spec: &Value, ip: &str, health: &Health) {
    let Some(probe) = spec.get("livenessProbe") else { return };
    wait(probe, "initialDelaySeconds", 0).await;
    let mut bad = 0;
    loop {
        wait(probe, "periodSeconds", 10).await;
        match once(spec, probe, ip).await {
            Ok(()) => bad = 0,
            Err(message) => {
                bad += 1;
                health.complain("Liveness", message);
                if bad >= at::int(probe, "/failureThreshold").unwrap_or(3) {
                    health.restart.store(true, Ordering::Relaxed);
                }
                cluster.wake.notify_one();
            }
        }
    }
}

async fn once(spec: &Value, probe: &Value, ip: &str) -> Result<(), String> {
    let limit = Duration::from_secs(probe.get("timeoutSeconds").and_then(Value::as_u64).unwrap_or(1).max(1));
    let tried = async {
        if let Some(http) = probe.get("httpGet") {
            get(spec, http, ip).await
        } else if let Some(tcp) = probe.get("tcpSocket").or_else(|| probe.get("grpc")) {
            let port = port(spec, tcp).ok_or("no such port")?;
            TcpStream::connect((ip, port)).await.map(drop).map_err(|error| format!("dial tcp {ip}:{port}: {error}"))
        } else if let Some(exec) = probe.get("exec") {
            run(exec).await
        } else {
            Ok(())
        }
    };
    timeout(limit, tried).await.unwrap_or_else(|_| Err("context deadline exceeded".into()))
}

fn port(spec: &Value, target: &Value) -> Option<u16> {
    match target.get("port")? {
        Value::Number(number) => u16::try_from(number.as_u64()?).ok(),
        Value::String(name) => at::list(spec, "/ports")
            .iter()
            .find(|one| at::text(one, "/name") == name)
            .and_then(|one| u16::try_from(at::int(one, "/containerPort")?).ok()),
        _ => None,
    }
}

async fn get(spec: &Value, http: &Value, ip: &str) -> Result<(), String> {
    let port = port(spec, http).ok_or("no such port")?;
    let path = at::text(http, "/path");
    let failed = |error: std::io::Error| format!("Get \"http://{ip}:{port}{path}\": {error}");
    let mut stream = TcpStream::connect((ip, port)).await.map_err(failed)?;
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: {ip}:{port}\r\nUser-Agent: kube-probe/1.34\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.map_err(failed)?;
    let mut head = [0_u8; 64];
    let mut filled = 0;
    while filled < 12 {
        match stream.read(&mut head[filled..]).await.map_err(failed)? {
            0 => break,
            count => filled += count,
        }
    }
    let text = String::from_utf8_lossy(&head[..filled]);
    match text.split(' ').nth(1).and_then(|code| code.get(..3)).and_then(|code| code.parse::<u16>().ok()) {
        Some(200..=399) => Ok(()),
        Some(code) => Err(format!("HTTP probe failed with statuscode: {code}")),
        None => Err(format!("Get \"http://{ip}:{port}{path}\": EOF")),
    }
}

async fn run(exec: &Value) -> Result<(), String> {
    let words: Vec<&str> = at::list(exec, "/command").iter().filter_map(Value::as_str).collect();
    let (program, arguments) = words.split_first().ok_or("no command")?;
    let output = Command::new(program).args(arguments).kill_on_drop(true).output().await;
    let output = output.map_err(|error| format!("exec: {program:?}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).trim().chars().take(1024).collect())
}
