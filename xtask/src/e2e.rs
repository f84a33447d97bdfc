//! Browser tests: `node --test tests/browser` with headless Chromium against a `hypo serve --demo` of our own.
//!
//! The tests learn from the environment where things are: `HYPO_URL` (the portal), `HYPO_SIGN_IN` (the one-time
//! address of the provider), `HYPO_SIGN_IN_CUSTOMER` (that of its customer), `HYPO_CHROMIUM`, `HYPO_PLAYWRIGHT` (the folder of playwright-core), `HYPO_SHOTS` (where
//! pictures go), `HYPO_STATE` (what the test files share). The acceptance walk runs the same files against `make run`.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use crate::{
    helm, portal,
    serve::{Serving, build},
    shell::{Outcome, files, run as start, step, tee},
    workspace::{cache_dir, on_path, target_dir},
};

const PLAYWRIGHT: &str = "playwright-core@1.65.1";

/// One-time addresses of the demonstration: of the provider, and of its customer.
pub type SignIns = [String; 2];

/// What drives a browser.
pub struct Browser {
    chromium: PathBuf,
    playwright: PathBuf,
}

impl Browser {
    /// Chromium of this machine, and playwright-core, which is fetched where it is missing.
    pub fn find() -> Outcome<Self> {
        Ok(Self { chromium: chromium()?, playwright: playwright()? })
    }

    /// Runs test files of `root` against a portal. `sign_ins` are its one-time addresses; pictures go to `shots`, what the
    /// files share to `state`. What the runner prints goes to standard error and is returned.
    pub fn test(
        &self,
        root: &Path,
        tests: &[PathBuf],
        sign_ins: &SignIns,
        shots: &Path,
        state: &Path,
    ) -> Outcome<String> {
        let [provider, customer] = sign_ins;
        let origin = provider.split("/setup/").next().ok_or("the sign-in has no origin")?;
        // Pictures of an earlier run must not be counted as pictures of this one.
        let _ = fs::remove_dir_all(shots);
        fs::create_dir_all(shots)?;
        tee(Command::new("node")
            .current_dir(root)
            .args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
            .args(tests)
            .env("HYPO_URL", origin)
            .env("HYPO_SIGN_IN", provider)
            .env("HYPO_SIGN_IN_CUSTOMER", customer)
            .env("HYPO_CHROMIUM", &self.chromium)
            .env("HYPO_PLAYWRIGHT", &self.playwright)
            .env("HYPO_SHOTS", shots)
            .env("HYPO_STATE", state))
    }
}

/// Files of `tests/browser` that end in `.test.mjs`: all, or those that hold one of the names.
pub fn files_of(root: &Path, names: &[String]) -> Outcome<Vec<PathBuf>> {
    let tests: Vec<PathBuf> = files(&root.join("tests/browser"))
        .into_iter()
        .filter(|path| path.to_string_lossy().ends_with(".test.mjs"))
        .filter(|path| names.is_empty() || names.iter().any(|name| path.to_string_lossy().contains(name.as_str())))
        .collect();
    if tests.is_empty() { Err("tests/browser holds no such test".into()) } else { Ok(tests) }
}

/// `cargo xtask e2e [NAME...]`: all files of `tests/browser`, or those that hold a NAME.
pub fn run(root: &Path, args: &[String]) -> Outcome<()> {
    let browser = Browser::find()?;
    let tests = files_of(root, args)?;
    if !root.join("portal/dist/index.html").is_file() {
        portal::run(root, &[])?;
    }
    let hypo = build(root, false)?;
    let data = target_dir(root).join(format!("e2e-{}", std::process::id()));
    let outcome = step("browser tests", || {
        let mut server = demo(root, &hypo, &data)?;
        let next = || server.line(Duration::from_secs(120), sign_in_address);
        let sign_ins = [next()?, next()?];
        server.ready("/readyz", Duration::from_secs(60))?;
        browser.test(root, &tests, &sign_ins, &shots(root), &data.join("browser")).map(drop)
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
        let line = "Sign in once as admin with http://127.0.0.1:8080/setup/abc";
        assert_eq!(sign_in_address(line).as_deref(), Some("http://127.0.0.1:8080/setup/abc"));
        assert_eq!(sign_in_address("HypO listens on http://127.0.0.1:8080"), None);
    }
}
