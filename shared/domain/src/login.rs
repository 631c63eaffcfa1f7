//! The login: what sign-in needs to know of an account, in one item, and what follows from a proof.

use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::id::{TemporaryId, UserId};
use crate::user::{Kind, State};

/// What one username leads to. The claim on the name and the login are one item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// Whose.
    pub user: UserId,
    /// What sort of account.
    pub kind: Kind,
    /// As on the user: sessions and tickets are made for it.
    pub epoch: u64,
    /// Whether it can be used.
    #[serde(default)]
    pub state: State,
    /// The stored password, as a PHC string. None until one is chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    /// When it was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "jiff::fmt::serde::timestamp::second::optional")]
    pub password_set_at: Option<Timestamp>,
    /// The passwords before it, the last one first, as PHC strings (PW-7).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<String>,
    /// The temporary password, if one is out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temporary: Option<Temporary>,
    /// What the last one was derived from, after it was swept away: whoever types it hears what to do next (SI-3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub swept: Option<TemporaryId>,
    /// A new password is due at the next sign-in.
    #[serde(default)]
    pub must_change: bool,
}

/// A temporary password that was issued. The password itself is derived from the id and stored nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Temporary {
    /// What it is derived from.
    pub id: TemporaryId,
    /// Over from this second on (TP-2).
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub ends_at: Timestamp,
}

impl Temporary {
    /// Issues one for so many days from now.
    pub fn issue(id: TemporaryId, now: Timestamp, days: u16) -> Self {
        let ends_at = now.checked_add((i64::from(days) * 24).hours()).unwrap_or(Timestamp::MAX);
        Self { id, ends_at }
    }

    /// Whether it can still be used.
    pub fn holds(&self, now: Timestamp) -> bool {
        now < self.ends_at
    }
}

/// What the given password turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Nothing that opens this account.
    Wrong,
    /// The password.
    Password,
    /// The temporary password.
    Temporary,
    /// The last temporary password, which was swept away when its days were over (TP-4).
    SweptTemporary,
}

/// Why somebody has to choose a new password before anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeReason {
    /// They came with a temporary password.
    Temporary,
    /// Their password is too old.
    Expired,
    /// An administrator wants it.
    Required,
}

/// What a sign-in leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A session.
    SignedIn,
    /// A ticket to choose a password, and nothing else (TP-3).
    ChangePassword(ChangeReason),
    /// The uniform refusal, and what the log and the owner's mail say.
    Refused(Refusal),
}

/// Why a sign-in was refused. Never told to whoever tried (SI-3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// Nobody has this name.
    Unknown,
    /// Not the password.
    WrongPassword,
    /// Not the password, and that was the last try.
    NowLocked,
    /// Too many tries before this one.
    Locked,
    /// Switched off.
    Disabled,
    /// Right, but its days are over.
    TemporaryExpired,
    /// Not an answer of a passkey of theirs (MF-13).
    WrongPasskey,
}

/// How long a lock lasts that ends by waiting (LK-3): one minute after the last failure that is allowed, twice as long after
/// each one more, at most an hour. Seconds.
pub fn lock_seconds(failures: u32, allowed: u32) -> i64 {
    (60_i64 << failures.saturating_sub(allowed).min(6)).min(3_600)
}

impl Refusal {
    /// As it is written down.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::WrongPassword => "wrong_password",
            Self::NowLocked => "now_locked",
            Self::Locked => "locked",
            Self::Disabled => "disabled",
            Self::TemporaryExpired => "temporary_expired",
            Self::WrongPasskey => "wrong_passkey",
        }
    }

    /// Whether the owner is told by mail what to do next.
    pub fn is_worth_a_mail(self) -> bool {
        matches!(self, Self::NowLocked | Self::Disabled | Self::TemporaryExpired)
    }
}

impl Login {
    /// What follows from a proof, for somebody whose attempt was within the limit.
    pub fn next_step(&self, proof: Proof, now: Timestamp) -> Step {
        match (proof, self.state) {
            (Proof::Wrong, _) => Step::Refused(Refusal::WrongPassword),
            (_, State::Disabled) => Step::Refused(Refusal::Disabled),
            (Proof::Temporary, _) => match &self.temporary {
                Some(temporary) if temporary.holds(now) => Step::ChangePassword(ChangeReason::Temporary),
                _ => Step::Refused(Refusal::TemporaryExpired),
            },
            (Proof::SweptTemporary, _) => Step::Refused(Refusal::TemporaryExpired),
            (Proof::Password, _) if self.must_change => Step::ChangePassword(ChangeReason::Required),
            (Proof::Password, _) => Step::SignedIn,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login() -> Login {
        Login {
            user: UserId::new(Timestamp::UNIX_EPOCH, [1; 10]),
            kind: Kind::Contact,
            epoch: 1,
            state: State::Active,
            hash: None,
            password_set_at: None,
            history: Vec::new(),
            temporary: None,
            swept: None,
            must_change: false,
        }
    }

    /// TP-2
    #[test]
    fn a_temporary_password_ends_to_the_second() {
        let start = Timestamp::from_second(1_800_000_000).unwrap();
        let temporary = Temporary::issue(TemporaryId::new(start, [0; 10]), start, 7);
        let end = start + 168.hours();
        assert!(temporary.holds(end - 1.second()));
        assert!(!temporary.holds(end));
        let with = Login { temporary: Some(temporary), ..login() };
        assert_eq!(with.next_step(Proof::Temporary, end), Step::Refused(Refusal::TemporaryExpired));
        let before = with.next_step(Proof::Temporary, end - 1.second());
        assert_eq!(before, Step::ChangePassword(ChangeReason::Temporary));
    }

    /// LK-3
    #[test]
    fn a_lock_that_ends_by_waiting_grows_to_an_hour() {
        let waits: Vec<_> = (5..13).map(|failures| lock_seconds(failures, 5)).collect();
        assert_eq!(waits, [60, 120, 240, 480, 960, 1_920, 3_600, 3_600]);
        assert_eq!(lock_seconds(u32::MAX, 1), 3_600);
    }

    /// SI-3: a disabled account is refused whatever was proven.
    #[test]
    fn a_disabled_account_is_refused_whatever_was_proven() {
        let off = Login { state: State::Disabled, ..login() };
        for proof in [Proof::Wrong, Proof::Password, Proof::Temporary] {
            assert!(matches!(off.next_step(proof, Timestamp::UNIX_EPOCH), Step::Refused(_)), "{proof:?}");
        }
    }

    #[test]
    fn a_password_that_must_change_opens_only_the_change() {
        let due = Login { must_change: true, ..login() };
        let step = due.next_step(Proof::Password, Timestamp::UNIX_EPOCH);
        assert_eq!(step, Step::ChangePassword(ChangeReason::Required));
        assert_eq!(login().next_step(Proof::Password, Timestamp::UNIX_EPOCH), Step::SignedIn);
    }
}
