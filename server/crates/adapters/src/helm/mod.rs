//! Charts by the real `helm`, and fetching of packages by address.

mod address;
mod fetch;
mod oci;
mod program;
mod template;

use std::path::PathBuf;

use async_trait::async_trait;
use hypo_model::ports::packages::{Error, Packages, RenderInput};

pub use address::AddressPolicy;
pub use program::find;

/// The `helm` program of this machine.
pub struct Helm {
    /// `None`: no helm was found; charts are refused with `HYP-1008`, manifests still work.
    program: Option<PathBuf>,
    policy: AddressPolicy,
}

impl Helm {
    /// Uses the program that [`find`] gives, or the one named.
    #[must_use]
    pub fn new(program: Option<PathBuf>, policy: AddressPolicy) -> Self {
        Self { program: program.or_else(find), policy }
    }
}

#[async_trait]
impl Packages for Helm {
    async fn helm_template(&self, input: &RenderInput) -> Result<String, Error> {
        template::run(program::require(self.program.as_deref())?, input).await
    }

    async fn helm_version(&self) -> Result<String, Error> {
        program::version(program::require(self.program.as_deref())?).await
    }

    async fn fetch(&self, address: &str) -> Result<Vec<u8>, Error> {
        fetch::fetch(address, self.policy).await
    }
}
