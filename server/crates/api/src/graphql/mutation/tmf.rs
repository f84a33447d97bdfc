//! Changes of TMF documents.

use async_graphql::{Context, Object};
use hypo_app::permit::may;

use crate::graphql::{error::Result, gate::root, tmf::TmfChange};

#[derive(Default)]
pub struct TmfRoot;

#[Object(name = "TmfRootMutation")]
impl TmfRoot {
    /// Changes of TMF documents, by the rules of the TMF face. Each field asks for the right to its own kind.
    async fn change_tmf(&self, context: &Context<'_>) -> Result<TmfChange> {
        root::<may::ReadSelf>(context).await?;
        Ok(TmfChange)
    }
}
