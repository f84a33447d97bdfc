//! Starts orders that were written but not started: a crash between the two writes is healed here.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use hypo_engine::{ReconcileError, Reconciler};
use hypo_shared::OrderId;
use hypo_store::{
    Scope, Slice,
    documents::{self, ListQuery, kind},
    plans,
};
use serde_json::{Value, json};

use super::failed;
use crate::handle::{Starter, WORK};

/// The reconciler `start-orders`.
pub struct StartOrders {
    pub(crate) starter: Arc<Starter>,
}

#[async_trait]
impl Reconciler for StartOrders {
    fn name(&self) -> &'static str {
        "start-orders"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(5)
    }

    async fn run(&self) -> Result<Value, ReconcileError> {
        let query = ListQuery {
            states: vec!["acknowledged".to_owned()],
            slice: Slice { offset: 0, limit: Slice::MAX },
            ..ListQuery::of(kind::SERVICE_ORDER)
        };
        let read = self.starter.world.store.read();
        let mut started = 0;
        for order in documents::list(read, Scope::Platform, &query).await.map_err(failed)?.items {
            if plans::find_run(read, Scope::Platform, OrderId(order.id)).await.is_ok() {
                continue;
            }
            if let Some(work) = order.doc.get(WORK).cloned() {
                self.starter.start(work).await.map_err(failed)?;
                started += 1;
            }
        }
        Ok(json!({"started": started}))
    }
}
