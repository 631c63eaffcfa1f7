//! Who has an e-mail address: one consistent query.

use std::collections::BTreeSet;

use domain::id::{ContactId, UserId};
use serde::{Deserialize, Serialize};

use super::{Store, StoreError, keys, read, text, unavailable};

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
pub struct Holders(Vec<Holder>);

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
        let users: BTreeSet<_> = self.0.iter().filter_map(|h| h.user.as_ref().zip(h.name.as_ref())).collect();
        let with_account: BTreeSet<_> =
            self.0.iter().filter(|h| h.user.is_some()).filter_map(|h| h.contact.as_ref()).collect();
        let bare: BTreeSet<_> =
            self.0.iter().filter_map(|h| h.contact.as_ref()).filter(|c| !with_account.contains(c)).collect();
        match (users.first(), bare.first(), users.len() + bare.len()) {
            (None, None, _) => Known::Nobody,
            (Some((user, name)), _, 1) => Known::User((*user).clone(), (*name).clone()),
            (None, Some(contact), 1) => Known::Contact((*contact).clone()),
            _ => Known::Several,
        }
    }

    /// Whether any of them is a user or has one.
    pub fn have_accounts(&self) -> bool {
        self.0.iter().any(|holder| holder.user.is_some())
    }

    /// Those of them who have an account: the user and their canonical username, each once.
    pub fn accounts(&self) -> Vec<(UserId, String)> {
        let all: BTreeSet<_> = self.0.iter().filter_map(|h| h.user.clone().zip(h.name.clone())).collect();
        all.into_iter().collect()
    }

    /// Whether nobody has the address.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether nobody but this user has the address.
    pub fn are_all(&self, user: &UserId) -> bool {
        self.0.iter().all(|holder| holder.user.as_ref() == Some(user))
    }

    /// The canonical username of the one user among them, if there is exactly one (SI-6).
    pub fn only_user(&self) -> Option<&str> {
        let names: BTreeSet<_> = self.0.iter().filter_map(|h| h.name.as_deref()).collect();
        names.first().filter(|_| names.len() == 1).copied()
    }
}

/// More people than this at one address are "several", whoever they are.
const MOST_HOLDERS: i32 = 20;

impl Store {
    /// Everybody who has this address, up to twenty.
    pub async fn at_address(&self, email: &str) -> Result<Holders, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.tables.directory)
            .consistent_read(true)
            .limit(MOST_HOLDERS)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", text(keys::address(email)))
            .send()
            .await;
        let items = answer.map_err(unavailable("Query address"))?.items.unwrap_or_default();
        items.into_iter().map(|item| read("address", item)).collect::<Result<_, _>>().map(Holders)
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
        let known = |holders: &[Holder]| Holders(holders.to_vec()).known();
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
        let only = |holders: &[Holder]| Holders(holders.to_vec()).only_user().map(str::to_owned);
        assert_eq!(only(&[holder(Some("ann"), None), holder(None, Some("2"))]).as_deref(), Some("ann"));
        assert_eq!(only(&[holder(Some("ann"), None), holder(Some("bob"), None)]), None);
        assert_eq!(only(&[]), None);
    }
}
