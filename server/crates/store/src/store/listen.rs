//! PostgreSQL tells every replica that the outbox has grown. The message carries no event: readers ask the table.

use std::{sync::Arc, time::Duration};

use sea_orm::{DatabaseConnection, sqlx::postgres::PgListener};
use tokio::task::JoinHandle;

use super::bells::Bells;
use crate::{Error, Result};

/// The channel of `pg_notify`.
pub const CHANNEL: &str = "hypo_outbox";
/// The message of a commit that made work claimable; that of others is empty.
pub const WORK: &str = "work";

/// A feed that ends when it is dropped.
#[derive(Debug)]
pub struct Listener(JoinHandle<()>);

impl Listener {
    pub async fn start(connection: &DatabaseConnection, bells: Arc<Bells>) -> Result<Self> {
        let unavailable = |error: sea_orm::sqlx::Error| Error::Unavailable(error.to_string());
        let mut listener =
            PgListener::connect_with(connection.get_postgres_connection_pool()).await.map_err(unavailable)?;
        listener.listen(CHANNEL).await.map_err(unavailable)?;
        Ok(Self(tokio::spawn(async move {
            loop {
                // `Ok(None)` says that the connection was lost and is back: something may have been missed.
                match listener.try_recv().await {
                    Ok(told) => bells.ring(told.is_none_or(|message| message.payload() == WORK)),
                    Err(error) => {
                        tracing::warn!(error = %error, "The store's notifications are interrupted.");
                        tokio::time::sleep(Duration::from_secs(1)).await;
                    }
                }
            }
        })))
    }
}

impl Listener {
    /// Gives its connection back.
    pub fn stop(&self) {
        self.0.abort();
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.stop();
    }
}
