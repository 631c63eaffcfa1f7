//! What closes an export: a key ring of its own, made of a passphrase by Argon2id. Every secret in the file is opened with the
//! house's keys and closed with it, and every part is sealed with it, so that nobody alters what is brought back.

use argon2::{Algorithm, Argon2, Params, Version};
use aws::dynamodb::Attribute;
use data_encoding::BASE64URL_NOPAD;
use domain::id::UserId;
use domain::password::Password;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_dynamo::AttributeValue;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::app::App;
use crate::flow::Trouble;
use crate::flow::federated::owner as provider_owner;
use crate::flow::sponsor::sealed_for as pin_owner;
use crate::flow::verify_code::sealed_for as factor_owner;
use crate::hasher::Busy;
use crate::key_ring::{CantOpen, KeyRing, Purpose};
use crate::store::{Item, Whole, place};

/// The version of the format that this program writes, and the newest that it reads.
pub const FORMAT: u32 = 1;

/// The id of the key in the ring, with which everything begins that it closed.
const KEY: &str = "export";

/// Memory in KiB, passes and lanes: several times what a sign-in takes, since a file can be guessed at for ever.
const COST: (u32, u32, u32) = (65_536, 3, 1);

/// Most memory (KiB), passes and lanes that a file may ask for.
const MOST: (u32, u32, u32) = (1 << 20, 16, 16);

/// The first line of an export.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Head {
    /// The version of the format.
    pub(super) vestibule_export: u32,
    /// Which export.
    pub(super) id: String,
    /// When it was begun.
    pub(super) made_at: Timestamp,
    /// The house that it is of.
    pub(super) origin: String,
    /// How the passphrase becomes the key.
    pub(super) kdf: Kdf,
    /// What that house leaves of its keys, closed.
    pub(super) keys: String,
}

/// How a passphrase becomes a key: Argon2id, version 0x13, 32 bytes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Kdf {
    algorithm: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
}

impl Kdf {
    /// A new one.
    pub(super) fn new(salt: [u8; 16]) -> Self {
        let (memory_kib, passes, lanes) = COST;
        Self { algorithm: "argon2id".to_owned(), memory_kib, passes, lanes, salt: BASE64URL_NOPAD.encode(&salt) }
    }

    /// The key, which is a secret; `None` when this asks for what is not known here, or for too much.
    pub(super) async fn key(&self, passphrase: &Password) -> Result<Option<Zeroizing<String>>, Trouble> {
        let fits = self.memory_kib <= MOST.0 && self.passes <= MOST.1 && self.lanes <= MOST.2;
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(32)).ok();
        let salt = BASE64URL_NOPAD.decode(self.salt.as_bytes()).ok();
        let Some((params, salt)) = params.zip(salt).filter(|_| fits && self.algorithm == "argon2id") else {
            return Ok(None);
        };
        let passphrase = Zeroizing::new(passphrase.expose_bytes().to_vec());
        let made = tokio::task::spawn_blocking(move || {
            let mut key = Zeroizing::new([0; 32]);
            let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            argon2.hash_password_into(&passphrase, &salt, &mut *key).ok()?;
            Some(Zeroizing::new(BASE64URL_NOPAD.encode(&*key)))
        });
        Ok(made.await.map_err(|_| Busy)?)
    }
}

/// Whether a kept secret is closed by the house, or stands there as it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Closed,
    Hash,
}

/// A ring of one key, which nothing else is made with.
#[derive(Debug)]
pub(super) struct Lock(KeyRing);

impl Lock {
    /// The lock of a key; `None` if it is none.
    pub(super) fn of(key: &str) -> Option<Self> {
        let secret = Zeroizing::new(serde_json::json!({"current": KEY, (KEY): key}).to_string());
        KeyRing::parse(&secret).ok().map(Self)
    }

    /// Closes something for an owner.
    pub(super) fn close(&self, owner: &str, plain: &[u8], nonce: [u8; 12]) -> Option<String> {
        self.0.seal(owner, plain, nonce)
    }

    /// Opens what was closed for an owner.
    pub(super) fn open(&self, owner: &str, closed: &str) -> Result<Zeroizing<Vec<u8>>, CantOpen> {
        self.0.open(owner, closed)
    }

    /// Closes every secret of an item with this lock. What the house itself can't open any more stays as it is.
    pub(super) fn close_item(&self, app: &App, ring: &KeyRing, of: Whole, item: &mut Item) -> Result<(), Trouble> {
        for (owner, sort, secret) in secrets(of, item) {
            let plain = match sort {
                Sort::Hash => Zeroizing::new(secret.as_bytes().to_vec()),
                Sort::Closed => match ring.open(&owner, secret) {
                    Ok(plain) => plain,
                    Err(error) => {
                        tracing::warn!(owner, %error, "a secret is exported as it is");
                        continue;
                    }
                },
            };
            if let Some(closed) = self.close(&owner, &plain, app.random.bytes()?) {
                *secret = closed;
            }
        }
        Ok(())
    }

    /// Opens every secret of an item, and closes it with the keys of this house; `false` when one can't be opened.
    pub(super) fn open_item(&self, app: &App, ring: &KeyRing, of: Whole, item: &mut Item) -> Result<bool, Trouble> {
        for (owner, sort, secret) in secrets(of, item) {
            let ours = secret.strip_prefix(KEY).is_some_and(|rest| rest.starts_with('.'));
            if !ours && sort == Sort::Closed {
                continue;
            }
            let Ok(plain) = self.open(&owner, secret) else { return Ok(false) };
            let kept = match sort {
                Sort::Hash => String::from_utf8(plain.to_vec()).ok(),
                Sort::Closed => ring.seal(&owner, &plain, app.random.bytes()?),
            };
            let Some(kept) = kept else { return Ok(false) };
            *secret = kept;
        }
        Ok(true)
    }

    /// The seal over a part: its number, how many lines it has, whether it is the last, and the hash of them.
    pub(super) fn seal(&self, export: &str, part: (u32, u64, bool), lines: Sha256) -> String {
        let (number, count) = (part.0.to_string(), part.1.to_string());
        let digest = BASE64URL_NOPAD.encode(&lines.finalize());
        let all = [export, &number, &count, if part.2 { "last" } else { "more" }, &digest];
        let made = self.0.derive(KEY, Purpose::ExportSeal, &all).unwrap_or_default();
        BASE64URL_NOPAD.encode(&made)
    }
}

/// The last line of a part.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Tail {
    /// Which part, from one on.
    pub(super) part: u32,
    /// Lines of it before this one.
    pub(super) lines: u64,
    /// Whether nothing follows.
    pub(super) last: bool,
    /// The seal over it.
    pub(super) seal: String,
}

/// Every secret of an item, and whom it is closed for.
fn secrets(of: Whole, item: &mut Item) -> Vec<(String, Sort, &mut String)> {
    let Some((pk, sk)) = place(item) else { return Vec::new() };
    let found = match (of, sk.as_str()) {
        (Whole::Directory, "USER") => {
            let owner = pk.strip_prefix("USER#").and_then(UserId::parse).map(|id| factor_owner(&id));
            let factor = match item.get_mut("factor") {
                Some(AttributeValue::M(factor)) => factor.get_mut("sealed"),
                _ => None,
            };
            owner.and_then(|owner| closed(owner, factor))
        }
        (Whole::Directory, "PIN") => {
            let sponsor = item.get("sponsor").and_then(|id| id.as_s()).and_then(|id| UserId::parse(id));
            sponsor.and_then(|id| closed(pin_owner(&id), item.get_mut("sealed")))
        }
        (Whole::Settings, id) if pk == crate::store::keys::PROVIDERS => {
            closed(provider_owner(id), item.get_mut("sealed"))
        }
        (Whole::Names, "LOGIN") => return hashes(&pk, item),
        _ => None,
    };
    found.into_iter().map(|(owner, secret)| (owner, Sort::Closed, secret)).collect()
}

fn closed(owner: String, secret: Option<&mut AttributeValue>) -> Option<(String, &mut String)> {
    let AttributeValue::S(text) = secret? else { return None };
    Some((owner, text))
}

/// The password of a login, and those before it.
fn hashes<'a>(owner: &str, login: &'a mut Item) -> Vec<(String, Sort, &'a mut String)> {
    let mut all = Vec::new();
    for (name, value) in login.iter_mut() {
        match (name.as_str(), value) {
            ("hash", AttributeValue::S(hash)) => all.push((owner.to_owned(), Sort::Hash, hash)),
            ("history", AttributeValue::L(before)) => {
                let texts = before.iter_mut().filter_map(|hash| match hash {
                    AttributeValue::S(hash) => Some(hash),
                    _ => None,
                });
                all.extend(texts.map(|hash| (owner.to_owned(), Sort::Hash, hash)));
            }
            _ => {}
        }
    }
    all
}
