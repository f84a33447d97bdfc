//! Who a plan is for, and the names and labels that follow from it.

use hypo_shared::{ClusterId, OrderId, ServiceId, VolumeId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

/// The service a plan is for. Ids are minted at the edge when the plan is made, so that what the plan shows is,
/// byte for byte, what the order applies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceIdentity {
    pub service: ServiceId,
    /// The order that will carry the plan out. A change of this label alone is never a difference.
    pub order: OrderId,
    /// The order whose certificate authority signs the link identities: the first order of the service.
    pub authority: OrderId,
    /// Display name.
    pub name: String,
    /// The namespace everything lives in, in every cluster; a DNS label.
    pub namespace: String,
}

impl ServiceIdentity {
    /// Eight characters that keep names of this service apart from those of other services.
    #[must_use]
    pub fn suffix(&self) -> String {
        suffix(self.service)
    }
}

/// See [`ServiceIdentity::suffix`].
#[must_use]
pub fn suffix(service: ServiceId) -> String {
    let mut text = hex::encode(Sha256::digest(service.0.as_bytes()));
    text.truncate(8);
    text
}

/// A stable id for a text, so that what is done twice makes one thing. Of the shape of a random id (RFC 9562, version 4).
#[must_use]
pub fn stable_id(text: &str) -> Uuid {
    let digest = Sha256::digest(text);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Builder::from_random_bytes(bytes).into_uuid()
}

/// A volume that outlived its service or its component and can be re-attached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptVolume {
    pub id: VolumeId,
    /// The service that left it.
    pub service: ServiceId,
    pub cluster: ClusterId,
    pub namespace: String,
    /// Name of the PersistentVolumeClaim.
    pub claim: String,
    pub component: String,
    pub bytes: u64,
}

/// A component name as a label value: at most 63 of letters, digits and `-_.`, with a letter or digit at both ends.
/// Names that had to be changed get a digest, so that two names never share a value.
#[must_use]
pub fn label_value(name: &str) -> String {
    let fits = name.len() <= 63
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.ends_with(|c: char| c.is_ascii_alphanumeric());
    if fits {
        return name.to_owned();
    }
    let clean: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '.' }).collect();
    let clean: String = clean.trim_start_matches(|c: char| !c.is_ascii_alphanumeric()).chars().take(54).collect();
    let mut digest = hex::encode(Sha256::digest(name.as_bytes()));
    digest.truncate(8);
    if clean.is_empty() { digest } else { format!("{clean}.{digest}") }
}
