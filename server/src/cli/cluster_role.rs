//! `hypo cluster-role`: the least a kubeconfig for HypO needs, and the commands that make one.

use clap::Args;
use hypo_model::cluster_role;

use super::{Result, local};

#[derive(Debug, Args)]
pub struct Options {
    /// Only this namespace instead of the whole cluster: HypO then makes no namespaces and no cluster-scoped objects.
    #[arg(long)]
    namespace: Option<String>,
}

pub fn run(options: &Options) -> Result<()> {
    local::write(None, &cluster_role::yaml(options.namespace.as_deref()))
}
