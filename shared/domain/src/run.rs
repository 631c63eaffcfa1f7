//! A bulk run: many people are sent their way in (BR). What is in it, how far it has come, and what became of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{RunId, UserId};
use crate::user::Person;
use crate::work::{Fate, Stage};

/// Recipients under one item.
pub const CHUNK: usize = 250;

/// Chunks whose mails are on their way at once: what a pause can't call back.
pub const WINDOW: u32 = 4;

/// Mails that the mail service sends for one US dollar.
const MAILS_PER_USD: f64 = 10_000.0;

/// The share of the account's sending rate that bulk mail takes, four fifths; the rest is for people who wait (BR-9).
pub const SHARE: (u64, u64) = (4, 5);

/// Among whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Users.
    Users,
    /// Contacts; who has no account gets one.
    Contacts,
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Looked at, not begun.
    Planned,
    /// Under way.
    Running,
    /// Halted; it can go on.
    Paused,
    /// Given up: what is not sent is not sent.
    Cancelled,
    /// Everybody has been served or reported.
    Done,
}

/// What may be asked of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Begin.
    Start,
    /// Halt.
    Pause,
    /// Go on.
    Resume,
    /// Give up.
    Cancel,
}

impl Order {
    /// The order of a word; `None` for any other.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "start" => Self::Start,
            "pause" => Self::Pause,
            "resume" => Self::Resume,
            "cancel" => Self::Cancel,
            _ => return None,
        })
    }
}

impl RunState {
    /// The state after an order; `None` where it makes no sense. The same order twice is no error.
    pub fn after(self, order: Order) -> Option<Self> {
        match (self, order) {
            (Self::Planned | Self::Running, Order::Start) | (Self::Paused | Self::Running, Order::Resume) => {
                Some(Self::Running)
            }
            (Self::Running | Self::Paused, Order::Pause) => Some(Self::Paused),
            (Self::Planned | Self::Running | Self::Paused | Self::Cancelled, Order::Cancel) => Some(Self::Cancelled),
            _ => None,
        }
    }

    /// As it is stored and told.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Cancelled => "cancelled",
            Self::Done => "done",
        }
    }
}

/// Why somebody is not served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// There is nobody of that id, name or address whom the asker may act on.
    NotFound,
    /// Several people have that address: say which by username.
    SharedAddress,
    /// There is no address to write to.
    NoEmail,
    /// Mail to them came back.
    Bounced,
    /// The account is switched off.
    Disabled,
    /// It is a program.
    Program,
    /// They stand in the selection already.
    Duplicate,
    /// They have chosen a password since the plan.
    PasswordChosen,
    /// The account has changed, or a newer way in is out, since the plan.
    Overtaken,
}

impl Reason {
    /// As it is told to programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::SharedAddress => "shared_address",
            Self::NoEmail => "no_email",
            Self::Bounced => "bounced",
            Self::Disabled => "disabled",
            Self::Program => "program",
            Self::Duplicate => "duplicate",
            Self::PasswordChosen => "password_chosen",
            Self::Overtaken => "overtaken",
        }
    }
}

/// A row that is not served, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// What was given: an id, a username, an address.
    pub row: String,
    /// Why.
    pub reason: Reason,
}

/// What became of one recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Became {
    /// Not yet.
    Waiting,
    /// The mail service could not take it yet, or the run is paused.
    Held,
    /// Sent, and whatever was reported of it since but a bounce.
    Sent,
    /// Refused by the mail service, come back, or given up.
    Failed,
    /// Nothing was to be sent any more: switched off, or signed in meanwhile.
    Skipped,
    /// The run was cancelled before.
    Cancelled,
}

impl Became {
    /// Of a piece of work that has been asked for; `None` for one that was erased along with whom it was for.
    pub fn of_asked(work: Option<(Stage, Option<Fate>)>) -> Self {
        if work.is_none() { Self::Skipped } else { Self::of(work) }
    }

    /// Of a piece of work as it stands; `None` for one that has not been asked for.
    pub fn of(work: Option<(Stage, Option<Fate>)>) -> Self {
        match work {
            Some((Stage::Held, None)) => Self::Held,
            None | Some((_, None)) => Self::Waiting,
            Some((_, Some(fate))) => match fate {
                Fate::Sent | Fate::Delivered | Fate::Complained => Self::Sent,
                Fate::Rejected | Fate::Bounced | Fate::GivenUp => Self::Failed,
                Fate::Nothing | Fate::Capped | Fate::Suppressed => Self::Skipped,
                Fate::Cancelled => Self::Cancelled,
            },
        }
    }

    /// Whether nothing more will become of it.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Waiting | Self::Held)
    }
}

/// How many recipients ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Sent.
    pub sent: u32,
    /// Failed.
    pub failed: u32,
    /// Skipped after the plan.
    pub skipped: u32,
    /// Cancelled.
    pub cancelled: u32,
    /// Held.
    pub held: u32,
}

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, became: Became) {
        match became {
            Became::Sent => self.sent += 1,
            Became::Failed => self.failed += 1,
            Became::Skipped => self.skipped += 1,
            Became::Cancelled => self.cancelled += 1,
            Became::Held => self.held += 1,
            Became::Waiting => {}
        }
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            sent: self.sent + other.sent,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
            cancelled: self.cancelled + other.cancelled,
            held: self.held + other.held,
        }
    }
}

/// A run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Which.
    pub id: RunId,
    /// Among whom.
    pub target: Target,
    /// Who asked for it.
    pub by: UserId,
    /// What they were called.
    pub by_name: String,
    /// The contact group whose members they reached then, if they were staff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Where it stands.
    pub state: RunState,
    /// What was selected, in words.
    pub selection: String,
    /// Rows of the selection.
    pub total: u32,
    /// Of them, those who are not served, as the plan found.
    pub skipped: u32,
    /// Items with recipients.
    pub chunks: u32,
    /// Items with rows that are not served.
    pub skips: u32,
    /// Chunks whose mails have been asked for.
    pub posted: u32,
    /// Chunks of which everybody is served or reported.
    pub settled: u32,
    /// What became of those.
    pub counts: Counts,
    /// Whether it goes on after a pause: what was set aside is to be taken up.
    #[serde(default)]
    pub release: bool,
    /// Counted up by every change of it.
    pub revision: u64,
    /// When it was planned.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub created_at: Timestamp,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "jiff::fmt::serde::timestamp::second::optional")]
    pub finished_at: Option<Timestamp>,
}

impl Run {
    /// Whether whoever planned it looks after this person: staff do after their own group.
    pub fn reaches(&self, person: &Person) -> bool {
        self.group.is_none() || self.group == person.group
    }

    /// How many are to be mailed.
    pub fn recipients(&self) -> u32 {
        self.total.saturating_sub(self.skipped)
    }

    /// Recipients whose mails have not been asked for: every chunk but the last is full.
    pub fn unasked(&self) -> u32 {
        let full = u32::try_from(CHUNK).unwrap_or(u32::MAX);
        self.recipients().saturating_sub(self.posted.saturating_mul(full))
    }

    /// Seconds that it takes where the mail service takes so many mails a second.
    pub fn seconds(&self, per_second: u32) -> u64 {
        let (of, part) = SHARE;
        (u64::from(self.recipients()) * part).div_ceil(u64::from(per_second.max(1)) * of)
    }

    /// What its mails cost, in US dollars.
    pub fn cost_usd(&self) -> f64 {
        f64::from(self.recipients()) / MAILS_PER_USD
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// BR-7: start, pause, go on, cancel; each where it makes sense, and twice is once.
    #[test]
    fn orders_are_taken_where_they_make_sense() {
        use Order::{Cancel, Pause, Resume, Start};
        use RunState::{Cancelled, Done, Paused, Planned, Running};
        let table = [
            (Planned, [Some(Running), None, None, Some(Cancelled)]),
            (Running, [Some(Running), Some(Paused), Some(Running), Some(Cancelled)]),
            (Paused, [None, Some(Paused), Some(Running), Some(Cancelled)]),
            (Cancelled, [None, None, None, Some(Cancelled)]),
            (Done, [None, None, None, None]),
        ];
        for (state, expected) in table {
            assert_eq!([Start, Pause, Resume, Cancel].map(|order| state.after(order)), expected, "{state:?}");
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
    }

    /// BR-7: every fate counts once.
    #[test]
    fn every_result_is_counted_once() {
        let mut counts = Counts::default();
        let all = [Fate::Sent, Fate::Bounced, Fate::Nothing, Fate::Cancelled, Fate::Delivered];
        for fate in all {
            let became = Became::of(Some((Stage::Done, Some(fate))));
            assert!(became.is_final());
            counts.add(became);
        }
        assert_eq!(counts, Counts { sent: 2, failed: 1, skipped: 1, cancelled: 1, held: 0 });
        assert!(!Became::of(None).is_final() && !Became::of(Some((Stage::Held, None))).is_final());
    }
}
