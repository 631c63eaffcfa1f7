//! The second factor: codes of an authenticator app (TOTP, RFC 6238: SHA-1, six digits, thirty seconds).

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use totp_rs::{Algorithm, Builder, Totp};
use unicode_normalization::UnicodeNormalization;

use crate::id::MailId;
use crate::settings::{MfaScope, Settings};
use crate::user::Kind;
use crate::username::is_invisible;

/// Bytes of a secret: what RFC 4226 recommends.
pub const SECRET_BYTES: usize = 20;

/// Recovery codes that somebody is given.
pub const RECOVERY_CODES: usize = 10;

/// Seconds of a step.
const STEP: u64 = 30;

/// Steps before and after the present one whose codes are taken (RFC 6238, 5.2).
const DRIFT: u16 = 1;

/// Steps before and after the present one in which the clock doctor looks: a quarter of an hour (MF-11).
const DOCTOR: u16 = 30;

/// How far a factor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// Its secret was shown; no code of it has come yet.
    Pending,
    /// A right code has come.
    Proven,
}

/// A user's authenticator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Factor {
    /// The secret, encrypted for its owner.
    pub sealed: String,
    /// How far it is.
    pub state: Progress,
    /// The last step whose code was used: none before it is taken any more (MF-7).
    pub last_step: u64,
    /// Later steps whose codes are known to others than the app, and never taken (MF-11).
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub burned: BTreeSet<u64>,
    /// When its secret was shown.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub since: Timestamp,
}

/// The mailed link that shows a secret, once (MF-9).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupLink {
    /// The mail that it came by.
    pub id: MailId,
    /// The hash of the ticket of the sign-in that it was asked for in.
    pub ticket: String,
    /// The user's epoch when it was made.
    pub epoch: u64,
    /// Over from this second on.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub ends_at: Timestamp,
}

/// What a typed code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Right, for this step.
    Right(u64),
    /// Right for another time: by so many seconds the app's clock is ahead, or behind if negative. Never taken.
    OtherTime(i64),
    /// Wrong, or used.
    Wrong,
}

/// Whether accounts of this kind must show a second factor (MF-1). Programs have none (MF-12).
pub fn covers(settings: &Settings, kind: Kind) -> bool {
    match settings.mfa_scope {
        MfaScope::Off => false,
        MfaScope::Administrators => kind == Kind::Administrator,
        MfaScope::Staff => matches!(kind, Kind::Administrator | Kind::Staff),
        MfaScope::Everyone => kind != Kind::Api,
    }
}

/// Whether somebody may be remembered who has shown all that they are asked for: staff whom a second factor covers never are
/// (SE-3), nor programs (FE-4).
pub fn may_be_remembered(settings: &Settings, kind: Kind) -> bool {
    kind == Kind::Contact || kind != Kind::Api && !covers(settings, kind)
}

impl Factor {
    /// One whose secret has just been shown.
    pub fn pending(sealed: String, now: Timestamp) -> Self {
        Self { sealed, state: Progress::Pending, last_step: 0, burned: BTreeSet::new(), since: now }
    }

    /// Whether a right code of it has come.
    pub fn is_proven(&self) -> bool {
        self.state == Progress::Proven
    }

    /// Looks at a code as it was typed; blanks in it make no difference.
    pub fn check(&self, secret: &[u8], typed: &str, now: Timestamp) -> Verdict {
        let typed: String = typed.nfkc().filter(|c| !c.is_whitespace() && !is_invisible(*c)).take(7).collect();
        if typed.len() != 6 || !typed.bytes().all(|b| b.is_ascii_digit()) {
            return Verdict::Wrong;
        }
        let time = u64::try_from(now.as_second()).unwrap_or_default();
        let at = time / STEP;
        match totp(secret, DRIFT).check(&typed, time) {
            Some(step) if step > self.last_step && !self.burned.contains(&step) => return Verdict::Right(step),
            Some(_) => return Verdict::Wrong,
            None => {}
        }
        match totp(secret, DOCTOR).check(&typed, time) {
            Some(step) => Verdict::OtherTime((step.cast_signed() - at.cast_signed()) * STEP.cast_signed()),
            None => Verdict::Wrong,
        }
    }
}

/// The step whose code is right by so many seconds from now.
pub fn step_at(now: Timestamp, offset: i64) -> u64 {
    let step = STEP.cast_signed();
    u64::try_from(now.as_second().div_euclid(step) + offset / step).unwrap_or_default()
}

fn totp(secret: &[u8], skew: u16) -> Totp {
    builder(secret).with_skew(skew).build_noncompliant()
}

fn builder(secret: &[u8]) -> Builder {
    let digits = 6;
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(digits)
        .with_step_duration(STEP)
        .with_secret(secret.to_vec())
}

/// A secret as its owner gets it.
#[derive(Clone)]
pub struct Shown {
    /// In Base32, to be typed.
    pub secret: String,
    /// The address that authenticator apps open.
    pub uri: String,
}

/// A secret as its owner gets it, for this organisation and username.
pub fn shown(secret: &[u8], organisation: &str, username: &str) -> Shown {
    let plain = |text: &str| text.replace(':', " ").trim().to_owned();
    let (issuer, account) = (plain(organisation), plain(username));
    let issuer = Some(issuer).filter(|issuer| !issuer.is_empty());
    let totp = builder(secret).with_issuer(issuer).with_account_name(account).build_noncompliant();
    Shown { secret: totp.secret().to_base32(), uri: totp.to_url().unwrap_or_default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B.
    const SECRET: &[u8] = b"12345678901234567890";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn factor() -> Factor {
        Factor { state: Progress::Proven, ..Factor::pending(String::new(), at(0)) }
    }

    /// MF-6: the vectors of RFC 6238, appendix B, by their last six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let step = u64::try_from(second / 30).unwrap();
            assert_eq!(factor().check(SECRET, code, at(second)), Verdict::Right(step), "{second}");
            assert_eq!(factor().check(SECRET, code, at(second + 30)), Verdict::Right(step), "a step later");
            assert_eq!(factor().check(SECRET, code, at(second - 30)), Verdict::Right(step), "a step before");
        }
    }

    /// MF-7
    #[test]
    fn a_step_is_used_once_and_none_before_it() {
        let used = Factor { last_step: 37_037_036, ..factor() };
        assert_eq!(used.check(SECRET, "081804", at(1_111_111_109)), Verdict::Wrong);
        let later = Factor { last_step: 37_037_037, ..factor() };
        assert_eq!(later.check(SECRET, "081804", at(1_111_111_109)), Verdict::Wrong);
        let burned = Factor { burned: [37_037_036].into(), ..factor() };
        assert_eq!(burned.check(SECRET, "081804", at(1_111_111_109)), Verdict::Wrong);
    }

    /// MF-11
    #[test]
    fn the_doctor_says_by_how_much_a_clock_is_off() {
        let table = [(300, -300), (-300, 300), (900, -900), (-870, 870), (960, 0), (-960, 0)];
        for (moved, told) in table {
            let verdict = factor().check(SECRET, "081804", at(1_111_111_080 + moved));
            let expected = if told == 0 { Verdict::Wrong } else { Verdict::OtherTime(told) };
            assert_eq!(verdict, expected, "{moved}");
        }
        assert_eq!(step_at(at(1_111_111_080 - 300), 300), 37_037_036);
    }

    /// MF-6
    #[test]
    fn a_code_may_have_blanks_and_nothing_else() {
        let check = |typed: &str| factor().check(SECRET, typed, at(59));
        for good in ["287082", "287 082", " 287082\n", "２８７０８２"] {
            assert_eq!(check(good), Verdict::Right(1), "{good}");
        }
        for bad in ["", "28708", "2870822", "287-082", "28708a", "+28708", "٢٨٧٠٨٢", &"1".repeat(10_000)] {
            assert_eq!(check(bad), Verdict::Wrong, "{bad}");
        }
    }

    /// MF-1, MF-12
    #[test]
    fn whom_it_covers_is_a_setting() {
        let kinds = [Kind::Contact, Kind::Staff, Kind::Administrator, Kind::Api];
        for (scope, covered) in [
            (MfaScope::Off, [false, false, false, false]),
            (MfaScope::Administrators, [false, false, true, false]),
            (MfaScope::Staff, [false, true, true, false]),
            (MfaScope::Everyone, [true, true, true, false]),
        ] {
            let settings = Settings { mfa_scope: scope, ..Settings::default() };
            assert_eq!(kinds.map(|kind| covers(&settings, kind)), covered, "{scope:?}");
            let kept = kinds.map(|kind| may_be_remembered(&settings, kind));
            assert_eq!(kept[..3], [true, !covered[1], !covered[2]], "{scope:?}");
        }
    }

    /// MF-5
    #[test]
    fn a_secret_is_shown_for_apps_and_for_typing() {
        let shown = shown(SECRET, "Harbour: Association", "maria");
        assert_eq!(shown.secret, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert!(shown.uri.starts_with("otpauth://totp/Harbour%20%20Association:maria?"), "{}", shown.uri);
        assert!(shown.uri.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), "{}", shown.uri);
        assert!(shown.uri.contains("issuer=Harbour%20%20Association"), "{}", shown.uri);
    }
}
