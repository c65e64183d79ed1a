//! The one place that randomness comes from: opaque ids, secrets, and their hashes.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::domain::api_token::{LETTERS, RANDOM_LENGTH};
use crate::domain::ids::PublicId;
use crate::domain::second_factor::{RECOVERY_LENGTH, RECOVERY_LETTERS};

/// A new opaque id of 96 random bits: enough never to meet another, short enough for an address.
#[must_use]
pub fn public_id() -> PublicId {
    PublicId(URL_SAFE_NO_PAD.encode(rand::random::<[u8; 12]>()))
}

/// A new secret of 256 random bits, as text.
#[must_use]
pub fn secret() -> String {
    URL_SAFE_NO_PAD.encode(key())
}

/// 256 random bits.
#[must_use]
pub fn key() -> [u8; 32] {
    rand::random()
}

/// The secret of an app that makes codes: 160 random bits (RFC 4226, 4).
#[must_use]
pub fn totp_secret() -> [u8; 20] {
    rand::random()
}

/// A recovery code of 120 random bits, without hyphens.
#[must_use]
pub fn recovery_code() -> String {
    drawn(RECOVERY_LETTERS, RECOVERY_LENGTH)
}

/// The random letters of an API token: 190 bits.
#[must_use]
pub fn letters() -> String {
    drawn(LETTERS, RANDOM_LENGTH)
}

/// So many letters, each as likely as any other.
fn drawn(letters: &[u8], length: usize) -> String {
    let letter = || letters.get(rand::random_range(0..letters.len()));
    (0..length)
        .filter_map(|_| letter().copied().map(char::from))
        .collect()
}

/// A random number, to seed something that has to be repeatable afterwards.
#[must_use]
pub fn seed() -> u64 {
    rand::random()
}

/// What is kept of a secret. A secret of 256 random bits needs no slow hash.
#[must_use]
pub fn hash(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(secret.as_bytes()))
}
