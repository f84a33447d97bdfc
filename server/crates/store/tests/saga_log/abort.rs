//! `HYPO_CRASH` aborts a whole process at every point of every step and of every undo; the next process finishes the
//! work, and the world behind the actions has seen every effect once.

use std::{
    collections::BTreeMap,
    fs::{self, OpenOptions},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use hypo_engine::{
    Action, CrashAt, Dag, Inject, NoInjection, Point, Registry, SagaLog, StepContext, StepDef, StepError,
    testing::Running,
};
use hypo_shared::ErrorCode;
use hypo_store::{Store, saga_log::StoredSagas};
use serde_json::{Value, json};

const FOLDER: &str = "HYPO_TEST_ABORT_FOLDER";
const REFUSED: &str = "HYPO_TEST_ABORT_REFUSED";
const STEPS: [&str; 4] = ["a", "b", "b2", "c"];

#[test]
fn a_process_may_die_at_every_point_of_every_step() {
    for step in STEPS {
        for point in Point::ALL {
            let folder = tempfile::tempdir().unwrap();
            crash_and_finish(folder.path(), &format!("toy/{step}@{}", point.as_str()), "", "Completed");
            let ledger = ledger(folder.path());
            let made: Vec<(String, u32)> = STEPS.iter().map(|step| (format!("made {step}"), 1)).collect();
            assert_eq!(ledger.into_iter().collect::<Vec<_>>(), made, "{step} {point:?}");
        }
    }
}

#[test]
fn a_process_may_die_at_every_point_of_every_undo() {
    for step in ["a", "b", "b2"] {
        for point in Point::ALL {
            let folder = tempfile::tempdir().unwrap();
            crash_and_finish(folder.path(), &format!("undo:{step}@{}", point.as_str()), "c", "Compensated");
            let ledger = ledger(folder.path());
            assert!(ledger.values().all(|times| *times == 1), "{step} {point:?}: {ledger:?}");
            assert_eq!(ledger.keys().filter(|line| line.starts_with("removed")).count(), 3, "{step} {point:?}");
            assert_eq!(fs::read_dir(folder.path().join("things")).unwrap().count(), 0, "nothing is left");
        }
    }
}

fn crash_and_finish(folder: &Path, crash: &str, refused: &str, end: &str) {
    let crashed = child(folder, crash, refused);
    assert_eq!(crashed.status.code(), None, "{crash} ended by a signal: {crashed:?}");
    let finished = child(folder, "", refused);
    let output = String::from_utf8_lossy(&finished.stdout);
    assert!(output.contains(&format!("settled {end}")), "{crash}: {finished:?}");
}

fn child(folder: &Path, crash: &str, refused: &str) -> Output {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "abort::the_child_that_dies", "--nocapture"])
        .env(FOLDER, folder)
        .env(REFUSED, refused)
        .env("HYPO_CRASH", crash)
        .output()
        .unwrap()
}

/// How often each line is in the ledger.
fn ledger(folder: &Path) -> BTreeMap<String, u32> {
    let mut times = BTreeMap::new();
    for line in fs::read_to_string(folder.join("ledger")).unwrap().lines() {
        *times.entry(line.to_owned()).or_default() += 1;
    }
    times
}

/// Makes files, so that the world survives the process.
struct Files {
    folder: PathBuf,
    refused: String,
}

impl Files {
    fn note(&self, line: &str) {
        let mut ledger = OpenOptions::new().append(true).create(true).open(self.folder.join("ledger")).unwrap();
        writeln!(ledger, "{line}").unwrap();
    }
}

struct Make;

#[async_trait]
impl Action<Files> for Make {
    async fn run(&self, cx: &StepContext<'_, Files>) -> Result<Value, StepError> {
        if cx.step == cx.ports.refused {
            return Err(StepError::permanent(ErrorCode::ApplyRefused, "no"));
        }
        match OpenOptions::new().write(true).create_new(true).open(cx.ports.folder.join("things").join(cx.step)) {
            Ok(_) => cx.ports.note(&format!("made {}", cx.step)),
            Err(error) => assert_eq!(error.kind(), ErrorKind::AlreadyExists, "found by its key"),
        }
        Ok(json!({}))
    }

    async fn undo(&self, cx: &StepContext<'_, Files>) -> Result<(), StepError> {
        if fs::remove_file(cx.ports.folder.join("things").join(cx.step)).is_ok() {
            cx.ports.note(&format!("removed {}", cx.step));
        }
        Ok(())
    }
}

/// The program that the other tests of this file start and abort; alone it has nothing to do.
#[tokio::test]
async fn the_child_that_dies() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    fs::create_dir_all(folder.join("things")).unwrap();
    let store = Store::connect(&format!("sqlite://{}", folder.join("hypo.db").display())).await.unwrap();
    store.migrate().await.unwrap();
    let build = |_: &Value| {
        let step = |name: &str, after: &[&str]| StepDef::new(name, "make", json!({})).after(after.iter().copied());
        Ok(Dag::new(vec![step("a", &[]), step("b", &["a"]), step("b2", &["a"]), step("c", &["b", "b2"])]))
    };
    let registry = Arc::new(Registry::new().kind("toy", build).action("make", Make));
    let log: Arc<dyn SagaLog> = Arc::new(StoredSagas::new(store));
    let crash = CrashAt::from_env().unwrap();
    let dies = crash.is_some();
    let inject: Arc<dyn Inject> = crash.map_or_else(|| Arc::new(NoInjection) as Arc<dyn Inject>, |at| Arc::new(at));
    let ports = Arc::new(Files { folder, refused: std::env::var(REFUSED).unwrap_or_default() });
    let running = Running::start(&registry, &ports, &log, inject);
    let id = running.handle.start("toy", json!({}), "one").await.unwrap();
    let saga = running.handle.settled(id).await.unwrap();
    if dies {
        // The last commit is seen a moment before its writer goes on to the point where the process dies.
        tokio::time::sleep(Duration::from_secs(20)).await;
    }
    println!("settled {:?}", saga.state);
}
