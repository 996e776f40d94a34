//! Signatures of editions. Whoever has the public key of a home can tell that an edition was published there, even if
//! somebody could write to its database since. Ed25519 over the bytes of the manifest, which other programs check, too.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use pegel_store::edition::Signature;
use pegel_store::publish::Seal;
use ring::rand::SystemRandom;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use std::fmt::{self, Write as _};
use std::str::FromStr;

const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";
/// How long lines of a PEM file are, in characters.
const LINE: usize = 64;

/// What a home signs its editions with.
pub struct SigningKey(Ed25519KeyPair);

/// What others check its signatures with, 32 bytes; written in base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

/// A key that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("it is no private key for Ed25519, as PKCS#8 in PEM")]
    Private,
    #[error("it is no public key for Ed25519: 32 bytes in base64, as `pegel report key` prints them")]
    Public,
    #[error("the machine gives no random numbers")]
    NoRandom,
}

impl SigningKey {
    /// The text of a new key: PKCS#8, as PEM.
    ///
    /// # Errors
    /// If the machine gives no random numbers.
    pub fn generate() -> Result<String, KeyError> {
        let der = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(|_| KeyError::NoRandom)?;
        let mut pem = format!("{BEGIN}\n");
        let text = BASE64_STANDARD.encode(der.as_ref());
        for line in text.as_bytes().chunks(LINE) {
            let _ = writeln!(pem, "{}", String::from_utf8_lossy(line));
        }
        Ok(format!("{pem}{END}\n"))
    }

    /// Reads the text of a key, also of one that another program made.
    ///
    /// # Errors
    /// If it is none.
    pub fn read(pem: &str) -> Result<SigningKey, KeyError> {
        let text = pem.trim().strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix(END)).ok_or(KeyError::Private)?;
        let der = BASE64_STANDARD.decode(text.split_whitespace().collect::<String>()).map_err(|_| KeyError::Private)?;
        // Other programs leave out the public key, which is made of the private one.
        Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der).map(SigningKey).map_err(|_| KeyError::Private)
    }

    /// What its signatures are checked with.
    pub fn public(&self) -> PublicKey {
        let mut key = [0; 32];
        key.copy_from_slice(self.0.public_key().as_ref());
        PublicKey(key)
    }

    fn sign(&self, manifest: &str) -> Signature {
        let signature = BASE64_STANDARD.encode(self.0.sign(manifest.as_bytes()));
        Signature { signature, signed_by: self.public().to_string() }
    }
}

/// Keeps the key out of logs.
impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey")
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64_STANDARD.encode(self.0))
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<PublicKey, KeyError> {
        let bytes = BASE64_STANDARD.decode(text.trim()).map_err(|_| KeyError::Public)?;
        bytes.try_into().map(PublicKey).map_err(|_| KeyError::Public)
    }
}

/// The same seal, signed if there is a key.
pub fn signed(seal: Seal, key: Option<&SigningKey>) -> Seal {
    Seal { signature: key.map(|key| key.sign(&seal.manifest)), ..seal }
}

/// Whether a signature of this manifest was made with the private half of the key that it names.
pub(crate) fn fits(signature: &Signature, manifest: &str) -> bool {
    let Signature { signature, signed_by } = signature;
    let (Ok(PublicKey(key)), Ok(signature)) = (signed_by.parse::<PublicKey>(), BASE64_STANDARD.decode(signature))
    else {
        return false;
    };
    UnparsedPublicKey::new(&ED25519, key).verify(manifest.as_bytes(), &signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first test of RFC 8032, section 7.1, as other programs write its key: without the public half.
    const PEM: &str = "-----BEGIN PRIVATE KEY-----\n\
                       MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n\
                       -----END PRIVATE KEY-----\n";

    #[test]
    fn signatures_are_those_of_the_standard() {
        let key = SigningKey::read(PEM).unwrap();
        assert_eq!(key.public().to_string(), "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
        let signature = key.sign("");
        assert!(signature.signature.starts_with("5VZDAMNgrHKQhuLMgG6C"), "{signature:?}");
        assert!(fits(&signature, ""));
        assert!(!fits(&signature, " "));
    }

    #[test]
    fn a_new_key_is_another_each_time_and_can_be_read() {
        let keys = [(); 2].map(|()| SigningKey::read(&SigningKey::generate().unwrap()).unwrap().public());
        assert_ne!(keys[0], keys[1]);
        assert_eq!(keys[0].to_string().parse(), Ok(keys[0]));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in ["", "-----BEGIN PRIVATE KEY-----", &PEM.replace("MC4C", "MC4D"), &PEM.replace('\n', "")[..40]] {
            assert_eq!(SigningKey::read(text).err(), Some(KeyError::Private), "{text}");
        }
        for text in ["", "key", "AAAA"] {
            assert_eq!(text.parse::<PublicKey>(), Err(KeyError::Public), "{text}");
        }
    }
}
