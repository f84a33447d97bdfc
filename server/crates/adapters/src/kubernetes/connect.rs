//! Connections, cached by the kubeconfig's content.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use hypo_model::ports::cluster::{ClusterPort, Clusters, Error};
use hypo_shared::ErrorCode;
use kube::{
    Client, Config,
    config::{KubeConfigOptions, Kubeconfig},
};
use sha2::{Digest, Sha256};

use super::{KubeCluster, error::translate, sanitise::sanitise};

/// Connects to API servers.
#[derive(Default)]
pub struct KubeClusters {
    connections: Mutex<HashMap<[u8; 32], Arc<KubeCluster>>>,
}

#[async_trait]
impl Clusters for KubeClusters {
    fn sanitise(&self, kubeconfig: &str) -> Result<String, Error> {
        sanitise(kubeconfig)
    }

    async fn connect(&self, kubeconfig: &str) -> Result<Arc<dyn ClusterPort>, Error> {
        let key: [u8; 32] = Sha256::digest(kubeconfig).into();
        if let Some(known) = self.connections.lock().expect("no panic while held").get(&key) {
            return Ok(known.clone());
        }
        // Sanitised again: what is stored may come from a restored backup, and the check costs nothing.
        let clean = sanitise(kubeconfig)?;
        let cluster = Arc::new(KubeCluster::new(client(&clean).await?));
        self.connections.lock().expect("no panic while held").insert(key, cluster.clone());
        Ok(cluster)
    }
}

async fn client(kubeconfig: &str) -> Result<Client, Error> {
    let invalid = |message: String| Error { code: ErrorCode::KubeconfigInvalid, message, transient: false };
    let parsed = Kubeconfig::from_yaml(kubeconfig).map_err(|error| invalid(error.to_string()))?;
    let mut config = Config::from_custom_kubeconfig(parsed, &KubeConfigOptions::default())
        .await
        .map_err(|error| invalid(error.to_string()))?;
    config.connect_timeout = Some(Duration::from_secs(5));
    // Longer than a watch's server-side time-out (290 s), which otherwise would end in an error each time.
    config.read_timeout = Some(Duration::from_secs(295));
    config.write_timeout = Some(Duration::from_secs(30));
    // Environment proxies are for the operator's shell, not for tenants' clusters.
    config.proxy_url = None;
    Client::try_from(config).map_err(translate)
}
