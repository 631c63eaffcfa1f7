//! Stored passwords: ours, and those that other systems kept (IO-2). Each is read whole and bounded before it is used, both when
//! it is brought in and at every sign-in.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use ctr::cipher::{KeyIvInit, StreamCipher};
use domain::language::Language::{English, Spanish};
use domain::language::spoken;
use pbkdf2::pbkdf2_hmac;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;

use super::formats;

/// Memory (KiB), passes and lanes of new hashes: OWASP's first choice for Argon2id.
pub(super) const COST: (u32, u32, u32) = (19_456, 2, 1);

/// Most memory (KiB) that a stored hash may ask for: what scrypt takes as OWASP advises it.
const MOST_MEMORY: u32 = 131_072;

/// Most that Argon2 may write, in KiB: about fourteen times what ours writes.
const MOST_WRITTEN: u64 = 524_288;

/// Most lanes of Argon2.
const MOST_LANES: u32 = 16;

/// Most rounds of PBKDF2, over all blocks of its output: Django asks for 1,200,000.
const MOST_ROUNDS: u64 = 2_000_000;

/// Most doublings of bcrypt: about a second.
const MOST_DOUBLINGS: u32 = 14;

/// Most that scrypt may mix: N × r × p.
const MOST_MIXED: u64 = 1 << 20;

/// Bytes of a salt, at the most.
const LONGEST_SALT: usize = 128;

/// Bytes of a hash: with less, anybody's password would do sooner or later.
const HASH_BYTES: std::ops::RangeInclusive<usize> = 16..=128;

/// Bytes of a password that bcrypt looks at.
const BCRYPT_READS: usize = 72;

/// Why a hash from elsewhere is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotTaken {
    /// It looks like nothing that is known here.
    #[error("it is none of Argon2, bcrypt, PBKDF2 and scrypt in a form that is known here")]
    Unknown,
    /// It says what it is, and isn't.
    #[error("it begins as {0} does, and can't be read as that")]
    Broken(&'static str),
    /// It would keep everybody waiting.
    #[error("it asks for more time or memory than a sign-in may take")]
    TooDear,
    /// Too little of it is there.
    #[error("its salt or hash is too short or too long")]
    Length,
}

impl NotTaken {
    /// Why, in the language that is spoken.
    pub(crate) fn told(self) -> String {
        match (self, spoken()) {
            (_, English) => self.to_string(),
            (Self::Unknown, Spanish) => "no es Argon2, bcrypt, PBKDF2 ni scrypt en una forma conocida aquí".to_owned(),
            (Self::Broken(name), Spanish) => format!("empieza como {name} y no se puede leer como tal"),
            (Self::TooDear, Spanish) => {
                "pide más tiempo o memoria de lo que puede tardar un inicio de sesión".to_owned()
            }
            (Self::Length, Spanish) => "su sal o su hash es demasiado corto o demasiado largo".to_owned(),
        }
    }
}

/// The function that PBKDF2 repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Prf {
    Sha1,
    Sha256,
    Sha512,
}

impl Prf {
    fn bytes(self) -> u64 {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }
}

/// How a password becomes a hash, with all that it takes but the password.
#[derive(Clone, Debug)]
pub(super) enum Method {
    Argon2(Algorithm, Version, Params),
    /// The whole hash as it stands; and whether the password is put through SHA-256 first, as Django can.
    Bcrypt(String, bool),
    Pbkdf2(Prf, u32),
    Scrypt(scrypt::Params),
    /// Firebase: what scrypt makes seals the project's key, and that is the hash.
    Firebase(scrypt::Params, Vec<u8>),
}

/// A stored password: a method, its salt, and what comes out.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(super) method: Method,
    pub(super) salt: Vec<u8>,
    pub(super) hash: Vec<u8>,
}

/// What a hash takes: those that take the same compare equal.
pub(crate) type Cost = (u8, u64, u64, u64);

impl Stored {
    /// Reads what is stored, in any known form.
    pub(crate) fn parse(text: &str) -> Result<Self, NotTaken> {
        formats::read(text.trim())?.bounded()
    }

    /// What nobody's password is, at the cost of ours.
    pub(super) fn decoy() -> Self {
        Self::ours(b"nobody is behind", vec![0; Params::DEFAULT_OUTPUT_LEN])
    }

    /// A hash as we make them.
    pub(super) fn ours(salt: &[u8], hash: Vec<u8>) -> Self {
        let (memory, passes, lanes) = COST;
        let params = Params::new(memory, passes, lanes, None).unwrap_or(Params::DEFAULT);
        Self { method: Method::Argon2(Algorithm::Argon2id, Version::V0x13, params), salt: salt.to_vec(), hash }
    }

    fn bounded(self) -> Result<Self, NotTaken> {
        let (dear, bare) = match &self.method {
            Method::Argon2(_, _, params) => {
                let written = u64::from(params.m_cost()) * u64::from(params.t_cost());
                let dear = written > MOST_WRITTEN || params.m_cost() > MOST_MEMORY || params.p_cost() > MOST_LANES;
                (dear, self.salt.len() < 8)
            }
            Method::Bcrypt(text, _) => (bcrypt_cost(text) > MOST_DOUBLINGS, false),
            Method::Pbkdf2(prf, rounds) => {
                let blocks = u64::try_from(self.hash.len()).unwrap_or(u64::MAX).div_ceil(prf.bytes());
                (u64::from(*rounds).saturating_mul(blocks) > MOST_ROUNDS, self.salt.is_empty())
            }
            Method::Scrypt(params) | Method::Firebase(params, _) => (too_dear(params), self.salt.is_empty()),
        };
        let lengths = self.salt.len() <= LONGEST_SALT && HASH_BYTES.contains(&self.hash.len()) && !bare;
        match (dear, lengths || matches!(self.method, Method::Bcrypt(..))) {
            (true, _) => Err(NotTaken::TooDear),
            (false, false) => Err(NotTaken::Length),
            (false, true) => Ok(self),
        }
    }

    /// Whether it is as new ones are made; anything else is replaced at the next sign-in (SI-9).
    pub(crate) fn is_present(&self) -> bool {
        let present = Self::decoy();
        self.cost() == present.cost() && self.hash.len() == present.hash.len()
    }

    /// Whether all of this password went into the hash: bcrypt may have seen only its beginning, and what comes behind that is
    /// nobody's word but the visitor's.
    pub(super) fn has_seen_all_of(&self, password: &[u8]) -> bool {
        !matches!(self.method, Method::Bcrypt(_, false)) || password.len() < BCRYPT_READS
    }

    /// What it takes.
    pub(crate) fn cost(&self) -> Cost {
        let scrypt = |params: &scrypt::Params| (params.log_n().into(), params.r().into(), params.p().into());
        match &self.method {
            Method::Argon2(kind, version, params) => {
                let kind = *kind as u64 * 256 + u64::from(u32::from(*version));
                (0, kind, params.m_cost().into(), u64::from(params.t_cost()) * 256 + u64::from(params.p_cost()))
            }
            Method::Bcrypt(text, first) => (1, bcrypt_cost(text).into(), (*first).into(), 0),
            Method::Pbkdf2(prf, rounds) => {
                (2, *prf as u64, u64::from(*rounds), u64::try_from(self.hash.len()).unwrap_or_default())
            }
            Method::Scrypt(params) => {
                let (n, r, p) = scrypt(params);
                (3, n, r, p)
            }
            Method::Firebase(params, _) => {
                let (n, r, p) = scrypt(params);
                (4, n, r, p)
            }
        }
    }

    /// Memory blocks that Argon2 works in.
    pub(super) fn blocks(&self) -> usize {
        match &self.method {
            Method::Argon2(_, _, params) => params.block_count(),
            _ => 0,
        }
    }

    /// Whether this is the password; `memory` has as many blocks as are needed. `None` when it can't be said.
    pub(super) fn is_of(&self, password: &[u8], memory: &mut [Block]) -> Option<bool> {
        if let Method::Bcrypt(text, first) = &self.method {
            return bcrypt_matches(password, text, *first);
        }
        let made = self.made_of(password, memory)?;
        Some(made.ct_eq(&self.hash).into())
    }

    /// The hash that this password has, with this method and salt; not for bcrypt, which keeps both in one.
    pub(super) fn made_of(&self, password: &[u8], memory: &mut [Block]) -> Option<Vec<u8>> {
        let mut out = vec![0; self.hash.len()];
        match &self.method {
            Method::Argon2(kind, version, params) => {
                let argon2 = Argon2::new(*kind, *version, params.clone());
                argon2.hash_password_into_with_memory(password, &self.salt, &mut out, memory).ok()?;
            }
            Method::Bcrypt(..) => return None,
            Method::Pbkdf2(Prf::Sha1, rounds) => pbkdf2_hmac::<Sha1>(password, &self.salt, *rounds, &mut out),
            Method::Pbkdf2(Prf::Sha256, rounds) => pbkdf2_hmac::<Sha256>(password, &self.salt, *rounds, &mut out),
            Method::Pbkdf2(Prf::Sha512, rounds) => pbkdf2_hmac::<Sha512>(password, &self.salt, *rounds, &mut out),
            Method::Scrypt(params) => scrypt::scrypt(password, &self.salt, params, &mut out).ok()?,
            Method::Firebase(params, signer) => {
                let mut key = [0; 32];
                scrypt::scrypt(password, &self.salt, params, &mut key).ok()?;
                out.clone_from(signer);
                ctr::Ctr128BE::<aes::Aes256>::new(&key.into(), &[0; 16].into()).apply_keystream(&mut out);
            }
        }
        Some(out)
    }
}

fn too_dear(params: &scrypt::Params) -> bool {
    let block = u64::from(params.r()).saturating_mul(params.n());
    let memory = block.saturating_mul(128) / 1_024;
    memory > MOST_MEMORY.into() || block.saturating_mul(params.p().into()) > MOST_MIXED
}

/// The doublings of a bcrypt hash, such as 12; more than any where they can't be read.
fn bcrypt_cost(text: &str) -> u32 {
    text.get(4..6).and_then(|cost| cost.parse().ok()).unwrap_or(u32::MAX)
}

/// As bcrypt does it: the first 72 bytes count. In most libraries a NUL ends a password; who types one is not let in by what
/// stands before it.
fn bcrypt_matches(password: &[u8], text: &str, first: bool) -> Option<bool> {
    let right = if first {
        bcrypt::verify(data_encoding::HEXLOWER.encode(&Sha256::digest(password)), text)
    } else {
        bcrypt::verify(password, text)
    };
    Some(right.ok()? && (first || !password.contains(&0)))
}
