//! schemathesis (Hypothesis over HTTP) on every OpenAPI document and on the GraphQL schema, as three roles: nothing a
//! client can send may end in a server error.

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

const PACKAGE: &str = "schemathesis==4.32.5";
const ROLES: [&str; 3] = ["admin", "provider", "viewer"];
/// Seconds of each run, and cases per operation and phase at most.
const SECONDS: &str = "12";
const EXAMPLES: &str = "8";
/// Runs at the same time.
const WORKERS: usize = 2;

/// One document as one role.
struct Job {
    name: String,
    location: String,
    token: String,
}

pub fn judge(ground: &Ground) -> Outcome<Verdict> {
    let tool = tool()?;
    let data = target_dir(&ground.root).join(format!("schemathesis-{}", std::process::id()));
    let access = Access::start(ground, &data)?;
    let jobs = jobs(&access)?;
    let count = jobs.len();
    let (queue, done) = (Mutex::new(jobs), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(job) = take(&queue) {
                    let outcome =
                        examine(&tool, &data, &job).unwrap_or_else(|error| Found::broken(&job, &error.to_string()));
                    done.lock().unwrap_or_else(PoisonError::into_inner).push(outcome);
                }
            });
        }
    });
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    let cases: u64 = done.iter().map(|found| found.cases).sum();
    let wrong: Vec<&str> = done.iter().flat_map(|found| &found.wrong).map(String::as_str).collect();
    for line in &wrong {
        eprintln!("   {line}");
    }
    let holds = wrong.is_empty() && cases > 0;
    if holds {
        drop(access);
        let _ = fs::remove_dir_all(&data);
    }
    Verdict::of(holds, format!("{count} runs of documents as roles, {cases} requests, {} server errors", wrong.len()))
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
    for role in ROLES {
        let token = access.token(&format!("schemathesis {role}"), role)?;
        let mut add = |name: &str, path: &str| {
            jobs.push(Job {
                name: format!("{name} as {role}"),
                location: format!("http://{address}{path}"),
                token: token.clone(),
            });
        };
        for family in interfaces["tmf"].as_array().into_iter().flatten() {
            let text = |name: &str| family[name].as_str().unwrap_or_default();
            add(text("api"), text("openapi"));
        }
        add("GraphQL", "/graphql");
    }
    Ok(jobs)
}

struct Found {
    cases: u64,
    wrong: Vec<String>,
}

impl Found {
    fn broken(job: &Job, why: &str) -> Self {
        Self { cases: 0, wrong: vec![format!("{}: {why}", job.name)] }
    }
}

fn examine(tool: &Path, data: &Path, job: &Job) -> Outcome<Found> {
    let report = data.join(format!("{}.ndjson", job.name.replace(' ', "-")));
    let done = Command::new(tool)
        .args(["run", &job.location, "--checks", "not_a_server_error", "--continue-on-failure", "--workers", "1"])
        .args(["--phases", "examples,coverage,fuzzing", "--max-time", SECONDS, "--max-examples", EXAMPLES])
        .args(["--suppress-health-check", "all", "--warnings", "off", "--seed", "1", "--no-color"])
        .args(["--request-timeout", "20", "--report", "ndjson", "--report-ndjson-path"])
        .arg(&report)
        .args(["--header", &format!("Authorization: Bearer {}", job.token)])
        .current_dir(data)
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .output()?;
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    fs::write(report.with_extension("txt"), &text)?;
    let cases = text.lines().find_map(cases_of).unwrap_or(0);
    let mut wrong: Vec<String> = text
        .lines()
        .filter(|line| line.contains("Server error") || line.trim_start().starts_with("[5"))
        .map(|line| format!("{}: {}", job.name, line.trim()))
        .collect();
    if wrong.is_empty() && !done.status.success() {
        let last = text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it printed nothing");
        wrong.push(format!("{}: {}: {last}", job.name, done.status));
    }
    Ok(Found { cases, wrong })
}

/// The number of `  12 generated, …` in the summary.
fn cases_of(line: &str) -> Option<u64> {
    let (number, rest) = line.trim().split_once(' ')?;
    rest.starts_with("generated").then(|| number.parse().ok()).flatten()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_summary() {
        assert_eq!(cases_of("  128 generated, 128 passed"), Some(128));
        assert_eq!(cases_of("  3 selected / 3 total"), None);
    }
}
