//! `cargo xtask accept main|tmf [--shared DIR]`: what the issue must show, one line each: name, holds or falls short, figure.

mod access;
mod fresh;
mod kits;
mod main_job;
mod probe;
mod schemathesis;
mod tmf;

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use crate::{
    shell::{Outcome, output},
    workspace::target_dir,
};

pub use access::Access;

/// What a check looks at.
pub struct Ground {
    pub root: PathBuf,
    /// The folder with the applications and specifications that are not in the repository.
    pub shared: PathBuf,
    /// The built server.
    pub hypo: PathBuf,
}

/// A check says whether it holds and the figure that shows it; an error means it falls short.
pub struct Verdict {
    pub holds: bool,
    pub figure: String,
}

impl Verdict {
    fn of(holds: bool, figure: impl Into<String>) -> Outcome<Self> {
        Ok(Self { holds, figure: figure.into() })
    }
}

pub struct Check {
    pub name: &'static str,
    pub judge: fn(&Ground) -> Outcome<Verdict>,
}

pub fn run(root: &Path, args: &[String]) -> Outcome<()> {
    let (series, rest) = args.split_first().ok_or("usage: cargo xtask accept main|tmf [--shared DIR] [NAME...]")?;
    let checks = match series.as_str() {
        "main" => main_job::CHECKS,
        "tmf" => tmf::CHECKS,
        other => return Err(format!("no series of checks is called {other}; there are: main, tmf").into()),
    };
    let (mut shared, mut names) = (root.join("../shared"), Vec::new());
    let mut rest = rest.iter();
    while let Some(arg) = rest.next() {
        if arg == "--shared" {
            shared = root.join(rest.next().ok_or("--shared needs a folder")?);
        } else {
            names.push(arg.as_str());
        }
    }
    if !shared.join("apps").is_dir() {
        return Err(
            format!("{} holds no apps/: name the folder with --shared (SHARED=… of make)", shared.display()).into()
        );
    }
    let ground = Ground { root: root.to_path_buf(), shared, hypo: crate::serve::build(root, false)? };
    let mut told = Told::begin(root, series)?;
    let mut short = 0;
    for check in checks.iter().filter(|check| names.is_empty() || names.iter().any(|name| check.name.contains(name))) {
        let start = Instant::now();
        let verdict = (check.judge)(&ground)
            .unwrap_or_else(|error| Verdict { holds: false, figure: first_line(&error.to_string()) });
        short += usize::from(!verdict.holds);
        let word = if verdict.holds { "holds" } else { "falls short" };
        told.line(&format!("{}: {word}: {} ({:.1} s)", check.name, verdict.figure, start.elapsed().as_secs_f64()))?;
    }
    eprintln!("   these lines are also in {}", told.path.display());
    if short == 0 { Ok(()) } else { Err(format!("{short} of the checks fall short").into()) }
}

/// The lines, on standard output and in a file that is easy to paste from: everything else goes to standard error.
struct Told {
    path: PathBuf,
    file: File,
}

impl Told {
    fn begin(root: &Path, series: &str) -> Outcome<Self> {
        let path = target_dir(root).join(format!("accept-{series}.txt"));
        fs::create_dir_all(target_dir(root))?;
        let mut told = Self { file: File::create(&path)?, path };
        let said = |program: &str, args: &[&str]| {
            let text = output(Command::new(program).current_dir(root).args(args));
            text.map_or_else(|_| "?".to_owned(), |text| text.trim().to_owned())
        };
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        let commit = said("git", &["describe", "--always", "--dirty"]);
        told.line(&format!(
            "# accept-{series} at {commit}, {}, {cores} cores",
            said("date", &["-u", "+%F %H:%M UTC"])
        ))?;
        Ok(told)
    }

    fn line(&mut self, text: &str) -> Outcome<()> {
        println!("{text}");
        writeln!(self.file, "{text}")?;
        Ok(())
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}
