//! A `hypo serve` of our own for browser tests and measurements: free port, folder of its own, gone when dropped.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use crate::{
    shell::{Outcome, cargo, run, step},
    workspace::target_dir,
};

/// Builds the server, and the example whose pods the demo's clusters run; returns the server's path.
pub fn build(root: &Path, release: bool) -> Outcome<PathBuf> {
    let mut command = cargo();
    command.current_dir(root).args(["build", "--workspace", "--bin", "hypo", "--bin", "watchpost"]);
    if release {
        command.arg("--release");
    }
    step(if release { "build hypo (release)" } else { "build hypo" }, || run(&mut command))?;
    Ok(target_dir(root).join(if release { "release" } else { "debug" }).join("hypo"))
}

/// A started server. Dropping it asks it to stop and waits.
pub struct Serving {
    child: Child,
    pub address: SocketAddr,
    lines: mpsc::Receiver<String>,
    started: Instant,
}

impl Serving {
    /// Starts `hypo serve` on a free loopback port with its state in `data`; standard error goes to `data/serve.log`.
    pub fn start(hypo: &Path, data: &Path, extra: &[&str]) -> Outcome<Self> {
        fs::create_dir_all(data)?;
        let address = free_port()?;
        let log = fs::File::create(data.join("serve.log"))?;
        let started = Instant::now();
        let mut child = Command::new(hypo)
            .arg("serve")
            .args(["--listen", &address.to_string()])
            .arg("--home")
            .arg(data)
            .args(extra)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .map_err(|error| format!("{} did not start: {error}", hypo.display()))?;
        let (send, lines) = mpsc::channel();
        let out = child.stdout.take().ok_or("the server's output cannot be read")?;
        thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        Ok(Self { child, address, lines, started })
    }

    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The time since the program was started.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.started.elapsed()
    }

    /// The first printed line that `pick` accepts.
    pub fn line(&self, wait: Duration, pick: impl Fn(&str) -> Option<String>) -> Outcome<String> {
        let end = Instant::now() + wait;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            match self.lines.recv_timeout(left) {
                Ok(line) => {
                    if let Some(found) = pick(&line) {
                        return Ok(found);
                    }
                }
                Err(_) => break,
            }
        }
        Err("the server did not print the line that was waited for".into())
    }

    /// Waits until `path` answers 200; fails at once when the server has ended.
    pub fn ready(&mut self, path: &str, wait: Duration) -> Outcome<()> {
        let end = Instant::now() + wait;
        while Instant::now() < end {
            if get(self.address, path).is_ok_and(|(status, _)| status == 200) {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                return Err(format!("the server ended with {status}").into());
            }
            thread::sleep(Duration::from_millis(2));
        }
        Err(format!("{path} did not answer 200 within {} s", wait.as_secs()).into())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let end = Instant::now() + Duration::from_secs(15);
        while Instant::now() < end {
            if matches!(self.child.try_wait(), Ok(Some(_)) | Err(_)) {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A loopback address nobody listens on now.
pub fn free_port() -> Outcome<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// A plain GET; the status and the body.
pub fn get(address: SocketAddr, path: &str) -> Outcome<(u16, String)> {
    exchange(address, &format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"))
}

/// A JSON POST with further header lines (each ended by CRLF); the status and the body.
pub fn post(address: SocketAddr, path: &str, headers: &str, body: &str) -> Outcome<(u16, String)> {
    let length = body.len();
    exchange(
        address,
        &format!(
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
        ),
    )
}

/// Sends a request as it is written; the whole answer, head and body.
pub fn raw(address: SocketAddr, request: &str) -> Outcome<String> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(2))?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    stream.write_all(request.as_bytes())?;
    let mut raw = Vec::new();
    stream.read_to_end(&mut raw)?;
    Ok(String::from_utf8_lossy(&raw).into_owned())
}

fn exchange(address: SocketAddr, request: &str) -> Outcome<(u16, String)> {
    let text = raw(address, request)?;
    let status = text.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or("no HTTP answer")?;
    let body = text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
    Ok((status, body))
}
