//! The whole application as processes on loopback addresses, found by service names, as the Kubernetes twin runs it.
#![expect(clippy::unwrap_used, reason = "a test ends with a panic")]

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU8, Ordering},
    thread,
    time::{Duration, Instant},
};

const PASSWORD: &str = "correct horse";

/// Five pods in one network of loopback addresses and one folder that stands for their file systems.
struct World {
    root: tempfile::TempDir,
    net: String,
    pods: Vec<(&'static str, Child)>,
}

impl World {
    fn new() -> Self {
        static NEXT: AtomicU8 = AtomicU8::new(1);
        let root = tempfile::tempdir().unwrap();
        let net = format!("127.{}.{}", 60 + std::process::id() % 150, NEXT.fetch_add(1, Ordering::Relaxed));
        let etc = root.path().join("etc/watchpost");
        fs::create_dir_all(&etc).unwrap();
        fs::write(
            etc.join("cameras.json"),
            r#"{"broker":"broker:7000","rate":20,"cameras":[{"name":"gate","seed":7},{"name":"yard","seed":42}]}"#,
        )
        .unwrap();
        Self { root, net, pods: Vec::new() }
    }

    fn ip(&self, component: &str) -> String {
        let host =
            ["broker", "store", "detector", "gateway", "dashboard"].iter().position(|it| *it == component).unwrap();
        format!("{}.{}", self.net, host + 1)
    }

    fn command(&self, component: &'static str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_watchpost"));
        command
            .arg(component)
            .env_clear()
            .env("HYPO_POD_IP", self.ip(component))
            .env("HYPO_HOSTS", format!("broker={},store={}", self.ip("broker"), self.ip("store")))
            .env("HYPO_TWIN_ROOT", self.root.path())
            .stdout(fs::File::options().create(true).append(true).open(self.log(component)).unwrap())
            .stderr(Stdio::inherit());
        match component {
            "detector" => {
                command.env("BROKER_URL", "http://broker:7000").env("STORE_DSN", "watchpost://store:7100/events");
            }
            "dashboard" => {
                command.arg("--store=http://store:7100");
            }
            _ => {}
        }
        if matches!(component, "store" | "detector" | "dashboard") {
            command.env("STORE_PASSWORD", PASSWORD);
        }
        command
    }

    fn start(&mut self, component: &'static str) {
        let child = self.command(component).spawn().unwrap();
        self.pods.push((component, child));
    }

    fn child(&mut self, component: &str) -> &mut Child {
        &mut self.pods.iter_mut().find(|(name, _)| *name == component).unwrap().1
    }

    fn kill(&mut self, component: &str) {
        self.child(component).kill().unwrap();
        self.child(component).wait().unwrap();
        self.pods.retain(|(name, _)| *name != component);
    }

    fn log(&self, component: &str) -> PathBuf {
        self.root.path().join(format!("{component}.log"))
    }

    fn get(&self, component: &str, port: u16, path: &str) -> (u16, String) {
        get(&format!("{}:{port}", self.ip(component)), path).unwrap_or((0, String::new()))
    }

    /// Pictures the dashboard has heard of.
    fn total(&self) -> u64 {
        let (_, body) = self.get("dashboard", 8080, "/api/counts");
        body.split("\"total\":").nth(1).and_then(|rest| rest.split([',', '}']).next()?.parse().ok()).unwrap_or(0)
    }
}

impl Drop for World {
    fn drop(&mut self) {
        for (_, pod) in &mut self.pods {
            let _ = pod.kill();
            let _ = pod.wait();
        }
    }
}

fn get(address: &str, path: &str) -> std::io::Result<(u16, String)> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    let status = text.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
    Ok((status, text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default()))
}

fn eventually(what: &str, holds: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while Instant::now() < end {
        if holds() {
            return;
        }
        thread::sleep(Duration::from_millis(50));
    }
    panic!("not within 30 s: {what}");
}

fn log_of(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

#[test]
fn pictures_become_counts_and_survive_a_killed_store() {
    let mut world = World::new();
    // The wrong order on purpose: each waits for what it needs.
    for component in ["dashboard", "detector", "gateway", "store", "broker"] {
        world.start(component);
    }
    eventually("ten pictures are counted", || world.total() >= 10);
    for (component, port) in
        [("gateway", 7001), ("detector", 7002), ("broker", 7000), ("store", 7100), ("dashboard", 8080)]
    {
        assert_eq!(world.get(component, port, "/healthz").0, 200, "{component}");
        eventually("every component is ready", || world.get(component, port, "/readyz").0 == 200);
        assert!(world.get(component, port, "/metrics").1.contains("watchpost_ready 1"), "{component}");
    }
    let (_, page) = world.get("dashboard", 8080, "/");
    assert!(page.contains("<title>Watchpost</title>"));
    assert!(world.get("dashboard", 8080, "/api/counts").1.contains("\"yard\""));

    let before = world.total();
    world.kill("store");
    let waits = "watchpost_peer_up{peer=\"store\"} 0";
    eventually("the dashboard says that it waits", || world.get("dashboard", 8080, "/metrics").1.contains(waits));
    assert_eq!(world.get("dashboard", 8080, "/readyz").0, 200, "it still shows what it knows");
    assert!(world.total() >= before, "the last counts stay on show");
    world.start("store");
    eventually("counting goes on", || world.total() > before + 5);
    assert!(log_of(&world.log("detector")).contains(r#""level":"warn""#));

    // A stop is asked for with SIGTERM and is no failure.
    for component in ["gateway", "detector", "dashboard", "store", "broker"] {
        let pid = world.child(component).id();
        assert!(Command::new("kill").args(["-TERM", &pid.to_string()]).status().unwrap().success());
        assert_eq!(world.child(component).wait().unwrap().code(), Some(0), "{component}");
        assert!(log_of(&world.log(component)).contains(r#""msg":"stopped""#), "{component}");
    }
}

#[test]
fn what_is_missing_is_said_and_told_by_the_exit_code() {
    let world = World::new();
    let mut store = world.command("store");
    assert_eq!(store.env_remove("STORE_PASSWORD").status().unwrap().code(), Some(78));
    assert!(log_of(&world.log("store")).contains("STORE_PASSWORD is not set"));

    let mut gateway = world.command("gateway");
    assert_eq!(gateway.env("CAMERAS_FILE", "/etc/watchpost/none.json").status().unwrap().code(), Some(78));

    fs::write(world.root.path().join("var"), "a file where the volume should be").unwrap();
    assert_eq!(world.command("store").status().unwrap().code(), Some(73));

    let mut unknown = Command::new(env!("CARGO_BIN_EXE_watchpost"));
    assert_eq!(unknown.stderr(Stdio::null()).status().unwrap().code(), Some(64));
}

#[test]
fn the_store_admits_only_who_knows_the_password() {
    let mut world = World::new();
    world.start("store");
    eventually("the store is ready", || world.get("store", 7100, "/readyz").0 == 200);
    assert_eq!(world.get("store", 7100, "/counts").0, 401);
}
