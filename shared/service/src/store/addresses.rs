//! Who has an e-mail address: one consistent query.

use std::collections::BTreeSet;

use aws::dynamodb::{Attribute, query, update};
use domain::id::{ContactId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::transaction::Transaction;
use super::{Store, StoreError, keys, number, read, text, unavailable};

/// One who has an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The user, if it is one or the contact has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// The canonical username of that user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The contact, if it is one or the user has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactId>,
}

/// Everybody who has an address.
#[derive(Clone, Debug, Default)]
pub struct Holders {
    all: Vec<Holder>,
    /// How often an account was made there under watch.
    accounts_made: u64,
}

/// An address as somebody saw it who makes an account there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its canonical form.
    pub address: String,
    accounts_made: u64,
}

/// How an address is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// Nobody has it.
    Nobody,
    /// One person, with an account.
    User(UserId, String),
    /// One person, without an account.
    Contact(ContactId),
    /// Several people.
    Several,
}

impl Holders {
    /// How many people these are: a user and their contact count once.
    pub fn known(&self) -> Known {
        let users: BTreeSet<_> = self.all.iter().filter_map(|h| h.user.as_ref().zip(h.name.as_ref())).collect();
        let with_account: BTreeSet<_> =
            self.all.iter().filter(|h| h.user.is_some()).filter_map(|h| h.contact.as_ref()).collect();
        let bare: BTreeSet<_> =
            self.all.iter().filter_map(|h| h.contact.as_ref()).filter(|c| !with_account.contains(c)).collect();
        match (users.first(), bare.first(), users.len() + bare.len()) {
            (None, None, _) => Known::Nobody,
            (Some((user, name)), _, 1) => Known::User((*user).clone(), (*name).clone()),
            (None, Some(contact), 1) => Known::Contact((*contact).clone()),
            _ => Known::Several,
        }
    }

    /// Those who have no account.
    pub fn contacts(&self) -> Vec<&ContactId> {
        let bare = self.all.iter().filter(|holder| holder.user.is_none());
        bare.filter_map(|holder| holder.contact.as_ref()).collect()
    }

    /// All of them that are or have a contact, each once.
    pub fn all_contacts(&self) -> Vec<ContactId> {
        let all: BTreeSet<&ContactId> = self.all.iter().filter_map(|holder| holder.contact.as_ref()).collect();
        all.into_iter().cloned().collect()
    }

    /// This address as it is now, for whoever makes an account there because of it.
    pub fn as_seen(&self, address: &str) -> Seen {
        Seen { address: address.to_owned(), accounts_made: self.accounts_made }
    }

    /// Whether any of them is a user or has one.
    pub fn have_accounts(&self) -> bool {
        self.all.iter().any(|holder| holder.user.is_some())
    }

    /// Those of them who have an account: the user and their canonical username, each once.
    pub fn accounts(&self) -> Vec<(UserId, String)> {
        let all: BTreeSet<_> = self.all.iter().filter_map(|h| h.user.clone().zip(h.name.clone())).collect();
        all.into_iter().collect()
    }

    /// Whether nobody has the address.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Whether nobody but this user has the address.
    pub fn are_all(&self, user: &UserId) -> bool {
        self.all.iter().all(|holder| holder.user.as_ref() == Some(user))
    }

    /// The one user among them and their canonical username, if there is exactly one (SI-6).
    pub fn only_user(&self) -> Option<(UserId, String)> {
        let mut accounts = self.accounts();
        accounts.pop().filter(|_| accounts.is_empty())
    }
}

/// The attribute of the mark of an address whose mail came back.
const BOUNCED: &str = "address_bounced_at";

/// The attribute of the one entry that is nobody's.
const ACCOUNTS_MADE: &str = "accounts_made";

/// More people than this at one address are "several", whoever they are.
const MOST_HOLDERS: i32 = 20;

impl Store {
    /// Everybody who has this address, up to twenty.
    pub async fn at_address(&self, email: &str) -> Result<Holders, StoreError> {
        let answer = query(&self.tables.names)
            .consistent_read(true)
            .limit(MOST_HOLDERS)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", text(keys::address(email)))
            .send(&self.client)
            .await;
        let mut holders = Holders::default();
        for item in answer.map_err(unavailable("Query address"))?.items {
            if item.contains_key(BOUNCED) {
                continue;
            }
            match item.get(ACCOUNTS_MADE) {
                Some(made) => holders.accounts_made = made.as_n().and_then(|n| n.parse().ok()).unwrap_or_default(),
                None => holders.all.push(read("address", item)?),
            }
        }
        Ok(holders)
    }

    /// Writes down that mail to an address came back for good: none is sent there any more (ML-6).
    pub async fn mark_bounced(&self, email: &str, now: Timestamp) -> Result<(), StoreError> {
        let answer = update(&self.tables.names, keys::address_bounced(email))
            .update_expression("SET #bounced = :now, queue = :stuck, queue_at = :now")
            .expression_attribute_names("#bounced", BOUNCED)
            .expression_attribute_values(":stuck", text(super::people::Stuck::Bounced.under()))
            .expression_attribute_values(":now", number(now.as_second()))
            .send(&self.client)
            .await;
        answer.map(drop).map_err(unavailable("UpdateItem address"))
    }

    /// Those of these addresses whose mail came back for good.
    pub async fn bounced(&self, emails: &BTreeSet<&str>) -> Result<BTreeSet<String>, StoreError> {
        let mut bounced = BTreeSet::new();
        let emails: Vec<&str> = emails.iter().copied().collect();
        for some in emails.chunks(100) {
            let keys = some.iter().map(|email| keys::address_bounced(email)).collect();
            let found = self.batch_get(&self.tables.names, keys, true).await?;
            let marked = found.iter().filter(|item| item.contains_key(BOUNCED));
            let addresses = marked.filter_map(|item| keys::address_in(item.get("pk")?.as_s()?));
            bounced.extend(addresses.map(str::to_owned));
        }
        Ok(bounced)
    }

    /// Counts an account made at an address, if none was since it was seen; answers the place of that condition.
    pub(super) fn as_seen(&self, all: &mut Transaction, seen: &Seen) -> usize {
        let count = update(&self.tables.names, keys::address_watch(&seen.address))
            .update_expression("SET #made = :next")
            .condition_expression(if seen.accounts_made == 0 { "attribute_not_exists(#made)" } else { "#made = :seen" })
            .expression_attribute_names("#made", ACCOUNTS_MADE)
            .expression_attribute_values(":next", number(seen.accounts_made + 1));
        let seen = (seen.accounts_made > 0).then(|| number(seen.accounts_made));
        all.add(match seen {
            Some(seen) => count.expression_attribute_values(":seen", seen),
            None => count,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder(user: Option<&str>, contact: Option<&str>) -> Holder {
        Holder {
            user: user.and_then(UserId::parse),
            name: user.map(str::to_owned),
            contact: contact.and_then(ContactId::parse),
        }
    }

    /// FU-2, FU-4, FU-5, FU-6
    #[test]
    fn a_user_and_their_contact_are_one_person() {
        let ann = [holder(Some("ann"), Some("1")), holder(Some("ann"), Some("1"))];
        let known = |holders: &[Holder]| Holders { all: holders.to_vec(), accounts_made: 0 }.known();
        assert_eq!(known(&[]), Known::Nobody);
        assert!(matches!(known(&ann), Known::User(..)));
        assert!(matches!(known(&[holder(Some("ann"), None)]), Known::User(..)));
        assert!(matches!(known(&[holder(None, Some("1"))]), Known::Contact(_)));
        assert_eq!(known(&[holder(None, Some("1")), holder(None, Some("2"))]), Known::Several);
        assert_eq!(known(&[ann[0].clone(), holder(None, Some("2"))]), Known::Several);
        assert_eq!(known(&[ann[0].clone(), holder(Some("bob"), None)]), Known::Several);
    }

    /// SI-6
    #[test]
    fn an_address_names_a_user_only_if_exactly_one_has_it() {
        let only =
            |holders: &[Holder]| Holders { all: holders.to_vec(), accounts_made: 0 }.only_user().map(|(_, name)| name);
        assert_eq!(only(&[holder(Some("ann"), None), holder(None, Some("2"))]).as_deref(), Some("ann"));
        assert_eq!(only(&[holder(Some("ann"), None), holder(Some("bob"), None)]), None);
        assert_eq!(only(&[]), None);
    }
}
