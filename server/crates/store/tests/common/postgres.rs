//! A PostgreSQL cluster of our own: temporary folder, loopback port, gone when the test process ends, however it ends.

use std::{
    fs::{self, File},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    time::{Duration, Instant},
};

use sea_orm::{ConnectionTrait, Database};

const FOLDERS: [&str; 4] =
    ["/usr/local/bin", "/usr/lib/postgresql/17/bin", "/usr/lib/postgresql/16/bin", "/usr/lib/postgresql/15/bin"];
const MISSING: &str = "PostgreSQL's initdb and postgres were not found. Install them (Debian: apt-get install postgresql) \
                       or run the tests with HYPO_SKIP_POSTGRES=1.";

/// Ends the server and removes its folder as soon as our end of the pipe is closed, which the system does for us.
const KEEPER: &str = r#"
trap "" INT TERM HUP
"$1" -D "$2/data" -p "$3" -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off \
    -c max_connections=300 -c shared_buffers=32MB &
server=$!
cat > /dev/null
kill -INT $server
wait $server
rm -rf "$2"
"#;

struct Cluster {
    /// Address without a database name.
    address: String,
    _keeper: Child,
}

/// The address of a new, empty database; `None` when tests on PostgreSQL are switched off.
pub async fn new_database() -> Option<String> {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    if std::env::var("HYPO_SKIP_POSTGRES").is_ok_and(|value| value == "1") {
        return None;
    }
    let cluster = CLUSTER.get_or_init(start);
    let name = format!("t{}", uuid::Uuid::now_v7().simple());
    let admin = Database::connect(format!("{}/postgres", cluster.address)).await.expect("the cluster answers");
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.expect("a database is made");
    admin.close().await.expect("the connection closes");
    Some(format!("{}/{name}", cluster.address))
}

fn start() -> Cluster {
    let programs = FOLDERS.iter().map(Path::new).find(|folder| folder.join("initdb").exists()).expect(MISSING);
    let base = tempfile::Builder::new().prefix("hypo-postgres-").tempdir().expect("a folder").keep();
    let password = uuid::Uuid::new_v4().simple().to_string();
    fs::write(base.join("password"), &password).expect("a password file");
    give_away(&base);
    let data = base.join("data");
    let mut initdb = unprivileged(&programs.join("initdb"));
    initdb.arg("-D").arg(&data).arg("--pwfile").arg(base.join("password"));
    initdb.args(["-U", "hypo", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync"]);
    let made = initdb.stdin(Stdio::null()).output().expect("initdb runs");
    assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));

    let port = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port").port();
    let log = File::create(base.join("log")).expect("a log file");
    let keeper = unprivileged(Path::new("/bin/sh"))
        .args(["-c", KEEPER, "keeper"])
        .args([programs.join("postgres"), base.clone(), PathBuf::from(port.to_string())])
        .stdin(Stdio::piped())
        .stdout(log.try_clone().expect("a second handle"))
        .stderr(log)
        .spawn()
        .expect("the server starts");
    wait_for(port, &base);
    Cluster { address: format!("postgres://hypo:{password}@127.0.0.1:{port}"), _keeper: keeper }
}

fn wait_for(port: u16, base: &Path) {
    let deadline = Instant::now() + Duration::from_secs(60);
    let ready = || fs::read_to_string(base.join("log")).unwrap_or_default().contains("ready to accept connections");
    while !ready() || std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        let log = || fs::read_to_string(base.join("log")).unwrap_or_default();
        assert!(Instant::now() < deadline, "PostgreSQL did not start:\n{}", log());
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("id runs");
    id.stdout.trim_ascii() == b"0"
}

/// PostgreSQL refuses to run as root: then everything runs as the user its package made.
fn unprivileged(program: &Path) -> Command {
    if is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    }
}

fn give_away(folder: &Path) {
    if is_root() {
        let done = Command::new("chown").args(["-R", "postgres:postgres"]).arg(folder).status().expect("chown runs");
        assert!(done.success(), "{MISSING}");
    }
}
