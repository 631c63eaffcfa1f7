//! What happened: who did what, on whom, when, from where, and how it ended (AD-6). No secret is in it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::AuditId;

/// Somebody or something that an entry speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// `user`, `contact`, `address`, `layout` and so on.
    pub kind: Cow<'static, str>,
    /// Its identifier, or the address.
    pub id: String,
    /// What it was called at the time, such as a username.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Where somebody acted from, as the gateway and the browser said it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The network address.
    pub address: String,
    /// The browser in words.
    pub browser: String,
    /// The request's number, by which the logs know it.
    pub request: String,
}

/// How an act ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// As it was asked for.
    Done,
    /// It was not done.
    Refused,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Which. Later ones sort after earlier ones.
    pub id: AuditId,
    /// When.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub at: Timestamp,
    /// What, such as `sign_in` or `settings.change`.
    pub what: Cow<'static, str>,
    /// Who did it, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Party>,
    /// On whom or what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Party>,
    /// From where; nothing for what happens by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Origin>,
    /// How it ended; nothing while it is under way, and for good if what was doing it broke down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// What else is worth knowing, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub details: BTreeMap<Cow<'static, str>, String>,
}

impl Party {
    /// A user.
    pub fn user(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self { kind: "user".into(), id: id.into(), name: Some(name.into()) }
    }

    /// Something of this kind.
    pub fn of(kind: &'static str, id: impl Into<String>) -> Self {
        Self { kind: kind.into(), id: id.into(), name: None }
    }
}

impl Entry {
    /// Something that was done.
    pub fn new(id: AuditId, at: Timestamp, what: &'static str) -> Self {
        let (by, on, from, outcome) = (None, None, None, Some(Outcome::Done));
        Self { id, at, what: what.into(), by, on, from, outcome, details: BTreeMap::new() }
    }

    /// The same, done by somebody.
    #[must_use]
    pub fn by(self, by: Party) -> Self {
        Self { by: Some(by), ..self }
    }

    /// The same, done on somebody or something.
    #[must_use]
    pub fn on(self, on: Party) -> Self {
        Self { on: Some(on), ..self }
    }

    /// The same, ended so.
    #[must_use]
    pub fn ended(self, outcome: Option<Outcome>) -> Self {
        Self { outcome, ..self }
    }

    /// The same, with something else worth knowing; nothing is added for an empty value.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.details.insert(name.into(), value);
        }
        self
    }

    /// Whether any of its words begins so; the text is in lower case.
    pub fn speaks_of(&self, text: &str) -> bool {
        let parties = [&self.by, &self.on].into_iter().flatten();
        let named = parties.flat_map(|party| [Some(party.id.as_str()), party.name.as_deref()]);
        let origin = self.from.as_ref().map(|from| from.address.as_str());
        let details = self.details.values().map(|value| Some(value.as_str()));
        let mut words = named.chain([Some(&*self.what), origin]).chain(details).flatten();
        words.any(|word| word.to_lowercase().starts_with(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// AD-6
    #[test]
    fn an_entry_is_found_by_the_beginning_of_its_words() {
        let entry = Entry::new(AuditId::new(Timestamp::UNIX_EPOCH, [0; 10]), Timestamp::UNIX_EPOCH, "sign_in")
            .by(Party::user("01AB", "Maria"))
            .on(Party::of("address", "maria@members.example"))
            .with("reason", "");
        for found in ["maria", "sign", "01ab", "maria@m", ""] {
            assert!(entry.speaks_of(found), "{found}");
        }
        assert!(!entry.speaks_of("members") && !entry.speaks_of("paula"));
        assert!(entry.details.is_empty());
    }
}
