//! How other systems write a hash down, one function for each. What they say of cost is bounded elsewhere.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Params, Version};
use data_encoding::{BASE64, BASE64_NOPAD};
use serde_json::Value;

use super::stored::{Method, NotTaken, Prf, Stored};

/// Reads a hash in any form that is known here.
pub(super) fn read(text: &str) -> Result<Stored, NotTaken> {
    let kind = text.trim_start_matches('$').split('$').next().unwrap_or_default();
    match (kind, text.starts_with('$')) {
        ("argon2i" | "argon2d" | "argon2id", true) => argon2(text).ok_or(NotTaken::Broken("Argon2")),
        ("2a" | "2b" | "2y", true) => bcrypt(text, false).ok_or(NotTaken::Broken("bcrypt")),
        ("scrypt", true) => scrypt(text).ok_or(NotTaken::Broken("scrypt")),
        ("pbkdf2" | "pbkdf2-sha1" | "pbkdf2-sha256" | "pbkdf2-sha512", true) => {
            pbkdf2(text).ok_or(NotTaken::Broken("PBKDF2"))
        }
        ("argon2" | "bcrypt" | "bcrypt_sha256" | "pbkdf2_sha1" | "pbkdf2_sha256" | "scrypt", false) => {
            django(kind, text).ok_or(NotTaken::Broken("Django's hashes"))
        }
        ("keycloak", false) => keycloak_line(text).ok_or(NotTaken::Broken("Keycloak's hashes")),
        ("firebase-scrypt", false) => firebase(text).ok_or(NotTaken::Broken("Firebase's hashes")),
        _ if text.starts_with('{') => keycloak(text).ok_or(NotTaken::Broken("a credential of Keycloak")),
        _ => identity(text).ok_or(NotTaken::Unknown),
    }
}

/// The PHC string of Argon2; without `v=` it is of the version before the standard.
fn argon2(text: &str) -> Option<Stored> {
    let stored = PasswordHash::new(text).ok()?;
    let params = Params::try_from(&stored).ok()?;
    let kind = Algorithm::try_from(stored.algorithm.as_str()).ok()?;
    let version = stored.version.map_or(Ok(Version::V0x10), Version::try_from).ok()?;
    let (salt, hash) = (stored.salt?, stored.hash?);
    let method = Method::Argon2(kind, version, params);
    Some(Stored { method, salt: salt.to_vec(), hash: hash.as_bytes().to_vec() })
}

/// `$2b$12$` and 53 characters of salt and hash; `$2a$` and `$2y$` are other libraries' names for the same.
fn bcrypt(text: &str, first: bool) -> Option<Stored> {
    text.parse::<bcrypt::HashParts>().ok()?;
    Some(Stored { method: Method::Bcrypt(text.to_owned(), first), salt: Vec::new(), hash: Vec::new() })
}

/// The PHC string of scrypt: `$scrypt$ln=16,r=8,p=1$salt$hash`.
fn scrypt(text: &str) -> Option<Stored> {
    let [_, _, costs, salt, hash] = parts(text)?;
    let params = scrypt::Params::new(number(costs, "ln")?, number(costs, "r")?, number(costs, "p")?).ok()?;
    Some(Stored { method: Method::Scrypt(params), salt: base64(salt)?, hash: base64(hash)? })
}

/// `$pbkdf2-sha256$i=600000,l=32$salt$hash`, or with the bare number of rounds as Passlib writes it.
fn pbkdf2(text: &str) -> Option<Stored> {
    let [_, kind, costs, salt, hash] = parts(text)?;
    let rounds = number(costs, "i").or_else(|| costs.parse().ok())?;
    of_pbkdf2(prf(kind)?, rounds, base64(salt)?, base64(hash)?)
}

/// Django's `algorithm$…`: salts are text, bcrypt and Argon2 stand in it as they are.
fn django(kind: &str, text: &str) -> Option<Stored> {
    let rest = text.strip_prefix(kind)?.strip_prefix('$')?;
    match kind {
        "argon2" => argon2(&format!("${rest}")),
        "bcrypt" | "bcrypt_sha256" => bcrypt(rest, kind == "bcrypt_sha256"),
        "scrypt" => {
            let [n, salt, r, p, hash] = parts(rest)?;
            let n: u64 = n.parse().ok().filter(|n: &u64| n.is_power_of_two())?;
            let log_n = u8::try_from(n.trailing_zeros()).ok()?;
            let params = scrypt::Params::new(log_n, r.parse().ok()?, p.parse().ok()?).ok()?;
            Some(Stored { method: Method::Scrypt(params), salt: salt.into(), hash: base64(hash)? })
        }
        _ => {
            let [rounds, salt, hash] = parts(rest)?;
            of_pbkdf2(prf(kind)?, rounds.parse().ok()?, salt.into(), base64(hash)?)
        }
    }
}

/// `keycloak$pbkdf2-sha256$27500$salt$hash`, both in base64 as Keycloak has them.
fn keycloak_line(text: &str) -> Option<Stored> {
    let [_, kind, rounds, salt, hash] = parts(text)?;
    of_pbkdf2(prf(kind)?, rounds.parse().ok()?, base64(salt)?, base64(hash)?)
}

/// A credential as Keycloak exports it: `secretData` and `credentialData`, as objects or as text with objects in it.
fn keycloak(text: &str) -> Option<Stored> {
    let credential: Value = serde_json::from_str(text).ok()?;
    let (secret, about) = (object(&credential["secretData"])?, object(&credential["credentialData"])?);
    let (salt, hash) = (base64(secret["salt"].as_str()?)?, base64(secret["value"].as_str()?)?);
    let rounds = u32::try_from(about["hashIterations"].as_u64()?).ok()?;
    let kind = about["algorithm"].as_str()?;
    if kind != "argon2" {
        return of_pbkdf2(prf(kind)?, rounds, salt, hash);
    }
    let more = &about["additionalParameters"];
    // Keycloak keeps each of them in a list of its own.
    let said = |name: &str| more[name].as_str().or_else(|| more[name][0].as_str());
    let count = |name: &str| said(name)?.parse().ok();
    let kind = Algorithm::try_from(format!("argon2{}", said("type").unwrap_or("id")).as_str()).ok()?;
    let version = if said("version") == Some("1.0") { Version::V0x10 } else { Version::V0x13 };
    let params = Params::new(count("memory")?, rounds, count("parallelism")?, Some(hash.len())).ok()?;
    Some(Stored { method: Method::Argon2(kind, version, params), salt, hash })
}

fn object(value: &Value) -> Option<Value> {
    match value {
        Value::String(text) => serde_json::from_str(text).ok(),
        Value::Object(_) => Some(value.clone()),
        _ => None,
    }
}

/// `firebase-scrypt$rounds$memory cost$salt separator$signer key$salt$hash`: the first four as the project's page of Firebase
/// shows them, salt and hash as its export has them.
fn firebase(text: &str) -> Option<Stored> {
    let [_, rounds, memory, separator, signer, salt, hash] = parts(text)?;
    let params = scrypt::Params::new(memory.parse().ok()?, rounds.parse().ok()?, 1).ok()?;
    let mut salt = base64(salt)?;
    salt.extend(base64(separator)?);
    let (signer, hash) = (base64(signer)?, base64(hash)?);
    (signer.len() == hash.len()).then_some(Stored { method: Method::Firebase(params, signer), salt, hash })
}

/// ASP.NET Identity: 0x00 and salt and hash (version 2), or 0x01 and what it takes (version 3); numbers are big-endian.
fn identity(text: &str) -> Option<Stored> {
    let bytes = BASE64.decode(text.as_bytes()).ok()?;
    match bytes.split_first()? {
        (0, rest) if rest.len() == 48 => of_pbkdf2(Prf::Sha1, 1_000, rest[..16].to_vec(), rest[16..].to_vec()),
        (1, rest) => {
            let (prf, rest) = word(rest)?;
            let (rounds, rest) = word(rest)?;
            let (length, rest) = word(rest)?;
            let (salt, hash) = rest.split_at_checked(usize::try_from(length).ok()?)?;
            let prf = [Prf::Sha1, Prf::Sha256, Prf::Sha512].get(usize::try_from(prf).ok()?).copied()?;
            of_pbkdf2(prf, rounds, salt.to_vec(), hash.to_vec())
        }
        _ => None,
    }
}

fn of_pbkdf2(prf: Prf, rounds: u32, salt: Vec<u8>, hash: Vec<u8>) -> Option<Stored> {
    (rounds > 0).then_some(Stored { method: Method::Pbkdf2(prf, rounds), salt, hash })
}

fn prf(kind: &str) -> Option<Prf> {
    match kind.trim_start_matches("pbkdf2").trim_start_matches(['-', '_']) {
        "" | "sha1" => Some(Prf::Sha1),
        "sha256" => Some(Prf::Sha256),
        "sha512" => Some(Prf::Sha512),
        _ => None,
    }
}

/// The parts between dollar signs, if there are so many.
fn parts<const N: usize>(text: &str) -> Option<[&str; N]> {
    text.split('$').collect::<Vec<_>>().try_into().ok()
}

/// The number that stands as `name=number` among others.
fn number<T: std::str::FromStr>(costs: &str, name: &str) -> Option<T> {
    let mut all = costs.split(',').filter_map(|one| one.split_once('='));
    all.find(|(key, _)| *key == name)?.1.parse().ok()
}

/// Base64 as systems differ in it: padded or not, `.` for `+`, `-_` for `+/`.
fn base64(text: &str) -> Option<Vec<u8>> {
    let plain = text.trim_end_matches('=').replace(['.', '-'], "+").replace('_', "/");
    BASE64_NOPAD.decode(plain.as_bytes()).ok()
}

/// Four bytes as a number, and the rest.
fn word(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (word, rest) = bytes.split_first_chunk()?;
    Some((u32::from_be_bytes(*word), rest))
}
