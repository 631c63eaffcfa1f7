//! What administrators change of a user, and of the login beside it, all or none.

use domain::user::{Kind, User};

use super::transaction::{Outcome, Transaction, update};
use super::{Store, StoreError, keys, number, text, unavailable, value};

/// The attribute of a user who has no e-mail address: their kind.
pub(super) const UNREACHABLE: &str = "unreachable";

impl Store {
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
        let mut users = Vec::new();
        for item in answer.map_err(unavailable("Query unreachable"))?.items.unwrap_or_default() {
            let id = item.get("pk").and_then(|pk| pk.as_s().ok()).and_then(|pk| keys::user_id(pk));
            if let Some(id) = id {
                let user = self.user(&id).await?;
                users.extend(user.filter(|user| user.kind == kind && user.person.mailbox().is_none()));
            }
        }
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
        if after.link.is_none() {
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
