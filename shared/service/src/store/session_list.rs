//! All sessions of a user: listed, replaced by one another, ended together.

use aws::dynamodb::{delete, put, query, update};
use domain::bearer::SessionToken;
use domain::id::UserId;
use domain::session::{Replaced, Session};

use super::transaction::{Outcome, Transaction};
use super::{Item, Store, StoreError, keys, read, sessions, text, unavailable, unless_condition, value};

/// A session as the list has it, and the key of its item.
struct Listed {
    key: Item,
    session: Session,
}

impl Store {
    /// A user's sessions, without those whose place another has taken; whether they still hold is for the caller to see.
    pub async fn sessions_of(&self, user: &UserId) -> Result<Vec<Session>, StoreError> {
        let all = self.listed(user).await?.into_iter().map(|listed| listed.session);
        Ok(all.filter(|session| session.replaced.is_none()).collect())
    }

    /// Ends a user's sessions: those of one family, or all; those that hold before those whose place another has taken, by which
    /// the others are found again if this is broken off. `false` when there was none.
    pub async fn end_sessions(&self, user: &UserId, family: Option<&str>) -> Result<bool, StoreError> {
        let mut any = false;
        // Twice: what has taken another's place since the first look did so before that other was gone.
        for _ in 0..2 {
            let all = self.listed(user).await?.into_iter();
            let mut wanted: Vec<_> =
                all.filter(|listed| family.is_none_or(|family| listed.session.family == family)).collect();
            wanted.sort_by_key(|listed| listed.session.replaced.is_some());
            if wanted.is_empty() {
                break;
            }
            any = true;
            for listed in wanted {
                let answer = delete(&self.tables.sessions, listed.key).send(&self.client).await;
                answer.map_err(unavailable("DeleteItem session"))?;
            }
        }
        Ok(any)
    }

    async fn listed(&self, user: &UserId) -> Result<Vec<Listed>, StoreError> {
        let (pk, prefix) = keys::sessions_of(user);
        let all = query(&self.tables.sessions)
            .consistent_read(true)
            .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
            .expression_attribute_values(":pk", text(&pk))
            .expression_attribute_values(":prefix", text(prefix))
            .send_all(&self.client)
            .await;
        let listed = |item: Item| {
            let key = item.iter().filter(|(name, _)| ["pk", "sk"].contains(&name.as_str()));
            let key = key.map(|(name, value)| (name.clone(), value.clone())).collect();
            Ok(Listed { key, session: read("session", item)? })
        };
        all.map_err(unavailable("Query sessions"))?.into_iter().map(listed).collect()
    }

    /// Puts a session in another's place (SE-6). Of any number who try at once one does; for the others it is `false`.
    pub async fn rotate_session(
        &self,
        old: &SessionToken,
        replaced: &Replaced,
        new: (&SessionToken, &Session),
    ) -> Result<bool, StoreError> {
        let mut all = Transaction::default();
        let gone = update(&self.tables.sessions, keys::session(&old.user, &old.secret))
            .update_expression("SET replaced = :replaced")
            .condition_expression("attribute_exists(pk) AND attribute_not_exists(replaced)")
            .expression_attribute_values(":replaced", value("replaced", replaced)?);
        all.add(gone);
        let item = sessions::item(new.0, new.1)?;
        all.add(put(&self.tables.sessions, item).condition_expression("attribute_not_exists(pk)"));
        Ok(self.transact("TransactWriteItems rotate", all).await? == Outcome::Done)
    }

    /// Writes down that a browser has come back with the token that it was given.
    pub async fn try_session(&self, token: &SessionToken) -> Result<(), StoreError> {
        let answer = update(&self.tables.sessions, keys::session(&token.user, &token.secret))
            .update_expression("SET untried = :no")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":no", value("flag", &false)?)
            .send(&self.client)
            .await;
        unless_condition("UpdateItem session", answer).map(drop)
    }
}
