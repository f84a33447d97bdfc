//! The cluster's own certificate authority and server certificate.

use std::{path::Path, sync::Arc};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use tokio_rustls::TlsAcceptor;

use crate::TwinError;

/// The CA for clients and the acceptor for the server.
pub struct Tls {
    pub ca_pem: String,
    pub acceptor: TlsAcceptor,
}

fn failed(error: impl std::fmt::Display) -> TwinError {
    TwinError::Certificate(error.to_string())
}

/// Makes a CA (or reads the one of the state folder) and a fresh server certificate for 127.0.0.1.
///
/// # Errors
/// The key or certificate cannot be made, read or written.
pub fn make(cluster: &str, folder: Option<&Path>) -> Result<Tls, TwinError> {
    // Another part of the process may have chosen a provider already; either serves.
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    let (ca_pem, ca_key_pem) = match stored(folder)? {
        Some(pair) => pair,
        None => {
            let pair = authority(cluster)?;
            if let Some(folder) = folder {
                write_private(&folder.join("ca.key"), &pair.1)?;
                std::fs::write(folder.join("ca.pem"), &pair.0).map_err(TwinError::io("writing the CA"))?;
            }
            pair
        }
    };
    let ca_key = KeyPair::from_pem(&ca_key_pem).map_err(failed)?;
    let issuer = Issuer::new(authority_params(cluster)?, ca_key);
    let key = KeyPair::generate().map_err(failed)?;
    let names = vec!["127.0.0.1".into(), "localhost".into(), "kubernetes".into(), format!("{cluster}.twin.hypo.dev")];
    let mut params = CertificateParams::new(names).map_err(failed)?;
    params.distinguished_name.push(DnType::CommonName, "kube-apiserver");
    params.use_authority_key_identifier_extension = true;
    params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
    let certificate = params.signed_by(&key, &issuer).map_err(failed)?;
    let private = rustls::pki_types::PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let mut config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .map_err(failed)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Tls { ca_pem, acceptor: TlsAcceptor::from(Arc::new(config)) })
}

fn authority_params(cluster: &str) -> Result<CertificateParams, TwinError> {
    let mut params = CertificateParams::new(Vec::new()).map_err(failed)?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, format!("kubernetes-ca {cluster}"));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign, KeyUsagePurpose::DigitalSignature];
    Ok(params)
}

fn authority(cluster: &str) -> Result<(String, String), TwinError> {
    let key = KeyPair::generate().map_err(failed)?;
    let certificate = authority_params(cluster)?.self_signed(&key).map_err(failed)?;
    Ok((certificate.pem(), key.serialize_pem()))
}

fn stored(folder: Option<&Path>) -> Result<Option<(String, String)>, TwinError> {
    let Some(folder) = folder.filter(|folder| folder.join("ca.pem").exists()) else { return Ok(None) };
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).map_err(TwinError::io("reading the CA"));
    Ok(Some((read("ca.pem")?, read("ca.key")?)))
}

fn write_private(path: &Path, text: &str) -> Result<(), TwinError> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(TwinError::io("writing the CA key"))?;
    file.write_all(text.as_bytes()).map_err(TwinError::io("writing the CA key"))
}
