//! The TMF view.

use async_graphql::{Context, Object};
use hypo_app::permit::may;

use crate::graphql::{error::Result, gate::root, tmf::Tmf};

#[derive(Default)]
pub struct TmfRoot;

#[Object(name = "TmfRootQuery")]
impl TmfRoot {
    /// Documents of the TMF Open APIs, each kind as a typed view of the rows that the TMF face serves.
    async fn tmf(&self, context: &Context<'_>) -> Result<Tmf> {
        root::<may::Read>(context).await?;
        Ok(Tmf)
    }
}
