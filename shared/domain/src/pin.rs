//! PINs: what they pass on (PN-5), and whether one can still be used (PN-8). Their spelling is that of temporary passwords.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::access::is_administrative;
use crate::id::UserId;
use crate::user::{Grants, Kind, State, User};

/// A PIN as it is kept. The PIN itself is sealed for its sponsor; the key of its item is a keyed hash of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// Whose rights it passes on.
    pub sponsor: UserId,
    /// The keyed hash under which it is found.
    pub hash: String,
    /// The PIN, encrypted for its sponsor.
    pub sealed: String,
    /// Over from this second on, if it ends.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "jiff::fmt::serde::timestamp::second::optional")]
    pub ends_at: Option<Timestamp>,
    /// How many more accounts can be made with it, if they are counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses_left: Option<u32>,
    /// When it was made.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub made_at: Timestamp,
}

impl Pin {
    /// Whether an account can be made with it, now and by this sponsor.
    pub fn holds(&self, sponsor: &User, now: Timestamp) -> bool {
        let current = sponsor.pin.as_ref() == Some(&self.hash) && sponsor.id == self.sponsor;
        let in_time = self.ends_at.is_none_or(|end| now < end);
        current && in_time && self.uses_left != Some(0) && sponsor.state != State::Disabled
    }
}

/// What a new user gets from a sponsor: the rights that the sponsor has now. Administration and the right to sponsor go along
/// only if the setting says so.
pub fn inherited(sponsor: &User, with_administration: bool) -> (Kind, Grants) {
    if with_administration {
        let kind = if sponsor.kind == Kind::Api { Kind::Contact } else { sponsor.kind };
        return (kind, sponsor.grants.clone());
    }
    let mut grants = sponsor.grants.clone();
    grants.permissions.retain(|permission| !is_administrative(permission));
    grants.profiles.retain(|profile| !is_administrative(profile));
    (Kind::Contact, grants)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sponsor(kind: Kind, permissions: &[&str]) -> User {
        let user = serde_json::json!({
            "id": "paula", "username": "paula", "kind": kind, "epoch": 1, "created_at": 0, "pin": "h",
            "permissions": permissions, "profiles": ["buyer", "administrator"], "company_exceptions": ["north-only"],
        });
        serde_json::from_value(user).unwrap()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// PN-5
    #[test]
    fn administration_is_not_passed_on_unless_it_is_wished() {
        let ada = sponsor(Kind::Administrator, &["orders.read", "users.write", "admin", "Sponsors.Make"]);
        let (kind, grants) = inherited(&ada, false);
        assert_eq!((kind, &grants.permissions[..]), (Kind::Contact, &["orders.read".to_owned()][..]));
        assert_eq!(grants.profiles, ["buyer"]);
        assert_eq!(grants.company_exceptions, ["north-only"]);
        assert_eq!(inherited(&ada, true), (Kind::Administrator, ada.grants.clone()));
        assert_eq!(inherited(&sponsor(Kind::Api, &[]), true).0, Kind::Contact);
    }

    /// PN-7, PN-8
    #[test]
    fn a_pin_ends_to_the_second_and_with_its_last_use() {
        let paula = sponsor(Kind::Contact, &[]);
        let pin = Pin {
            sponsor: paula.id.clone(),
            hash: "h".to_owned(),
            sealed: String::new(),
            ends_at: Some(at(100)),
            uses_left: Some(1),
            made_at: at(0),
        };
        assert!(pin.holds(&paula, at(99)));
        assert!(!pin.holds(&paula, at(100)));
        assert!(!Pin { uses_left: Some(0), ..pin.clone() }.holds(&paula, at(1)));
        assert!(!Pin { hash: "older".to_owned(), ..pin.clone() }.holds(&paula, at(1)));
        assert!(!pin.holds(&User { state: State::Disabled, ..paula.clone() }, at(1)));
        assert!(!pin.holds(&User { id: UserId::parse("maria").unwrap(), ..paula }, at(1)));
    }
}
