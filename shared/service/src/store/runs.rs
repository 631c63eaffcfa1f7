//! Bulk runs: the run, its recipients by the chunk, and the rows that are not served.

use std::collections::HashMap;

use aws::dynamodb::{Attribute, put, query, update};
use domain::id::{MailId, RunId};
use domain::run::{Run, Skipped};
use domain::work::{Fate, Stage};
use serde::Deserialize;
use serde_dynamo::AttributeValue;

use super::outbox::Letterbox;
use super::transaction::Transaction;
use super::{Item, Store, StoreError, keys, number, read, text, unavailable, unless_condition, value, write};

/// Seconds for which a run is kept: 400 days.
const KEEP_SECONDS: i64 = 400 * 86_400;

/// A piece of work as results need it.
#[derive(Clone, Copy, Debug, Deserialize)]
struct Standing {
    state: Stage,
    #[serde(default)]
    fate: Option<Fate>,
}

impl Store {
    /// A run, consistent.
    pub async fn run(&self, id: &RunId) -> Result<Option<Run>, StoreError> {
        self.item(&self.tables.runs, keys::run(id)).await?.map(|item| read("run", item)).transpose()
    }

    /// Runs, the last first, before a given one; at most so many.
    pub async fn runs(&self, before: Option<&RunId>, limit: i32) -> Result<Vec<Run>, StoreError> {
        let answer = query(&self.tables.runs)
            .key_condition_expression("pk = :pk AND sk < :before")
            .expression_attribute_values(":pk", text(keys::RUNS))
            .expression_attribute_values(":before", text(before.map_or("~", RunId::as_str)))
            .scan_index_forward(false)
            .limit(limit)
            .send(&self.client)
            .await;
        let items = answer.map_err(unavailable("Query runs"))?.items;
        let ids = items.iter().filter_map(|item| RunId::parse(item.get("sk")?.as_s()?));
        let keys = ids.map(|id| keys::run(&id)).collect();
        let mut runs = Vec::new();
        for item in self.batch_get(&self.tables.runs, keys, true).await? {
            runs.push(read::<Run>("run", item)?);
        }
        runs.sort_by(|one, other| other.id.cmp(&one.id));
        Ok(runs)
    }

    /// Writes a run that was just planned.
    pub async fn put_run(&self, run: &Run) -> Result<(), StoreError> {
        let mut all = Transaction::default();
        all.add(put(&self.tables.runs, run_item(run)?).condition_expression("attribute_not_exists(pk)"));
        all.add(put(&self.tables.runs, keys::run_listed(&run.id).into_iter().chain([ttl(run)]).collect()));
        self.transact("TransactWriteItems run", all).await.map(drop)
    }

    /// Writes how far a run has come, if nobody else has meanwhile.
    pub async fn advance(&self, before: &Run, after: &Run) -> Result<bool, StoreError> {
        let after = Run { revision: before.revision + 1, ..after.clone() };
        let answer = put(&self.tables.runs, run_item(&after)?)
            .condition_expression("revision = :revision")
            .expression_attribute_values(":revision", number(before.revision))
            .send(&self.client)
            .await;
        Ok(unless_condition("PutItem run", answer)?.is_some())
    }

    /// Has a run looked at again: something has become of its mails.
    pub async fn touch_run(&self, id: &RunId) -> Result<(), StoreError> {
        let answer = update(&self.tables.runs, keys::run(id))
            .update_expression("ADD touched :one")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":one", number(1))
            .send(&self.client)
            .await;
        unless_condition("UpdateItem run", answer).map(drop)
    }

    /// Writes down recipients, such as `user#…`.
    pub async fn put_chunk(&self, run: &Run, number: u32, recipients: &[String]) -> Result<(), StoreError> {
        self.put_part(run, keys::chunk(&run.id, number), value("recipients", &recipients)?).await
    }

    /// Recipients; empty where there are none.
    pub async fn chunk(&self, id: &RunId, number: u32) -> Result<Vec<String>, StoreError> {
        self.run_part(keys::chunk(id, number)).await
    }

    /// Writes down rows that are not served.
    pub async fn put_skips(&self, run: &Run, number: u32, skips: &[Skipped]) -> Result<(), StoreError> {
        self.put_part(run, keys::skips(&run.id, number), value("skips", &skips)?).await
    }

    /// Rows that are not served.
    pub async fn skips(&self, id: &RunId, number: u32) -> Result<Vec<Skipped>, StoreError> {
        self.run_part(keys::skips(id, number)).await
    }

    /// What belongs to a run is forgotten with it, be it that the plan never came to its end.
    async fn put_part(&self, run: &Run, key: keys::Key, all: AttributeValue) -> Result<(), StoreError> {
        let item: Item = key.into_iter().chain([("all".to_owned(), all), ttl(run)]).collect();
        let answer = put(&self.tables.runs, item).send(&self.client).await;
        answer.map(drop).map_err(unavailable("PutItem chunk"))
    }

    async fn run_part<T: serde::de::DeserializeOwned>(&self, key: keys::Key) -> Result<Vec<T>, StoreError> {
        let item = self.item(&self.tables.runs, key).await?.unwrap_or_default();
        let all = item.into_iter().find(|(name, _)| name == "all").map(|(_, all)| all);
        let all = all.map(serde_dynamo::from_attribute_value).transpose();
        Ok(all.map_err(|source| StoreError::Shape { kind: "chunk", source })?.unwrap_or_default())
    }

    /// Puts pieces of work into the outbox, each unless it was there before: whatever became of that since stays.
    pub async fn post_once(&self, letters: &[Letterbox]) -> Result<(), StoreError> {
        let mut all = Transaction::default();
        for letter in letters {
            all.add(put(&self.tables.outbox, letter.item()?).condition_expression("attribute_not_exists(pk)"));
        }
        self.each("TransactWriteItems outbox", all).await.map(drop)
    }

    /// How pieces of work stand, by their ids; what was never asked for is left out.
    pub async fn standings(&self, ids: &[MailId]) -> Result<HashMap<String, (Stage, Option<Fate>)>, StoreError> {
        let mut all = HashMap::new();
        for some in ids.chunks(100) {
            let keys = some.iter().map(keys::mail).collect();
            for item in self.batch_get(&self.tables.outbox, keys, true).await? {
                let id = item.get("pk").and_then(|pk| pk.as_s()).and_then(|pk| keys::mail_id(pk));
                let standing: Standing = read("mail", item)?;
                all.extend(id.map(|id| (id.to_string(), (standing.state, standing.fate))));
            }
        }
        Ok(all)
    }
}

fn run_item(run: &Run) -> Result<Item, StoreError> {
    write("run", run, keys::run(&run.id).into_iter().chain([ttl(run)]))
}

fn ttl(run: &Run) -> (String, AttributeValue) {
    ("ttl".to_owned(), number(run.created_at.as_second() + KEEP_SECONDS))
}
