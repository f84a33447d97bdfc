//! schemathesis (Hypothesis over HTTP) on every OpenAPI document and on the GraphQL schema, as three roles: nothing a
//! client can send may end in a server error.

mod planted;
mod report;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Mutex, PoisonError},
    thread,
};

use serde_json::Value;

use super::{Ground, Verdict, access::Access};
use crate::{
    serve::get,
    shell::{Outcome, run, step},
    workspace::{cache_dir, on_path, target_dir},
};
use report::Report;

const PACKAGE: &str = "schemathesis==4.32.5";
/// How a document is looked at: as whom, by which phase of the tool, and what bounds it.
struct Run {
    role: &'static str,
    phase: &'static str,
    bound: [&'static str; 2],
}

/// What is drawn by chance reaches every operation as everybody. The boundaries of every schema are thousands of requests,
/// of which somebody who may write everything sends as many as fit into a time.
const RUNS: [Run; 4] = [
    Run { role: "admin", phase: BOUNDARIES, bound: ["--max-time", "20"] },
    Run { role: "admin", phase: CHANCE, bound: ["--max-examples", "4"] },
    Run { role: "provider", phase: CHANCE, bound: ["--max-examples", "4"] },
    Run { role: "viewer", phase: CHANCE, bound: ["--max-examples", "2"] },
];
const BOUNDARIES: &str = "coverage";
const CHANCE: &str = "fuzzing";
/// Runs at the same time.
const WORKERS: usize = 2;

/// One document as one role.
struct Job {
    name: String,
    run: &'static Run,
    location: String,
    token: String,
}

pub fn judge(ground: &Ground) -> Outcome<Verdict> {
    let tool = tool()?;
    let data = target_dir(&ground.root).join(format!("schemathesis-{}", std::process::id()));
    let access = Access::start(ground, &data)?;
    fs::write(data.join("scalars.py"), include_str!("scalars.py"))?;
    sees_a_planted_error(&tool, &data)?;
    let jobs = jobs(&access)?;
    let count = jobs.len();
    let (queue, done) = (Mutex::new(jobs), Mutex::new(Sum::default()));
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(job) = take(&queue) {
                    let report = examine(&tool, &data, &job);
                    done.lock().unwrap_or_else(PoisonError::into_inner).add(&job, report);
                }
            });
        }
    });
    let sum = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    for line in &sum.wrong {
        eprintln!("   {line}");
    }
    let figure = format!(
        "{count} runs of documents as roles, {} operations, {} requests, {} of them accepted, {} server errors",
        sum.operations,
        sum.answered,
        sum.accepted,
        sum.wrong.len()
    );
    if sum.wrong.is_empty() {
        drop(access);
        let _ = fs::remove_dir_all(&data);
    }
    Verdict::of(sum.wrong.is_empty(), figure)
}

/// Of all runs.
#[derive(Default)]
struct Sum {
    operations: usize,
    answered: u64,
    accepted: u64,
    wrong: Vec<String>,
}

impl Sum {
    fn add(&mut self, job: &Job, report: Outcome<Report>) {
        match report {
            Ok(report) => {
                eprintln!("   {}: {} operations, {} requests", job.name, report.operations.len(), report.answered);
                self.operations += report.operations.len();
                self.answered += report.answered;
                self.accepted += report.accepted;
                self.wrong.extend(report.wrong.iter().map(|line| format!("{}: {line}", job.name)));
            }
            Err(error) => self.wrong.push(format!("{}: {error}", job.name)),
        }
    }
}

/// A check that cannot fail proves nothing: an error that is there must be found.
fn sees_a_planted_error(tool: &Path, data: &Path) -> Outcome<()> {
    let location = format!("http://{}/openapi.json", planted::serve()?);
    let report = examine(tool, data, &Job { name: "planted".into(), run: &RUNS[1], location, token: String::new() })?;
    let seen = report.wrong.iter().any(|line| line.contains("status 500") && line.contains(planted::BROKEN));
    if seen && report.accepted > 0 && report.operations.len() == 2 {
        return Ok(());
    }
    Err(format!("the planted error is not told: {report:?}").into())
}

fn take(queue: &Mutex<Vec<Job>>) -> Option<Job> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).pop()
}

/// Every document as every role; GraphQL too.
fn jobs(access: &Access) -> Outcome<Vec<Job>> {
    let address = access.server.address;
    let (_, interfaces) = get(address, "/nbi/interfaces")?;
    let interfaces: Value = serde_json::from_str(&interfaces)?;
    let mut jobs = Vec::new();
    for run in &RUNS {
        let token = access.token(&format!("schemathesis {} {}", run.role, run.phase), run.role)?;
        let mut add = |name: &str, path: &str| {
            jobs.push(Job {
                name: format!("{name} {} as {}", run.phase, run.role),
                run,
                location: format!("http://{address}{path}"),
                token: token.clone(),
            });
        };
        for family in interfaces["tmf"].as_array().into_iter().flatten() {
            let text = |name: &str| family[name].as_str().unwrap_or_default();
            add(text("api"), text("openapi"));
        }
        // The tool knows no boundaries of GraphQL.
        if run.phase == CHANCE {
            add("GraphQL", "/graphql");
        }
    }
    Ok(jobs)
}

/// Runs the tool on a document; `name` names its report.
fn examine(tool: &Path, data: &Path, job: &Job) -> Outcome<Report> {
    let (report, scalars) = (data.join(format!("{}.ndjson", job.name.replace(' ', "-"))), data.join("scalars.py"));
    let done = Command::new(tool)
        .args(["run", &job.location, "--checks", "not_a_server_error", "--continue-on-failure", "--workers", "1"])
        .args(["--phases", job.run.phase])
        .args(job.run.bound)
        .args(["--suppress-health-check", "all", "--warnings", "off", "--seed", "1", "--no-color", "--no-shrink"])
        .args(["--request-timeout", "20", "--report", "ndjson", "--report-ndjson-path"])
        .arg(&report)
        .args(["--header", &format!("Authorization: Bearer {}", job.token)])
        .env("SCHEMATHESIS_HOOKS", scalars)
        .current_dir(data)
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .output()?;
    fs::write(report.with_extension("txt"), [done.stdout, done.stderr].concat())?;
    Report::read(&report, job.run.phase == CHANCE)
}

/// schemathesis in an environment of its own, fetched once per machine.
fn tool() -> Outcome<PathBuf> {
    let home = cache_dir().join(PACKAGE.replace("==", "-"));
    let program = home.join("bin/schemathesis");
    if !program.is_file() {
        let python = on_path("python3").ok_or("no python3: run `sudo apt-get install -y python3 python3-venv`")?;
        step("pip install schemathesis", || {
            run(Command::new(python).args(["-m", "venv"]).arg(&home))?;
            run(Command::new(home.join("bin/pip")).args(["install", "--quiet", "--disable-pip-version-check", PACKAGE]))
        })?;
    }
    Ok(program)
}
