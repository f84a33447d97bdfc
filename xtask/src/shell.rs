//! Starting programs and telling how long steps take.

use std::{
    error::Error,
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

/// Every chore ends with this; the text is for a person.
pub type Outcome<T> = Result<T, Box<dyn Error>>;

/// Runs a program with this terminal's output; fails when it fails.
pub fn run(command: &mut Command) -> Outcome<()> {
    let status = command.status().map_err(|error| format!("{} did not start: {error}", shown(command)))?;
    if status.success() { Ok(()) } else { Err(format!("{} ended with {status}", shown(command)).into()) }
}

/// Runs a program and returns what it printed; its errors go to this terminal.
pub fn output(command: &mut Command) -> Outcome<String> {
    let done = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("{} did not start: {error}", shown(command)))?;
    if !done.status.success() {
        return Err(format!("{} ended with {}", shown(command), done.status).into());
    }
    Ok(String::from_utf8(done.stdout)?)
}

/// Runs a program, shows its output on standard error, and returns what it printed as well.
pub fn tee(command: &mut Command) -> Outcome<String> {
    let mut child =
        command.stdout(Stdio::piped()).spawn().map_err(|error| format!("{} did not start: {error}", shown(command)))?;
    let mut text = String::new();
    for line in BufReader::new(child.stdout.take().ok_or("the output cannot be read")?).lines() {
        let line = line?;
        eprintln!("{line}");
        text.push_str(&line);
        text.push('\n');
    }
    let status = child.wait()?;
    if status.success() { Ok(text) } else { Err(format!("{} ended with {status}", shown(command)).into()) }
}

/// Says what is being done, and how long it took.
pub fn step<T>(what: &str, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    eprintln!("   … {what}");
    let start = Instant::now();
    let result = work()?;
    eprintln!("   ✓ {what} ({:.1} s)", start.elapsed().as_secs_f64());
    Ok(result)
}

/// The cargo that runs us.
#[must_use]
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    as_from_a_shell(&mut command);
    command
}

/// Takes out what the cargo that runs us has set for us. Build scripts look at it (ring's does): a build below us would
/// differ from the same build in a shell, and each would undo the other, down to the database and TLS libraries.
pub fn as_from_a_shell(command: &mut Command) {
    let ours = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_PACKAGE"];
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| ours.iter().any(|begin| name.starts_with(begin))) {
            command.env_remove(name);
        }
    }
}

/// All files below `dir`, sorted; an absent folder is empty.
#[must_use]
pub fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn shown(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for arg in command.get_args().take(6) {
        text.push(' ');
        text.push_str(&arg.to_string_lossy());
    }
    text
}
