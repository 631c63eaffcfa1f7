//! Users and contacts: who they are and what they may do.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::email::Email;
use crate::factor::{Factor, SetupLink};
use crate::id::{ContactId, LocationId, MailId, UserId};
use crate::language::Language;
use crate::passkey::Passkey;

/// What sort of account a user has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A member or customer.
    Contact,
    /// Somebody who works for the organisation.
    Staff,
    /// Staff with all rights.
    Administrator,
    /// A program.
    Api,
}

/// Whether an account can be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// In use.
    #[default]
    Active,
    /// Its first temporary password ran out before it was used.
    InvitationExpired,
    /// Switched off by an administrator.
    Disabled,
}

/// What a person is called and where they can be reached.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Person {
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// What they are called instead of the given name (SU-2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    /// Where mail goes first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// Where mail goes when there is no primary e-mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_email: Option<Email>,
    /// As typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The organisation they belong to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// The contact group, which decides which staff look after them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The language they read, such as `es`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
}

impl Person {
    /// The language they read, if we speak it.
    pub fn language(&self) -> Option<Language> {
        self.locale.as_deref().and_then(Language::of)
    }

    /// First and last name, with one space between, or whichever there is.
    pub fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name).trim().to_owned()
    }

    /// The first letters of the names, such as `M. M.`
    pub fn initials(&self) -> String {
        let names = [&self.first_name, &self.last_name];
        let letters = names.iter().filter_map(|name| name.trim().chars().next()).map(|letter| format!("{letter}."));
        letters.collect::<Vec<_>>().join(" ")
    }

    /// Where mail to this person goes: the primary e-mail, else the address e-mail.
    pub fn mailbox(&self) -> Option<&Email> {
        self.email.as_ref().or(self.address_email.as_ref())
    }

    /// Every address of theirs, each once.
    pub fn emails(&self) -> Vec<&Email> {
        let mut all: Vec<&Email> = self.email.iter().collect();
        let second = self.address_email.as_ref();
        all.extend(second.filter(|e| self.email.as_ref().is_none_or(|p| p.canonical() != e.canonical())));
        all
    }
}

/// What a user may do on the organisation's sites, in the organisation's own words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Grants {
    /// Rights by name, such as `orders.read`.
    pub permissions: Vec<String>,
    /// Roles by name.
    pub profiles: Vec<String>,
    /// Departures from what the user's company may do.
    pub company_exceptions: Vec<String>,
}

/// The one link of a user that can still be used: a newer one takes its place (RP-3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenLink {
    /// The mail it was made for.
    pub id: MailId,
    /// What it opens.
    pub purpose: LinkPurpose,
    /// Over from this second on.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub ends_at: Timestamp,
    /// The user's epoch when it was made: any change since has killed it.
    pub epoch: u64,
}

/// What a mailed link may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkPurpose {
    /// The password.
    Password,
    /// The password and, if wished, the username.
    Account,
}

/// An account, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Who.
    pub id: UserId,
    /// As typed and shown.
    pub username: String,
    /// What sort of account.
    pub kind: Kind,
    /// Counted up by everything that must end sessions and links.
    pub epoch: u64,
    /// Whether it can be used.
    #[serde(default)]
    pub state: State,
    /// The contact this account belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactId>,
    /// Name and addresses.
    #[serde(flatten)]
    pub person: Person,
    /// Rights.
    #[serde(flatten)]
    pub grants: Grants,
    /// The keyed hash of the PIN they hold as a sponsor (PN-2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<String>,
    /// The sponsor whose PIN made the account (PN-5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sponsored_by: Option<UserId>,
    /// The location whose address their mail to others is sent from (ML-5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_location: Option<LocationId>,
    /// The second factor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub factor: Option<Factor>,
    /// The newest mailed link to set one up, until it is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setup: Option<SetupLink>,
    /// Keyed hashes of the recovery codes that are left, each once (MF-10).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub recovery: BTreeMap<String, bool>,
    /// Passkeys, by what their credentials' ids hash to (MF-13).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub passkeys: BTreeMap<String, Passkey>,
    /// The newest mailed link, until it is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<OpenLink>,
    /// When the account was made.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub created_at: Timestamp,
    /// When the password was last chosen.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "jiff::fmt::serde::timestamp::second::optional")]
    pub password_changed_at: Option<Timestamp>,
    /// When they last signed in, known up to a minute late.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "jiff::fmt::serde::timestamp::second::optional")]
    pub last_sign_in: Option<Timestamp>,
    /// When mail to them last came back for good.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "jiff::fmt::serde::timestamp::second::optional")]
    pub bounced_at: Option<Timestamp>,
    /// Where mail to them went before it went where it goes now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earlier: Option<Earlier>,
}

/// An address that mail to somebody went to, and until when (AD-7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    /// Which.
    pub email: Email,
    /// From this second on it went elsewhere.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub until: Timestamp,
}

/// A person the organisation knows, with or without an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Who.
    pub id: ContactId,
    /// Their account, if they have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// Whether they are switched off: no account is made for them, and the one they have is switched off as well (AD-4).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
    /// Name and addresses.
    #[serde(flatten)]
    pub person: Person,
    /// When the contact was made.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub created_at: Timestamp,
}

impl User {
    /// Whether they have something that counts as a second factor: an authenticator that is proven, or a passkey.
    pub fn has_factor(&self) -> bool {
        self.factor.as_ref().is_some_and(Factor::is_proven) || !self.passkeys.is_empty()
    }

    /// From when the password's age counts: its choice, or the account's making (PW-4).
    pub fn password_set_at(&self) -> Timestamp {
        self.password_changed_at.unwrap_or(self.created_at)
    }

    /// Whether this link still opens something: the newest one, unused, in time, and nothing changed since (RP-3).
    pub fn honours(&self, link: &MailId, now: Timestamp) -> Option<&OpenLink> {
        let open = self.link.as_ref()?;
        let holds = open.id == *link && open.epoch == self.epoch && now < open.ends_at;
        (holds && self.state != State::Disabled).then_some(open)
    }
}
