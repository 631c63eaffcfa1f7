//! PINs: made, replaced, withdrawn, used; and who came by them.

use aws::dynamodb::{Request, check, delete, put, query, update};
use domain::id::UserId;
use domain::pin::Pin;
use domain::user::{State, User};
use serde::{Deserialize, Serialize};

use super::accounts::Account;
use super::transaction::{Outcome, Transaction};
use super::{Store, StoreError, keys, number, read, text, unavailable, unless_condition, value, write};

/// How many of those who came by a sponsor's PINs are listed at a time.
const PAGE: i32 = 100;

/// A PIN that an account is made with, and its sponsor as they were read.
#[derive(Clone, Debug)]
pub struct PinUse {
    /// The PIN.
    pub pin: Pin,
    /// Whose rights are passed on.
    pub sponsor: User,
}

/// Somebody who came by a sponsor's PIN.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sponsored {
    /// Who.
    pub user: UserId,
    /// The keyed hash of the PIN.
    pub pin: String,
}

impl Store {
    /// The PIN under one of these keyed hashes, consistent.
    pub async fn pin(&self, hashes: &[String]) -> Result<Option<Pin>, StoreError> {
        for hash in hashes {
            if let Some(item) = self.item(&self.tables.directory, keys::pin(hash)).await? {
                return read("pin", item).map(Some);
            }
        }
        Ok(None)
    }

    /// Gives a sponsor a new PIN in place of the one they have. `false` when that has changed meanwhile.
    pub async fn put_pin(&self, sponsor: &User, pin: &Pin) -> Result<bool, StoreError> {
        let table = &self.tables.directory;
        let mut all = Transaction::default();
        if let Some(old) = &sponsor.pin {
            all.add(delete(table, keys::pin(old)));
        }
        all.add(put(table, write("pin", pin, keys::pin(&pin.hash))?).condition_expression("attribute_not_exists(pk)"));
        let holds = update(table, keys::user(&sponsor.id))
            .update_expression("SET pin = :pin")
            .expression_attribute_values(":pin", text(&pin.hash));
        all.add(as_before(holds, sponsor));
        Ok(self.transact("TransactWriteItems pin", all).await? == Outcome::Done)
    }

    /// Makes a PIN that nobody can use any more; its sponsor is still known by it.
    pub async fn close_pin(&self, hash: &str) -> Result<(), StoreError> {
        let key = keys::pin(hash);
        let gone = delete(&self.tables.directory, key).send(&self.client).await;
        gone.map(drop).map_err(unavailable("DeleteItem pin"))
    }

    /// Uses up a PIN whose time is over, so that it stays over.
    pub async fn exhaust_pin(&self, hash: &str) -> Result<(), StoreError> {
        let answer = update(&self.tables.directory, keys::pin(hash))
            .update_expression("SET uses_left = :none")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":none", number(0))
            .send(&self.client)
            .await;
        unless_condition("UpdateItem pin", answer).map(drop)
    }

    /// Withdraws a sponsor's PIN. `false` when it has changed meanwhile.
    pub async fn remove_pin(&self, sponsor: &User) -> Result<bool, StoreError> {
        let Some(hash) = &sponsor.pin else { return Ok(true) };
        let table = &self.tables.directory;
        let mut all = Transaction::default();
        all.add(delete(table, keys::pin(hash)));
        all.add(as_before(update(table, keys::user(&sponsor.id)).update_expression("REMOVE pin"), sponsor));
        Ok(self.transact("TransactWriteItems pin", all).await? == Outcome::Done)
    }

    /// Those who came by a sponsor's PINs, the oldest first, after a given one.
    pub async fn sponsored(&self, sponsor: &UserId, after: Option<&UserId>) -> Result<Vec<Sponsored>, StoreError> {
        let start = after.map(|after| keys::sponsored(sponsor, after).into_iter().collect());
        let answer = query(&self.tables.directory)
            .consistent_read(true)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", text(keys::sponsored_by(sponsor)))
            .exclusive_start_key(start)
            .limit(PAGE)
            .send(&self.client)
            .await;
        let items = answer.map_err(unavailable("Query sponsored"))?.items;
        items.into_iter().map(|item| read("sponsored", item)).collect()
    }

    /// Uses a PIN once, if it still holds and its sponsor's rights are as they were read; answers the places of these
    /// conditions. Who came by it is written down.
    pub(super) fn use_pin(
        &self,
        all: &mut Transaction,
        used: &PinUse,
        account: &Account,
    ) -> Result<Vec<usize>, StoreError> {
        let (table, PinUse { pin, sponsor }) = (&self.tables.directory, used);
        let now = number(account.user.created_at.as_second());
        let counted = update(table, keys::pin(&pin.hash))
            .update_expression(if pin.uses_left.is_some() {
                "SET last_used_at = :now ADD uses_left :less"
            } else {
                "SET last_used_at = :now"
            })
            .condition_expression(if pin.uses_left.is_some() {
                "sponsor = :sponsor AND (attribute_not_exists(ends_at) OR ends_at > :now) AND uses_left > :none"
            } else {
                "sponsor = :sponsor AND (attribute_not_exists(ends_at) OR ends_at > :now) AND attribute_not_exists(uses_left)"
            })
            .expression_attribute_values(":sponsor", text(sponsor.id.as_str()))
            .expression_attribute_values(":now", now);
        let place = all.add(if pin.uses_left.is_some() {
            counted.expression_attribute_values(":less", number(-1)).expression_attribute_values(":none", number(0))
        } else {
            counted
        });
        let grants = &sponsor.grants;
        let unchanged = check(table, keys::user(&sponsor.id))
            .condition_expression(
                "pin = :pin AND #state <> :disabled AND kind = :kind AND #permissions = :permissions \
                 AND profiles = :profiles AND company_exceptions = :exceptions",
            )
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#permissions", "permissions")
            .expression_attribute_values(":pin", text(&pin.hash))
            .expression_attribute_values(":disabled", value("state", &State::Disabled)?)
            .expression_attribute_values(":kind", value("kind", &sponsor.kind)?)
            .expression_attribute_values(":permissions", value("grants", &grants.permissions)?)
            .expression_attribute_values(":profiles", value("grants", &grants.profiles)?)
            .expression_attribute_values(":exceptions", value("grants", &grants.company_exceptions)?);
        let rights = all.add(unchanged);
        let came = Sponsored { user: account.user.id.clone(), pin: pin.hash.clone() };
        all.add(put(table, write("sponsored", &came, keys::sponsored(&sponsor.id, &account.user.id))?));
        Ok(vec![place, rights])
    }
}

/// On condition that the user holds the PIN that was read, or none if none was.
fn as_before(update: Request, sponsor: &User) -> Request {
    match &sponsor.pin {
        Some(before) => {
            update.condition_expression("pin = :before").expression_attribute_values(":before", text(before))
        }
        None => update.condition_expression("attribute_exists(pk) AND attribute_not_exists(pin)"),
    }
}
