//! Personal values, sealed (semantics 16).
//!
//! Every subject has a random data key; the store holds it wrapped by the master key, and destroying the
//! wrapped key erases the subject. From the data key come one key for sealing (AES-256-GCM) and one for
//! keyed hashes (HMAC-SHA-256). What a sealed value is for, its subject and its id are associated data, so
//! that a value moved to another row does not open. This module decides nothing about who may read.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, Key, KeyInit, Nonce};
use hmac::{Hmac, Mac};
use rand::RngCore;
use sha2::Sha256;
use store_port::{Fault, SealedRow, SharedStore, SubjectKeyRow, chance};
use uuid::Uuid;
use vocabulary::{SealedId, SubjectId};

use crate::ToSeal;
use crate::recent::Recent;

/// How many subjects' keys are held unwrapped.
const KEYS_HELD: usize = 4096;
/// A key is held no longer than this: another node may have destroyed it.
const KEY_HELD_FOR: Duration = Duration::from_secs(60);
const NONCE_BYTES: usize = 12;
/// First byte of everything sealed: how to read the rest.
const FORMAT: u8 = 1;

/// What a sealed value is for: part of its associated data.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// A value that events or projections refer to by its `SealedId`.
    Value,
    Draft,
    EvidenceDescription,
    EvidenceFile,
    DisplayName,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Value => b"value",
            Self::Draft => b"draft",
            Self::EvidenceDescription => b"evidence-description",
            Self::EvidenceFile => b"evidence-file",
            Self::DisplayName => b"display-name",
        }
    }
}

/// A key, and since when it is held.
type Held = (Instant, Arc<SubjectKey>);

/// Seals and opens personal values. Cheap to clone.
#[derive(Clone)]
pub struct Vault {
    store: SharedStore,
    master: Aes256Gcm,
    keys: Arc<Mutex<Recent<SubjectId, Held>>>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault(Redacted)")
    }
}

/// One subject's keys, unwrapped.
pub struct SubjectKey {
    subject: SubjectId,
    sealing: Aes256Gcm,
    hashing: [u8; 32],
}

impl fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SubjectKey(Redacted)")
    }
}

impl Vault {
    /// A vault over `store` whose subjects' keys are wrapped by `master_key`.
    pub fn new(store: SharedStore, master_key: &[u8; 32]) -> Self {
        Self {
            store,
            master: Aes256Gcm::new(Key::<Aes256Gcm>::from_slice(master_key)),
            keys: Arc::new(Mutex::new(Recent::new(KEYS_HELD))),
        }
    }

    /// The subject's key, made if there is none yet.
    ///
    /// # Errors
    /// The store failed, or the stored key does not open under this master key.
    pub async fn key_for(&self, subject: SubjectId) -> Result<Arc<SubjectKey>, Fault> {
        if let Some(key) = self.key_of(subject).await? {
            return Ok(key);
        }
        let mut data_key = [0u8; 32];
        chance::fill(&mut data_key);
        let wrapped = encrypt(&self.master, &data_key, &wrapping_data(subject))?;
        // Another node may have been faster: the store says which key holds.
        let kept = self.store.insert_subject_key(&SubjectKeyRow { subject, wrapped }).await?;
        self.unwrap_and_hold(&kept)
    }

    /// The subject's key; `None` when it was never made or has been destroyed.
    ///
    /// # Errors
    /// The store failed, or the stored key does not open under this master key.
    pub async fn key_of(&self, subject: SubjectId) -> Result<Option<Arc<SubjectKey>>, Fault> {
        if let Some(key) = self.held(subject) {
            return Ok(Some(key));
        }
        match self.store.find_subject_key(subject).await? {
            Some(row) => Ok(Some(self.unwrap_and_hold(&row)?)),
            None => Ok(None),
        }
    }

    fn held(&self, subject: SubjectId) -> Option<Arc<SubjectKey>> {
        let held = self.keys.lock().unwrap_or_else(PoisonError::into_inner).get(&subject);
        held.filter(|(since, _)| since.elapsed() < KEY_HELD_FOR).map(|(_, key)| key)
    }

    /// Destroys a subject's key: whatever was sealed under it is gone, on every node within a minute. Events and figures
    /// stay as they are, because they never held a value. False when it was erased before.
    ///
    /// # Errors
    /// The store failed.
    pub async fn erase(&self, subject: SubjectId, at: vocabulary::Instant) -> Result<bool, Fault> {
        let erased = self.store.destroy_subject_key(subject, at).await?;
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        drop(keys.take(&subject));
        Ok(erased)
    }

    fn unwrap_and_hold(&self, row: &SubjectKeyRow) -> Result<Arc<SubjectKey>, Fault> {
        let data_key = decrypt(&self.master, &row.wrapped, &wrapping_data(row.subject))
            .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
            .ok_or_else(|| not_opened("subject key"))?;
        let key = Arc::new(SubjectKey {
            subject: row.subject,
            sealing: Aes256Gcm::new(Key::<Aes256Gcm>::from_slice(&derive(&data_key, b"seal"))),
            hashing: derive(&data_key, b"hash"),
        });
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.insert(row.subject, (Instant::now(), Arc::clone(&key)));
        Ok(key)
    }

    /// Opens sealed values of any subjects; those whose key was destroyed are left out.
    ///
    /// # Errors
    /// The store failed, or a value does not open under its subject's key.
    pub async fn open_all(&self, ids: &[SealedId]) -> Result<Vec<(SealedId, Vec<u8>)>, Fault> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut opened = Vec::with_capacity(ids.len());
        for row in self.store.load_sealed(ids).await? {
            let Some(key) = self.key_of(row.subject).await? else { continue };
            opened.push((row.sealed_id, key.open(Purpose::Value, row.sealed_id.0, &row.bytes)?));
        }
        Ok(opened)
    }
}

impl SubjectKey {
    /// Seals bytes for one purpose and id.
    ///
    /// # Errors
    /// Only when there is more than the cipher can take at once.
    pub fn seal(&self, purpose: Purpose, id: Uuid, clear: &[u8]) -> Result<Vec<u8>, Fault> {
        encrypt(&self.sealing, clear, &self.associated(purpose, id))
    }

    /// Opens what [`Self::seal`] made for the same purpose and id.
    ///
    /// # Errors
    /// The bytes were changed, or sealed for something else.
    pub fn open(&self, purpose: Purpose, id: Uuid, sealed: &[u8]) -> Result<Vec<u8>, Fault> {
        decrypt(&self.sealing, sealed, &self.associated(purpose, id))
            .ok_or_else(|| not_opened("sealed value"))
    }

    /// A value to be stored in the same transaction as the events that refer to it.
    ///
    /// # Errors
    /// As [`Self::seal`].
    pub fn seal_row(&self, value: &ToSeal) -> Result<SealedRow, Fault> {
        Ok(SealedRow {
            sealed_id: value.id,
            subject: self.subject,
            bytes: self.seal(Purpose::Value, value.id.0, &value.clear)?,
        })
    }

    /// HMAC-SHA-256 under the subject's key, lower-case hex: equal only for equal bytes of one subject.
    pub fn keyed_hash(&self, clear: &[u8]) -> String {
        hex::encode(hmac(&self.hashing, clear))
    }

    fn associated(&self, purpose: Purpose, id: Uuid) -> Vec<u8> {
        [purpose.label(), b"/", self.subject.0.as_bytes().as_slice(), id.as_bytes().as_slice()]
            .concat()
    }
}

fn not_opened(what: &'static str) -> Fault {
    crate::figures::not_opened(what);
    Fault::Corrupt { what }
}

fn wrapping_data(subject: SubjectId) -> Vec<u8> {
    [b"subject-key/".as_slice(), subject.0.as_bytes().as_slice()].concat()
}

fn derive(data_key: &[u8; 32], label: &[u8]) -> [u8; 32] {
    hmac(data_key, label)
}

/// HMAC-SHA-256 under a key derived from the master key, lower-case hex: equal for equal bytes of one use, over
/// all subjects. Nothing but who has the master key can make it.
pub(crate) fn master_hash(master_key: &[u8; 32], used_for: &[u8], bytes: &[u8]) -> String {
    hex::encode(hmac(&derive(master_key, used_for), bytes))
}

fn hmac(key: &[u8; 32], bytes: &[u8]) -> [u8; 32] {
    // A shorter key is padded with zeros to the block size by the definition of HMAC.
    let mut block = [0u8; 64];
    for (place, byte) in block.iter_mut().zip(key) {
        *place = *byte;
    }
    let mut state = <Hmac<Sha256> as hmac::KeyInit>::new(&block.into());
    state.update(bytes);
    state.finalize().into_bytes().into()
}

/// `format ‖ nonce ‖ ciphertext and tag`.
fn encrypt(cipher: &Aes256Gcm, clear: &[u8], associated: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut nonce = [0u8; NONCE_BYTES];
    rand::rng().fill_bytes(&mut nonce);
    let body = cipher
        .encrypt(Nonce::from_slice(&nonce), Payload { msg: clear, aad: associated })
        .map_err(|_| Fault::Corrupt { what: "value to be sealed" })?;
    let mut sealed = Vec::with_capacity(1 + NONCE_BYTES + body.len());
    sealed.push(FORMAT);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(&body);
    Ok(sealed)
}

fn decrypt(cipher: &Aes256Gcm, sealed: &[u8], associated: &[u8]) -> Option<Vec<u8>> {
    let (&format, rest) = sealed.split_first()?;
    let (nonce, body) = rest.split_at_checked(NONCE_BYTES)?;
    if format != FORMAT {
        return None;
    }
    cipher.decrypt(Nonce::from_slice(nonce), Payload { msg: body, aad: associated }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(subject: u128, fill: u8) -> SubjectKey {
        SubjectKey {
            subject: SubjectId(Uuid::from_u128(subject)),
            sealing: Aes256Gcm::new(Key::<Aes256Gcm>::from_slice(&derive(&[fill; 32], b"seal"))),
            hashing: derive(&[fill; 32], b"hash"),
        }
    }

    #[test]
    fn opens_only_for_the_same_subject_purpose_and_id() {
        let (id, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mother = key(10, 7);
        let sealed = mother.seal(Purpose::Value, id, "张三".as_bytes()).unwrap();
        assert!(!sealed.windows(6).any(|part| part == "张三".as_bytes()), "no clear text");
        assert_eq!(mother.open(Purpose::Value, id, &sealed).unwrap(), "张三".as_bytes());

        assert!(mother.open(Purpose::Value, other, &sealed).is_err(), "another row");
        assert!(mother.open(Purpose::Draft, id, &sealed).is_err(), "another purpose");
        assert!(key(11, 7).open(Purpose::Value, id, &sealed).is_err(), "another subject");
        assert!(key(10, 8).open(Purpose::Value, id, &sealed).is_err(), "another key");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(mother.open(Purpose::Value, id, &changed).is_err(), "byte {at} changed");
        }
        for end in 0..sealed.len() {
            assert!(mother.open(Purpose::Value, id, &sealed[..end]).is_err(), "cut at {end}");
        }
    }

    #[test]
    fn the_same_value_seals_differently_and_hashes_alike() {
        let mother = key(10, 7);
        let id = Uuid::from_u128(1);
        let twice = [0, 1].map(|_| mother.seal(Purpose::Value, id, b"same").unwrap());
        assert_ne!(twice[0], twice[1]);
        assert_eq!(mother.keyed_hash(b"same"), mother.keyed_hash(b"same"));
        assert_ne!(mother.keyed_hash(b"same"), key(10, 8).keyed_hash(b"same"), "under another key");
        assert_eq!(mother.keyed_hash(b"").len(), 64);
    }

    #[test]
    fn nothing_leaks_through_debug() {
        assert_eq!(format!("{:?}", key(10, 7)), "SubjectKey(Redacted)");
    }
}
