//! Ports that need nothing outside.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use hypo_model::ports::{
    callbacks::{self, Delivery},
    cluster::{self, ClusterPort, Clusters},
    files,
    identities::{self, Identities, Identity},
    packages::{self, Packages, RenderInput},
    secrets::{self, SecretRef, SecretValue},
};
use hypo_shared::ErrorCode;

use super::MapCluster;

/// A secret that must never be seen outside the secret store.
pub const CANARY: &str = "canary-1f4e9c";

#[derive(Clone, Default)]
pub struct Secrets {
    all: Arc<Mutex<HashMap<SecretRef, SecretValue>>>,
}

impl Secrets {
    /// Names of the secrets of a kind.
    pub fn names(&self, kind: &str) -> BTreeSet<String> {
        self.all.lock().unwrap().keys().filter(|at| at.kind == kind).map(|at| at.name.clone()).collect()
    }

    pub fn texts(&self) -> Vec<String> {
        self.all.lock().unwrap().values().map(|value| String::from_utf8_lossy(&value.0).into_owned()).collect()
    }
}

#[async_trait]
impl secrets::Secrets for Secrets {
    async fn put(&self, at: &SecretRef, value: &SecretValue) -> Result<(), secrets::Error> {
        self.all.lock().unwrap().insert(at.clone(), value.clone());
        Ok(())
    }

    async fn put_new(&self, at: &SecretRef, value: &SecretValue) -> Result<SecretValue, secrets::Error> {
        Ok(self.all.lock().unwrap().entry(at.clone()).or_insert_with(|| value.clone()).clone())
    }

    async fn get(&self, at: &SecretRef) -> Result<Option<SecretValue>, secrets::Error> {
        Ok(self.all.lock().unwrap().get(at).cloned())
    }

    async fn delete(&self, at: &SecretRef) -> Result<(), secrets::Error> {
        self.all.lock().unwrap().remove(at);
        Ok(())
    }
}

/// Every kubeconfig leads to the same cluster.
pub struct OneCluster(pub Arc<MapCluster>);

#[async_trait]
impl Clusters for OneCluster {
    fn sanitise(&self, kubeconfig: &str) -> Result<String, cluster::Error> {
        if kubeconfig.contains("exec:") {
            let message = "The kubeconfig runs a program.".to_owned();
            return Err(cluster::Error { code: ErrorCode::KubeconfigUnsafe, message, transient: false });
        }
        Ok(kubeconfig.to_owned())
    }

    async fn connect(&self, _: &str) -> Result<Arc<dyn ClusterPort>, cluster::Error> {
        Ok(self.0.clone())
    }
}

pub struct NoIdentities;

impl Identities for NoIdentities {
    fn authority(&self, name: &str) -> Result<Identity, identities::Error> {
        Err(identities::Error(name.to_owned()))
    }

    fn leaf(&self, _: &Identity, spiffe: &str, _: u32) -> Result<Identity, identities::Error> {
        Err(identities::Error(spiffe.to_owned()))
    }
}

pub struct NoHelm;

#[async_trait]
impl Packages for NoHelm {
    async fn helm_template(&self, _: &RenderInput) -> Result<String, packages::Error> {
        Err(packages::Error { code: ErrorCode::HelmMissing, message: "no helm".to_owned() })
    }

    async fn helm_version(&self) -> Result<String, packages::Error> {
        Err(packages::Error { code: ErrorCode::HelmMissing, message: "no helm".to_owned() })
    }

    async fn fetch(&self, _: &str) -> Result<Vec<u8>, packages::Error> {
        Err(packages::Error { code: ErrorCode::PackageFetchRefused, message: "no network".to_owned() })
    }
}

/// Hears everything that is sent to an https address.
#[derive(Clone, Default)]
pub struct Callbacks {
    heard: Arc<Mutex<Vec<serde_json::Value>>>,
}

impl Callbacks {
    /// The bodies, in the order they came.
    pub fn heard(&self) -> Vec<serde_json::Value> {
        self.heard.lock().unwrap().clone()
    }
}

#[async_trait]
impl callbacks::Callbacks for Callbacks {
    async fn check(&self, callback: &str) -> Result<(), callbacks::Error> {
        if callback.starts_with("https://") {
            return Ok(());
        }
        Err(callbacks::Error { code: ErrorCode::CallbackRefused, message: "no https".to_owned(), permanent: true })
    }

    async fn post(&self, delivery: &Delivery<'_>) -> Result<(), callbacks::Error> {
        self.heard.lock().unwrap().push(serde_json::from_slice(delivery.body).unwrap());
        Ok(())
    }
}

/// Files by address.
#[derive(Clone, Default)]
pub struct Files {
    all: Arc<Mutex<HashMap<String, String>>>,
}

impl Files {
    pub fn put(&self, address: &str, content: impl Into<String>) {
        self.all.lock().unwrap().insert(address.to_owned(), content.into());
    }

    pub fn get(&self, address: &str) -> Option<String> {
        self.all.lock().unwrap().get(address).cloned()
    }
}

#[async_trait]
impl files::Files for Files {
    async fn read(&self, address: &str) -> Result<Vec<u8>, files::Error> {
        self.get(address).map(String::into_bytes).ok_or_else(|| files::Error("there is no such file".to_owned()))
    }

    async fn write(&self, address: &str, _: &str, content: Vec<u8>) -> Result<(), files::Error> {
        self.put(address, String::from_utf8(content).unwrap());
        Ok(())
    }
}
