//! A PostgreSQL of the benchmark's own, durable as it comes; ended and removed with its value.

use std::{
    fs,
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{
    serve::free_port,
    shell::{Outcome, output, run},
};

const PROGRAMS: &str = "/usr/lib/postgresql";

pub struct Postgres {
    server: Child,
    folder: PathBuf,
    /// Of an empty database; nobody else is let in from elsewhere.
    pub url: String,
}

impl Postgres {
    pub fn start() -> Outcome<Self> {
        let versions = fs::read_dir(PROGRAMS).map_err(|_| "no PostgreSQL: scripts/need postgres gets it")?;
        let programs = versions.flatten().map(|entry| entry.path().join("bin")).find(|bin| bin.join("initdb").exists());
        let programs = programs.ok_or("no initdb: scripts/need postgres gets it")?;
        // Below a home folder its user could not read it.
        let folder = std::env::temp_dir().join(format!("hypo-bench-postgres-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let root = output(Command::new("id").arg("-u"))?.trim() == "0";
        if root {
            run(Command::new("chown").arg("postgres:postgres").arg(&folder))?;
        }
        let program = |name: &str| unprivileged(&programs.join(name), root);
        let data = folder.join("data");
        output(program("initdb").arg("-D").arg(&data).args(["-U", "hypo", "-A", "trust", "-E", "UTF8", "--locale=C"]))?;
        let address = free_port()?;
        let mut command = program("postgres");
        command.arg("-D").arg(&data).args(["-p", &address.port().to_string()]);
        command.args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]);
        let log = fs::File::create(std::env::temp_dir().join("hypo-bench-postgres.log"))?;
        let server = command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn()?;
        let started = Self { server, folder, url: format!("postgres://hypo@{address}/postgres") };
        let end = Instant::now() + Duration::from_secs(30);
        while Instant::now() < end {
            if TcpStream::connect(address).is_ok() {
                return Ok(started);
            }
            thread::sleep(Duration::from_millis(50));
        }
        Err("PostgreSQL does not listen".into())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-INT", &self.server.id().to_string()]).status();
        let _ = self.server.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// PostgreSQL does not run as root: then it runs as the user its package has made.
fn unprivileged(program: &Path, root: bool) -> Command {
    if !root {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]).arg(program);
    command
}
