//! Finding and running the program with nothing of the server's environment.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use hypo_model::ports::packages::Error;
use hypo_shared::ErrorCode;
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    process::Command,
    time::timeout,
};

/// A chart that takes longer than this to render is refused.
const TIME_LIMIT: Duration = Duration::from_secs(60);
/// Bytes of output that are read at most.
const OUTPUT_LIMIT: u64 = 16 * 1024 * 1024;

/// `HYPO_HELM`, then `PATH`, then the cache that `cargo xtask helm` fills.
#[must_use]
pub fn find() -> Option<PathBuf> {
    let named = env::var_os("HYPO_HELM").map(PathBuf::from);
    let path = env::var_os("PATH").unwrap_or_default();
    let on_path = env::split_paths(&path).map(|folder| folder.join("helm"));
    let cached = env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache/hypo/tools/helm"));
    let candidates: Vec<PathBuf> = named.into_iter().chain(on_path).chain(cached).collect();
    candidates.into_iter().find(|path| fs::metadata(path).is_ok_and(|file| file.is_file()))
}

pub(super) fn require(program: Option<&Path>) -> Result<&Path, Error> {
    program.ok_or_else(|| Error {
        code: ErrorCode::HelmMissing,
        message: "no helm program on PATH; `cargo xtask helm` gets one".into(),
    })
}

pub(super) async fn version(program: &Path) -> Result<String, Error> {
    let home = tempfile::tempdir().map_err(|error| failed(&error.to_string()))?;
    let output = run(program, &["version", "--short"], home.path()).await?;
    Ok(format!("helm {}", output.trim()))
}

/// Runs helm with an empty environment and a home of its own, so that no plugin, repository or kubeconfig of this
/// machine takes part.
pub(super) async fn run(program: &Path, arguments: &[&str], home: &Path) -> Result<String, Error> {
    let mut child = Command::new(program)
        .args(arguments)
        .env_clear()
        .env("HOME", home)
        .env("HELM_CACHE_HOME", home.join("cache"))
        .env("HELM_CONFIG_HOME", home.join("config"))
        .env("HELM_DATA_HOME", home.join("data"))
        .env("HELM_PLUGINS", home.join("plugins"))
        .env("KUBECONFIG", home.join("none"))
        .current_dir(home)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| failed(&format!("{} could not be started: {error}", program.display())))?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let work = async {
        let (output, errors) = tokio::join!(bounded(stdout), bounded(stderr));
        child.wait().await.map(|status| (status, output, errors))
    };
    let (status, output, errors) = timeout(TIME_LIMIT, work)
        .await
        .map_err(|_| failed("helm took longer than 60 seconds"))?
        .map_err(|error| failed(&error.to_string()))?;
    if !status.success() {
        return Err(failed(&shorten(&String::from_utf8_lossy(&errors))));
    }
    if output.len() as u64 >= OUTPUT_LIMIT {
        return Err(Error { code: ErrorCode::PackageTooLarge, message: "the render is larger than 16 MiB".into() });
    }
    String::from_utf8(output).map_err(|_| failed("the render is not UTF-8"))
}

async fn bounded(stream: Option<impl AsyncRead + Unpin>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(stream) = stream {
        // A read error ends the text; the exit status tells what happened.
        let _ = stream.take(OUTPUT_LIMIT).read_to_end(&mut bytes).await;
    }
    bytes
}

/// Helm's words without its prefix and without the temporary folder's name.
fn shorten(text: &str) -> String {
    let text = text.trim().trim_start_matches("Error: ");
    text.chars().take(2000).collect()
}

fn failed(message: &str) -> Error {
    Error { code: ErrorCode::HelmFailed, message: message.to_owned() }
}
