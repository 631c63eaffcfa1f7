//! What the keys do: derive (tokens, temporary passwords) and seal (what must be read back).

use std::collections::BTreeMap;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use data_encoding::BASE64URL_NOPAD;
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// What a derived value is for. A value made for one purpose is never good for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A mailed link that sets a password.
    ResetLink,
    /// A temporary password.
    TemporaryPassword,
    /// A mailed link that lists the accounts of a mailbox.
    MailboxLink,
    /// A browser that somebody has signed in from.
    Browser,
    /// The token that takes another one's place.
    SessionRotation,
    /// What a PIN is found by.
    Pin,
    /// A ticket.
    Ticket,
    /// A mailed link that sets up a second factor.
    SetupLink,
    /// What a recovery code is known by.
    RecoveryCode,
    /// The seal over what happened.
    AuditSeal,
    /// The seal over a part of an export.
    ExportSeal,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Self::ResetLink => b"vestibule/1/reset-link",
            Self::TemporaryPassword => b"vestibule/1/temporary-password",
            Self::MailboxLink => b"vestibule/1/mailbox-link",
            Self::Browser => b"vestibule/1/browser",
            Self::SessionRotation => b"vestibule/1/session-rotation",
            Self::Pin => b"vestibule/1/pin",
            Self::Ticket => b"vestibule/1/ticket",
            Self::SetupLink => b"vestibule/1/setup-link",
            Self::RecoveryCode => b"vestibule/1/recovery-code",
            Self::AuditSeal => b"vestibule/1/audit-seal",
            Self::ExportSeal => b"vestibule/1/export-seal",
        }
    }
}

/// What outlives a move to another house: values that can't be made anew, since nobody has kept what they were made of.
const BEQUEATHED: [Purpose; 4] = [Purpose::TemporaryPassword, Purpose::Pin, Purpose::RecoveryCode, Purpose::AuditSeal];

/// What a key that came from another house begins with in the secret.
const INHERITED: &str = "inherited ";

const SEAL: &[u8] = b"vestibule/1/seal";

const SIGNING: &[u8] = b"vestibule/1/signing";

/// A key, or what another house has left of one.
enum Held {
    /// For every purpose.
    Whole(Box<Hkdf<Sha256>>),
    /// For those purposes that were left, by their labels. It opens nothing, and no link, ticket or session is made with it.
    Inherited(BTreeMap<Vec<u8>, Zeroizing<[u8; 32]>>),
}

/// The keys, each under its id; one is current, the others still open what they closed.
pub struct KeyRing {
    current: String,
    keys: BTreeMap<String, Held>,
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyRing").field("current", &self.current).finish_non_exhaustive()
    }
}

/// The secret does not hold a key ring.
#[derive(Debug, thiserror::Error)]
#[error("the secret must be a JSON object: \"current\" names a key of at least 32 characters in it")]
pub struct BadSecret;

/// What was sealed can't be opened: another owner, another key, or changed bytes.
#[derive(Debug, thiserror::Error)]
#[error("sealed for somebody else, by a key that is gone, or altered")]
pub struct CantOpen;

impl KeyRing {
    /// Reads the secret: a JSON object of key id → key, and `current`, the id of the one that new values are made with.
    pub fn parse(secret: &str) -> Result<Self, BadSecret> {
        let all: BTreeMap<String, String> = serde_json::from_str(secret).map_err(|_| BadSecret)?;
        let mut all: BTreeMap<String, Zeroizing<String>> = all.into_iter().map(|(id, key)| (id, key.into())).collect();
        let current = all.remove("current").ok_or(BadSecret)?.to_string();
        let strong = all.iter().all(|(id, key)| key.len() >= 32 && !id.contains('.'));
        if !all.contains_key(&current) || !strong {
            return Err(BadSecret);
        }
        let keys = all.iter().map(|(id, key)| Some((id.clone(), Held::parse(key)?)));
        let keys: BTreeMap<_, _> = keys.collect::<Option<_>>().ok_or(BadSecret)?;
        let whole = keys.get(&current).is_some_and(|key| matches!(key, Held::Whole(_)));
        if whole { Ok(Self { current, keys }) } else { Err(BadSecret) }
    }

    /// What this house leaves to the one that its people move to: of each key as much as known PINs, recovery codes, temporary
    /// passwords and the seals over what happened need, and nothing that makes a link, a ticket or a session of this house.
    pub fn bequest(&self) -> BTreeMap<String, Zeroizing<String>> {
        let left = |key: &Held| {
            let subs = BEQUEATHED.into_iter().filter_map(|purpose| Some((purpose, key.sub(purpose.label())?)));
            let mut words = Zeroizing::new(INHERITED.trim_end().to_owned());
            for (purpose, sub) in subs {
                words.push(' ');
                words.push_str(&String::from_utf8_lossy(purpose.label()));
                words.push('=');
                words.push_str(&Zeroizing::new(BASE64URL_NOPAD.encode(&*sub)));
            }
            words
        };
        self.keys.iter().map(|(id, key)| (id.clone(), left(key))).collect()
    }

    /// The id of the key that new values are made with.
    pub fn current(&self) -> &str {
        &self.current
    }

    /// 32 bytes that only a holder of the key can make, for a purpose and an id. `None` when the key is gone.
    pub fn derive(&self, key: &str, purpose: Purpose, id: &[&str]) -> Option<[u8; 32]> {
        Some(self.mac(key, purpose, id)?.finalize().into_bytes().into())
    }

    /// What every key would derive, the current one's first: values made before a rotation are still known.
    pub fn candidates(&self, purpose: Purpose, id: &[&str]) -> Vec<[u8; 32]> {
        self.ids().filter_map(|key| self.derive(key, purpose, id)).collect()
    }

    /// A token for a mailed link: key id, the parts of the id, and their proof. Parts may not hold a dot.
    pub fn token(&self, purpose: Purpose, id: &[&str]) -> Option<String> {
        let proof = self.derive(&self.current, purpose, id)?;
        Some(format!("{}.{}.{}", self.current, id.join("."), BASE64URL_NOPAD.encode(&proof)))
    }

    /// The parts of a token's id, if the token was made here for this purpose. Costs no read of the database.
    pub fn check<const N: usize>(&self, purpose: Purpose, token: &str) -> Option<[String; N]> {
        let (rest, proof) = token.rsplit_once('.')?;
        let (key, id) = rest.split_once('.')?;
        let parts: Vec<&str> = id.split('.').collect();
        let proof = BASE64URL_NOPAD.decode(proof.as_bytes()).ok()?;
        self.mac(key, purpose, &parts)?.verify_slice(&proof).ok()?;
        parts.into_iter().map(str::to_owned).collect::<Vec<_>>().try_into().ok()
    }

    /// The ids of all keys, the current one first.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        let older = self.keys.keys().filter(|key| **key != self.current);
        std::iter::once(&self.current).chain(older).map(String::as_str)
    }

    /// 32 bytes to make a signing key of. Not all of them can be one: then the next `attempt` may. `None` when the key is gone.
    pub fn signing_seed(&self, key: &str, attempt: u8) -> Option<Zeroizing<[u8; 32]>> {
        let label = [SIGNING, &[attempt]].concat();
        self.keys.get(key)?.sub(&label)
    }

    fn mac(&self, key: &str, purpose: Purpose, id: &[&str]) -> Option<Hmac<Sha256>> {
        let sub = self.keys.get(key)?.sub(purpose.label())?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&*sub).ok()?;
        for part in id {
            mac.update(&u64::try_from(part.len()).ok()?.to_be_bytes());
            mac.update(part.as_bytes());
        }
        Some(mac)
    }

    /// Encrypts for one owner (ChaCha20-Poly1305, RFC 8439; the owner is authenticated with it).
    pub fn seal(&self, owner: &str, plain: &[u8], nonce: [u8; 12]) -> Option<String> {
        let cipher = cipher(self.keys.get(&self.current)?)?;
        let payload = Payload { msg: plain, aad: owner.as_bytes() };
        let closed = cipher.encrypt(&Nonce::from(nonce), payload).ok()?;
        Some(format!("{}.{}", self.current, BASE64URL_NOPAD.encode(&[&nonce[..], &closed].concat())))
    }

    /// Decrypts what was sealed for this owner, by this key or an older one.
    pub fn open(&self, owner: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>, CantOpen> {
        let (key, text) = sealed.split_once('.').ok_or(CantOpen)?;
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| CantOpen)?;
        let (nonce, closed) = bytes.split_first_chunk::<12>().ok_or(CantOpen)?;
        let cipher = self.keys.get(key).and_then(cipher).ok_or(CantOpen)?;
        let payload = Payload { msg: closed, aad: owner.as_bytes() };
        cipher.decrypt(&Nonce::from(*nonce), payload).map(Zeroizing::new).map_err(|_| CantOpen)
    }
}

fn expand(key: &Hkdf<Sha256>, label: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut sub = Zeroizing::new([0; 32]);
    // 32 bytes are always within what HKDF can give (255 × 32).
    let _ = key.expand(label, &mut *sub);
    sub
}

impl Held {
    /// As the secret has it; `None` for an inheritance that can't be read.
    fn parse(key: &str) -> Option<Self> {
        let Some(left) = key.strip_prefix(INHERITED) else {
            return Some(Self::Whole(Box::new(Hkdf::new(None, key.as_bytes()))));
        };
        let one = |word: &str| {
            let (label, sub) = word.split_once('=')?;
            let sub = Zeroizing::new(BASE64URL_NOPAD.decode(sub.as_bytes()).ok()?);
            Some((label.as_bytes().to_vec(), Zeroizing::new(<[u8; 32]>::try_from(sub.as_slice()).ok()?)))
        };
        left.split(' ').map(one).collect::<Option<_>>().map(Self::Inherited)
    }

    /// The key for one purpose; `None` where that was not left.
    fn sub(&self, label: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
        match self {
            Self::Whole(key) => Some(expand(key, label)),
            Self::Inherited(subs) => subs.get(label).cloned(),
        }
    }
}

fn cipher(key: &Held) -> Option<ChaCha20Poly1305> {
    Some(ChaCha20Poly1305::new(&Key::from(*key.sub(SEAL)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = r#"{"current":"k1","k1":"an old key that is long enough, surely"}"#;
    const NEW: &str = r#"{"current":"k2","k2":"a new key that is long enough, surely!","k1":"an old key that is long enough, surely"}"#;

    fn ring(secret: &str) -> KeyRing {
        KeyRing::parse(secret).unwrap()
    }

    #[test]
    fn a_token_reads_back_and_outlives_a_rotation() {
        let token = ring(OLD).token(Purpose::ResetLink, &["ann", "mail"]).unwrap();
        for secret in [OLD, NEW] {
            let parts = ring(secret).check::<2>(Purpose::ResetLink, &token);
            assert_eq!(parts, Some(["ann".to_owned(), "mail".to_owned()]));
        }
        assert!(ring(NEW).token(Purpose::ResetLink, &["ann"]).unwrap().starts_with("k2."));
    }

    #[test]
    fn a_token_is_good_for_its_purpose_and_shape_only() {
        let ring = ring(OLD);
        let token = ring.token(Purpose::ResetLink, &["ann", "mail"]).unwrap();
        assert_eq!(ring.check::<2>(Purpose::TemporaryPassword, &token), None);
        assert_eq!(ring.check::<1>(Purpose::ResetLink, &token), None);
    }

    #[test]
    fn any_changed_or_missing_character_kills_a_token() {
        let ring = ring(OLD);
        let token = ring.token(Purpose::ResetLink, &["ann", "mail"]).unwrap();
        for at in 0..token.len() {
            let mut other = token.clone().into_bytes();
            other[at] = if other[at] == b'A' { b'B' } else { b'A' };
            let other = String::from_utf8(other).unwrap();
            assert_eq!(ring.check::<2>(Purpose::ResetLink, &other), None, "{other}");
            assert_eq!(ring.check::<2>(Purpose::ResetLink, &token[..at]), None, "cut at {at}");
        }
        assert_eq!(ring.check::<2>(Purpose::ResetLink, &token.replacen("ann.mail", "an.nmail", 1)), None);
    }

    #[test]
    fn what_is_sealed_opens_for_its_owner_after_a_rotation_and_for_nobody_else() {
        let sealed = ring(OLD).seal("USER#ann", b"secret", [9; 12]).unwrap();
        assert_eq!(&*ring(NEW).open("USER#ann", &sealed).unwrap(), b"secret");
        assert!(ring(NEW).open("USER#bob", &sealed).is_err());
        assert!(
            ring(r#"{"current":"k9","k9":"another key altogether, long enough"}"#).open("USER#ann", &sealed).is_err()
        );
        assert!(ring(OLD).open("USER#ann", &sealed[..sealed.len() - 4]).is_err());
    }

    /// IO-3: what was left of a key is known again for its purposes, and makes or opens nothing else.
    #[test]
    fn an_heir_knows_codes_and_makes_no_links() {
        let old = ring(OLD);
        let left = old.bequest();
        let secret = |left: &str| {
            serde_json::json!({"current": "n1", "n1": "a key of the new house, long enough", "k1~moved": left})
                .to_string()
        };
        let heir = ring(&secret(&left["k1"]));
        for purpose in BEQUEATHED {
            let known = old.derive("k1", purpose, &["ann"]);
            assert!(known.is_some() && heir.derive("k1~moved", purpose, &["ann"]) == known, "{purpose:?}");
            assert!(heir.candidates(purpose, &["ann"]).contains(&known.unwrap()));
        }
        let all = [Purpose::ResetLink, Purpose::Ticket, Purpose::SessionRotation, Purpose::SetupLink, Purpose::Browser];
        for purpose in all.into_iter().chain([Purpose::MailboxLink]) {
            assert_eq!(heir.derive("k1~moved", purpose, &["ann"]), None, "{purpose:?}");
            assert_eq!(heir.candidates(purpose, &["ann"]).len(), 1);
        }
        let sealed = old.seal("ann", b"secret", [1; 12]).unwrap();
        assert!(heir.open("ann", &sealed.replacen("k1.", "k1~moved.", 1)).is_err());
        assert_eq!(heir.bequest()["k1~moved"], left["k1"], "and what was left is left again");
        for broken in
            ["inherited vestibule/1/pin=short                    ", "inherited of nothing, and long enough, too"]
        {
            assert!(KeyRing::parse(&secret(broken)).is_err(), "{broken}");
        }
    }

    #[test]
    fn a_weak_or_broken_secret_is_refused() {
        let inherited =
            r#"{"current":"k1","k1":"inherited vestibule/1/pin=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#;
        assert!(KeyRing::parse(inherited).is_err(), "what was left by others makes nothing new");
        for bad in ["", "{}", r#"{"current":"k1"}"#, r#"{"current":"k1","k1":"short"}"#, "[1]", r#"{"current":1}"#] {
            assert!(KeyRing::parse(bad).is_err(), "{bad}");
        }
    }
}
