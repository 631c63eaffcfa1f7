//! Sessions and tickets: how long they hold.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::factor::may_be_remembered;
use crate::id::UserId;
use crate::login::ChangeReason;
use crate::settings::Settings;
use crate::user::Kind;
use crate::visit;

/// How long a ticket holds, in seconds.
pub const TICKET_SECONDS: i64 = 600;

/// How long a second factor that was shown at sign-in stands for showing it again, in seconds.
pub const FRESH_SECONDS: i64 = 600;

/// How stale `last_used` may get before it is written again, in seconds.
pub const TOUCH_SECONDS: i64 = 300;

/// How long requests that were under way may come with a token that was replaced, in seconds.
pub const GRACE_SECONDS: i64 = 60;

/// A signed-in browser. The table holds a hash of its secret, never the secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Whose.
    pub user: UserId,
    /// The user's epoch when it began: a later epoch has ended it (SE-5).
    pub epoch: u64,
    /// Whether it outlives the browser's window (SE-1).
    pub remembered: bool,
    /// When it began.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub started_at: Timestamp,
    /// Last seen, to within five minutes.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub last_used: Timestamp,
    /// Over from this second on, however much it is used (SE-2).
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub ends_at: Timestamp,
    /// Seconds without use after which it is over.
    pub idle_seconds: i64,
    /// The browser as it described itself, cut to 200 characters.
    #[serde(default)]
    pub browser: String,
    /// The network it was begun from, without the part that names one machine.
    #[serde(default)]
    pub place: String,
    /// Whether a second factor was shown: whoever it covers has no other session (MF-1).
    #[serde(default)]
    pub proven: bool,
    /// The provider that proved its owner; nothing for one that began with a password (FE-1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// What its owner calls it by; what takes its place by rotation keeps it (SE-6).
    #[serde(default)]
    pub family: String,
    /// When another took its place, and by which key that is derived from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced: Option<Replaced>,
    /// Whether its browser has yet to come back with it.
    #[serde(default)]
    pub untried: bool,
}

/// A session whose place another has taken (SE-6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replaced {
    /// When.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub at: Timestamp,
    /// The id of the key.
    pub key: String,
}

/// How long a browser that never got its new token may still come for it, in seconds.
pub const LATE_SECONDS: i64 = 300;

impl Replaced {
    /// Whether the new one may still be on its way. Later than that whoever comes with the old one is taken for a copy: two who
    /// shared a token would otherwise go on by turns, each fetching what the other was given.
    pub fn may_be_late(&self, now: Timestamp) -> bool {
        now.duration_since(self.at).as_secs().abs() <= LATE_SECONDS
    }

    /// Whether requests that were under way may still come with the old one.
    pub fn is_recent(&self, now: Timestamp) -> bool {
        now.duration_since(self.at).as_secs().abs() <= GRACE_SECONDS
    }
}

impl Session {
    /// Begins one.
    pub fn begin(user: UserId, epoch: u64, remembered: bool, settings: &Settings, now: Timestamp) -> Self {
        let (whole, idle) = if remembered {
            (days(settings.session_remember_days), days(settings.session_remembered_idle_days))
        } else {
            let idle = SignedDuration::from_mins(settings.session_idle_minutes.into());
            (SignedDuration::from_hours(settings.session_absolute_hours.into()), idle)
        };
        Self {
            user,
            epoch,
            remembered,
            started_at: now,
            last_used: now,
            ends_at: now.saturating_add(whole).unwrap_or(Timestamp::MAX),
            idle_seconds: idle.as_secs(),
            browser: String::new(),
            place: String::new(),
            proven: false,
            provider: None,
            family: String::new(),
            replaced: None,
            untried: false,
        }
    }

    /// What takes its place after a change that ends every session of its owner: signed in when this one was, proven as it was, and
    /// remembered if its owner still may be (SE-3).
    #[must_use]
    pub fn successor(&self, kind: Kind, settings: &Settings, now: Timestamp) -> Self {
        let remembered = self.remembered && may_be_remembered(settings, kind);
        let begun = Self::begin(self.user.clone(), self.epoch + 1, remembered, settings, now);
        let (started_at, provider) = (self.started_at, self.provider.clone());
        Self { started_at, proven: self.proven, provider, ..begun }
    }

    /// The same, begun from this browser at this network address.
    #[must_use]
    pub fn from_browser(mut self, browser: &str, address: &str, family: String) -> Self {
        self.browser = browser.chars().take(200).collect();
        self.place = visit::place(address);
        self.family = family;
        self
    }

    /// Whether its owner showed a second factor here, and so recently that it stands for showing it again.
    pub fn has_just_proven(&self, now: Timestamp) -> bool {
        self.proven && self.provider.is_none() && now.duration_since(self.started_at).as_secs().abs() < FRESH_SECONDS
    }

    /// Whether it still lets its browser in, as far as time goes and for a user at this epoch.
    pub fn holds(&self, epoch: u64, now: Timestamp) -> bool {
        self.epoch == epoch && now < self.ends_at && now < self.idle_end()
    }

    /// When it ends if it is not used again.
    pub fn idle_end(&self) -> Timestamp {
        let idle = SignedDuration::from_secs(self.idle_seconds);
        self.last_used.saturating_add(idle).unwrap_or(Timestamp::MAX)
    }

    /// The earlier of the two ends, as things stand.
    pub fn expires_at(&self) -> Timestamp {
        self.idle_end().min(self.ends_at)
    }

    /// Whether `last_used` is old enough to be worth a write.
    pub fn wants_touch(&self, now: Timestamp) -> bool {
        now.duration_since(self.last_used).as_secs() >= TOUCH_SECONDS.min(self.idle_seconds / 4)
    }
}

/// How long a program's token holds, in seconds.
pub const ACCESS_SECONDS: i64 = 900;

/// A program that is let in for some minutes (FE-4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// Whose.
    pub user: UserId,
    /// The user's epoch when it was made.
    pub epoch: u64,
    /// Over from this second on.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub ends_at: Timestamp,
}

impl Access {
    /// Whether it still lets in, for a user at this epoch.
    pub fn holds(&self, epoch: u64, now: Timestamp) -> bool {
        self.epoch == epoch && now < self.ends_at
    }
}

/// What a ticket's holder has still to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Show the second factor.
    SecurityCode,
    /// Choose a new password.
    ChangePassword(ChangeReason),
    /// Nothing: what makes a session is there.
    Nothing,
}

/// Where the second factor stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeStage {
    /// Nobody asks for it.
    #[default]
    NotAsked,
    /// It is still to be shown.
    Due,
    /// It was shown.
    Proven,
}

/// The password was right; something is still due before there is a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketState {
    /// Whose.
    pub user: UserId,
    /// The user's epoch when it was made.
    pub epoch: u64,
    /// The canonical username it was made for.
    pub name: String,
    /// Why a new password is due, if one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ChangeReason>,
    /// Where the second factor stands.
    #[serde(default)]
    pub code: CodeStage,
    /// Where to go afterwards, as it was checked at sign-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_to: Option<String>,
    /// Whether they want to be kept signed in (SE-1).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keep: bool,
    /// Over from this second on.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub ends_at: Timestamp,
}

impl TicketState {
    /// Whether it can still be used, for a user at this epoch.
    pub fn holds(&self, epoch: u64, now: Timestamp) -> bool {
        self.epoch == epoch && now < self.ends_at
    }

    /// What comes next. Whoever comes with a temporary password chooses their own first (TP-3); everybody else who is asked for
    /// a code shows it before anything is changed.
    pub fn due(&self) -> Due {
        match (self.code, self.reason) {
            (_, Some(ChangeReason::Temporary)) => Due::ChangePassword(ChangeReason::Temporary),
            (CodeStage::Due, _) => Due::SecurityCode,
            (_, Some(reason)) => Due::ChangePassword(reason),
            (_, None) => Due::Nothing,
        }
    }
}

fn days(n: u16) -> SignedDuration {
    SignedDuration::from_hours(i64::from(n) * 24)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::MfaScope;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn session(remembered: bool) -> Session {
        let user = UserId::parse("ann").unwrap();
        Session::begin(user, 3, remembered, &Settings::default(), at(0))
    }

    /// SE-3, SE-5: what takes a session's place is proven by whoever proved it, and remembered only for whom may be.
    #[test]
    fn a_successor_is_what_it_may_be() {
        let covered = Settings { mfa_scope: MfaScope::Staff, ..Settings::default() };
        let before = Session { proven: true, provider: Some("ours".to_owned()), ..session(true) };
        let after = before.successor(Kind::Contact, &covered, at(60));
        assert_eq!((after.epoch, after.started_at, after.proven), (4, at(0), true));
        let here = Session { provider: None, ..before.clone() };
        assert!(!here.successor(Kind::Contact, &covered, at(600)).has_just_proven(at(600)), "it was shown then");
        assert_eq!((after.provider.as_deref(), after.remembered), (Some("ours"), true));
        assert!(!before.successor(Kind::Staff, &covered, at(60)).remembered);
    }

    /// AC-5
    #[test]
    fn a_second_factor_stands_for_itself_for_ten_minutes() {
        let shown = Session { proven: true, ..session(false) };
        assert!(shown.has_just_proven(at(599)) && !shown.has_just_proven(at(600)));
        assert!(!session(false).has_just_proven(at(1)));
        assert!(
            !Session { provider: Some("ours".to_owned()), ..shown }.has_just_proven(at(1)),
            "it was shown elsewhere"
        );
    }

    /// SE-2
    #[test]
    fn a_session_ends_after_thirty_idle_minutes() {
        let session = session(false);
        assert!(session.holds(3, at(30 * 60 - 1)));
        assert!(!session.holds(3, at(30 * 60)));
    }

    /// SE-2
    #[test]
    fn every_session_has_an_absolute_end() {
        let mut plain = session(false);
        plain.last_used = plain.ends_at;
        assert!(!plain.holds(3, plain.ends_at));
        let mut kept = session(true);
        kept.last_used = at(90 * 86_400 - 1);
        assert!(kept.holds(3, at(90 * 86_400 - 1)));
        assert!(!kept.holds(3, at(90 * 86_400)));
    }

    /// SE-2: thirty days without use end a remembered session.
    #[test]
    fn a_remembered_session_ends_when_long_unused() {
        assert!(session(true).holds(3, at(30 * 86_400 - 1)));
        assert!(!session(true).holds(3, at(30 * 86_400)));
    }

    /// SE-5
    #[test]
    fn a_newer_epoch_ends_it() {
        assert!(session(true).holds(3, at(1)));
        assert!(!session(true).holds(4, at(1)));
    }

    /// TP-3, MF-1, PW-6: no order of steps leads past the code.
    #[test]
    fn a_code_that_is_due_comes_before_everything_but_a_first_password() {
        use ChangeReason::{Expired, Required, Temporary};
        let ticket = |code, reason| TicketState {
            user: UserId::parse("ann").unwrap(),
            epoch: 1,
            name: "ann".to_owned(),
            reason,
            code,
            return_to: None,
            keep: false,
            ends_at: at(600),
        };
        let table = [
            (CodeStage::Due, None, Due::SecurityCode),
            (CodeStage::Due, Some(Expired), Due::SecurityCode),
            (CodeStage::Due, Some(Required), Due::SecurityCode),
            (CodeStage::Due, Some(Temporary), Due::ChangePassword(Temporary)),
            (CodeStage::Proven, Some(Expired), Due::ChangePassword(Expired)),
            (CodeStage::NotAsked, Some(Required), Due::ChangePassword(Required)),
            (CodeStage::Proven, None, Due::Nothing),
        ];
        for (code, reason, due) in table {
            assert_eq!(ticket(code, reason).due(), due, "{code:?} {reason:?}");
        }
    }

    #[test]
    fn use_is_written_down_at_most_every_five_minutes() {
        assert!(!session(false).wants_touch(at(299)));
        assert!(session(false).wants_touch(at(300)));
    }
}
