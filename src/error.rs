//! One error type by meaning. What the public may read stands apart from the private cause; `http::problem` alone
//! turns it into a status and a document, `words` into sentences.
//!
//! - A use case returns [`Error`]; `store` maps a broken constraint to one beside its query.
//! - A wrong input is [`Error::Invalid`], with each place named; a wrong moment is [`Error::Conflict`].
//! - What the caller may not see is [`Error::NotFound`]; what they may see and not do is [`Error::Forbidden`].

use std::collections::BTreeMap;

use crate::domain::invalid::{FieldError, Invalid};

/// What a use case gives.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something was not done. Nothing was changed, except perhaps with [`Error::OutcomeUnknown`].
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The input has wrong places (422).
    #[error("invalid: {0}")]
    Invalid(#[from] Invalid),
    /// The body is no JSON at all, or the request is otherwise not understood (400). Holds where and why.
    #[error("malformed: {}", .0.code)]
    Malformed(FieldError),
    /// The body did not come, or too slowly (408).
    #[error("the body did not come in time")]
    TooSlow,
    /// The body is larger than this address takes (413).
    #[error("a body of more than {maximum} bytes")]
    TooLarge {
        /// The most that is taken, in bytes.
        maximum: usize,
    },
    /// The address with its query is longer than any of ours (414).
    #[error("an address of more than {maximum} bytes")]
    AddressTooLong {
        /// The most that is taken, in bytes.
        maximum: usize,
    },
    /// The header fields are larger than any request of ours needs (431).
    #[error("headers of more than {maximum} bytes")]
    HeadersTooLarge {
        /// The most that is taken, in bytes.
        maximum: usize,
    },
    /// The body is not said to be JSON (415).
    #[error("not JSON")]
    NotJson,
    /// The address does not understand this method (405).
    #[error("only {allow} here")]
    Method {
        /// The methods that it understands, as the `Allow` header has them.
        allow: String,
    },
    /// Nobody is signed in, or the proof is worn out (401).
    #[error("unauthenticated: {0}")]
    Unauthenticated(Unauthenticated),
    /// The caller may see this and not do it (403).
    #[error("forbidden: {0}")]
    Forbidden(&'static str),
    /// The caller may do this, and not by what they proved so far (403).
    #[error("restricted: {0}")]
    Restricted(Restriction),
    /// There is no such thing, or the caller may not know of it (404). Holds the kind of thing: `entry`, `round`.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// Not in this state of things (409).
    #[error("conflict: {}", .0.code)]
    Conflict(Conflict),
    /// The resource changed since the caller read it (412). Holds the current version and, if at hand, its state.
    #[error("stale, the current version is {version}")]
    Stale {
        /// The version that is current.
        version: i64,
        /// The current state as the caller would get it, so that a client can show both.
        current: Option<Box<serde_json::Value>>,
    },
    /// The change must say which version it is based on (428).
    #[error("If-Match or If-None-Match is missing")]
    PreconditionRequired,
    /// Too much waits already; try again after some seconds (503).
    #[error("busy")]
    Busy {
        /// Seconds after which to try again.
        retry_after: u32,
    },
    /// The database does not answer, or can't keep anything because its disk is full or broken (503). Nothing was kept.
    #[error("the database does not answer")]
    NotReady,
    /// The database went away in the commit: what was asked for was kept, or it was not (503). Whoever repeats it under
    /// its key, or with the version that it is based on, does it once.
    #[error("the outcome is unknown")]
    OutcomeUnknown,
    /// The provider of single sign-on does not answer, or not as one (503).
    #[error("a provider is away")]
    ProviderAway,
    /// This caller asks too often (429).
    #[error("too many attempts")]
    TooMany {
        /// Seconds after which to try again.
        retry_after: u32,
    },
    /// A fault of ours (500). The cause goes to the log, never to the caller.
    #[error("internal: {0}")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Why a caller counts as nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unauthenticated {
    /// No credentials came with the request.
    #[error("sign-in required")]
    Missing,
    /// The access token is none of ours, or has ended.
    #[error("token not valid")]
    Token,
    /// The session was ended.
    #[error("session ended")]
    Session,
    /// The e-mail address and password do not belong together.
    #[error("wrong e-mail address or password")]
    Credentials,
    /// The code of the second factor is wrong or was used, or the sign-in code is not the one that was sent or is good no
    /// longer.
    #[error("wrong code")]
    Code,
    /// The sign-in has waited too long for its code, or too many wrong ones came.
    #[error("sign-in over")]
    Handle,
    /// No judge and no tablet has this link.
    #[error("no such link")]
    Link,
}

/// What is missing beside the right to do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Restriction {
    /// The second factor that the instance demands.
    #[error("second factor demanded")]
    SecondFactor,
    /// A proof of the last minutes of who they are.
    #[error("proof too old")]
    Proof,
    /// An API token that is good for it, or no API token at all.
    #[error("out of the token's scope")]
    Scope,
    /// Another sign-in than a judge's link.
    #[error("a judge's link is for judging")]
    Judging,
}

/// A request that came at the wrong moment, with what its sentence needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// A stable code such as `group_not_open`; `words` has a sentence for each in every language.
    pub code: &'static str,
    /// What the sentence needs.
    pub params: BTreeMap<&'static str, String>,
    /// The places of the input that the conflict is about, if any: entries that are taken, judges that are missing.
    pub places: Vec<FieldError>,
}

impl Conflict {
    /// A conflict without parameters.
    #[must_use]
    pub fn new(code: &'static str) -> Self {
        Self {
            code,
            params: BTreeMap::new(),
            places: Vec::new(),
        }
    }

    /// The same with one more parameter.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.params.insert(name, value.to_string());
        self
    }
}

impl From<Conflict> for Error {
    fn from(conflict: Conflict) -> Self {
        Self::Conflict(conflict)
    }
}

impl From<FieldError> for Error {
    fn from(error: FieldError) -> Self {
        Self::Invalid(Invalid::one(error))
    }
}

impl Error {
    /// A conflict by its code alone.
    #[must_use]
    pub fn conflict(code: &'static str) -> Self {
        Self::Conflict(Conflict::new(code))
    }

    /// One wrong place by its pointer and code alone.
    #[must_use]
    pub fn invalid(pointer: &str, code: &'static str) -> Self {
        FieldError::new(pointer, code).into()
    }

    /// A fault of ours with its cause.
    #[must_use]
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }
}
