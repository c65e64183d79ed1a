//! TLS by the server itself: 1.2 and newer, with a certificate that is read again when its file changes.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::{Duration, SystemTime};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, crypto};

use crate::error::{Error, Result};

/// How often the files are looked at. A renewed certificate is used this much later.
const LOOK: Duration = Duration::from_secs(10);

/// What a server needs to speak TLS with a certificate chain and its private key, both in PEM files. While it is in use,
/// changed files are read again; files that can't be used leave the certificate as it is, and are told in the log.
///
/// # Errors
/// When a file can't be read, holds no certificate or key, or the two don't belong together.
pub fn config(certificate: &Path, key: &Path) -> Result<ServerConfig> {
    let files = Files {
        certificate: certificate.to_owned(),
        key: key.to_owned(),
    };
    let changed = files.changed();
    let current = Arc::new(Current(RwLock::new(files.read()?)));
    let watched = Arc::downgrade(&current);
    std::thread::Builder::new()
        .name("palmares-certificate".into())
        .spawn(move || watch(&files, changed, &watched))
        .map_err(Error::internal)?;
    let provider = Arc::new(crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(Error::internal)?;
    Ok(builder.with_no_client_auth().with_cert_resolver(current))
}

struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

impl Files {
    fn read(&self) -> Result<Arc<CertifiedKey>> {
        let wrong =
            |file: &Path, why: &dyn std::fmt::Display| Error::internal(format!("{}: {why}", file.display()));
        let chain = CertificateDer::pem_file_iter(&self.certificate)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|e| wrong(&self.certificate, &e))?;
        if chain.is_empty() {
            return Err(wrong(&self.certificate, &"it holds no certificate"));
        }
        let key = PrivateKeyDer::from_pem_file(&self.key).map_err(|e| wrong(&self.key, &e))?;
        let provider = crypto::aws_lc_rs::default_provider();
        let certified =
            CertifiedKey::from_der(chain, key, &provider).map_err(|e| wrong(&self.certificate, &e))?;
        Ok(Arc::new(certified))
    }

    fn changed(&self) -> [Option<SystemTime>; 2] {
        let changed = |file: &Path| std::fs::metadata(file).and_then(|m| m.modified()).ok();
        [changed(&self.certificate), changed(&self.key)]
    }
}

#[derive(Debug)]
struct Current(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// Reads the files again when they change, for as long as somebody uses the certificate.
fn watch(files: &Files, mut seen: [Option<SystemTime>; 2], current: &Weak<Current>) {
    loop {
        std::thread::sleep(LOOK);
        let Some(current) = current.upgrade() else { return };
        let now = files.changed();
        if now == seen {
            continue;
        }
        match files.read() {
            Ok(certified) => {
                *current.0.write().unwrap_or_else(PoisonError::into_inner) = certified;
                tracing::info!("the certificate was read again");
            }
            Err(error) => tracing::error!("the certificate stays as it was: {error}"),
        }
        seen = now;
    }
}
