//! `hypo cluster-role`: the least a kubeconfig for HypO needs, and the commands that make one.

use clap::Args;

use super::{Result, local};

#[derive(Debug, Args)]
pub struct Options {
    /// Only this namespace instead of the whole cluster: HypO then makes no namespaces and no cluster-scoped objects.
    #[arg(long)]
    namespace: Option<String>,
}

pub fn run(options: &Options) -> Result<()> {
    let text = hypo_app::clusters::role(options.namespace.as_deref())
        .map_err(|error| super::Error::new(error.code, error.to_string()))?;
    local::write(None, &text)
}
