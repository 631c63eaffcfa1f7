//! Imports: the import, and its rows by the chunk. They lie in the table of runs, whose stream carries them on.

use aws::dynamodb::{Attribute, put, query, update};
use domain::audit::Entry;
use domain::id::RunId;
use domain::intake::{Intake, Line};
use serde_dynamo::AttributeValue;

use super::transaction::{Outcome, Transaction};
use super::{Item, Store, StoreError, audit, keys, number, read, text, unavailable, unless_condition, value, write};

/// Seconds for which an import and its report are kept: thirty days.
const KEEP_SECONDS: i64 = 30 * 86_400;

impl Store {
    /// An import, consistent.
    pub async fn intake(&self, id: &RunId) -> Result<Option<Intake>, StoreError> {
        self.item(&self.tables.runs, keys::intake(id)).await?.map(|item| read("import", item)).transpose()
    }

    /// Imports, the last first, before a given one; at most so many, and a hundred.
    pub async fn intakes(&self, before: Option<&RunId>, limit: i32) -> Result<Vec<Intake>, StoreError> {
        let answer = query(&self.tables.runs)
            .key_condition_expression("pk = :pk AND sk < :before")
            .expression_attribute_values(":pk", text(keys::INTAKES))
            .expression_attribute_values(":before", text(before.map_or("~", RunId::as_str)))
            .scan_index_forward(false)
            .limit(limit)
            .send(&self.client)
            .await;
        let items = answer.map_err(unavailable("Query imports"))?.items;
        let ids = items.iter().filter_map(|item| RunId::parse(item.get("sk")?.as_s()?));
        let keys = ids.map(|id| keys::intake(&id)).collect();
        let found = self.batch_get(&self.tables.runs, keys, true).await?;
        let mut all = found.into_iter().map(|item| read("import", item)).collect::<Result<Vec<Intake>, _>>()?;
        all.sort_by(|one, other| other.id.cmp(&one.id));
        Ok(all)
    }

    /// Writes an import that was just rehearsed.
    pub async fn put_intake(&self, intake: &Intake) -> Result<(), StoreError> {
        let mut all = Transaction::default();
        all.add(put(&self.tables.runs, item(intake)?).condition_expression("attribute_not_exists(pk)"));
        all.add(put(&self.tables.runs, keys::intake_listed(&intake.id).into_iter().chain([ttl(intake)]).collect()));
        self.transact("TransactWriteItems import", all).await.map(drop)
    }

    /// Writes how far an import has come, with what is to be written down of it, if nobody else has meanwhile.
    pub async fn advance_intake(
        &self,
        before: &Intake,
        after: &Intake,
        entry: Option<&Entry>,
    ) -> Result<bool, StoreError> {
        let after = Intake { revision: before.revision + 1, ..after.clone() };
        let mut all = Transaction::default();
        let put_after = put(&self.tables.runs, item(&after)?)
            .condition_expression("revision = :revision")
            .expression_attribute_values(":revision", number(before.revision));
        all.add(put_after);
        if let Some(entry) = entry {
            all.add(put(&self.tables.audit, audit::item(entry)?));
        }
        Ok(self.transact("TransactWriteItems import", all).await? == Outcome::Done)
    }

    /// Has an import looked at again.
    pub async fn touch_intake(&self, id: &RunId) -> Result<(), StoreError> {
        let answer = update(&self.tables.runs, keys::intake(id))
            .update_expression("ADD touched :one")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":one", number(1))
            .send(&self.client)
            .await;
        unless_condition("UpdateItem import", answer).map(drop)
    }

    /// Writes rows down, the first chunk being one; what stood there before is gone, password hashes included.
    pub async fn put_lines(&self, intake: &Intake, chunk: u32, lines: &[Line]) -> Result<(), StoreError> {
        let all = ("all".to_owned(), value("lines", &lines)?);
        let item: Item = keys::intake_chunk(&intake.id, chunk).into_iter().chain([all, ttl(intake)]).collect();
        let answer = put(&self.tables.runs, item).send(&self.client).await;
        answer.map(drop).map_err(unavailable("PutItem lines"))
    }

    /// Rows; empty where there are none.
    pub async fn lines(&self, id: &RunId, chunk: u32) -> Result<Vec<Line>, StoreError> {
        let item = self.item(&self.tables.runs, keys::intake_chunk(id, chunk)).await?.unwrap_or_default();
        let all = item.into_iter().find(|(name, _)| name == "all").map(|(_, all)| all);
        let all = all.map(serde_dynamo::from_attribute_value).transpose();
        Ok(all.map_err(|source| StoreError::Shape { kind: "lines", source })?.unwrap_or_default())
    }
}

fn item(intake: &Intake) -> Result<Item, StoreError> {
    write("import", intake, keys::intake(&intake.id).into_iter().chain([ttl(intake)]))
}

fn ttl(intake: &Intake) -> (String, AttributeValue) {
    ("ttl".to_owned(), number(intake.created_at.as_second() + KEEP_SECONDS))
}
