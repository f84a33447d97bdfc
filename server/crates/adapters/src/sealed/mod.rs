//! The embedded secret store: a file per secret, sealed with XChaCha20-Poly1305 under a key file of mode 0600.
//!
//! The reference is authenticated with the content, so that a file put in another's place does not open.
//! Files are written beside and renamed, so that a crash leaves the old or the new secret, never half of one.

use std::{
    fs::{self, File, OpenOptions, Permissions},
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use chacha20poly1305::{
    Key, XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use hypo_model::ports::secrets::{Error, SecretRef, SecretValue, Secrets};
use hypo_shared::ErrorCode;
use rand::RngCore;
use sha2::{Digest, Sha256};

const NONCE: usize = 24;

/// Secrets in a folder.
pub struct SealedFolder {
    folder: PathBuf,
    cipher: XChaCha20Poly1305,
}

impl SealedFolder {
    /// Opens the folder, making it and its key (`key`, 32 random bytes) where they are missing.
    ///
    /// # Errors
    /// When the folder cannot be made or the key cannot be read.
    pub fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        fs::set_permissions(folder, Permissions::from_mode(0o700))?;
        let path = folder.join("key");
        let key = match fs::read(&path) {
            Ok(key) => key,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut key = vec![0; 32];
                rand::rng().fill_bytes(&mut key);
                write_whole(&path, &key)?;
                key
            }
            Err(error) => return Err(error),
        };
        if key.len() != 32 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the key file does not hold 32 bytes"));
        }
        Ok(Self { folder: folder.to_owned(), cipher: XChaCha20Poly1305::new(Key::from_slice(&key)) })
    }

    /// File names are digests: a reference's name may hold any character and is itself nobody's business.
    fn path(&self, at: &SecretRef) -> PathBuf {
        self.folder.join(at.tenant.to_string()).join(hex::encode(Sha256::digest(label(at))))
    }

    fn seal(&self, at: &SecretRef, value: &SecretValue) -> Result<Vec<u8>, Error> {
        let mut nonce = [0; NONCE];
        rand::rng().fill_bytes(&mut nonce);
        let label = label(at);
        let payload = Payload { msg: &value.0, aad: label.as_bytes() };
        let sealed = self
            .cipher
            .encrypt(XNonce::from_slice(&nonce), payload)
            .map_err(|_| failed("a secret could not be sealed"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    fn unseal(&self, at: &SecretRef, sealed: &[u8]) -> Result<SecretValue, Error> {
        let (nonce, sealed) =
            sealed.split_at_checked(NONCE).ok_or_else(|| failed("a sealed secret is shorter than its nonce"))?;
        let label = label(at);
        let payload = Payload { msg: sealed, aad: label.as_bytes() };
        self.cipher
            .decrypt(XNonce::from_slice(nonce), payload)
            .map(SecretValue)
            .map_err(|_| failed("a sealed secret does not open: wrong key, or the file was changed"))
    }
}

#[async_trait]
impl Secrets for SealedFolder {
    async fn put(&self, at: &SecretRef, value: &SecretValue) -> Result<(), Error> {
        let (path, sealed) = (self.path(at), self.seal(at, value)?);
        blocking(move || {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            write_whole(&path, &sealed)
        })
        .await
    }

    async fn put_new(&self, at: &SecretRef, value: &SecretValue) -> Result<SecretValue, Error> {
        let (path, sealed) = (self.path(at), self.seal(at, value)?);
        let known = blocking(move || {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            let beside = write_beside(&path, &sealed)?;
            // A link, unlike a rename, refuses a name that is taken.
            let linked = fs::hard_link(&beside, &path);
            fs::remove_file(&beside)?;
            match linked {
                Ok(()) => sync_folder(&path).map(|()| None),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => fs::read(&path).map(Some),
                Err(error) => Err(error),
            }
        })
        .await?;
        known.map_or_else(|| Ok(value.clone()), |known| self.unseal(at, &known))
    }

    async fn get(&self, at: &SecretRef) -> Result<Option<SecretValue>, Error> {
        let path = self.path(at);
        let sealed = blocking(move || match fs::read(&path) {
            Ok(sealed) => Ok(Some(sealed)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        })
        .await?;
        sealed.map(|sealed| self.unseal(at, &sealed)).transpose()
    }

    async fn delete(&self, at: &SecretRef) -> Result<(), Error> {
        let path = self.path(at);
        blocking(move || match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        })
        .await
    }
}

fn label(at: &SecretRef) -> String {
    format!("{}\0{}\0{}", at.tenant, at.kind, at.name)
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = write_beside(path, bytes)?;
    fs::rename(&beside, path)?;
    sync_folder(path)
}

fn write_beside(path: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    let beside = path.with_extension(format!("{:016x}.new", rand::rng().next_u64()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(beside)
}

/// A new name is durable only when its folder is.
fn sync_folder(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| failed("the secret store's thread ended"))?
        .map_err(|error| failed(&format!("the secret store's folder: {error}")))
}

fn failed(message: &str) -> Error {
    Error { code: ErrorCode::SecretStore, message: message.to_owned(), transient: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(name: &str) -> SecretRef {
        SecretRef { tenant: hypo_shared::TenantId(uuid::Uuid::nil()), kind: "kubeconfig".into(), name: name.into() }
    }

    #[tokio::test]
    async fn what_was_put_is_got_after_reopening() {
        let folder = tempfile::tempdir().unwrap();
        let value = SecretValue(b"canary-4711".to_vec());
        SealedFolder::open(folder.path()).unwrap().put(&at("../a"), &value).await.unwrap();
        let store = SealedFolder::open(folder.path()).unwrap();
        assert_eq!(store.get(&at("../a")).await.unwrap(), Some(value));
        assert_eq!(store.get(&at("b")).await.unwrap(), None);
        store.delete(&at("../a")).await.unwrap();
        store.delete(&at("../a")).await.unwrap();
        assert_eq!(store.get(&at("../a")).await.unwrap(), None);
    }

    #[tokio::test]
    async fn whoever_comes_second_gets_the_first_ones_secret() {
        let folder = tempfile::tempdir().unwrap();
        let store = SealedFolder::open(folder.path()).unwrap();
        let value = |text: &str| SecretValue(text.as_bytes().to_vec());
        assert_eq!(store.put_new(&at("a"), &value("first")).await.unwrap(), value("first"));
        assert_eq!(store.put_new(&at("a"), &value("second")).await.unwrap(), value("first"));
        assert_eq!(store.get(&at("a")).await.unwrap(), Some(value("first")));
        let files = fs::read_dir(store.path(&at("a")).parent().unwrap()).unwrap().count();
        assert_eq!(files, 1, "nothing is left beside");
    }

    #[tokio::test]
    async fn the_disk_holds_no_clear_text_and_no_exchange_goes_unseen() {
        let folder = tempfile::tempdir().unwrap();
        let store = SealedFolder::open(folder.path()).unwrap();
        store.put(&at("a"), &SecretValue(b"canary-4711".to_vec())).await.unwrap();
        store.put(&at("b"), &SecretValue(b"other".to_vec())).await.unwrap();
        let sealed = fs::read(store.path(&at("a"))).unwrap();
        assert!(!sealed.windows(6).any(|window| window == b"canary"));
        fs::copy(store.path(&at("a")), store.path(&at("b"))).unwrap();
        assert_eq!(store.get(&at("b")).await.unwrap_err().code, ErrorCode::SecretStore);
    }

    #[test]
    fn debug_hides_the_value() {
        assert_eq!(format!("{:?}", SecretValue(b"canary".to_vec())), "SecretValue(…)");
    }

    #[test]
    fn the_key_is_the_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        SealedFolder::open(folder.path()).unwrap();
        let mode = fs::metadata(folder.path().join("key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
