//! Controllers.

use std::sync::Arc;

use crate::cluster::Cluster;

pub struct Pass {
    pub changed: bool,
}

pub async fn run(_cluster: Arc<Cluster>) {}

pub fn pass(_cluster: &Arc<Cluster>) -> Pass {
    Pass { changed: false }
}
