//! The ids of the log's lines. A line's row counts what is written on the whole instance, which is nobody's business who
//! reads the log of one competition: its id is the row, sealed for that competition.
//!
//! AES-256-GCM with a nonce that is made from what it seals: the same line always has the same id, no two lines share a
//! nonce, and ids say neither how many lines there are nor which came first. Whatever was not made here for this
//! competition does not open.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::domain::ids::CompetitionId;
use crate::error::{Error, Result};

/// Makes and reads the ids of an instance.
pub struct Bookmarks {
    seals: LessSafeKey,
    nonces: hmac::Key,
}

impl Bookmarks {
    /// Those of an instance with this secret.
    ///
    /// # Errors
    /// When the cipher refuses the key.
    pub fn new(secret: &[u8; 32]) -> Result<Self> {
        // Not the secret itself: what is made here says nothing about what else it protects.
        let master = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let key = hmac::sign(&master, b"palmares bookmarks");
        let nonces = hmac::sign(&master, b"palmares bookmarks: nonces");
        let key = UnboundKey::new(&AES_256_GCM, key.as_ref()).map_err(|e| Error::internal(e.to_string()))?;
        Ok(Self {
            seals: LessSafeKey::new(key),
            nonces: hmac::Key::new(hmac::HMAC_SHA256, nonces.as_ref()),
        })
    }

    /// The id of a line in the log of a competition.
    ///
    /// # Errors
    /// When the cipher fails.
    pub fn id(&self, competition: CompetitionId, row: i64) -> Result<String> {
        let of = competition.0.to_be_bytes();
        let mut sealed = row.to_be_bytes().to_vec();
        let nonce = hmac::sign(&self.nonces, &[of.as_slice(), &sealed].concat());
        let nonce: [u8; NONCE_LEN] = nonce
            .as_ref()
            .first_chunk()
            .copied()
            .ok_or_else(|| Error::internal("a tag is shorter than a nonce"))?;
        self.seals
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(of), &mut sealed)
            .map_err(|e| Error::internal(e.to_string()))?;
        Ok(BASE64_URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// The line that an id stands for in the log of a competition; `None` for what is no id of it.
    #[must_use]
    pub fn row(&self, competition: CompetitionId, id: &str) -> Option<i64> {
        let given = BASE64_URL_SAFE_NO_PAD.decode(id).ok()?;
        let (nonce, sealed) = given.split_first_chunk::<NONCE_LEN>()?;
        let mut opened = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let of = Aad::from(competition.0.to_be_bytes());
        let plain = self.seals.open_in_place(nonce, of, &mut opened).ok()?;
        let row: [u8; 8] = (*plain).try_into().ok()?;
        Some(i64::from_be_bytes(row))
    }
}

impl std::fmt::Debug for Bookmarks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bookmarks").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUP: CompetitionId = CompetitionId(7);

    #[test]
    fn an_id_leads_back_to_its_line_in_its_competition_only() {
        let bookmarks = Bookmarks::new(&[7; 32]).unwrap();
        for row in [0, 1, 255, 1_000_000, i64::MAX] {
            let id = bookmarks.id(CUP, row).unwrap();
            assert_eq!(id, bookmarks.id(CUP, row).unwrap(), "a line has one id");
            assert_eq!(bookmarks.row(CUP, &id), Some(row));
            assert_eq!(bookmarks.row(CompetitionId(8), &id), None);
            assert_eq!(Bookmarks::new(&[8; 32]).unwrap().row(CUP, &id), None);
        }
        for made_up in ["", "x", "AAAAAAAAAAE", "半", &"A".repeat(48), &"A".repeat(8000)] {
            assert_eq!(bookmarks.row(CUP, made_up), None, "{made_up}");
        }
    }

    #[test]
    fn ids_say_neither_how_many_lines_there_are_nor_their_order() {
        let bookmarks = Bookmarks::new(&[7; 32]).unwrap();
        let ids: Vec<_> = (1..=200).map(|row| bookmarks.id(CUP, row).unwrap()).collect();
        let ascends = ids.windows(2).filter(|pair| pair[0] < pair[1]).count();
        assert!((60..140).contains(&ascends), "{ascends} of 199 ascend");
        let bytes = |id: &String| BASE64_URL_SAFE_NO_PAD.decode(id).unwrap();
        for (one, next) in ids.iter().zip(&ids[1..]) {
            let differ = bytes(one)
                .iter()
                .zip(bytes(next))
                .filter(|(a, b)| **a != *b)
                .count();
            assert!(differ > 24, "{one} {next}");
        }
    }
}
