//! TM Forum's own conformance kits against a fresh server: newman runs each, we compare the failures with what is
//! expected. Kit and runner are third-party files of the shared folder.

use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::{Value, json};

use super::{Ground, Verdict};
use crate::shell::Outcome;

/// Kit, base path and the failed assertions that are expected: 633 wants two things that contradict version 4.
const KITS: [(&str, &str, u64); 6] = [
    ("CTK-TMF620-ProductCatalog", "/tmf-api/productCatalogManagement/v4", 0),
    ("CTK-TMF622-ProductOrdering", "/tmf-api/productOrderingManagement/v4", 0),
    ("CTK-TMF632-Party", "/tmf-api/party/v4", 0),
    ("CTK-TMF633-ServiceCatalog", "/tmf-api/serviceCatalogManagement/v4", 2),
    ("CTK-TMF638-ServiceInventory", "/tmf-api/serviceInventory/v4", 0),
    ("CTK-TMF641-ServiceOrdering", "/tmf-api/serviceOrdering/v4", 0),
];

/// A server on a folder of its own; dropping it ends the process.
struct Served {
    child: Child,
    home: std::path::PathBuf,
    address: SocketAddr,
    token: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself, and the folder is a temporary one.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.home);
    }
}

pub fn judge(ground: &Ground) -> Outcome<Verdict> {
    let folder = ground.shared.join("tmf/ctk");
    let newman = crate::shell::output(&mut Command::new(ground.root.join("scripts/newman")))?;
    let (mut holds, mut figures) = (true, Vec::new());
    for (kit, base, expected) in KITS {
        // The kits look at whole lists, so each gets an inventory of its own.
        let served = start(ground)?;
        let seeds = seed(&served, &folder, kit, base)?;
        let out = std::env::temp_dir().join(format!("hypo-kit-{}-{kit}", std::process::id()));
        let run = Command::new("python3")
            .arg(folder.join("run_ctk.py"))
            .arg(folder.join(kit))
            .arg(format!("http://{}{base}", served.address))
            .args(["--header", &format!("Authorization: Bearer {}", served.token)])
            .arg("--out")
            .arg(&out)
            .env("NEWMAN", newman.trim())
            .stdout(Stdio::piped())
            .output()?;
        let result: Value = serde_json::from_slice(&std::fs::read(out.join("result.json")).map_err(|_| {
            format!("{kit} did not run: {}", String::from_utf8_lossy(&run.stderr).lines().last().unwrap_or_default())
        })?)?;
        let failed = result["run"]["failures"].as_array().map_or(0, |all| all.len() as u64);
        let asserted = result["run"]["stats"]["assertions"]["total"].as_u64().unwrap_or(0);
        holds &= failed == expected && asserted > 0;
        let number = kit.trim_start_matches("CTK-TMF").split('-').next().unwrap_or(kit);
        figures.push(format!("{number}: {asserted} assertions, {failed} failed (expected {expected}), {seeds} seeds"));
        if failed != expected {
            eprintln!("{}", String::from_utf8_lossy(&run.stdout));
        } else {
            // What is kept of a run that went well is its figure.
            let _ = std::fs::remove_dir_all(out);
        }
    }
    Verdict::of(holds, figures.join("; "))
}

/// Posts what a kit that only reads wants to find.
fn seed(served: &Served, folder: &Path, kit: &str, base: &str) -> Outcome<usize> {
    let number = kit.trim_start_matches("CTK-").split('-').next().unwrap_or_default();
    let mut bodies = Vec::new();
    for entry in std::fs::read_dir(folder.join("seeds"))?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if let Some(collection) = name.strip_prefix(&format!("{number}-")).and_then(|rest| rest.strip_suffix(".json")) {
            let text: Value = serde_json::from_slice(&std::fs::read(entry.path())?)?;
            let all = text.as_array().cloned().unwrap_or_else(|| vec![text]);
            bodies.extend(all.into_iter().map(|body| (collection.to_owned(), body)));
        }
    }
    if number == "TMF633" {
        // A defect of the kit: it lists jobs after it has deleted its own.
        bodies.push(("importJob".to_owned(), serde_json::json!({"url": "https://example.org/seed"})));
    }
    for (collection, body) in &bodies {
        let answer = post(served, &format!("{base}/{collection}"), Some(&served.token), &body.to_string(), &[])?;
        if !answer.starts_with("HTTP/1.1 201") {
            return Err(format!("seed of {kit}: {}", answer.lines().last().unwrap_or_default()).into());
        }
    }
    Ok(bodies.len())
}

/// Starts the server and makes a token with the one-time sign-in it prints.
fn start(ground: &Ground) -> Outcome<Served> {
    let home = std::env::temp_dir().join(format!("hypo-kits-{}-{}", std::process::id(), uuid_like()));
    std::fs::create_dir_all(&home)?;
    let mut child = Command::new(&ground.hypo)
        .args(["serve", "--listen", "127.0.0.1:0", "--home"])
        .arg(&home)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let stdout = child.stdout.take().ok_or("the server has no output")?;
    let mut served = Served { child, home, address: SocketAddr::from(([127, 0, 0, 1], 0)), token: String::new() };
    let mut setup = None;
    for line in BufReader::new(stdout).lines() {
        let line = line?;
        if let Some(address) = line.strip_prefix("HypO listens on http://") {
            served.address = address.trim().parse()?;
        }
        if let Some((_, token)) = line.split_once("/setup/") {
            setup = Some(token.trim().to_owned());
            break;
        }
    }
    let setup = setup.ok_or("the first start printed no sign-in")?;
    let answer = send(&served, &format!("GET /setup/{setup} HTTP/1.1\r\n"), &[], "")?;
    let cookie = header(&answer, "set-cookie").ok_or("the sign-in set no cookie")?;
    let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    // A session sends the product's own documents only; this is the one of `hypo login`.
    let document = std::fs::read_to_string(ground.root.join("server/src/cli/remote/login.graphql"))?;
    let input = json!({"input": {"name": "kits", "role": "admin", "days": 1}});
    let query = json!({"query": document, "variables": input}).to_string();
    let origin = format!("http://{}", served.address);
    let answer = post(&served, "/graphql", None, &query, &[("Cookie", &cookie), ("Origin", &origin)])?;
    let body = answer.split("\r\n\r\n").nth(1).unwrap_or_default();
    let body: Value = serde_json::from_str(body.trim()).map_err(|_| format!("no token: {body}"))?;
    served.token = body
        .pointer("/data/createToken/secret")
        .and_then(Value::as_str)
        .ok_or_else(|| format!("no token: {body}"))?
        .to_owned();
    Ok(served)
}

fn post(served: &Served, path: &str, token: Option<&str>, body: &str, headers: &[(&str, &str)]) -> Outcome<String> {
    let bearer = token.map(|token| format!("Bearer {token}")).unwrap_or_default();
    let mut all = vec![("Content-Type", "application/json")];
    if !bearer.is_empty() {
        all.push(("Authorization", &bearer));
    }
    all.extend(headers);
    send(served, &format!("POST {path} HTTP/1.1\r\n"), &all, body)
}

/// One request on a connection of its own; the whole answer.
fn send(served: &Served, first: &str, headers: &[(&str, &str)], body: &str) -> Outcome<String> {
    use std::io::Read;
    let mut stream = TcpStream::connect_timeout(&served.address, Duration::from_secs(5))?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    let mut text =
        format!("{first}Host: {}\r\nConnection: close\r\nContent-Length: {}\r\n", served.address, body.len());
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{text}\r\n{body}").as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

fn header(answer: &str, name: &str) -> Option<String> {
    let head = answer.split("\r\n\r\n").next()?;
    head.lines().find_map(|line| {
        let (known, value) = line.split_once(':')?;
        known.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })
}

/// Enough to tell folders of one process apart.
fn uuid_like() -> u128 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |now| now.as_nanos())
}
