//! `make run` from a fresh clone in a new folder, the walk in a headless browser against it, a second start that keeps
//! the state, and `make demo-reset`.

use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{Ground, Verdict};
use crate::{
    e2e::{Browser, files_of, shots, sign_in_address},
    serve::{free_port, get, post},
    shell::{Outcome, as_from_a_shell, files, output, run},
};

/// A build from nothing is allowed twenty minutes on two idle cores; a machine that is shared may be slower.
const PATIENCE: Duration = Duration::from_secs(3600);

/// Pages with an id, which a picture list is easily complete without.
const WITH_ID: &[&str] = &[
    "package",
    "components",
    "placement",
    "walk-3-plan",
    "order",
    "service",
    "service-topology",
    "service-charts",
    "service-logs",
    "service-events",
    "service-objects",
    "service-terminate",
    "cluster",
    "records-document",
    "offer-1-publish",
];

/// The whole story from nothing. `HYPO_FRESH_TARGET=1` also gives the clone a build folder of its own, which is empty.
pub fn walk(ground: &Ground) -> Outcome<Verdict> {
    let folder = std::env::temp_dir().join(format!("hypo-accept-{}", std::process::id()));
    let outcome = in_folder(ground, &folder);
    if outcome.as_ref().is_ok_and(|verdict| verdict.holds) {
        let _ = fs::remove_dir_all(&folder);
    } else {
        eprintln!("   what is left to look at: {}", folder.display());
    }
    outcome
}

fn in_folder(ground: &Ground, folder: &Path) -> Outcome<Verdict> {
    let browser = Browser::find()?;
    let clone = folder.join("hypo");
    fs::create_dir_all(folder)?;
    run(Command::new("git").args(["clone", "--quiet", "--no-hardlinks"]).arg(&ground.root).arg(&clone))?;
    let commit = output(Command::new("git").current_dir(&clone).args(["rev-parse", "--short", "HEAD"]))?;
    let own = std::env::var("HYPO_FRESH_TARGET").is_ok_and(|value| value == "1");
    let target = own.then(|| folder.join("target"));
    let address = free_port()?;

    let mut first = MakeRun::start(&clone, address, target.as_deref())?;
    let sign_ins = [first.sign_in()?, first.sign_in()?];
    first.open()?;
    let opened = first.started.elapsed();
    let (pictures, state) = (shots(&ground.root), folder.join("browser"));
    let told = browser.test(&clone, &files_of(&clone, &[])?, &sign_ins, &pictures, &state);
    first.stop()?;
    let told = told?;

    let mut second = MakeRun::start(&clone, address, target.as_deref())?;
    second.open()?;
    let again = second.started.elapsed();
    let kept = signed_in(&clone, address, &state)?;
    second.stop()?;
    run(Command::new("make").current_dir(&clone).args(["--no-print-directory", "demo-reset"]).stdout(Stdio::null()))?;
    let forgotten = !clone.join(".hypo").exists();

    let seen = files(&pictures);
    let names: BTreeSet<String> =
        seen.iter().filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned())).collect();
    let both = |page: &str| ["light", "dark"].iter().all(|theme| names.contains(&format!("{page}-{theme}")));
    let pages = names.iter().filter_map(|name| name.strip_suffix("-light")).filter(|page| both(page)).count();
    let alone: Vec<&str> = names
        .iter()
        .filter_map(|name| name.strip_suffix("-light").or_else(|| name.strip_suffix("-dark")))
        .chain(WITH_ID.iter().copied())
        .filter(|page| !both(page))
        .collect();
    let steps = names.iter().filter(|name| name.starts_with("walk-")).count();
    let passed = told.lines().find_map(|line| line.trim_start_matches(['ℹ', '#']).trim().strip_prefix("pass "));
    let build = if own { "an empty build folder" } else { "the shared build folder" };
    Verdict::of(
        kept && forgotten && alone.is_empty() && pages >= 35 && steps >= 20,
        format!(
            "clone of {}: portal open after {:.0} s with {build}, {} browser tests passed, {pages} pages in both themes \
             ({}), {steps} pictures of the walk in {}; second start {:.1} s, state {}; demo-reset {}",
            commit.trim(),
            opened.as_secs_f64(),
            passed.unwrap_or("no"),
            if alone.is_empty() { "none missing".to_owned() } else { format!("missing: {}", alone.join(", ")) },
            pictures.display(),
            again.as_secs_f64(),
            if kept { "kept" } else { "lost" },
            if forgotten { "forgot it" } else { "left something" },
        ),
    )
}

/// `make run` in a process group of its own.
struct MakeRun {
    child: Child,
    lines: mpsc::Receiver<String>,
    log: PathBuf,
    address: SocketAddr,
    started: Instant,
}

impl MakeRun {
    fn start(clone: &Path, address: SocketAddr, target: Option<&Path>) -> Outcome<Self> {
        let log = clone.with_extension("log");
        let errors = fs::File::options().create(true).append(true).open(&log)?;
        let mut command = Command::new("make");
        command
            .current_dir(clone)
            .args(["--no-print-directory", "run"])
            .env("HYPO_LISTEN", address.to_string())
            .env_remove("HYPO_HOME")
            .env_remove("CARGO")
            .env_remove("MAKEFLAGS")
            .env_remove("MAKELEVEL")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(errors)
            .process_group(0);
        as_from_a_shell(&mut command);
        if let Some(target) = target {
            command.env("CARGO_TARGET_DIR", target);
        }
        let started = Instant::now();
        let mut child = command.spawn()?;
        let (send, lines) = mpsc::channel();
        let out = child.stdout.take().ok_or("the output cannot be read")?;
        thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        Ok(Self { child, lines, log, address, started })
    }

    /// The next one-time address `make run` prints.
    fn sign_in(&mut self) -> Outcome<String> {
        while self.started.elapsed() < PATIENCE {
            match self.lines.recv_timeout(Duration::from_secs(1)) {
                Ok(line) => {
                    if let Some(address) = sign_in_address(&line) {
                        return Ok(address);
                    }
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
            }
        }
        Err(format!("make run printed no sign-in; its output is in {}", self.log.display()).into())
    }

    /// Waits until the portal is served.
    fn open(&mut self) -> Outcome<()> {
        while self.started.elapsed() < PATIENCE {
            let ready = get(self.address, "/readyz").is_ok_and(|(status, _)| status == 200);
            if ready && get(self.address, "/").is_ok_and(|(status, body)| status == 200 && body.contains("<html")) {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                return Err(format!("make run ended with {status}; its output is in {}", self.log.display()).into());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Err("the portal did not open".into())
    }

    /// As Ctrl-C in a terminal.
    fn stop(mut self) -> Outcome<()> {
        self.interrupt();
        let asked = Instant::now();
        while asked.elapsed() < Duration::from_secs(30) {
            if self.child.try_wait()?.is_some() && get(self.address, "/healthz").is_err() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Err("make run did not end within 30 s of Ctrl-C".into())
    }

    fn interrupt(&self) {
        // Gone already: nothing to interrupt.
        let _ =
            Command::new("kill").args(["-INT", "--", &format!("-{}", self.child.id())]).stderr(Stdio::null()).status();
    }
}

impl Drop for MakeRun {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.interrupt();
            let _ = self.child.wait();
        }
    }
}

/// Whether the browser's session of the first run is still one, and the volume the walk has kept is still listed.
fn signed_in(clone: &Path, address: SocketAddr, state: &Path) -> Outcome<bool> {
    let session: Value = serde_json::from_slice(&fs::read(state.join("session.json"))?)?;
    let pairs: Vec<String> = session["cookies"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|cookie| Some(format!("{}={}", cookie["name"].as_str()?, cookie["value"].as_str()?)))
        .collect();
    let header = format!("Cookie: {}\r\n", pairs.join("; "));
    // A session runs trusted documents only, so it has to be the portal's own, word for word.
    let operations = fs::read_to_string(clone.join("portal/graphql/services.graphql"))?;
    let begin = operations.find("query KeptVolumes").ok_or("the portal asks for no kept volumes")?;
    let query = operations[begin..].split_inclusive("\n}").next().unwrap_or_default();
    let (status, body) = post(address, "/graphql", &header, &json!({ "query": query }).to_string())?;
    Ok(status == 200 && body.contains("events-store-0"))
}
