//! The outbox: what is to happen by mail. Posted by a flow, claimed by one courier at a time, finished or held.

use aws::dynamodb::{Request, put, query, update};
use domain::audit::{Entry, Origin};
use domain::email::Email;
use domain::id::MailId;
use domain::language::{Language, spoken};
use domain::layout::Occasion;
use domain::time::later;
use domain::work::{Fate, Lane, Stage, Work};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::origin;

use super::transaction::{Outcome, Transaction};
use super::{
    Item, Store, StoreError, audit, due, keys, number, read, text, unavailable, unless_condition, value, write,
};

/// Seconds after which work that nobody finished is taken up again.
const LEASE_SECONDS: i64 = 300;

/// Seconds that a courier has in any case: more than it may run.
const SOON_SECONDS: i64 = 120;

/// Seconds for which finished work is kept: thirty days.
const KEEP_SECONDS: i64 = 30 * 86_400;

/// What the outbox holds of one piece of work.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Posted {
    /// What is to happen.
    pub work: Work,
    /// Which way it goes.
    pub lane: Lane,
    /// Where it stands.
    pub state: Stage,
    /// Tries so far.
    pub attempts: u32,
    /// When it was asked for.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub posted_at: Timestamp,
    /// Where from, if somebody asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Origin>,
    /// The language it was asked for in, if somebody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// The address of the letter that it came to at an earlier try, if it did.
    #[serde(default, rename = "to_address", skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// How a piece of work ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// What became of it.
    pub fate: Fate,
    /// What the mail service calls the mail.
    pub service_id: Option<String>,
    /// To whom it was written, and for what, if it came to a letter.
    pub letter: Option<(Email, Occasion)>,
}

/// What is known of a mail that the mail service reports of.
#[derive(Clone, Debug, Deserialize)]
pub struct Reported {
    /// Where it stands.
    pub state: Stage,
    /// What became of it, as far as is known.
    #[serde(default)]
    pub fate: Option<Fate>,
    /// The address that it was written to, if it is written down yet.
    #[serde(default, rename = "to_address")]
    pub to: Option<String>,
}

/// A mail as lists have it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Mail {
    /// Its key.
    pk: String,
    /// Where it stands.
    pub state: Stage,
    /// What became of it.
    #[serde(default)]
    pub fate: Option<Fate>,
    /// What it is for: the name of an occasion.
    #[serde(default)]
    pub occasion: Option<String>,
    /// When it was asked for.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub posted_at: Timestamp,
    /// When it was sent or given up.
    #[serde(default, with = "jiff::fmt::serde::timestamp::second::optional")]
    pub finished_at: Option<Timestamp>,
    /// Tries so far.
    #[serde(default)]
    pub attempts: u32,
}

impl Mail {
    /// Which.
    pub fn id(&self) -> Option<MailId> {
        keys::mail_id(&self.pk)
    }
}

/// A place in the list of an address's mails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailPlace {
    /// The mail before it.
    pub id: MailId,
    /// When that was asked for.
    pub posted_at: Timestamp,
}

/// A piece of work on its way into the outbox.
#[derive(Clone, Debug)]
pub struct Letterbox {
    /// Its id, made beforehand so that a repeat writes the same item.
    pub id: MailId,
    /// The work.
    pub posted: Posted,
}

/// A piece of work that waits, as a stream tells of it.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Which.
    pub id: MailId,
    /// The work.
    pub posted: Posted,
    /// When it is taken up again in any case.
    queue_at: Timestamp,
}

impl Waiting {
    /// The work in an item of the outbox; `None` where there is none, or none that waits.
    pub fn read(item: serde_dynamo::Item) -> Option<Self> {
        #[derive(Deserialize)]
        struct Filed {
            pk: String,
            #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
            queue_at: Timestamp,
        }
        let Filed { pk, queue_at } = serde_dynamo::from_item(item.clone()).ok()?;
        let posted: Posted = serde_dynamo::from_item(item).ok()?;
        let id = keys::mail_id(&pk).filter(|_| posted.state == Stage::Waiting)?;
        Some(Self { id, posted, queue_at })
    }
}

/// A courier's hold on a piece of work.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Which.
    pub id: MailId,
    /// The work, with this try counted.
    pub posted: Posted,
}

impl Letterbox {
    /// Work of this lane, asked for here and now.
    pub fn new(id: MailId, work: Work, lane: Lane, now: Timestamp) -> Self {
        let (state, from) = (Stage::Waiting, origin::here());
        let language = work.is_asked_by_its_reader().then(spoken);
        Self { id, posted: Posted { work, lane, state, attempts: 0, posted_at: now, from, language, to: None } }
    }

    /// The item. What waits is filed under the time by which it should have been done.
    pub(crate) fn item(&self) -> Result<Item, StoreError> {
        let item = write("mail", &self.posted, keys::mail(&self.id))?;
        let due = due::filed(self.id.as_str(), later(self.posted.posted_at, LEASE_SECONDS));
        Ok(item.into_iter().chain(due).collect())
    }
}

impl Store {
    /// Puts work into the outbox. The same again, as after a lost answer, changes nothing: it may be under way already.
    pub async fn post(&self, letter: &Letterbox) -> Result<(), StoreError> {
        let item = letter.item()?;
        let put = put(&self.tables.outbox, item);
        let answer = put.condition_expression("attribute_not_exists(pk)").send(&self.client).await;
        unless_condition("PutItem outbox", answer).map(drop)
    }

    /// A piece of work as it stands, consistent.
    pub async fn posted(&self, id: &MailId) -> Result<Option<Posted>, StoreError> {
        self.item(&self.tables.outbox, keys::mail(id)).await?.map(|item| read("mail", item)).transpose()
    }

    /// What is known of a mail that the mail service reports of, consistent.
    pub async fn reported(&self, id: &MailId) -> Result<Option<Reported>, StoreError> {
        self.item(&self.tables.outbox, keys::mail(id)).await?.map(|item| read("mail", item)).transpose()
    }

    /// Takes a piece of work to do it. Of any number who try at once, one gets it, a lost answer or not; the others `None`.
    pub async fn claim(&self, id: &MailId, now: Timestamp) -> Result<Option<Claim>, StoreError> {
        let [(_, day), (_, at)] = due::filed(id.as_str(), later(now, LEASE_SECONDS));
        let answer = update(&self.tables.outbox, keys::mail(id))
            .update_expression(
                "SET #state = :sending, queue = :day, queue_at = :at, claimed_by = :mark ADD attempts :one",
            )
            .condition_expression("#state = :waiting OR (#state = :sending AND claimed_by = :mark)")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":sending", value("stage", &Stage::Sending)?)
            .expression_attribute_values(":waiting", value("stage", &Stage::Waiting)?)
            .expression_attribute_values(":day", day)
            .expression_attribute_values(":at", at)
            .expression_attribute_values(":mark", text(self.mark()?))
            .expression_attribute_values(":one", number(1))
            .returning_all()
            .send(&self.client)
            .await;
        let done = unless_condition("UpdateItem claim", answer)?;
        let item = done.and_then(|done| done.attributes);
        item.map(|item| Ok(Claim { id: id.clone(), posted: read("mail", item)? })).transpose()
    }

    /// Takes pieces of work, each as if it was taken alone; what others have, or what has changed since, is left out. No id may
    /// be there twice.
    pub async fn claim_together(&self, waiting: Vec<Waiting>, now: Timestamp) -> Result<Vec<Claim>, StoreError> {
        let mut all = Transaction::default();
        for Waiting { id, posted, queue_at } in &waiting {
            let claimed = update(&self.tables.outbox, keys::mail(id))
                .condition_expression("#state = :waiting AND attempts = :seen")
                .expression_attribute_names("#state", "state")
                .expression_attribute_values(":sending", value("stage", &Stage::Sending)?)
                .expression_attribute_values(":waiting", value("stage", &Stage::Waiting)?)
                .expression_attribute_values(":seen", number(posted.attempts))
                .expression_attribute_values(":next", number(posted.attempts + 1));
            let lease = "SET #state = :sending, attempts = :next";
            // Where it is not to be taken up again soon, the index stays as it is.
            all.add(if queue_at.duration_since(now).as_secs() >= SOON_SECONDS {
                claimed.update_expression(lease)
            } else {
                let [(_, day), (_, at)] = due::filed(id.as_str(), later(now, LEASE_SECONDS));
                claimed
                    .update_expression(format!("{lease}, queue = :day, queue_at = :at"))
                    .expression_attribute_values(":day", day)
                    .expression_attribute_values(":at", at)
            });
        }
        let taken = self.each("TransactWriteItems claim", all).await?;
        let claim = |Waiting { id, posted, .. }| {
            let posted = Posted { attempts: posted.attempts + 1, state: Stage::Sending, ..posted };
            Claim { id, posted }
        };
        Ok(waiting.into_iter().zip(taken).filter(|(_, taken)| *taken).map(|(waiting, _)| claim(waiting)).collect())
    }

    /// Writes down what became of work: it is over. What the mail service reported before this stays.
    pub async fn finish(&self, id: &MailId, end: &Ended, now: Timestamp) -> Result<(), StoreError> {
        self.alone("UpdateItem finish", self.finished(id, end, now)?).await.map(drop)
    }

    /// Writes down what became of pieces of work, and that it happened: each with its entry, or not at all.
    pub async fn finish_together(&self, ends: &[(&MailId, &Ended, &Entry)], now: Timestamp) -> Result<(), StoreError> {
        // Alike beside alike: the embedded database then prepares fewer statements.
        for some in ends.chunks(50) {
            let mut all = Transaction::default();
            for (id, end, _) in some {
                all.add(self.finished(id, end, now)?);
            }
            for (_, _, entry) in some {
                all.add(put(&self.tables.audit, audit::item(entry)?));
            }
            self.transact("TransactWriteItems finish", all).await?;
        }
        Ok(())
    }

    fn finished(&self, id: &MailId, end: &Ended, now: Timestamp) -> Result<Request, StoreError> {
        let mut change = update(&self.tables.outbox, keys::mail(id))
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":done", value("stage", &Stage::Done)?)
            .expression_attribute_values(":fate", value("fate", &end.fate)?)
            .expression_attribute_values(":now", number(now.as_second()))
            .expression_attribute_values(":ttl", number(now.as_second() + KEEP_SECONDS));
        let mut set =
            "SET #state = :done, fate = if_not_exists(fate, :fate), finished_at = :now, #ttl = :ttl".to_owned();
        if let Some(service_id) = &end.service_id {
            set.push_str(", service_id = :service_id");
            change = change.expression_attribute_values(":service_id", text(service_id));
        }
        if let Some((to, occasion)) = &end.letter {
            set.push_str(", to_address = :to, occasion = :occasion");
            change = change
                .expression_attribute_values(":to", text(to.canonical()))
                .expression_attribute_values(":occasion", text(occasion.name()));
        }
        Ok(change.update_expression(format!("{set} REMOVE queue, queue_at")))
    }

    /// Writes down what the mail service reports of a mail, with its entry if it has one. `false` when something later is known,
    /// or the mail is gone.
    pub async fn report(&self, id: &MailId, fate: Fate, entry: Option<&Entry>) -> Result<bool, StoreError> {
        let before = fate.replaces().iter().map(|before| value("fate", before)).collect::<Result<Vec<_>, _>>()?;
        let names: Vec<String> = (0..before.len()).map(|i| format!(":before{i}")).collect();
        let condition =
            format!("attribute_exists(pk) AND (attribute_not_exists(fate) OR fate IN ({}))", names.join(", "));
        let change = update(&self.tables.outbox, keys::mail(id))
            .update_expression("SET fate = :fate")
            .condition_expression(condition)
            .expression_attribute_values(":fate", value("fate", &fate)?);
        let values = names.into_iter().zip(before);
        let change = values.fold(change, |change, (name, before)| change.expression_attribute_values(name, before));
        let Some(entry) = entry else { return self.alone("UpdateItem report", change).await };
        let mut all = Transaction::default();
        all.add(change);
        all.add(put(&self.tables.audit, audit::item(entry)?));
        Ok(self.transact("TransactWriteItems report", all).await? == Outcome::Done)
    }

    /// Sets work aside until a later time; if it is known what it has come to, the mail is listed under its reader's address.
    pub async fn hold(
        &self,
        id: &MailId,
        until: Timestamp,
        letter: Option<&(Email, Occasion)>,
    ) -> Result<(), StoreError> {
        if let Some((to, occasion)) = letter {
            let change = update(&self.tables.outbox, keys::mail(id))
                .update_expression("SET to_address = :to, occasion = :occasion")
                .condition_expression("attribute_exists(pk)")
                .expression_attribute_values(":to", text(to.canonical()))
                .expression_attribute_values(":occasion", text(occasion.name()));
            self.alone("UpdateItem letter", change).await?;
        }
        self.restage(id, (Stage::Sending, Timestamp::MAX), (Stage::Held, until)).await.map(drop)
    }

    /// Mails to an address, the last first, before a given one; at most so many. As an index knows them, which may be a moment
    /// late.
    pub async fn mails_to(&self, to: &str, before: Option<&MailPlace>, limit: i32) -> Result<Vec<Mail>, StoreError> {
        let start = before.map(|before| {
            let mut key: Item = keys::mail(&before.id).into_iter().collect();
            key.insert("to_address".to_owned(), text(to));
            key.insert("posted_at".to_owned(), number(before.posted_at.as_second()));
            key
        });
        let answer = query(&self.tables.outbox)
            .index_name("to_address")
            .key_condition_expression("to_address = :to")
            .expression_attribute_values(":to", text(to))
            .scan_index_forward(false)
            .exclusive_start_key(start)
            .limit(limit)
            .send(&self.client)
            .await;
        let items = answer.map_err(unavailable("Query mails"))?.items;
        items.into_iter().map(|item| read("mail", item)).collect()
    }

    /// Gives work that was set aside back to the couriers, whenever its time would come. `false` when it was not.
    pub async fn release(&self, id: &MailId, now: Timestamp) -> Result<bool, StoreError> {
        self.restage(id, (Stage::Held, Timestamp::MAX), (Stage::Waiting, later(now, LEASE_SECONDS))).await
    }

    /// Gives work whose time has come back to the couriers. `false` when somebody has done so or it is over.
    pub async fn requeue(&self, id: &MailId, now: Timestamp) -> Result<bool, StoreError> {
        for from in [Stage::Held, Stage::Sending, Stage::Waiting] {
            if self.restage(id, (from, now), (Stage::Waiting, later(now, LEASE_SECONDS))).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// From one stage, if it was due by then, to another, due at a new time.
    async fn restage(&self, id: &MailId, from: (Stage, Timestamp), to: (Stage, Timestamp)) -> Result<bool, StoreError> {
        let [(_, day), (_, queue_at)] = due::filed(id.as_str(), to.1);
        let change = update(&self.tables.outbox, keys::mail(id))
            .update_expression("SET #state = :to, queue = :day, queue_at = :at")
            .condition_expression("#state = :from AND queue_at <= :by")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":to", value("stage", &to.0)?)
            .expression_attribute_values(":from", value("stage", &from.0)?)
            .expression_attribute_values(":by", number(from.1.as_second()))
            .expression_attribute_values(":day", day)
            .expression_attribute_values(":at", queue_at);
        self.alone("UpdateItem stage", change).await
    }
}
