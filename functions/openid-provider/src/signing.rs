//! The keys that ID tokens are signed with (ES256): each made of a key of the ring, so that they are rotated with it. A new one is
//! published minutes before it signs, and an old one for as long as it is in the ring.

use data_encoding::BASE64URL_NOPAD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use service::key_ring::KeyRing;
use sha2::{Digest, Sha256};

/// Seeds that are tried: one in four billion can't be a key.
const ATTEMPTS: u8 = 8;

/// A key, and what it is called.
pub(crate) struct Key {
    id: String,
    x: String,
    y: String,
    signing: SigningKey,
}

impl Key {
    /// The key made of this one of the ring.
    fn of(ring: &KeyRing, id: &str) -> Option<Self> {
        let signing = (0..ATTEMPTS).find_map(|attempt| {
            let seed = ring.signing_seed(id, attempt)?;
            SigningKey::from_slice(&*seed).ok()
        })?;
        let point = signing.verifying_key().to_encoded_point(false);
        let (x, y) = (BASE64URL_NOPAD.encode(point.x()?), BASE64URL_NOPAD.encode(point.y()?));
        // RFC 7638, 3.2: these members, in this order.
        let thumbprint = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        Some(Self { id: BASE64URL_NOPAD.encode(&Sha256::digest(thumbprint)), x, y, signing })
    }

    /// The key that signs.
    pub(crate) fn current(ring: &KeyRing) -> Option<Self> {
        Self::of(ring, ring.current())
    }

    /// All keys as applications fetch them (RFC 7517), the one that signs first.
    pub(crate) fn set(ring: &KeyRing) -> Value {
        let all: Vec<Value> = ring.ids().filter_map(|id| Some(Self::of(ring, id)?.shown())).collect();
        json!({"keys": all})
    }

    fn shown(&self) -> Value {
        json!({"kty": "EC", "crv": "P-256", "x": self.x, "y": self.y, "kid": self.id, "use": "sig", "alg": "ES256"})
    }

    /// Claims as a signed token (RFC 7515, compact).
    pub(crate) fn sign(&self, claims: &Value) -> String {
        let head = json!({"alg": "ES256", "typ": "JWT", "kid": self.id});
        let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        let signed = format!("{}.{}", part(&head), part(claims));
        let signature: Signature = self.signing.sign(signed.as_bytes());
        format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature.to_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use p256::ecdsa::VerifyingKey;
    use p256::ecdsa::signature::Verifier;

    fn ring(current: &str) -> KeyRing {
        let secret = json!({"current": current, "k1": "one key that is long enough, surely", "k2": "another key, long enough as well"});
        KeyRing::parse(&secret.to_string()).unwrap()
    }

    /// SE-7: what is signed before a rotation can be checked after it, and the next key is known before it signs.
    #[test]
    fn keys_are_rotated_with_the_ring() {
        let (before, after) = (Key::set(&ring("k1")), Key::set(&ring("k2")));
        let names =
            |set: &Value| set["keys"].as_array().unwrap().iter().map(|key| key["kid"].clone()).collect::<Vec<_>>();
        let (before, after) = (names(&before), names(&after));
        assert_eq!((before.len(), &before[0], &before[1]), (2, &after[1], &after[0]));
        let token = Key::current(&ring("k1")).unwrap().sign(&json!({"sub": "ann"}));
        let parts: Vec<&str> = token.split('.').collect();
        let head: Value = serde_json::from_slice(&BASE64URL_NOPAD.decode(parts[0].as_bytes()).unwrap()).unwrap();
        assert_eq!(head["kid"], before[0]);
        let key = VerifyingKey::from(&Key::of(&ring("k2"), "k1").unwrap().signing);
        let signature = Signature::from_slice(&BASE64URL_NOPAD.decode(parts[2].as_bytes()).unwrap()).unwrap();
        assert!(key.verify(format!("{}.{}", parts[0], parts[1]).as_bytes(), &signature).is_ok());
    }
}
