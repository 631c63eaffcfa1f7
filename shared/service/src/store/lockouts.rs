//! Counters: failures per name and per network address, and budgets of mail.

use std::collections::HashSet;
use std::time::Duration;

use aws::dynamodb::{Attribute, Request, delete, update};
use domain::id::UserId;
use domain::login::lock_seconds;
use domain::settings::{LockMode, Settings};
use jiff::Timestamp;

use super::{Item, Store, StoreError, keys, number, text, unavailable, unless_condition};

/// Seconds in one stretch of counting failures per network address.
pub const ADDRESS_WINDOW: i64 = 600;

/// A failure count nobody has touched for so long is forgotten: 400 days, in seconds.
const FORGET_AFTER: i64 = 400 * 86_400;

/// How often a password that came by mail opens what wrong security codes have locked, until a right one or staff begin anew.
/// Whoever reads a mailbox would have as many tries at a code as they like.
const REOPENED: u32 = 3;

/// For how long a try may be looked at, in seconds: whatever was counted before that has been decided.
const LOOKED_AT_SECONDS: i64 = 2;

/// How long a try waits for others that are looked at, each time.
const PAUSES: [Duration; 3] = [Duration::from_millis(100), Duration::from_millis(300), Duration::from_millis(600)];

/// Whose failures are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counter<'a> {
    /// Everybody's who tries a canonical name, whether or not anybody has it.
    Name(&'a str),
    /// Those of one browser that the name's owner has signed in from (LK-4).
    Browser {
        /// The canonical name.
        name: &'a str,
        /// The browser's id for it.
        id: &'a str,
    },
    /// A user's security codes (MF-7).
    Code(&'a UserId),
}

impl Counter<'_> {
    pub(super) fn key(&self) -> keys::Key {
        match self {
            Self::Name(name) => keys::failures(name),
            Self::Browser { name, id } => keys::failures_in_browser(name, id),
            Self::Code(user) => keys::wrong_codes(user),
        }
    }
}

/// When failures lock, and how a lock ends.
#[derive(Clone, Copy, Debug)]
pub struct LockRule {
    /// Failures that lock.
    pub attempts: u16,
    /// How it ends.
    pub mode: LockMode,
}

impl LockRule {
    /// As the settings have it.
    pub fn of(settings: &Settings) -> Self {
        Self { attempts: settings.lock_attempts, mode: settings.lock_mode }
    }

    fn locks(self, held: &Tally, now: Timestamp) -> bool {
        let limit = u32::from(self.attempts);
        let waits = now.as_second() < held.last_at + lock_seconds(held.tries, limit);
        held.tries >= limit && (self.mode == LockMode::UntilReset || waits)
    }
}

/// Users whose two counts are read at once.
const TOGETHER: usize = 50;

/// A count as it stands.
struct Tally {
    tries: u32,
    last_at: i64,
    /// Of those who counted, the last first.
    marks: Vec<String>,
}

/// The marks of the last who changed a count: a try again after a lost answer finds its own there, though others have counted since.
const MARKS: [&str; 3] = ["last_mark", "mark_before", "mark_before_that"];

/// Puts a mark before those that are there.
const SIGN: &str = "mark_before_that = if_not_exists(mark_before, :none), \
                    mark_before = if_not_exists(last_mark, :none), last_mark = :mark";

/// None of them is this one.
const UNSIGNED: &str = "NOT (last_mark = :mark OR mark_before = :mark OR mark_before_that = :mark)";

/// What became of an attempt to charge a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charge {
    /// Within the limit: the so-manyth since the last success.
    Allowed(u32),
    /// The limit was reached before.
    Locked,
}

/// What became of an attempt to spend from a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spent {
    /// There was something left.
    Yes,
    /// It is used up until the next stretch of time.
    UsedUp,
}

impl Store {
    /// Counts one try before anything is compared. Of any number at once, at most `attempts` are allowed; where a lock ends
    /// by waiting, one more after each wait.
    pub async fn charge(&self, counter: Counter<'_>, rule: LockRule, now: Timestamp) -> Result<Charge, StoreError> {
        let became = self.count_in_turn(counter, rule.attempts.into(), now).await?;
        self.charged(counter, rule, now, became).await
    }

    /// The same for a try that has waited already.
    pub async fn charge_at_once(
        &self,
        counter: Counter<'_>,
        rule: LockRule,
        now: Timestamp,
    ) -> Result<Charge, StoreError> {
        let limit = rule.attempts.into();
        let became = self.count(counter.key(), limit, now.as_second() + FORGET_AFTER, now).await?;
        self.charged(counter, rule, now, became).await
    }

    async fn charged(
        &self,
        counter: Counter<'_>,
        rule: LockRule,
        now: Timestamp,
        became: Counted,
    ) -> Result<Charge, StoreError> {
        let limit = u32::from(rule.attempts);
        let held = match became {
            Counted::Yes(tries) => return Ok(Charge::Allowed(tries)),
            Counted::Full(held) => held,
        };
        let Some(held) = held.filter(|_| rule.mode == LockMode::Backoff) else { return Ok(Charge::Locked) };
        if now.as_second() < held.last_at + lock_seconds(held.tries, limit) {
            return Ok(Charge::Locked);
        }
        // The wait is over. Of any number who come now, one is let through, a lost answer or not.
        let answer = update(&self.tables.lockouts, counter.key())
            .update_expression(format!("SET tries = :next, last_at = :now, #ttl = :ttl, {SIGN}"))
            .condition_expression("(tries = :tries AND last_mark = :held AND last_at = :at) OR last_mark = :mark")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":next", number(held.tries + 1))
            .expression_attribute_values(":tries", number(held.tries))
            .expression_attribute_values(":held", text(held.marks.first().map_or("", String::as_str)))
            .expression_attribute_values(":mark", text(self.mark()?))
            .expression_attribute_values(":none", text(""))
            .expression_attribute_values(":at", number(held.last_at))
            .expression_attribute_values(":now", number(now.as_second()))
            .expression_attribute_values(":ttl", number(now.as_second() + FORGET_AFTER))
            .send(&self.client)
            .await;
        let through = unless_condition("UpdateItem lockouts", answer)?.is_some();
        Ok(if through { Charge::Allowed(held.tries + 1) } else { Charge::Locked })
    }

    /// Counts a try. Where as many as are allowed are being looked at just now, it waits for what becomes of them: those that are
    /// right make room.
    async fn count_in_turn(&self, counter: Counter<'_>, limit: u32, now: Timestamp) -> Result<Counted, StoreError> {
        let charge = || self.count(counter.key(), limit, now.as_second() + FORGET_AFTER, now);
        for pause in PAUSES {
            let became = charge().await?;
            let Counted::Full(Some(held)) = &became else { return Ok(became) };
            if (now.as_second() - held.last_at).abs() > LOOKED_AT_SECONDS {
                return Ok(became);
            }
            tokio::time::sleep(pause).await;
        }
        charge().await
    }

    /// Whether the limit is reached, and the wait, where a lock ends by one, not over. Counts nothing.
    pub async fn is_locked(&self, counter: Counter<'_>, rule: LockRule, now: Timestamp) -> Result<bool, StoreError> {
        let held = self.lockout(counter).await?.as_ref().and_then(tally);
        Ok(held.is_some_and(|held| rule.locks(&held, now)))
    }

    /// What opens a user's security codes once more, along with a password that they have got by mail; nothing where no code was
    /// wrong, or that has happened too often.
    pub(super) async fn reopening(&self, user: &UserId) -> Result<Option<Request>, StoreError> {
        let held = self.lockout(Counter::Code(user)).await?;
        let reopened = held.as_ref().map_or(0, |held| whole(held, "reopened").unwrap_or_default());
        let wrong = held.as_ref().and_then(tries).is_some_and(|tries| tries > 0);
        Ok((wrong && reopened < REOPENED).then(|| {
            update(&self.tables.lockouts, keys::wrong_codes(user))
                .update_expression("SET tries = :none ADD reopened :one")
                .expression_attribute_values(":none", number(0))
                .expression_attribute_values(":one", number(1))
        }))
    }

    async fn lockout(&self, counter: Counter<'_>) -> Result<Option<Item>, StoreError> {
        self.item(&self.tables.lockouts, counter.key()).await
    }

    /// Which of these users, each with their canonical name, are locked by password or code. For lists: it may be a moment late.
    pub async fn locked_among(
        &self,
        users: &[(String, UserId)],
        rule: LockRule,
        now: Timestamp,
    ) -> Result<HashSet<UserId>, StoreError> {
        let mut locked = HashSet::new();
        for some in users.chunks(TOGETHER) {
            let of = |name: &str, id: &UserId| [Counter::Name(name).key(), Counter::Code(id).key()];
            let keys = some.iter().flat_map(|(name, id)| of(name, id)).collect();
            let found = self.batch_get(&self.tables.lockouts, keys, false).await?;
            let held = found.iter().filter(|item| tally(item).is_some_and(|held| rule.locks(&held, now)));
            let held: HashSet<&str> = held.filter_map(|item| item.get("pk")?.as_s()).map(String::as_str).collect();
            let holds =
                |key: keys::Key| key.iter().any(|(_, pk)| pk.as_s().is_some_and(|pk| held.contains(pk.as_str())));
            let theirs = some.iter().filter(|(name, id)| of(name, id).into_iter().any(holds));
            locked.extend(theirs.map(|(_, id)| id.clone()));
        }
        Ok(locked)
    }

    /// Counts one failure from a network address; answers how many there were in this stretch of time.
    pub async fn charge_address(&self, address: &str, now: Timestamp) -> Result<u32, StoreError> {
        let window = now.as_second().div_euclid(ADDRESS_WINDOW);
        let end = (window + 2) * ADDRESS_WINDOW;
        let after = self.count(keys::failures_from(address, window), u32::MAX, end, now).await?;
        Ok(after.tries().unwrap_or(u32::MAX))
    }

    /// Takes one from a budget of `limit` per `seconds`.
    pub async fn spend(&self, budget: &str, limit: u32, seconds: i64, now: Timestamp) -> Result<Spent, StoreError> {
        self.spend_by(&self.mark()?, budget, (limit, seconds), now).await
    }

    /// The same for something that may ask again: as long as it is one of the last three who took, it takes nothing twice.
    pub async fn spend_by(
        &self,
        mark: &str,
        budget: &str,
        (limit, seconds): (u32, i64),
        now: Timestamp,
    ) -> Result<Spent, StoreError> {
        let window = now.as_second().div_euclid(seconds);
        let key = keys::budget(budget, window);
        let after = self.count_by(mark, key, (limit, (window + 2) * seconds), now).await?;
        Ok(if after.tries().is_some() { Spent::Yes } else { Spent::UsedUp })
    }

    /// Gives one back to a budget, within the same stretch of time.
    pub async fn unspend(&self, budget: &str, seconds: i64, now: Timestamp) -> Result<(), StoreError> {
        let window = now.as_second().div_euclid(seconds);
        self.uncount("UpdateItem budget", keys::budget(budget, window)).await
    }

    /// One conditional write: adds one if the count is below the limit, and answers the new count. A try again after a
    /// lost answer finds its own mark and counts nothing twice.
    async fn count(&self, key: keys::Key, limit: u32, forget_at: i64, now: Timestamp) -> Result<Counted, StoreError> {
        self.count_by(&self.mark()?, key, (limit, forget_at), now).await
    }

    async fn count_by(
        &self,
        mark: &str,
        key: keys::Key,
        (limit, forget_at): (u32, i64),
        now: Timestamp,
    ) -> Result<Counted, StoreError> {
        if limit == 0 {
            return Ok(Counted::Full(None));
        }
        let answer = update(&self.tables.lockouts, key)
            .update_expression(format!("ADD tries :one SET #ttl = :ttl, last_at = :now, {SIGN}"))
            .condition_expression(format!("attribute_not_exists(tries) OR (tries < :limit AND {UNSIGNED})"))
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":none", text(""))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":limit", number(limit))
            .expression_attribute_values(":ttl", number(forget_at))
            .expression_attribute_values(":mark", text(mark))
            .expression_attribute_values(":now", number(now.as_second()))
            .returning_changes()
            .returning_unfit()
            .send(&self.client)
            .await;
        match answer {
            Ok(done) => Ok(Counted::Yes(done.attributes.as_ref().and_then(tries).unwrap_or(limit))),
            Err(error) => match error.refusal().filter(|refusal| refusal.code == "ConditionalCheckFailedException") {
                Some(full) => {
                    let held = full.item().as_ref().and_then(tally);
                    let ours =
                        held.as_ref().filter(|held| held.marks.iter().any(|held| held == mark)).map(|held| held.tries);
                    Ok(ours.map_or(Counted::Full(held), Counted::Yes))
                }
                None => Err(unavailable("UpdateItem lockouts")(error)),
            },
        }
    }

    /// Takes back a try, if it was counted: it was right, and something else failed.
    pub async fn refund(&self, counter: Counter<'_>, charge: Charge) -> Result<(), StoreError> {
        match charge {
            Charge::Allowed(_) => self.uncount("UpdateItem refund", counter.key()).await,
            Charge::Locked => Ok(()),
        }
    }

    /// What was read to compare a try with. Where that failed nothing is compared, and the try is taken back.
    pub async fn to_compare<T>(
        &self,
        tried: (Counter<'_>, Charge),
        read: Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if read.is_err() {
            self.refund(tried.0, tried.1).await?;
        }
        read
    }

    /// Takes one back, if there is one. A try again after a lost answer finds its own mark and takes nothing back twice.
    async fn uncount(&self, operation: &'static str, key: keys::Key) -> Result<(), StoreError> {
        let change = update(&self.tables.lockouts, key)
            .update_expression(format!("ADD tries :less SET {SIGN}"))
            .condition_expression(format!("tries > :zero AND {UNSIGNED}"))
            .expression_attribute_values(":less", number(-1))
            .expression_attribute_values(":zero", number(0))
            .expression_attribute_values(":none", text(""))
            .expression_attribute_values(":mark", text(self.mark()?));
        self.alone(operation, change).await.map(drop)
    }

    /// Forgets the failures that were counted.
    pub async fn forgive(&self, counter: Counter<'_>) -> Result<(), StoreError> {
        let answer = delete(&self.tables.lockouts, counter.key()).send(&self.client).await;
        answer.map(drop).map_err(unavailable("DeleteItem lockouts"))
    }
}

/// What became of counting.
enum Counted {
    /// Counted: so many now.
    Yes(u32),
    /// The limit was reached before: how it stands, if the database said so.
    Full(Option<Tally>),
}

impl Counted {
    fn tries(self) -> Option<u32> {
        if let Self::Yes(tries) = self { Some(tries) } else { None }
    }
}

fn tally(item: &Item) -> Option<Tally> {
    let marks = MARKS.iter().filter_map(|mark| item.get(*mark)?.as_s().cloned()).collect();
    let last_at = item.get("last_at").and_then(|at| at.as_n()).and_then(|at| at.parse().ok()).unwrap_or_default();
    Some(Tally { tries: tries(item)?, last_at, marks })
}

fn tries(item: &Item) -> Option<u32> {
    whole(item, "tries")
}

fn whole(item: &Item, name: &str) -> Option<u32> {
    item.get(name).and_then(|n| n.as_n()).and_then(|n| n.parse().ok())
}
