//! Deliveries and reconcilers.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use hypo_engine::{
    Deliver, DeliveryConfig, DeliveryDriver, DeliveryError, DeliveryQueue, Job, LeaseTable, LogError, ReconcileError,
    Reconciler, ReconcilerHost, Retry,
};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

struct Row {
    job: Job,
    state: &'static str,
}

struct Queue {
    rows: Mutex<Vec<Row>>,
    woken: watch::Sender<u64>,
}

#[async_trait]
impl DeliveryQueue for Queue {
    async fn claim(&self, _: &str, _: Duration, limit: usize) -> Result<Vec<Job>, LogError> {
        let mut rows = self.rows.lock().unwrap();
        let due = rows.iter_mut().filter(|row| row.state == "due").take(limit);
        Ok(due
            .map(|row| {
                row.state = "held";
                row.job.attempt += 1;
                row.job.clone()
            })
            .collect())
    }
    async fn done(&self, job: &Job) -> Result<(), LogError> {
        self.set(job, "done");
        Ok(())
    }
    async fn retry(&self, job: &Job, _: Duration, _: &str) -> Result<(), LogError> {
        self.set(job, "due");
        Ok(())
    }
    async fn dead(&self, job: &Job, _: &str) -> Result<(), LogError> {
        self.set(job, "dead");
        Ok(())
    }
    fn woken(&self) -> watch::Receiver<u64> {
        self.woken.subscribe()
    }
}

impl Queue {
    fn set(&self, job: &Job, state: &'static str) {
        self.rows.lock().unwrap().iter_mut().find(|row| row.job.id == job.id).unwrap().state = state;
        self.woken.send_modify(|count| *count += 1);
    }
}

struct Hub;

#[async_trait]
impl Deliver for Hub {
    fn channel(&self) -> &str {
        "hub"
    }
    async fn deliver(&self, job: &Job) -> Result<(), DeliveryError> {
        match job.target.as_str() {
            "gone" => Err(DeliveryError::Permanent("410".to_owned())),
            "slow" if job.attempt < 3 => Err(DeliveryError::Retry("503".to_owned())),
            "down" => Err(DeliveryError::Retry("503".to_owned())),
            "hangs" => std::future::pending().await,
            _ => Ok(()),
        }
    }
}

#[tokio::test]
async fn deliveries_are_retried_and_given_up() {
    let job = |id, target: &str| Job {
        id,
        channel: "hub".to_owned(),
        target: target.to_owned(),
        payload: json!({}),
        attempt: 0,
        epoch: 1,
    };
    let targets = ["good", "gone", "slow", "down", "hangs"];
    let rows = targets.iter().zip(1..).map(|(target, id)| Row { job: job(id, target), state: "due" }).collect();
    let queue = Arc::new(Queue { rows: Mutex::new(rows), woken: watch::channel(0).0 });
    let config = DeliveryConfig {
        poll: Duration::from_millis(5),
        retry: Retry { attempts: 4, first_ms: 1, max_ms: 1, timeout_ms: Some(10) },
        ..DeliveryConfig::default()
    };
    let stop = CancellationToken::new();
    let driver = DeliveryDriver::new(queue.clone(), config).channel(Arc::new(Hub));
    let task = tokio::spawn(driver.run(stop.clone()));
    let summary = || -> Vec<(&'static str, u32)> {
        queue.rows.lock().unwrap().iter().map(|row| (row.state, row.job.attempt)).collect()
    };
    let expected = [("done", 1), ("dead", 1), ("done", 3), ("dead", 4), ("dead", 4)];
    for _ in 0..500 {
        if summary() == expected {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(summary(), expected);
    stop.cancel();
    task.await.unwrap();
}

struct Count {
    runs: AtomicU32,
}

#[async_trait]
impl Reconciler for Count {
    fn name(&self) -> &'static str {
        "count"
    }
    fn period(&self) -> Duration {
        Duration::from_secs(3_600)
    }
    async fn run(&self) -> Result<Value, ReconcileError> {
        match self.runs.fetch_add(1, Ordering::SeqCst) {
            0 => Err(ReconcileError("the first time fails".to_owned())),
            1 => panic!("the second time panics"),
            runs => Ok(json!({ "runs": runs })),
        }
    }
}

struct OneLease(AtomicBool);

#[async_trait]
impl LeaseTable for OneLease {
    async fn acquire(&self, _: &str, owner: &str, _: Duration) -> Result<bool, LogError> {
        Ok(owner == "first" || self.0.load(Ordering::SeqCst))
    }
    async fn release(&self, _: &str, _: &str) -> Result<(), LogError> {
        self.0.store(true, Ordering::SeqCst);
        Ok(())
    }
}

#[tokio::test]
async fn a_reconciler_is_woken_and_shows_its_status() {
    let leases = Arc::new(OneLease(AtomicBool::new(false)));
    let stop = CancellationToken::new();
    let count = Arc::new(Count { runs: AtomicU32::new(0) });
    let host = ReconcilerHost::new("first").leases(Some(leases.clone())).add(count.clone());
    let handle = host.handle();
    let task = tokio::spawn(host.run(stop.clone()));
    let other = ReconcilerHost::new("second").leases(Some(leases.clone())).add(count.clone());
    let other_handle = other.handle();
    let other_task = tokio::spawn(other.run(stop.clone()));
    for runs in 1..=3 {
        for _ in 0..500 {
            if handle.status()["count"].runs >= runs {
                break;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let status = handle.status()["count"].clone();
        assert_eq!(status.last_error.is_some(), runs < 3, "{status:?}");
        handle.wake("count");
        other_handle.wake("count");
    }
    assert!(handle.status()["count"].last_status.is_some());
    assert_eq!(other_handle.status()["count"].runs, 0, "the lease keeps it out");
    stop.cancel();
    task.await.unwrap();
    other_task.await.unwrap();
    assert!(leases.0.load(Ordering::SeqCst), "the lease is given back");
}
