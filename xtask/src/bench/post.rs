//! Creating documents durably: at half the rate that the server can keep up, against what the disk needs to keep a page.

use std::{
    fs::OpenOptions,
    io::Write,
    net::SocketAddr,
    path::Path,
    time::{Duration, Instant},
};

use serde_json::json;

use super::{Figure, list::median, load};
use crate::shell::Outcome;

const BASE: &str = "/tmf-api/serviceInventory/v4/service";
const LASTS: Duration = Duration::from_secs(10);
const SYNCS: u32 = 200;

pub fn measure(name: &'static str, address: SocketAddr, token: &str, data: &Path) -> Outcome<Figure> {
    let body = json!({"name": "measured", "state": "active", "serviceSpecification": {"id": "s"}}).to_string();
    let request = format!(
        "POST {BASE} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let most = load::throughput(address, &request, LASTS / 2)?;
    let before = sync(data)?;
    let times = load::paced(address, &request, most / 2.0, LASTS)?;
    let sync = f64::midpoint(before, sync(data)?);
    let p99 = times.get(times.len() * 99 / 100).ok_or("nothing was created")?.as_secs_f64() * 1000.0;
    Ok(Figure {
        at_least: false,
        name,
        goal: 3.0,
        measured: p99 / sync,
        unit: "fsync",
        method: format!(
            "{} services created in {} s at half of {most:.0} a second; {p99:.2} ms beside {sync:.2} ms, the median of \
             {SYNCS} appended pages of 4 KB with fdatasync, before and after",
            times.len(),
            LASTS.as_secs()
        ),
    })
}

/// Milliseconds that an appended page and its fdatasync take.
fn sync(data: &Path) -> Outcome<f64> {
    let path = data.join("sync");
    let mut file = OpenOptions::new().create(true).append(true).open(&path)?;
    let mut times = Vec::new();
    for _ in 0..SYNCS {
        let start = Instant::now();
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        times.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    std::fs::remove_file(path)?;
    Ok(median(times))
}
