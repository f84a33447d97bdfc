//! From the start of `hypo serve` on an empty folder to the first GraphQL answer, and what it then holds in memory.

use std::{
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use super::Figure;
use crate::{
    serve::{Serving, post},
    shell::Outcome,
    workspace::target_dir,
};

const RUNS: usize = 5;
const QUERY: &str = r#"{"query":"{ __typename }"}"#;

pub fn measure(root: &Path, hypo: &Path) -> Outcome<Vec<Figure>> {
    let data = target_dir(root).join(format!("bench-{}", std::process::id()));
    let (mut start, mut memory) = (f64::MAX, f64::MAX);
    for _ in 0..RUNS {
        let _ = fs::remove_dir_all(&data);
        let server = Serving::start(hypo, &data, &[])?;
        start = start.min(first_answer(&server)?.as_secs_f64() * 1000.0);
        thread::sleep(Duration::from_secs(5));
        memory = memory.min(resident(server.pid())?);
    }
    let _ = fs::remove_dir_all(&data);
    Ok(vec![
        Figure {
            name: "serve, empty folder, to the first GraphQL answer",
            goal: 150.0,
            at_least: false,
            measured: start,
            unit: "ms",
            method: format!("release, no demo, SQLite created and migrated, shortest of {RUNS}"),
        },
        Figure {
            name: "idle resident memory",
            goal: 60.0,
            at_least: false,
            measured: memory,
            unit: "MB",
            method: format!("VmRSS five seconds after the first answer, smallest of {RUNS}"),
        },
    ])
}

/// Any answer of the GraphQL endpoint counts, a refusal for want of a session as well: it comes from the same handler.
fn first_answer(server: &Serving) -> Outcome<Duration> {
    let end = Instant::now() + Duration::from_secs(30);
    while Instant::now() < end {
        if let Ok((status, body)) = post(server.address, "/graphql", "", QUERY)
            && status < 500
            && body.contains('{')
        {
            return Ok(server.age());
        }
        thread::sleep(Duration::from_micros(500));
    }
    Err("no GraphQL answer within 30 s".into())
}

/// Megabytes (1 000 000 bytes) of resident memory.
pub(super) fn resident(pid: u32) -> Outcome<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let kilobytes: f64 = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|number| number.parse().ok())
        .ok_or("/proc tells no VmRSS")?;
    Ok(kilobytes * 1024.0 / 1_000_000.0)
}
