//! A page of twenty of 100,000 services: our server beside a bare axum program and beside Fastify, which read the same
//! database with the same statement and write the same bytes. Turns are short and alternate, so that what else the
//! machine does falls on all three; what counts is their ratio.

mod postgres;

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::{Figure, load, post};
use crate::{
    accept::{Access, Ground},
    serve::free_port,
    shell::{Outcome, output, run, step},
    workspace::{cache_dir, on_path, target_dir},
};
use postgres::Postgres;

const SERVICES: &str = "100000";
const PAGE: &str = "/tmf-api/serviceInventory/v4/service?limit=20";
const TURNS: usize = 5;
const TURN: Duration = Duration::from_secs(3);
const MODULES: [&str; 3] = ["fastify@5", "better-sqlite3@12", "pg@8"];

/// On each database. Needs the built server and `measure`.
pub fn measure(root: &Path, hypo: &Path) -> Outcome<Vec<Figure>> {
    let folder = |name: &str| target_dir(root).join(format!("bench-list-{name}-{}", std::process::id()));
    let sqlite = folder("sqlite");
    let database = format!("sqlite://{}", sqlite.join("hypo.db").display());
    let mut figures = on(root, hypo, &sqlite, &database, SQLITE)?;
    let cluster = Postgres::start()?;
    let postgres = folder("postgres");
    fs::create_dir_all(&postgres)?;
    fs::write(postgres.join("hypo.toml"), format!("[store]\nurl = {:?}\n", cluster.url))?;
    figures.extend(on(root, hypo, &postgres, &cluster.url, POSTGRES)?);
    Ok(figures)
}

/// What a database's figures are called.
struct Names {
    database: &'static str,
    bare: &'static str,
    fastify: &'static str,
    post: &'static str,
}

const SQLITE: Names = Names {
    database: "SQLite",
    bare: "list(20), SQLite, share of bare axum's throughput",
    fastify: "list(20), SQLite, times Fastify's throughput",
    post: "durable POST, SQLite, at half load, 99th percentile",
};
const POSTGRES: Names = Names {
    database: "PostgreSQL",
    bare: "list(20), PostgreSQL, share of bare axum's throughput",
    fastify: "list(20), PostgreSQL, times Fastify's throughput",
    post: "durable POST, PostgreSQL, at half load, 99th percentile",
};

fn on(root: &Path, hypo: &Path, data: &Path, database: &str, names: Names) -> Outcome<Vec<Figure>> {
    let ground = Ground { root: root.to_path_buf(), shared: PathBuf::new(), hypo: hypo.to_path_buf() };
    let access = Access::start(&ground, data)?;
    let (reader, writer) = (access.token("bench", "provider")?, access.token("bench writes", "admin")?);
    drop(access);
    let statement = data.join("statement.json");
    let program = target_dir(root).join("release/measure");
    fs::write(&statement, output(Command::new(&program).args(["services", database, SERVICES]))?)?;
    let server = Access::again(&ground, data)?;

    let bare = free_port()?;
    let mut command = Command::new(&program);
    let _bare = Program::start(command.args(["bare", database]).arg(&statement).arg(bare.to_string()), bare)?;
    let fastify = free_port()?;
    let script = root.join("xtask/src/bench/list/fastify.cjs");
    let mut command = Command::new(on_path("node").ok_or("no node")?);
    command.arg(script).arg(modules()?).arg(database).arg(&statement);
    command.args([fastify.ip().to_string(), fastify.port().to_string()]);
    let _fastify = Program::start(&mut command, fastify)?;

    let all = [server.address, bare, fastify];
    let request = |address: SocketAddr| {
        format!("GET {PAGE} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {reader}\r\n\r\n")
    };
    let bodies = all.iter().map(|address| load::once(*address, &request(*address))).collect::<Outcome<Vec<_>>>()?;
    if bodies.iter().any(|body| body != &bodies[0]) || bodies[0].len() < 1000 {
        return Err("the three programs do not write the same page".into());
    }
    let mut rates: [Vec<f64>; 3] = Default::default();
    for turn in 0..=TURNS {
        for (at, address) in all.iter().enumerate() {
            let rate = load::throughput(*address, &request(*address), TURN)?;
            // The first turn warms up.
            if turn > 0 {
                rates[at].push(rate);
            }
        }
    }
    let [ours, bare, fastify] = &rates;
    let ratio = |other: &[f64]| median(ours.iter().zip(other).map(|(ours, other)| ours / other).collect());
    let method = format!(
        "{SERVICES} services on {}, {} connections, median of {TURNS} turns of {} s each side by side: {:.0}, {:.0} \
         (axum, sqlx) and {:.0} (Fastify 5, one process) pages a second; the same bytes",
        names.database,
        load::CONNECTIONS,
        TURN.as_secs(),
        median(ours.clone()),
        median(bare.clone()),
        median(fastify.clone()),
    );
    let at_least = |name, goal, measured, unit, method| Figure { at_least: true, name, goal, measured, unit, method };
    let mut figures = vec![
        at_least(names.bare, 80.0, ratio(bare) * 100.0, "%", method),
        at_least(names.fastify, 2.0, ratio(fastify), "×", "the same run".to_owned()),
    ];
    figures.push(post::measure(names.post, server.address, &writer, data)?);
    drop(server);
    let _ = fs::remove_dir_all(data);
    Ok(figures)
}

pub fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or_default()
}

/// A program that is ended with its value.
struct Program(Child);

impl Program {
    fn start(command: &mut Command, address: SocketAddr) -> Outcome<Self> {
        let mut program = Self(command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?);
        let end = Instant::now() + Duration::from_secs(20);
        while Instant::now() < end {
            if std::net::TcpStream::connect(address).is_ok() {
                return Ok(program);
            }
            if let Some(status) = program.0.try_wait()? {
                return Err(format!("{command:?} ended with {status}").into());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Err(format!("{command:?} does not listen").into())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The folder with Fastify, fetched once per machine.
fn modules() -> Outcome<PathBuf> {
    let home = cache_dir().join("tools/fastify");
    if !["fastify", "better-sqlite3", "pg"].iter().all(|name| home.join("node_modules").join(name).is_dir()) {
        fs::create_dir_all(&home)?;
        let npm = on_path("npm").ok_or("no npm: Fastify is measured beside")?;
        let mut command = Command::new(npm);
        command.args(["install", "--no-audit", "--no-fund", "--silent", "--prefix"]).arg(&home).args(MODULES);
        step("npm install fastify", || run(&mut command))?;
    }
    Ok(home)
}
