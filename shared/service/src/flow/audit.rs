//! What happened: noted by the other flows, sealed by a schedule, looked up and verified by administrators (AD-6).

mod chain;

use std::borrow::Cow;
use std::collections::BTreeMap;

use data_encoding::BASE64URL_NOPAD;
use domain::audit::{Entry, Outcome, Party};
use domain::id::AuditId;
use domain::user::User;
use domain::username;
use domain::work::{Fate, Work};
use jiff::ToSpan;
use jiff::civil::Date;

use super::Trouble;
use crate::app::App;
use crate::origin;
use crate::store::{AUDIT_SHARDS, Posted, StoreError, day};

pub use chain::{Altered, Verified, seal, verify};

/// Days that one page of a search looks through, at the most.
const MOST_DAYS: u32 = 31;

/// Entries of one day's part that are read at once.
const PAGE: i32 = 100;

/// Rounds of reading that one page of a search takes, at the most.
const ROUNDS: u32 = 60;

/// Something that happens here and now.
pub fn entry(app: &App, what: &'static str) -> Result<Entry, Trouble> {
    let now = app.clock.now();
    Ok(Entry { from: origin::here(), ..Entry::new(AuditId::new(now, app.random.bytes()?), now, what) })
}

/// A user, as entries speak of them.
pub fn user(user: &User) -> Party {
    Party::user(user.id.as_str(), &*user.username)
}

/// What the courier made of a piece of work. What somebody typed is kept only where it led to somebody: people type passwords
/// into the wrong field.
pub(super) fn delivered(app: &App, posted: &Posted, fate: Fate, to: Option<&str>) -> Result<Entry, Trouble> {
    let of = |id: &domain::id::UserId| Party::of("user", id.as_str());
    let (on, by) = match &posted.work {
        Work::ForgotUsername { email } | Work::ResetAccount { email } | Work::SignUpRefused { email } => {
            (Some(Party::of("address", email.canonical())), None)
        }
        Work::ForgotPassword { who } | Work::FreshTemporary { who } | Work::SignInRefused { name: who, .. } => {
            (to.map(|_| Party::of("name", who.as_str())), None)
        }
        Work::Pin { user, by, .. } | Work::Resend { user, by, .. } => (Some(of(user)), Some(of(by))),
        Work::MfaSetup { user, .. } | Work::LayoutTest { user, .. } => (Some(of(user)), None),
        Work::Invite { user, by, .. } => (Some(of(user)), by.as_ref().map(of)),
        Work::Notice { user, event, by, .. } => {
            (Some(of(user)), by.as_ref().or_else(|| event.is_by_owner().then_some(user)).map(of))
        }
    };
    let reason = if let Work::SignInRefused { why, .. } = &posted.work { why.as_str() } else { "" };
    let outcome = if reason.is_empty() { Outcome::Done } else { Outcome::Refused };
    let entry = entry(app, posted.work.name())?.ended(Some(outcome)).with("reason", reason);
    let entry = entry.with("mail", fate.as_str()).with("to", to.unwrap_or_default());
    Ok(Entry { on, by, from: posted.from.clone(), ..entry })
}

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// What one of an entry's words begins with, or a username or address of whoever it is about.
    pub q: String,
    /// Only this kind of act, or this area of acts.
    pub what: Option<String>,
    /// By this user only.
    pub by: Option<String>,
    /// On this only.
    pub on: Option<String>,
    /// Not after this day, in UTC.
    pub until: Option<Date>,
    /// Not before this day, in UTC.
    pub since: Option<Date>,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// How many, 1 to 1,000.
    pub limit: usize,
}

/// A page of what happened.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The last first.
    pub entries: Vec<Entry>,
    /// Where the next one begins; none after the last.
    pub next: Option<String>,
}

/// A page of what happened, the last first; `None` when the cursor is none of ours.
pub async fn search(app: &App, asked: &Asked) -> Result<Option<Page>, Trouble> {
    let today = day(app.clock.now());
    let begin = match asked.cursor.as_deref().map(place) {
        Some(None) => return Ok(None),
        Some(Some((at, before))) => (at.min(today), before),
        None => (asked.until.unwrap_or(today).min(today), None),
    };
    let (mut at, mut before) = begin;
    let whom = whom(app, &asked.q).await?;
    let first = at.saturating_sub(i64::from(MOST_DAYS).days());
    let since = asked.since.map_or(first, |since| since.max(first));
    let mut entries = Vec::new();
    let mut rounds = 0;
    while at >= since && rounds < ROUNDS {
        rounds += 1;
        let (mut found, whole) = of_day(app, at, before.as_deref()).await?;
        let last = found.last().map(|entry| entry.id.as_str().to_owned());
        found.retain(|entry| asked.fits(entry, &whom));
        for entry in found {
            if entries.len() == asked.limit {
                let last = entries.last().map(|entry: &Entry| entry.id.as_str().to_owned());
                return Ok(Some(Page { next: Some(cursor(at, last.as_deref().or(before.as_deref()))), entries }));
            }
            entries.push(entry);
        }
        (at, before) = if whole { (at.saturating_sub(1.day()), None) } else { (at, last) };
    }
    let over = at < asked.since.unwrap_or(Date::MIN) || at < earliest(app, today).await?;
    Ok(Some(Page { next: (!over).then(|| cursor(at, before.as_deref())), entries }))
}

/// A day before which nothing is kept: that of the first seal's first entry; where nothing is sealed yet, that of a month ago.
async fn earliest(app: &App, today: Date) -> Result<Date, Trouble> {
    let first = app.store.blocks(1, true, 1).await?.into_iter().next();
    let sealed = first.and_then(|block| block.entries.first()?.pk.split('#').nth(1)?.parse().ok());
    Ok(sealed.unwrap_or_else(|| today.saturating_sub(i64::from(MOST_DAYS).days())))
}

impl Asked {
    fn fits(&self, entry: &Entry, whom: &[String]) -> bool {
        let is = |wanted: &Option<String>, party: &Option<Party>| {
            wanted.as_ref().is_none_or(|wanted| {
                party.as_ref().is_some_and(|party| party.id == *wanted || party.name.as_ref() == Some(wanted))
            })
        };
        let area = |wanted: &String| {
            entry.what == *wanted || entry.what.strip_prefix(wanted.as_str()).is_some_and(|rest| rest.starts_with('.'))
        };
        let parties = [&entry.by, &entry.on];
        let about = |id: &String| parties.into_iter().flatten().any(|party| party.id == *id);
        is(&self.by, &entry.by)
            && is(&self.on, &entry.on)
            && self.what.as_ref().is_none_or(area)
            && (self.q.is_empty() || entry.speaks_of(&self.q.to_lowercase()) || whom.iter().any(about))
    }
}

/// The identifiers of whoever is called so: entries name them by these.
async fn whom(app: &App, q: &str) -> Result<Vec<String>, Trouble> {
    let mut ids = Vec::new();
    if let Some(name) = username::lookup_form(q) {
        ids.extend(app.store.login(&name).await?.map(|login| login.user.to_string()));
    }
    if let Ok(email) = domain::email::Email::parse(q) {
        let holders = app.store.at_address(email.canonical()).await?;
        ids.extend(holders.accounts().into_iter().map(|(id, _)| id.to_string()));
        ids.extend(holders.all_contacts().into_iter().map(|id| id.to_string()));
    }
    Ok(ids)
}

/// What happened on a day before a given id, the last first, and whether that is all. Nothing is left out between the first and
/// the last of it.
async fn of_day(app: &App, at: Date, before: Option<&str>) -> Result<(Vec<Entry>, bool), Trouble> {
    let mut all: Vec<Entry> = Vec::new();
    let mut bound = String::new();
    for shard in 0..AUDIT_SHARDS {
        let found = app.store.happened((at, shard), before, PAGE).await?;
        if found.len() == usize::try_from(PAGE).unwrap_or_default()
            && let Some(last) = found.last()
        {
            bound = bound.max(last.id.as_str().to_owned());
        }
        all.extend(found);
    }
    all.retain(|entry| entry.id.as_str() >= bound.as_str());
    all.sort_by(|one, other| other.id.cmp(&one.id));
    Ok((all, bound.is_empty()))
}

fn cursor(at: Date, before: Option<&str>) -> String {
    BASE64URL_NOPAD.encode(format!("{at}#{}", before.unwrap_or_default()).as_bytes())
}

fn place(cursor: &str) -> Option<(Date, Option<String>)> {
    let text = String::from_utf8(BASE64URL_NOPAD.decode(cursor.as_bytes()).ok()?).ok()?;
    let (at, before) = text.split_once('#')?;
    let before = Some(before).filter(|before| !before.is_empty());
    let sane = before.is_none_or(|before| AuditId::parse(before).is_some());
    Some((at.parse().ok().filter(|_| sane)?, before.map(str::to_owned)))
}

/// Writes down that something begins, runs it, and writes down how it ended. What can't be written down is not done.
pub async fn noted<T>(
    app: &App,
    entry: Entry,
    what: impl Future<Output = T>,
    ended: impl FnOnce(&T) -> (Outcome, BTreeMap<Cow<'static, str>, String>),
) -> Result<T, StoreError> {
    let mut entry = entry.ended(None);
    app.store.write_down(&entry).await?;
    let became = what.await;
    let (outcome, more) = ended(&became);
    entry.details.extend(more);
    if let Err(error) = app.store.write_end(&entry.ended(Some(outcome))).await {
        tracing::error!(%error, "how it ended is not written down");
    }
    Ok(became)
}
