//! TM Forum's own conformance kits against a fresh server: newman runs each, we compare the failures with what is
//! expected. Kit and runner are third-party files of the shared folder.

use std::{
    net::SocketAddr,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use super::{Ground, Verdict, access::Access};
use crate::{serve::post, shell::Outcome};

/// Kit, base path and the failed assertions that are expected: 633 wants two things that contradict version 4.
const KITS: [(&str, &str, u64); 6] = [
    ("CTK-TMF620-ProductCatalog", "/tmf-api/productCatalogManagement/v4", 0),
    ("CTK-TMF622-ProductOrdering", "/tmf-api/productOrderingManagement/v4", 0),
    ("CTK-TMF632-Party", "/tmf-api/party/v4", 0),
    ("CTK-TMF633-ServiceCatalog", "/tmf-api/serviceCatalogManagement/v4", 2),
    ("CTK-TMF638-ServiceInventory", "/tmf-api/serviceInventory/v4", 0),
    ("CTK-TMF641-ServiceOrdering", "/tmf-api/serviceOrdering/v4", 0),
];

pub fn judge(ground: &Ground) -> Outcome<Verdict> {
    let folder = ground.shared.join("tmf/ctk");
    let newman = crate::shell::output(&mut Command::new(ground.root.join("scripts/newman")))?;
    let (mut holds, mut figures) = (true, Vec::new());
    for (kit, base, expected) in KITS {
        // The kits look at whole lists, so each gets an inventory of its own.
        let home = std::env::temp_dir().join(format!("hypo-kits-{}-{kit}", std::process::id()));
        let access = Access::start(ground, &home)?;
        let (address, token) = (access.server.address, access.token("kits", "admin")?);
        let seeds = seed(address, &token, &folder, kit, base)?;
        let out = std::env::temp_dir().join(format!("hypo-kit-{}-{kit}", std::process::id()));
        let run = Command::new("python3")
            .arg(folder.join("run_ctk.py"))
            .arg(folder.join(kit))
            .arg(format!("http://{address}{base}"))
            .args(["--header", &format!("Authorization: Bearer {token}")])
            .arg("--out")
            .arg(&out)
            .env("NEWMAN", newman.trim())
            .stdout(Stdio::piped())
            .output()?;
        drop(access);
        // The folder is a temporary one.
        let _ = std::fs::remove_dir_all(home);
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
fn seed(address: SocketAddr, token: &str, folder: &Path, kit: &str, base: &str) -> Outcome<usize> {
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
        bodies.push(("importJob".to_owned(), json!({"url": "https://example.org/seed"})));
    }
    for (collection, body) in &bodies {
        let bearer = format!("Authorization: Bearer {token}\r\n");
        let (status, answer) = post(address, &format!("{base}/{collection}"), &bearer, &body.to_string())?;
        if status != 201 {
            return Err(format!("seed of {kit}: {}", answer.lines().last().unwrap_or_default()).into());
        }
    }
    Ok(bodies.len())
}
