//! One topic: the last messages, numbered from 1.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde_json::Value;
use tokio::sync::watch;

use super::Batch;

pub struct Topic {
    kept: Mutex<Kept>,
    news: watch::Sender<u64>,
    keep: usize,
}

#[derive(Default)]
struct Kept {
    messages: VecDeque<Value>,
    /// Number of the newest message; 0 before the first.
    last: u64,
}

impl Topic {
    pub fn new(keep: usize) -> Self {
        Self { kept: Mutex::default(), news: watch::Sender::new(0), keep }
    }

    /// Adds a message and returns its number.
    pub fn publish(&self, message: Value) -> u64 {
        let mut kept = self.lock();
        kept.messages.push_back(message);
        if kept.messages.len() > self.keep {
            kept.messages.pop_front();
        }
        kept.last += 1;
        let last = kept.last;
        drop(kept);
        self.news.send_replace(last);
        last
    }

    pub fn last(&self) -> u64 {
        self.lock().last
    }

    /// Up to `max` messages after number `after`, waiting up to `wait` for the first. A reader that is ahead of the
    /// topic has known an earlier life of this broker and starts over.
    pub async fn after(&self, after: u64, max: usize, wait: Duration) -> Batch {
        let after = if after > self.last() { 0 } else { after };
        let mut news = self.news.subscribe();
        // Whether it came or the time is over, the answer is what is there.
        let _ = tokio::time::timeout(wait, news.wait_for(|last| *last > after)).await;
        let kept = self.lock();
        let oldest = kept.last - kept.messages.len() as u64;
        let from = after.max(oldest);
        let skip = usize::try_from(from - oldest).unwrap_or(usize::MAX);
        let messages: Vec<Value> = kept.messages.iter().skip(skip).take(max).cloned().collect();
        Batch { next: from + messages.len() as u64, missed: from - after, messages }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test]
    async fn keeps_order_and_counts_what_is_lost() {
        let topic = Topic::new(3);
        for number in 1..=5 {
            assert_eq!(topic.publish(number.into()), number);
        }
        let batch = topic.after(0, 10, Duration::ZERO).await;
        assert_eq!((batch.messages, batch.next, batch.missed), (vec![3.into(), 4.into(), 5.into()], 5, 2));
        let batch = topic.after(3, 1, Duration::ZERO).await;
        assert_eq!((batch.messages, batch.next, batch.missed), (vec![4.into()], 4, 0));
        let batch = topic.after(5, 10, Duration::ZERO).await;
        assert_eq!((batch.messages.len(), batch.next), (0, 5));
    }

    #[tokio::test]
    async fn wakes_a_waiting_reader() {
        let topic = Arc::new(Topic::new(3));
        let reader = tokio::spawn({
            let topic = topic.clone();
            async move { topic.after(0, 10, Duration::from_secs(5)).await }
        });
        tokio::time::sleep(Duration::from_millis(20)).await;
        topic.publish("hello".into());
        assert_eq!(reader.await.unwrap().messages, ["hello"]);
    }

    #[tokio::test]
    async fn a_reader_from_before_a_restart_starts_over() {
        let topic = Topic::new(3);
        topic.publish(1.into());
        let batch = topic.after(900, 10, Duration::ZERO).await;
        assert_eq!((batch.messages.len(), batch.next), (1, 1));
    }
}
