//! An authenticator app of the tests' own, by RFC 4226 and RFC 6238, independent of what the product uses.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// The six digits for a secret in Base32 at a time in seconds.
pub(crate) fn code(secret: &str, second: i64) -> String {
    let key = data_encoding::BASE32_NOPAD.decode(secret.as_bytes()).expect("Base32");
    let mut mac = Hmac::<Sha1>::new_from_slice(&key).expect("any key");
    mac.update(&second.div_euclid(30).to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let at = usize::from(hash[19] & 15);
    let four: [u8; 4] = hash[at..at + 4].try_into().expect("four bytes");
    format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000)
}

/// MF-6: RFC 6238, appendix B, by the last six digits.
#[test]
fn it_is_by_the_standard() {
    let secret = data_encoding::BASE32_NOPAD.encode(b"12345678901234567890");
    let codes = [59, 1_111_111_109, 2_000_000_000, 20_000_000_000].map(|second| code(&secret, second));
    assert_eq!(codes, ["287082", "081804", "279037", "353130"]);
}
