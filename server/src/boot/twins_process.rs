//! The demo's clusters as a child process.

use std::{
    fs,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use hypo_shared::ErrorCode;
use hypo_twin::{TwinsReport, TwinsSpec};
use tokio::process::{Child, Command};

use crate::cli::{Error, Result};

/// Time the clusters have to come up.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running child.
pub struct TwinsProcess {
    child: Child,
    pub report: TwinsReport,
}

impl TwinsProcess {
    /// Starts `hypo twins` and waits for its report.
    pub async fn start(folder: &Path, spec: &TwinsSpec) -> Result<Self> {
        fs::create_dir_all(folder).map_err(|error| Error::file(folder, error))?;
        let (path, report) = (folder.join("spec.json"), folder.join("report.json"));
        let text = serde_json::to_vec_pretty(&TwinsSpec { report: Some(report.clone()), ..spec.clone() })
            .map_err(|error| failed(&error.to_string()))?;
        fs::write(&path, text).map_err(|error| Error::file(&path, error))?;
        match fs::remove_file(&report) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(Error::file(&report, error)),
            _ => {}
        }
        let log = folder.join("twins.log");
        let log = fs::File::create(&log).map_err(|error| Error::file(&log, error))?;
        let mut child = Command::new(std::env::current_exe()?)
            .args(["twins", "--parent", &std::process::id().to_string(), "--spec"])
            .arg(&path)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true)
            .spawn()?;
        let report = Self::wait_for(&report, &mut child).await?;
        Ok(Self { child, report })
    }

    async fn wait_for(report: &Path, child: &mut Child) -> Result<TwinsReport> {
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            if let Ok(text) = fs::read(report) {
                return serde_json::from_slice(&text).map_err(|error| failed(&error.to_string()));
            }
            if let Some(status) = child.try_wait()? {
                return Err(failed(&format!("they ended with {status}; see twins.log beside their report")));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(failed("they did not come up in 30 s"))
    }

    /// Ends the clusters; their state stays in their folder.
    pub async fn stop(mut self) {
        // `kill` on the child would skip its own orderly end; it watches its parent and SIGTERM.
        if let Some(id) = self.child.id() {
            let _ = Command::new("kill").args(["-TERM", &id.to_string()]).status().await;
        }
        let _ = tokio::time::timeout(Duration::from_secs(5), self.child.wait()).await;
    }
}

fn failed(message: &str) -> Error {
    Error::new(ErrorCode::ConfigInvalid, format!("the simulated clusters: {message}"))
}
