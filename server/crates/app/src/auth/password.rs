//! Passwords: argon2id with the parameters of the OWASP Password Storage Cheat Sheet (19 MiB, 2 passes, 1 lane).

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version, password_hash::SaltString,
};
use tokio::sync::{OnceCell, Semaphore};

use crate::{Error, Result};

const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Hashes computed at the same time; each needs 19 MiB and a core.
const AT_ONCE: usize = 2;

/// Makes and checks password hashes, off the runtime's threads and never more than a few at once.
#[derive(Clone, Debug)]
pub struct Passwords {
    slots: Arc<Semaphore>,
    /// Checked when the account does not exist, so that the answer takes as long as for one that does.
    decoy: Arc<OnceCell<String>>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { slots: Arc::new(Semaphore::new(AT_ONCE)), decoy: Arc::new(OnceCell::new()) }
    }
}

impl Passwords {
    /// The PHC string of a new password.
    ///
    /// # Errors
    /// `HYP-9001` when the hash cannot be computed.
    pub async fn hash(&self, password: &str) -> Result<String> {
        let password = password.to_owned();
        self.run(move || {
            let salt = SaltString::encode_b64(&rand::random::<[u8; 16]>()).map_err(Error::internal)?;
            let hash = hasher()?.hash_password(password.as_bytes(), &salt).map_err(Error::internal)?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether `password` is the one behind `hash`; `None` takes as long and is never right.
    ///
    /// # Errors
    /// `HYP-9001` when the stored hash cannot be read.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool> {
        // A user who has not set a password yet is as good as unknown.
        let hash = hash.filter(|hash| !hash.is_empty());
        let known = hash.is_some();
        let hash = match hash {
            Some(hash) => hash.to_owned(),
            None => self.decoy.get_or_try_init(|| self.hash("a password nobody has")).await?.clone(),
        };
        let password = password.to_owned();
        let right = self
            .run(move || {
                let parsed = PasswordHash::new(&hash).map_err(Error::internal)?;
                Ok(hasher()?.verify_password(password.as_bytes(), &parsed).is_ok())
            })
            .await?;
        Ok(known && right)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        let _slot = self.slots.acquire().await.map_err(Error::internal)?;
        tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
    }
}

fn hasher() -> Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(Error::internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_passes() {
        let passwords = Passwords::default();
        let hash = passwords.hash("correct horse battery").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(passwords.verify("correct horse battery", Some(&hash)).await.unwrap());
        assert!(!passwords.verify("wrong", Some(&hash)).await.unwrap());
        assert!(!passwords.verify("a password nobody has", None).await.unwrap());
    }
}
