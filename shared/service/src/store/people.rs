//! What administrators change of a user, and of the login beside it, all or none.

use domain::id::UserId;
use domain::user::{Kind, User};
use jiff::Timestamp;

use super::transaction::{Outcome, Transaction, update};
use super::{Item, Store, StoreError, keys, number, text, unavailable, unless_condition, value};

/// The attribute of a user who has no e-mail address: their kind.
pub(super) const UNREACHABLE: &str = "unreachable";

/// The attribute by which whoever was locked is listed, and the index.
const LOCK_LIST: &str = "lock_list";

impl Store {
    /// Writes down that somebody was locked, for the list of those. Whether they still are is asked elsewhere.
    pub async fn list_as_locked(&self, id: &UserId, now: Timestamp) -> Result<(), StoreError> {
        let answer = self
            .client
            .update_item()
            .table_name(&self.tables.directory)
            .set_key(Some(keys::user(id).into_iter().collect()))
            .update_expression("SET lock_list = :list, lock_at = :now")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":list", text("LOCKED"))
            .expression_attribute_values(":now", number(now.as_second()))
            .send()
            .await;
        unless_condition("UpdateItem lock", answer).map(drop)
    }

    /// Those who were locked and have set no password since, the last one first; as an index knows them.
    pub async fn listed_as_locked(&self, most: i32) -> Result<Vec<User>, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.tables.directory)
            .index_name(LOCK_LIST)
            .key_condition_expression("lock_list = :list")
            .expression_attribute_values(":list", text("LOCKED"))
            .scan_index_forward(false)
            .limit(most)
            .send()
            .await;
        let items = answer.map_err(unavailable("Query locked"))?.items.unwrap_or_default();
        self.users_of(&items).await
    }

    /// The users behind the keys that an index gave.
    async fn users_of(&self, items: &[Item]) -> Result<Vec<User>, StoreError> {
        let mut users = Vec::new();
        for item in items {
            let id = item.get("pk").and_then(|pk| pk.as_s().ok()).and_then(|pk| keys::user_id(pk));
            if let Some(id) = id {
                users.extend(self.user(&id).await?);
            }
        }
        Ok(users)
    }

    /// Users of a kind who have no e-mail address, up to a number; as an index knows them, which may be a moment late.
    pub async fn unreachable(&self, kind: Kind, most: i32) -> Result<Vec<User>, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.tables.directory)
            .index_name(UNREACHABLE)
            .key_condition_expression("unreachable = :kind")
            .expression_attribute_values(":kind", value("kind", &kind)?)
            .limit(most)
            .send()
            .await;
        let items = answer.map_err(unavailable("Query unreachable"))?.items.unwrap_or_default();
        let mut users = self.users_of(&items).await?;
        users.retain(|user| user.kind == kind && user.person.mailbox().is_none());
        Ok(users)
    }

    /// Changes rights, company, group, location and state of a user, if all of these are as they were read. A new epoch ends
    /// every session.
    pub async fn change_user(&self, before: &User, after: &User, name: &str) -> Result<bool, StoreError> {
        let table = &self.tables.directory;
        let mut all = Transaction::default();
        let mut set = vec![
            "#state = :state".to_owned(),
            "epoch = :next".to_owned(),
            "#permissions = :permissions".to_owned(),
            "profiles = :profiles".to_owned(),
            "company_exceptions = :exceptions".to_owned(),
        ];
        let mut remove = Vec::new();
        let mut user = update(table, keys::user(&after.id));
        let optional = [
            ("company", after.person.company.clone()),
            ("#group", after.person.group.clone()),
            ("default_location", after.default_location.as_ref().map(ToString::to_string)),
        ];
        for (at, (attribute, wanted)) in optional.into_iter().enumerate() {
            match wanted {
                Some(wanted) => {
                    set.push(format!("{attribute} = :optional{at}"));
                    user = user.expression_attribute_values(format!(":optional{at}"), text(wanted));
                }
                None => remove.push(attribute),
            }
        }
        // A link that was opened meanwhile goes on, unless the new epoch has killed it.
        if after.epoch != before.epoch {
            remove.push("link");
        }
        let remove = if remove.is_empty() { String::new() } else { format!(" REMOVE {}", remove.join(", ")) };
        let user = user
            .update_expression(format!("SET {}{remove}", set.join(", ")))
            .condition_expression(
                "epoch = :epoch AND #state = :before AND #permissions = :permissions0 AND profiles = :profiles0 \
                 AND company_exceptions = :exceptions0",
            )
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#group", "group")
            .expression_attribute_names("#permissions", "permissions")
            .expression_attribute_values(":state", value("state", &after.state)?)
            .expression_attribute_values(":before", value("state", &before.state)?)
            .expression_attribute_values(":epoch", number(before.epoch))
            .expression_attribute_values(":next", number(after.epoch))
            .expression_attribute_values(":permissions", value("grants", &after.grants.permissions)?)
            .expression_attribute_values(":profiles", value("grants", &after.grants.profiles)?)
            .expression_attribute_values(":exceptions", value("grants", &after.grants.company_exceptions)?)
            .expression_attribute_values(":permissions0", value("grants", &before.grants.permissions)?)
            .expression_attribute_values(":profiles0", value("grants", &before.grants.profiles)?)
            .expression_attribute_values(":exceptions0", value("grants", &before.grants.company_exceptions)?);
        all.update(user);
        if after.epoch != before.epoch {
            let login = update(table, keys::login(name))
                .update_expression("SET #state = :state, epoch = :next")
                .condition_expression("epoch = :epoch")
                .expression_attribute_names("#state", "state")
                .expression_attribute_values(":state", value("state", &after.state)?)
                .expression_attribute_values(":epoch", number(before.epoch))
                .expression_attribute_values(":next", number(after.epoch));
            all.update(login);
        }
        Ok(self.transact("TransactWriteItems user", all).await? == Outcome::Done)
    }
}
