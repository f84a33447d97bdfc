//! Browser tests: `node --test tests/browser` with headless Chromium against a `hypo serve --demo` of our own.
//!
//! The tests learn from the environment where things are: `HYPO_URL` (the portal), `HYPO_SIGN_IN` (the one-time
//! address), `HYPO_CHROMIUM`, `HYPO_PLAYWRIGHT` (the folder of playwright-core), `HYPO_SHOTS` (where
//! pictures go), `HYPO_STATE` (what the test files share).

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use crate::{
    helm, portal,
    serve::{Serving, build},
    shell::{Outcome, files, run as start, step},
    workspace::{cache_dir, on_path, target_dir},
};

const PLAYWRIGHT: &str = "playwright-core@1.65.1";

/// `cargo xtask e2e [NAME...]`: all files of `tests/browser` that end in `.test.mjs`, or those that hold a NAME.
pub fn run(root: &Path, args: &[String]) -> Outcome<()> {
    let chromium = chromium()?;
    let playwright = playwright()?;
    let tests: Vec<PathBuf> = files(&root.join("tests/browser"))
        .into_iter()
        .filter(|path| path.to_string_lossy().ends_with(".test.mjs"))
        .filter(|path| args.is_empty() || args.iter().any(|name| path.to_string_lossy().contains(name.as_str())))
        .collect();
    if tests.is_empty() {
        return Err("tests/browser holds no such test".into());
    }
    if !root.join("portal/dist/index.html").is_file() {
        portal::run(root, &[])?;
    }
    let hypo = build(root, false)?;
    let data = target_dir(root).join(format!("e2e-{}", std::process::id()));
    let shots = shots(root);
    fs::create_dir_all(&shots)?;
    let outcome = step("browser tests", || {
        let mut server = demo(root, &hypo, &data)?;
        let sign_in = server.line(Duration::from_secs(120), sign_in_address)?;
        server.ready("/readyz", Duration::from_secs(60))?;
        start(
            Command::new("node")
                .current_dir(root)
                .args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
                .args(&tests)
                .env("HYPO_URL", format!("http://{}", server.address))
                .env("HYPO_SIGN_IN", sign_in)
                .env("HYPO_CHROMIUM", &chromium)
                .env("HYPO_PLAYWRIGHT", &playwright)
                .env("HYPO_SHOTS", &shots)
                .env("HYPO_STATE", data.join("browser")),
        )
    });
    if outcome.is_ok() {
        let _ = fs::remove_dir_all(&data);
    } else {
        eprintln!("   the server's log: {}", data.join("serve.log").display());
    }
    outcome
}

/// Where the pictures go.
#[must_use]
pub fn shots(root: &Path) -> PathBuf {
    target_dir(root).join("screenshots")
}

fn demo(root: &Path, hypo: &Path, data: &Path) -> Outcome<Serving> {
    let dist = root.join("portal/dist");
    // The demo renders charts; the server finds the helm that was obtained here by this variable.
    let _ = helm::find()?;
    Serving::start(hypo, data, &["--demo", "--portal-dir", &dist.to_string_lossy()])
}

/// The one-time address in a printed line, if there is one.
#[must_use]
pub fn sign_in_address(line: &str) -> Option<String> {
    let at = line.find("http://")?;
    let address = line[at..].split_whitespace().next()?;
    address.contains("/setup/").then(|| address.to_owned())
}

fn chromium() -> Outcome<PathBuf> {
    if let Some(path) = env::var_os("HYPO_CHROMIUM") {
        return Ok(path.into());
    }
    ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find_map(on_path)
        .ok_or_else(|| "no Chromium: run `sudo apt-get install -y chromium`".into())
}

/// The folder of playwright-core, fetched once per machine; it brings no browser.
fn playwright() -> Outcome<PathBuf> {
    let home = cache_dir().join("node");
    let module = home.join("node_modules/playwright-core");
    if !module.join("package.json").is_file() {
        on_path("npm").ok_or("no npm: run `sudo apt-get install -y nodejs npm`")?;
        fs::create_dir_all(&home)?;
        step("npm install playwright-core", || {
            start(
                Command::new("npm")
                    .args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"])
                    .arg(&home)
                    .arg(PLAYWRIGHT)
                    .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"),
            )
        })?;
    }
    Ok(module)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_sign_in_address() {
        let line = "Sign in once with http://127.0.0.1:8080/setup/abc";
        assert_eq!(sign_in_address(line).as_deref(), Some("http://127.0.0.1:8080/setup/abc"));
        assert_eq!(sign_in_address("HypO listens on http://127.0.0.1:8080"), None);
    }
}
