//! Browsers that somebody has signed in from: each keeps a count of its own, so that strangers can't lock a user out of
//! their own machine (LK-4).
//!
//! The cookie holds a pass for each of the last few names that signed in here: proven, opaque, and of no other use. Nothing
//! of it is stored.

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

use crate::key_ring::{KeyRing, Purpose};

/// Names that one browser is known for, at the most.
const MOST: usize = 5;

/// Between two passes in the cookie.
const BETWEEN: char = '~';

/// The browser's own id for this name, if its cookie holds a pass for it.
pub fn known_as(ring: &KeyRing, cookie: &str, name: &str) -> Option<String> {
    let digest = digest(name);
    let passes = cookie.split(BETWEEN).take(MOST).filter_map(|pass| ring.check::<2>(Purpose::Browser, pass));
    passes.into_iter().find(|[for_name, _]| *for_name == digest).map(|[_, id]| id)
}

/// The cookie of a browser from which this name has signed in: its pass first, then those it had. `id` is used when it has
/// none yet.
pub fn remember(ring: &KeyRing, cookie: &str, name: &str, id: [u8; 16]) -> String {
    let digest = digest(name);
    let id = known_as(ring, cookie, name).unwrap_or_else(|| BASE64URL_NOPAD.encode(&id));
    let pass = ring.token(Purpose::Browser, &[&digest, &id]).unwrap_or_default();
    let others = cookie
        .split(BETWEEN)
        .take(MOST)
        .filter(|other| ring.check::<2>(Purpose::Browser, other).is_some_and(|[for_name, _]| for_name != digest));
    std::iter::once(pass.as_str()).chain(others).take(MOST).collect::<Vec<_>>().join(&BETWEEN.to_string())
}

fn digest(name: &str) -> String {
    BASE64URL_NOPAD.encode(&Sha256::digest(name)[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring() -> KeyRing {
        KeyRing::parse(r#"{"current":"k1","k1":"a key that is long enough, surely it is"}"#).unwrap()
    }

    /// LK-4: a browser is known for those who signed in from it, and keeps its id for each.
    #[test]
    fn a_browser_is_known_for_whoever_signed_in_from_it() {
        let cookie = remember(&ring(), "", "maria", [1; 16]);
        let both = remember(&ring(), &cookie, "finn", [2; 16]);
        let maria = known_as(&ring(), &cookie, "maria");
        assert!(maria.is_some());
        assert_eq!(known_as(&ring(), &both, "maria"), maria);
        assert!(known_as(&ring(), &both, "finn").is_some_and(|finn| Some(finn) != maria));
        assert_eq!(known_as(&ring(), &both, "paula"), None);
        assert_eq!(known_as(&ring(), &remember(&ring(), &both, "maria", [3; 16]), "maria"), maria);
    }

    /// LK-4: nobody makes a pass for themselves.
    #[test]
    fn only_what_was_made_here_is_known() {
        let cookie = remember(&ring(), "", "maria", [1; 16]);
        let other = KeyRing::parse(r#"{"current":"k1","k1":"another key that is long enough, surely"}"#).unwrap();
        assert_eq!(known_as(&other, &cookie, "maria"), None);
        for bad in ["", "~~~~", "k1.x.y.z", &cookie[..cookie.len() - 2], &"~".repeat(4_000)] {
            assert_eq!(known_as(&ring(), bad, "maria"), None, "{bad}");
        }
    }

    #[test]
    fn the_last_five_are_remembered() {
        let names = ["a", "b", "c", "d", "e", "f"];
        let cookie = names.iter().fold(String::new(), |cookie, name| remember(&ring(), &cookie, name, [7; 16]));
        let known: Vec<_> = names.iter().filter(|name| known_as(&ring(), &cookie, name).is_some()).collect();
        assert_eq!(known, [&"b", &"c", &"d", &"e", &"f"]);
    }
}
