//! What the database keeps encrypted by the instance's secret: AES-256-GCM, a random nonce for each, and the purpose as
//! authenticated data, so that nothing opens in the place of something else.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};

use crate::error::{Error, Result};

/// Seals and opens what only this instance may read.
pub struct Vault(RandomizedNonceKey);

impl Vault {
    /// The vault of a secret.
    ///
    /// # Errors
    /// When the cipher refuses the key.
    pub fn new(secret: &[u8; 32]) -> Result<Self> {
        RandomizedNonceKey::new(&AES_256_GCM, secret)
            .map(Self)
            .map_err(|e| Error::internal(e.to_string()))
    }

    /// Nonce, then ciphertext and tag.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn seal(&self, purpose: &str, plain: &[u8]) -> Result<Vec<u8>> {
        let mut sealed = plain.to_vec();
        let nonce = self
            .0
            .seal_in_place_append_tag(Aad::from(purpose), &mut sealed)
            .map_err(|e| Error::internal(e.to_string()))?;
        Ok([nonce.as_ref().as_slice(), &sealed].concat())
    }

    /// What was sealed for the same purpose; `None` when it was not, or by another secret.
    #[must_use]
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut opened = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let plain = self.0.open_in_place(nonce, Aad::from(purpose), &mut opened);
        plain.ok().map(|plain| plain.to_vec())
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_for_its_purpose_and_its_secret_only() {
        let vault = Vault::new(&[7; 32]).unwrap();
        let sealed = vault.seal("second-factor:wang", b"secret").unwrap();
        assert_eq!(
            vault.open("second-factor:wang", &sealed).as_deref(),
            Some(&b"secret"[..])
        );
        assert_eq!(vault.open("second-factor:li", &sealed), None);
        assert_eq!(
            Vault::new(&[8; 32]).unwrap().open("second-factor:wang", &sealed),
            None
        );
        assert_eq!(vault.open("second-factor:wang", &sealed[..9]), None);
        assert_ne!(vault.seal("second-factor:wang", b"secret").unwrap(), sealed);
    }
}
