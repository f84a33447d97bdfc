//! One event to one callback.

use async_trait::async_trait;
use hypo_engine::{Deliver, DeliveryError, Job};
use hypo_model::ports::callbacks::Delivery;
use hypo_store::{Scope, hubs};

use super::{Format, secret_of};
use crate::App;

/// Delivers what stands in the lines of hubs.
pub struct HubChannel {
    pub app: App,
}

#[async_trait]
impl Deliver for HubChannel {
    fn channel(&self) -> &str {
        hubs::CHANNEL
    }

    async fn deliver(&self, job: &Job) -> Result<(), DeliveryError> {
        let gone = || DeliveryError::Permanent("the listener is gone".to_owned());
        let id = job.target.parse().map_err(|_| gone())?;
        let hub = hubs::find(self.app.store().read(), Scope::Platform, id).await;
        let hub = hub.map_err(|error| DeliveryError::Retry(error.to_string()))?.ok_or_else(gone)?;
        let secret = self.app.secrets().get(&secret_of(&hub)).await;
        let secret = secret
            .map_err(|error| DeliveryError::Retry(error.message))?
            .ok_or_else(|| DeliveryError::Permanent("the listener has no secret: rotate it, then replay".to_owned()))?;
        let body =
            serde_json::to_vec(&job.payload["body"]).map_err(|error| DeliveryError::Permanent(error.to_string()))?;
        let delivery = Delivery {
            callback: &hub.callback,
            id: job.payload["eventId"].as_str().unwrap_or_default(),
            sent_at: self.app.now().timestamp(),
            content_type: Format::of(&hub.format).media_type(),
            body: &body,
            secret: &secret,
        };
        self.app.callbacks().post(&delivery).await.map_err(|error| {
            if error.permanent { DeliveryError::Permanent(error.message) } else { DeliveryError::Retry(error.message) }
        })
    }
}
