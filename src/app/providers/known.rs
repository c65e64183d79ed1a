//! A provider as it describes itself: fetched when it is needed, kept for an hour, its keys fetched anew when it signs
//! with one that is unknown.

use std::sync::Arc;

use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm,
    CoreResponseMode, CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::{AdditionalProviderMetadata, DiscoveryError, IssuerUrl, ProviderMetadata};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::transport::{Transport, Trouble};
use crate::config::Configured;
use crate::domain::time::Stamp;
use crate::error::{Error, Result};

/// How long a description is good, in seconds.
const FRESH: i64 = 3600;
/// How long an old one is used while the provider does not answer, in seconds.
const STALE: i64 = 24 * 3600;
/// How long the provider is left alone after it did not answer, in seconds.
const PAUSE: i64 = 5;
/// How long an unknown key brings no other fetch, in seconds: whoever signs with made-up keys can't make us ask without
/// end.
const KEYS: i64 = 60;

/// The signatures that are believed: none that the client's secret could make, and never `none`.
pub(super) const ALGORITHMS: &[CoreJwsSigningAlgorithm] = &[
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// What is read beside the usual.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Further {
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl Further {
    /// Whether the provider always says who it is when a browser comes back (RFC 9207).
    pub(super) const fn names_itself(&self) -> bool {
        self.authorization_response_iss_parameter_supported
    }
}

impl AdditionalProviderMetadata for Further {}

/// What a provider says of itself, with its keys.
pub(super) type Metadata = ProviderMetadata<
    Further,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// Whether the client's secret goes into a header; otherwise it goes into the body.
pub(super) fn takes_basic(metadata: &Metadata) -> bool {
    let methods = metadata.token_endpoint_auth_methods_supported();
    methods.is_none_or(|methods| {
        methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
            || !methods.contains(&CoreClientAuthMethod::ClientSecretPost)
    })
}

/// A provider that is configured, and what was last heard of it.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) configured: Configured,
    heard: Mutex<Heard>,
}

#[derive(Debug, Default)]
struct Heard {
    description: Option<(Stamp, Arc<Metadata>)>,
    failed_at: Option<Stamp>,
}

impl Known {
    pub(super) fn new(configured: Configured) -> Self {
        Self {
            configured,
            heard: Mutex::default(),
        }
    }

    /// Whether it runs on this machine, to try things out: then it may go without TLS.
    pub(super) fn is_local(&self) -> bool {
        self.configured.provider.issuer.starts_with("http://")
    }

    /// How it describes itself.
    ///
    /// # Errors
    /// [`Error::ProviderAway`].
    pub(super) async fn metadata(&self, transport: &Transport, now: Stamp) -> Result<Arc<Metadata>> {
        let mut heard = self.heard.lock().await;
        let kept = heard.description.clone();
        if let Some((at, metadata)) = &kept
            && within(*at, FRESH, now)
        {
            return Ok(Arc::clone(metadata));
        }
        let outcome = if heard.failed_at.is_some_and(|at| within(at, PAUSE, now)) {
            Err(Error::ProviderAway)
        } else {
            self.fetch(&mut heard, transport, now).await
        };
        match (outcome, kept) {
            (Err(_), Some((at, metadata))) if within(at, STALE, now) => Ok(metadata),
            (outcome, _) => outcome,
        }
    }

    /// A newer description, for a key that is not in the last one; `None` when that one is too new to ask again.
    ///
    /// # Errors
    /// [`Error::ProviderAway`].
    pub(super) async fn newer(&self, transport: &Transport, now: Stamp) -> Result<Option<Arc<Metadata>>> {
        let mut heard = self.heard.lock().await;
        if let Some((at, _)) = heard.description
            && within(at, KEYS, now)
        {
            return Ok(None);
        }
        self.fetch(&mut heard, transport, now).await.map(Some)
    }

    /// That it did not answer, said in the log.
    pub(super) fn away(&self, trouble: &Trouble) -> Error {
        tracing::warn!(provider = %self.configured.provider.code, "a provider is away: {trouble}");
        Error::ProviderAway
    }

    async fn fetch(&self, heard: &mut Heard, transport: &Transport, now: Stamp) -> Result<Arc<Metadata>> {
        let issuer = IssuerUrl::new(self.configured.provider.issuer.clone()).map_err(Error::internal)?;
        let http = |request| transport.call(self.is_local(), request);
        let fetched = Metadata::discover_async(issuer, &http).await;
        match fetched {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                heard.description = Some((now, Arc::clone(&metadata)));
                heard.failed_at = None;
                Ok(metadata)
            }
            Err(error) => {
                heard.failed_at = Some(now);
                Err(self.away(&match error {
                    DiscoveryError::Request(trouble) => trouble,
                    DiscoveryError::Validation(_) => Trouble::new("its description names another issuer"),
                    _ => Trouble::new("its description or its keys can't be read"),
                }))
            }
        }
    }
}

/// Whether something is so many seconds old at most; what is from the future is from before a clock was set back.
fn within(at: Stamp, seconds: i64, now: Stamp) -> bool {
    (0..seconds).contains(&(now.unix() - at.unix()))
}
