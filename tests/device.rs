//! A device with a passkey, of the tests' own: what a phone or a security key answers (WebAuthn, 6), by the standard and, where a
//! test says so, against it.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};

use data_encoding::BASE64URL_NOPAD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The device: one passkey, whose counter goes up with each use.
pub(crate) struct Device {
    key: SigningKey,
    id: [u8; 16],
    handle: Mutex<String>,
    pub(crate) counter: AtomicU32,
}

/// How a device answers, where it can be wrong.
#[derive(Clone, Copy)]
pub(crate) struct How<'a> {
    /// The page's origin, as the browser says it.
    pub(crate) origin: &'a str,
    /// Whose passkey the device takes it for, if not that of whoever asks.
    pub(crate) house: Option<&'a str>,
    /// Whether it asked for a finger, a face or a PIN.
    pub(crate) verified: bool,
}

impl<'a> How<'a> {
    pub(crate) fn at(origin: &'a str) -> Self {
        Self { origin, house: None, verified: true }
    }
}

impl Device {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU8 = AtomicU8::new(1);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let key = SigningKey::from_bytes(&[number; 32].into()).expect("a key");
        Self { key, id: [number; 16], handle: Mutex::default(), counter: AtomicU32::new(0) }
    }

    /// Makes the passkey.
    pub(crate) fn make(&self, options: &Value, how: How<'_>) -> Value {
        let options = &options["publicKey"];
        assert_eq!(options["authenticatorSelection"]["residentKey"], "required", "{options}");
        assert_eq!(options["authenticatorSelection"]["userVerification"], "required", "{options}");
        options["user"]["id"].as_str().expect("a handle").clone_into(&mut self.handle.lock().expect("a handle"));
        let point = self.key.verifying_key().to_encoded_point(false);
        let (x, y) = (point.x().expect("x"), point.y().expect("y"));
        // A COSE key: EC2, ES256, P-256 (RFC 9053, 7.1.1).
        let public = [&[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32][..], x, &[0x22, 0x58, 32], y].concat();
        let data = [&self.data(&options["rp"]["id"], how, 0x40)[..], &[0; 16], &[0, 16], &self.id, &public].concat();
        let length = u8::try_from(data.len()).expect("a short one");
        // {"fmt": "none", "attStmt": {}, "authData": …} (WebAuthn, 6.5.4).
        let object = [&b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58"[..], &[length], &data].concat();
        self.credential(&json!({
            "clientDataJSON": BASE64URL_NOPAD.encode(&said("webauthn.create", options, how)),
            "attestationObject": BASE64URL_NOPAD.encode(&object),
        }))
    }

    /// Shows the passkey.
    pub(crate) fn show(&self, options: &Value, how: How<'_>) -> Value {
        let options = &options["publicKey"];
        assert_eq!(options["userVerification"], "required", "{options}");
        self.counter.fetch_add(1, Ordering::Relaxed);
        let (data, said) = (self.data(&options["rpId"], how, 0), said("webauthn.get", options, how));
        let signature: Signature = self.key.sign(&[&data[..], &Sha256::digest(&said)].concat());
        self.credential(&json!({
            "clientDataJSON": BASE64URL_NOPAD.encode(&said),
            "authenticatorData": BASE64URL_NOPAD.encode(&data),
            "signature": BASE64URL_NOPAD.encode(signature.to_der().as_bytes()),
            "userHandle": *self.handle.lock().expect("a handle"),
        }))
    }

    fn data(&self, house: &Value, how: How<'_>, more: u8) -> Vec<u8> {
        let house = how.house.or(house.as_str()).expect("a house");
        let flags = 1 | if how.verified { 4 } else { 0 } | more;
        let counter = self.counter.load(Ordering::Relaxed).to_be_bytes();
        [&Sha256::digest(house)[..], &[flags], &counter].concat()
    }

    fn credential(&self, response: &Value) -> Value {
        let id = BASE64URL_NOPAD.encode(&self.id);
        json!({"id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": {}})
    }
}

/// What the browser says that it was asked, and where.
fn said(kind: &str, options: &Value, how: How<'_>) -> Vec<u8> {
    let challenge = options["challenge"].as_str().expect("a challenge");
    format!(r#"{{"type":"{kind}","challenge":"{challenge}","origin":"{}","crossOrigin":false}}"#, how.origin)
        .into_bytes()
}
