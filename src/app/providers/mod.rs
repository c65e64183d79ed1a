//! Talks to providers of OpenID Connect: the authorization code flow with PKCE, state and nonce.
//!
//! What a sign-in under way has to remember goes to the browser that began it, sealed by the instance's secret: nobody
//! else can finish it, any node can, and a guest makes no row. What comes back is believed only after state, provider,
//! `iss` (RFC 9207), signature, audience, nonce and times were checked.

mod known;
mod transport;

use std::collections::BTreeMap;

use chrono::Duration;
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreIdTokenClaims, CoreTokenResponse};
use openidconnect::{
    AccessToken, AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken,
    EndpointNotSet, EndpointSet, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, RequestTokenError, Scope, SignatureVerificationError, TokenResponse, UserInfoError,
};
use serde::{Deserialize, Serialize};

use crate::config::Configured;
use crate::domain::ids::PublicId;
use crate::domain::provider::{Proved, Provider, SUBJECT_MAX};
use crate::domain::text::{Code, NAME_MAX};
use crate::domain::time::Stamp;
use crate::error::{Error, Result};

use super::random;
use super::vault::Vault;
use known::{ALGORITHMS, Known, Metadata};
use transport::Transport;

/// How long a sign-in at a provider may take, in seconds.
pub const LIFE: i64 = 600;
/// How far the clock of a provider may be off, in seconds.
const SKEW: i64 = 120;
/// How many sign-ins may wait for providers at once.
const AT_ONCE: usize = 64;

/// The providers of an instance.
#[derive(Debug)]
pub struct Providers {
    known: BTreeMap<Code, Known>,
    order: Vec<Code>,
    transport: Transport,
    line: tokio::sync::Semaphore,
    public_url: String,
}

/// What a sign-in is for.
#[derive(Debug, Clone, Default)]
pub struct Errand {
    /// The session whose owner gets the identity; without it, somebody signs in.
    pub link: Option<PublicId>,
    /// Where the browser goes afterwards: a path of this server.
    pub to: Option<String>,
}

/// A sign-in that was begun.
#[derive(Debug)]
pub struct Begun {
    /// Where the browser goes.
    pub url: String,
    /// What it keeps meanwhile.
    pub sealed: String,
}

/// What a provider sent with the browser.
#[derive(Debug, Clone, Default)]
pub struct Returned {
    /// Which sign-in it is about.
    pub state: String,
    /// What can be exchanged for an ID token.
    pub code: Option<String>,
    /// Why there is none.
    pub error: Option<String>,
    /// Who says so (RFC 9207).
    pub issuer: Option<String>,
}

/// A sign-in under way, as the browser that began it remembers it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Flow {
    state: String,
    nonce: String,
    verifier: String,
    /// When it was begun, in seconds since 1970.
    at: i64,
    link: Option<String>,
    to: Option<String>,
}

impl Flow {
    /// What is kept of a sign-in that came back.
    #[must_use]
    pub fn hash(&self) -> String {
        random::hash(&self.state)
    }

    /// What it is for.
    #[must_use]
    pub fn errand(&self) -> Errand {
        Errand {
            link: self.link.clone().map(PublicId),
            to: self.to.clone(),
        }
    }
}

/// What one client at a provider is to the crate.
type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet, EndpointNotSet>;

impl Providers {
    /// The providers that are configured, for an instance that the public finds there.
    ///
    /// # Errors
    /// When no connection can be prepared.
    pub fn open(configured: Vec<Configured>, public_url: &str) -> Result<Self> {
        let order = configured.iter().map(|c| c.provider.code.clone()).collect();
        Ok(Self {
            known: configured
                .into_iter()
                .map(|c| (c.provider.code.clone(), Known::new(c)))
                .collect(),
            order,
            transport: Transport::new()?,
            line: tokio::sync::Semaphore::new(AT_ONCE),
            public_url: public_url.to_owned(),
        })
    }

    /// The providers in the order of the configuration.
    pub fn list(&self) -> impl Iterator<Item = &Provider> {
        self.order
            .iter()
            .filter_map(|code| self.known.get(code))
            .map(|known| &known.configured.provider)
    }

    /// What is believed of a provider.
    ///
    /// # Errors
    /// [`Error::NotFound`] when none has this name.
    pub fn provider(&self, code: &str) -> Result<&Provider> {
        self.known(code).map(|known| &known.configured.provider)
    }

    /// Whether a provider describes itself.
    ///
    /// # Errors
    /// [`Error::ProviderAway`] when it does not.
    pub async fn greet(&self, code: &str, now: Stamp) -> Result<()> {
        self.known(code)?.metadata(&self.transport, now).await.map(drop)
    }

    /// Begins a sign-in.
    ///
    /// # Errors
    /// [`Error::NotFound`] when no provider has this name; [`Error::ProviderAway`].
    pub async fn begin(&self, vault: &Vault, code: &str, errand: Errand, now: Stamp) -> Result<Begun> {
        let known = self.known(code)?;
        let metadata = known.metadata(&self.transport, now).await?;
        let client = self.client(known, &metadata)?;
        let flow = Flow {
            state: random::secret(),
            nonce: random::secret(),
            verifier: random::secret(),
            at: now.unix(),
            link: errand.link.map(|id| id.0),
            to: errand.to,
        };
        let verifier = PkceCodeVerifier::new(flow.verifier.clone());
        let scopes = known.configured.scopes.iter().cloned().map(Scope::new);
        let (state, nonce) = (flow.state.clone(), flow.nonce.clone());
        let (url, ..) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || CsrfToken::new(state.clone()),
                move || Nonce::new(nonce.clone()),
            )
            .add_scopes(scopes)
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .url();
        let plain = serde_json::to_vec(&flow).map_err(Error::internal)?;
        Ok(Begun {
            url: url.into(),
            sealed: seal(vault, &purpose(code), &plain)?,
        })
    }

    /// The sign-in that a browser comes back from, if it is the one that this browser began.
    ///
    /// # Errors
    /// [`Error::Conflict`] `sign_in_lost` when it is not, or has ended; [`Error::NotFound`] when no provider has this name.
    pub fn recall(
        &self,
        vault: &Vault,
        code: &str,
        sealed: Option<&str>,
        returned: &Returned,
        now: Stamp,
    ) -> Result<Flow> {
        self.known(code)?;
        let lost = || Error::conflict("sign_in_lost");
        let plain = sealed
            .and_then(|sealed| open(vault, &purpose(code), sealed))
            .ok_or_else(lost)?;
        let flow: Flow = serde_json::from_slice(&plain).map_err(|_| lost())?;
        let age = now.unix() - flow.at;
        // Hashes are compared, so that time tells nothing about the state.
        let same = random::hash(&flow.state) == random::hash(&returned.state);
        if same && (-SKEW..LIFE).contains(&age) {
            Ok(flow)
        } else {
            Err(lost())
        }
    }

    /// Whom the provider proved, for a sign-in that came back for the first time.
    ///
    /// # Errors
    /// [`Error::Conflict`] `provider_refused` when it signed nobody in, `provider_unbelieved` when its answer can't be
    /// believed; [`Error::ProviderAway`]; [`Error::Busy`] when too many wait.
    pub async fn redeem(&self, code: &str, flow: &Flow, returned: &Returned, now: Stamp) -> Result<Proved> {
        let known = self.known(code)?;
        let _place = self
            .line
            .try_acquire()
            .map_err(|_| Error::Busy { retry_after: 5 })?;
        let metadata = known.metadata(&self.transport, now).await?;
        let named = match &returned.issuer {
            Some(issuer) => *issuer == known.configured.provider.issuer,
            None => !metadata.additional_metadata().names_itself(),
        };
        if !named {
            return Err(unbelieved(code, "another issuer came back"));
        }
        let granted = match (&returned.code, &returned.error) {
            (Some(granted), None) => granted.clone(),
            (_, Some(_)) => return Err(Error::conflict("provider_refused")),
            (None, None) => return Err(unbelieved(code, "neither a code nor an error came back")),
        };
        let client = self.client(known, &metadata)?;
        let http = |request| self.transport.call(known.is_local(), request);
        let tokens = client
            .exchange_code(AuthorizationCode::new(granted))
            .set_pkce_verifier(PkceCodeVerifier::new(flow.verifier.clone()))
            .request_async(&http)
            .await
            .map_err(|error| match error {
                RequestTokenError::ServerResponse(told) => {
                    tracing::warn!(provider = code, "a code was not taken: {}", told.error());
                    Error::conflict("provider_refused")
                }
                RequestTokenError::Request(trouble) => known.away(&trouble),
                RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
                    unbelieved(code, "the answer to a code can't be read")
                }
            })?;
        let claims = self.believe(known, &client, &tokens, flow, now).await?;
        let mut proved = proved(&claims);
        if proved.subject.is_empty() || proved.subject.len() > SUBJECT_MAX {
            return Err(unbelieved(code, "a subject is empty or too long"));
        }
        if proved.email.is_none() {
            self.ask_for_more(known, &metadata, &client, tokens.access_token(), &mut proved)
                .await?;
        }
        Ok(proved)
    }

    /// The claims of an ID token that was checked; keys are fetched anew, once in a while, when it names an unknown one.
    async fn believe(
        &self,
        known: &Known,
        client: &Client,
        tokens: &CoreTokenResponse,
        flow: &Flow,
        now: Stamp,
    ) -> Result<CoreIdTokenClaims> {
        let code = known.configured.provider.code.as_str();
        match check(client, tokens, flow, now) {
            Ok(claims) => Ok(claims),
            Err(Unbelieved::UnknownKey) => {
                let Some(newer) = known.newer(&self.transport, now).await? else {
                    return Err(unbelieved(code, "no such key"));
                };
                let client = self.client(known, &newer)?;
                check(&client, tokens, flow, now).map_err(|why| unbelieved(code, why.told()))
            }
            Err(why) => Err(unbelieved(code, why.told())),
        }
    }

    /// Address and name from where the provider tells them outside the ID token.
    async fn ask_for_more(
        &self,
        known: &Known,
        metadata: &Metadata,
        client: &Client,
        token: &AccessToken,
        proved: &mut Proved,
    ) -> Result<()> {
        let Some(address) = metadata.userinfo_endpoint() else {
            return Ok(());
        };
        let code = known.configured.provider.code.as_str();
        // It goes into a header.
        if !token.secret().bytes().all(|b| b.is_ascii_graphic()) {
            return Err(unbelieved(code, "an access token is none"));
        }
        let http = |request| self.transport.call(known.is_local(), request);
        let subject = openidconnect::SubjectIdentifier::new(proved.subject.clone());
        let told: openidconnect::core::CoreUserInfoClaims = client
            .clone()
            .set_user_info_url(address.clone())
            .user_info(token.clone(), Some(subject))
            .request_async(&http)
            .await
            .map_err(|error| match error {
                UserInfoError::Request(trouble) => known.away(&trouble),
                _ => unbelieved(code, "what it tells of a person can't be believed"),
            })?;
        proved.email = told.email().map(|email| email.to_string());
        proved.email_verified = told.email_verified() == Some(true);
        if proved.name.is_none() {
            proved.name = told.name().and_then(|name| name.get(None)).map(|n| n.to_string());
        }
        proved.name = proved.name.take().map(|name| in_a_line(&name));
        Ok(())
    }

    fn known(&self, code: &str) -> Result<&Known> {
        let code: Code = code.parse().map_err(|_| Error::NotFound("provider"))?;
        self.known.get(&code).ok_or(Error::NotFound("provider"))
    }

    fn client(&self, known: &Known, metadata: &Metadata) -> Result<Client> {
        let Configured {
            provider,
            client_id,
            client_secret,
            ..
        } = &known.configured;
        let issuer = IssuerUrl::new(provider.issuer.clone()).map_err(Error::internal)?;
        let back = format!("{}/sign-in/{}/callback", self.public_url, provider.code);
        let token_url = metadata
            .token_endpoint()
            .ok_or_else(|| unbelieved(provider.code.as_str(), "it gives no tokens"))?;
        let mut client = CoreClient::new(ClientId::new(client_id.clone()), issuer, metadata.jwks().clone())
            .set_auth_uri(metadata.authorization_endpoint().clone())
            .set_token_uri(token_url.clone())
            .set_redirect_uri(RedirectUrl::new(back).map_err(Error::internal)?);
        if let Some(secret) = client_secret {
            client = client
                .set_client_secret(ClientSecret::new(secret.clone()))
                .set_auth_type(if known::takes_basic(metadata) {
                    AuthType::BasicAuth
                } else {
                    AuthType::RequestBody
                });
        }
        Ok(client)
    }
}

/// Why an ID token is not believed.
enum Unbelieved {
    /// It names a key that is not among those that are known.
    UnknownKey,
    /// Something else, for the log.
    For(&'static str),
}

impl Unbelieved {
    const fn told(&self) -> &'static str {
        match self {
            Self::UnknownKey => "no such key",
            Self::For(why) => why,
        }
    }
}

fn check(
    client: &Client,
    tokens: &CoreTokenResponse,
    flow: &Flow,
    now: Stamp,
) -> Result<CoreIdTokenClaims, Unbelieved> {
    let token = tokens.id_token().ok_or(Unbelieved::For("no ID token"))?;
    let begun = flow.at;
    let verifier = client
        .id_token_verifier()
        // Whoever has the client's secret could sign with it, and `none` signs nothing.
        .set_allowed_algs(ALGORITHMS.iter().cloned())
        .set_time_fn(move || now.utc() - Duration::seconds(SKEW))
        .set_issue_time_verifier_fn(move |issued| {
            let issued = issued.timestamp();
            if (begun - SKEW..=now.unix() + SKEW).contains(&issued) {
                Ok(())
            } else {
                Err("issued at another time".to_owned())
            }
        });
    let claims = token.claims(&verifier, &Nonce::new(flow.nonce.clone()));
    claims.cloned().map_err(|error| match error {
        ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey) => {
            Unbelieved::UnknownKey
        }
        ClaimsVerificationError::SignatureVerification(_) => Unbelieved::For("signature"),
        ClaimsVerificationError::Expired(_) => Unbelieved::For("expired"),
        ClaimsVerificationError::InvalidAudience(_) => Unbelieved::For("audience"),
        ClaimsVerificationError::InvalidIssuer(_) => Unbelieved::For("issuer"),
        ClaimsVerificationError::InvalidNonce(_) => Unbelieved::For("nonce"),
        _ => Unbelieved::For("claims"),
    })
}

fn proved(claims: &CoreIdTokenClaims) -> Proved {
    let name = claims.name().and_then(|name| name.get(None));
    Proved {
        subject: claims.subject().to_string(),
        email: claims.email().map(|email| email.to_string()),
        email_verified: claims.email_verified() == Some(true),
        name: name.map(|name| in_a_line(name.as_str())),
        multiple_factors: claims
            .auth_method_refs()
            .is_some_and(|methods| methods.iter().any(|method| method.as_str() == "mfa")),
    }
}

/// What somebody is called elsewhere, as it can be kept here.
fn in_a_line(name: &str) -> String {
    let mut invalid = crate::domain::invalid::Invalid::default();
    crate::domain::text::check_length(name, "/name", NAME_MAX, &mut invalid);
    if invalid.0.is_empty() {
        name.trim().to_owned()
    } else {
        String::new()
    }
}

fn unbelieved(provider: &str, why: &'static str) -> Error {
    tracing::warn!(provider, why, "a provider was not believed");
    Error::conflict("provider_unbelieved")
}

fn purpose(code: &str) -> String {
    format!("sign-in:{code}")
}

/// Something that a browser keeps and can't read.
///
/// # Errors
/// When the system gives no randomness.
pub fn seal(vault: &Vault, purpose: &str, plain: &[u8]) -> Result<String> {
    use base64::Engine;
    let sealed = vault.seal(purpose, plain)?;
    Ok(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(sealed))
}

/// What [`seal`] sealed for the same purpose.
#[must_use]
pub fn open(vault: &Vault, purpose: &str, sealed: &str) -> Option<Vec<u8>> {
    use base64::Engine;
    let sealed = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(sealed)
        .ok()?;
    vault.open(purpose, &sealed)
}
