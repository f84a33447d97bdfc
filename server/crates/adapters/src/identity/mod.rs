//! Certificates for links by `rcgen`: P-256 keys, an authority with path length 0, leaves with one SPIFFE name.

use chrono::{Datelike, Duration, Utc};
use hypo_model::ports::identities::{Error, Identities, Identity};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    SanType, date_time_ymd,
};

/// Makes certificates in this process.
#[derive(Clone, Copy, Debug, Default)]
pub struct Certificates;

impl Identities for Certificates {
    fn authority(&self, name: &str) -> Result<Identity, Error> {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        // The authority outlives every leaf; it ends with its service, by being forgotten.
        live_for(&mut params, Duration::days(3650));
        let key = KeyPair::generate().map_err(failed)?;
        let certificate = params.self_signed(&key).map_err(failed)?;
        Ok(Identity { certificate: certificate.pem(), key: key.serialize_pem() })
    }

    fn leaf(&self, authority: &Identity, spiffe: &str, hours: u32) -> Result<Identity, Error> {
        let signer = KeyPair::from_pem(&authority.key).map_err(failed)?;
        let issuer = Issuer::from_ca_cert_pem(&authority.certificate, signer).map_err(failed)?;
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "hypo-link");
        params.subject_alt_names = vec![SanType::URI(spiffe.try_into().map_err(failed)?)];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        params.use_authority_key_identifier_extension = true;
        live_for(&mut params, Duration::hours(i64::from(hours)));
        let key = KeyPair::generate().map_err(failed)?;
        let certificate = params.signed_by(&key, &issuer).map_err(failed)?;
        Ok(Identity { certificate: certificate.pem(), key: key.serialize_pem() })
    }
}

/// From yesterday, so that a cluster whose clock is behind accepts it, to the day after the life ends.
fn live_for(params: &mut CertificateParams, life: Duration) {
    let day = |at: chrono::DateTime<Utc>| {
        let month = u8::try_from(at.month()).unwrap_or(1);
        date_time_ymd(at.year(), month, u8::try_from(at.day()).unwrap_or(1))
    };
    let now = Utc::now();
    params.not_before = day(now - Duration::days(1));
    params.not_after = day(now + life + Duration::days(1));
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error(error.to_string())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rustls::{
        RootCertStore,
        crypto::aws_lc_rs::default_provider,
        pki_types::{CertificateDer, UnixTime, pem::PemObject},
        server::{WebPkiClientVerifier, danger::ClientCertVerifier},
    };

    use super::*;

    fn trusts(authority: &Identity) -> Arc<dyn ClientCertVerifier> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(authority.certificate.as_bytes()).unwrap()).unwrap();
        WebPkiClientVerifier::builder_with_provider(roots.into(), default_provider().into()).build().unwrap()
    }

    #[test]
    fn a_leaf_is_trusted_by_its_own_authority_only() {
        let (own, other) = (Certificates.authority("one").unwrap(), Certificates.authority("two").unwrap());
        let leaf = Certificates.leaf(&own, "spiffe://hypo/order/cluster/namespace", 24).unwrap();
        let certificate = CertificateDer::from_pem_slice(leaf.certificate.as_bytes()).unwrap();
        let verify = |by: &Identity| trusts(by).verify_client_cert(&certificate, &[], UnixTime::now());
        verify(&own).unwrap();
        assert!(verify(&other).is_err());
    }

    #[test]
    fn a_leaf_signs_nothing_that_is_trusted() {
        let authority = Certificates.authority("one").unwrap();
        let leaf = Certificates.leaf(&authority, "spiffe://hypo/a", 24).unwrap();
        let below = Certificates.leaf(&leaf, "spiffe://hypo/b", 24).unwrap();
        let chain = [below, leaf].map(|one| CertificateDer::from_pem_slice(one.certificate.as_bytes()).unwrap());
        assert!(trusts(&authority).verify_client_cert(&chain[0], &chain[1..], UnixTime::now()).is_err());
    }
}
