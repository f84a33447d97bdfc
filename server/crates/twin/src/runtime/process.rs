//! Real processes: started in a group of their own, their output captured, their end reported.

use std::{
    collections::BTreeMap,
    io,
    path::Path,
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::Utc;
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::Command,
    sync::watch,
};

use super::{env::expand, log::Log, probe::Health};
use crate::{cluster::Cluster, json as at};

/// Exit code and signal once a process has ended.
type Ended = Option<(i32, Option<i32>)>;

/// A running (or just ended) process.
#[derive(Debug)]
pub struct Process {
    pid: u32,
    ended: watch::Receiver<Ended>,
    health: Arc<Health>,
    usage: Mutex<Option<(std::time::Instant, u64)>>,
}

/// Starts the program of a container.
///
/// # Errors
/// The program cannot be started.
pub fn start(
    cluster: &Arc<Cluster>,
    program: &Path,
    spec: &Value,
    mut variables: BTreeMap<String, String>,
    root: &Path,
    uid: &str,
    log: Arc<Log>,
) -> io::Result<Process> {
    std::fs::create_dir_all(root)?;
    variables.insert("HYPO_TWIN_ROOT".into(), root.display().to_string());
    variables.insert("HYPO_TWIN_POD_UID".into(), uid.to_owned());
    let words = |field: &str| -> Vec<String> {
        at::list(spec, field).iter().filter_map(Value::as_str).map(|word| expand(word, &variables)).collect()
    };
    let mut command = Command::new(program);
    command.args(words("/command").into_iter().skip(1)).args(words("/args"));
    command.env_clear();
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    command.envs(&variables).current_dir(root);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0).kill_on_drop(true);
    let mut child = command.spawn()?;
    let pid = child.id().ok_or_else(|| io::Error::other("the process ended at once"))?;
    if let Some(parent) = root.parent() {
        std::fs::write(parent.join(format!("{}.pid", at::text(spec, "/name"))), pid.to_string())?;
    }
    let readers = [
        child.stdout.take().map(|out| capture(out, log.clone())),
        child.stderr.take().map(|out| capture(out, log.clone())),
    ];
    let (tell, ended) = watch::channel(None);
    let cluster = cluster.clone();
    tokio::spawn(async move {
        let status = child.wait().await;
        for reader in readers.into_iter().flatten() {
            // Grandchildren may hold the pipe open; their output is not waited for.
            drop(tokio::time::timeout(Duration::from_millis(300), reader).await);
        }
        log.end();
        let code = match status {
            Ok(status) => {
                let signal = std::os::unix::process::ExitStatusExt::signal(&status);
                (status.code().unwrap_or_else(|| 128 + signal.unwrap_or(0)), signal)
            }
            Err(_) => (255, None),
        };
        tell.send_replace(Some(code));
        cluster.wake.notify_one();
    });
    Ok(Process { pid, ended, health: Arc::new(Health::default()), usage: Mutex::new(None) })
}

fn capture(out: impl AsyncRead + Unpin + Send + 'static, log: Arc<Log>) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        let mut lines = BufReader::new(out).split(b'\n');
        while let Ok(Some(line)) = lines.next_segment().await {
            let text = String::from_utf8_lossy(&line);
            log.push(Utc::now(), text.trim_end_matches('\r').chars().take(16 << 10).collect());
        }
    })
}

impl Process {
    /// Exit code and signal once it has ended.
    pub fn exit(&self) -> Ended {
        *self.ended.borrow()
    }

    /// A receiver of the end.
    pub fn ended(&self) -> watch::Receiver<Ended> {
        self.ended.clone()
    }

    /// What the probes say.
    pub fn health(&self) -> &Arc<Health> {
        &self.health
    }

    fn signal(&self, signal: Signal) {
        if self.exit().is_some() {
            return;
        }
        if let Some(pid) = i32::try_from(self.pid).ok().and_then(Pid::from_raw)
            && let Err(error) = kill_process_group(pid, signal)
        {
            tracing::debug!(error = %error, "signalling a process failed");
        }
    }

    /// Asks the process group to end.
    pub fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Ends the process group.
    pub fn kill(&self) {
        self.signal(Signal::KILL);
    }

    /// Ends the process group and waits for it.
    pub async fn end(self) {
        self.terminate();
        let mut ended = self.ended.clone();
        if tokio::time::timeout(Duration::from_secs(2), ended.wait_for(Option::is_some)).await.is_err() {
            self.kill();
        }
    }

    /// CPU in nanocores since the last call (since the start at first) and resident bytes, from /proc.
    pub fn usage(&self) -> Option<(u64, u64)> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid)).ok()?;
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        // After the name: utime and stime are fields 14 and 15 of proc(5), in ticks of 10 ms; rss is field 24.
        let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
        let pages: u64 = fields.get(21)?.parse().ok()?;
        let now = std::time::Instant::now();
        let mut last = self.usage.lock().unwrap_or_else(PoisonError::into_inner);
        let cores = match *last {
            Some((then, before)) if now.duration_since(then) >= Duration::from_millis(200) => {
                let passed = u64::try_from(now.duration_since(then).as_nanos()).unwrap_or(u64::MAX).max(1);
                let spent = u128::from(ticks.saturating_sub(before)) * 10_000_000;
                let cores = u64::try_from(spent * 1_000_000_000 / u128::from(passed)).unwrap_or(u64::MAX);
                *last = Some((now, ticks));
                cores
            }
            Some(_) => 0,
            None => {
                *last = Some((now, ticks));
                0
            }
        };
        Some((cores, pages * 4096))
    }
}

/// Ends processes a killed twin has left behind: named by pid file, recognised by the pod uid in their environment.
pub fn end_orphans(folder: &Path, uid: &str) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "pid"))
    {
        let pid = std::fs::read_to_string(&path).ok().and_then(|text| text.trim().parse::<i32>().ok());
        let Some(pid) = pid else { continue };
        let ours = std::fs::read(format!("/proc/{pid}/environ")).is_ok_and(|environment| {
            environment.split(|byte| *byte == 0).any(|one| one == format!("HYPO_TWIN_POD_UID={uid}").as_bytes())
        });
        if ours
            && let Some(pid) = Pid::from_raw(pid)
            && let Err(error) = kill_process_group(pid, Signal::KILL)
        {
            tracing::debug!(error = %error, "an orphan ended by itself");
        }
    }
}
