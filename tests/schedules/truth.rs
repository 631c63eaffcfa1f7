//! The tables as they are at a quiet moment, and what holds of them whatever has happened.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::world::World;

/// What the tables hold, by key, as plain JSON.
pub(crate) struct Truth {
    /// Users by id.
    pub(crate) users: BTreeMap<String, Value>,
    contacts: BTreeMap<String, Value>,
    /// Logins by canonical name.
    pub(crate) logins: BTreeMap<String, Value>,
    /// Who has an address: the address, the key of whoever has it, and the entry.
    pub(crate) holders: Vec<(String, String, Value)>,
    sessions: Vec<Value>,
    lockouts: BTreeMap<String, Value>,
    pub(crate) mails: Vec<Value>,
}

impl Truth {
    pub(crate) async fn of(w: &World) -> Self {
        let table = async |name: &str| {
            let items = w.local.items(name).await.expect("the items");
            items.iter().map(plain_item).collect::<Vec<_>>()
        };
        let by = |items: &[Value], prefix: &str, sk: Option<&str>| {
            let wanted = items.iter().filter(|item| sk.is_none_or(|sk| item["sk"] == sk));
            let keyed =
                wanted.filter_map(|item| Some((text(item, "pk").strip_prefix(prefix)?.to_owned(), item.clone())));
            keyed.collect::<BTreeMap<_, _>>()
        };
        let (directory, names) = (table("DirectoryTable").await, table("NamesTable").await);
        let of_address = |item: &Value| {
            let address = text(item, "pk").strip_prefix("EMAIL#")?.to_owned();
            (!text(item, "sk").starts_with('#')).then(|| (address, text(item, "sk").to_owned(), item.clone()))
        };
        let sessions = table("SessionsTable").await;
        Self {
            users: by(&directory, "USER#", Some("USER")),
            contacts: by(&directory, "CONTACT#", Some("CONTACT")),
            logins: by(&names, "NAME#", Some("LOGIN")),
            holders: names.iter().filter_map(of_address).collect(),
            sessions: sessions.into_iter().filter(|item| text(item, "sk").starts_with("SESSION#")).collect(),
            lockouts: by(&table("LockoutsTable").await, "", None),
            mails: table("OutboxTable").await,
        }
    }

    /// How many failures are counted under a key.
    pub(crate) fn tries(&self, key: &str) -> u64 {
        self.lockouts.get(key).map_or(0, |item| item["tries"].as_u64().unwrap_or(0))
    }

    /// The username and login of a user.
    pub(crate) fn login_of(&self, user: &str) -> (String, &Value) {
        let found: Vec<_> = self.logins.iter().filter(|(_, login)| login["user"] == user).collect();
        assert_eq!(found.len(), 1, "{user} has these logins: {found:?}");
        (found[0].0.clone(), found[0].1)
    }

    /// SI-5, SE-5, MF-1: each user has one login that says the same, each address leads to those who have it and to nobody else,
    /// user and contact know each other, and no session is of somebody who may have none.
    pub(crate) fn is_sound(&self, now: i64) {
        for (id, user) in &self.users {
            let (name, login) = self.login_of(id);
            assert_eq!(text(user, "username").to_lowercase(), name, "{user}");
            for field in ["epoch", "state", "kind"] {
                assert_eq!(user[field], login[field], "{field} of {user} and {login}");
            }
            if let Some(contact) = user["contact"].as_str() {
                let contact = self.contacts.get(contact).unwrap_or_else(|| panic!("no contact of {user}"));
                assert_eq!(contact["user"], *id, "{contact}");
                assert_eq!(contact["disabled"] == true, user["state"] == "disabled", "{user} and {contact}");
            }
            for address in addresses(user) {
                let entry = self.holder(&address, &format!("USER#{id}"));
                assert_eq!(entry["name"], *name, "{entry}");
            }
        }
        for login in self.logins.values() {
            assert!(self.users.contains_key(text(login, "user")), "a login of nobody: {login}");
        }
        self.contacts_are_sound();
        self.addresses_are_sound();
        self.sessions_are_sound(now);
    }

    fn contacts_are_sound(&self) {
        for (id, contact) in &self.contacts {
            for address in addresses(contact) {
                let entry = self.holder(&address, &format!("CONTACT#{id}"));
                assert_eq!(entry["user"], contact["user"], "{entry} and {contact}");
            }
            if let Some(user) = contact["user"].as_str() {
                assert_eq!(self.users.get(user).map(|user| &user["contact"]), Some(&json!(id)), "{contact}");
            }
        }
    }

    fn addresses_are_sound(&self) {
        for (address, whose, entry) in &self.holders {
            let (kind, id) = whose.split_once('#').expect("a kind");
            let all = if kind == "USER" { &self.users } else { &self.contacts };
            let person = all.get(id).unwrap_or_else(|| panic!("{address} is of nobody: {entry}"));
            assert!(addresses(person).contains(address), "{address} is not of {person}");
        }
    }

    fn sessions_are_sound(&self, now: i64) {
        for session in &self.sessions {
            let Some(user) = self.users.get(text(session, "user")) else { continue };
            let over = session["ends_at"].as_i64() <= Some(now) || session["epoch"] != user["epoch"];
            if over || !session["replaced"].is_null() {
                continue;
            }
            assert_ne!(user["state"], "disabled", "{session}");
            let covered = ["staff", "administrator"].contains(&text(user, "kind"));
            assert!(!covered || session["proven"] == true, "a session without a code: {session}");
        }
    }

    fn holder(&self, address: &str, whose: &str) -> &Value {
        let found = self.holders.iter().find(|(at, who, _)| at == address && who == whose);
        &found.unwrap_or_else(|| panic!("{address} does not lead to {whose}")).2
    }

    /// How many people with an account have an address.
    pub(crate) fn accounts_at(&self, address: &str) -> usize {
        let here = self.holders.iter().filter(|(at, whose, _)| at == address && whose.starts_with("USER#"));
        here.map(|(_, whose, _)| whose).collect::<BTreeSet<_>>().len()
    }

    /// Work that is not over.
    pub(crate) fn unfinished(&self) -> Vec<&Value> {
        self.mails.iter().filter(|mail| mail["state"] != "done").collect()
    }

    /// ML-7, BR-8: each piece of work came to an end that was not giving up; what was sent was sent once, or twice where an
    /// answer was lost.
    pub(crate) fn mails_are_sound(&self, caught: &[Value]) {
        let mut times: BTreeMap<&str, usize> = BTreeMap::new();
        for mail in caught {
            *times.entry(mail["tags"]["mail"].as_str().expect("a tag")).or_default() += 1;
        }
        for mail in &self.mails {
            let id = text(mail, "pk").strip_prefix("MAIL#").expect("a mail");
            let (fate, times) = (text(mail, "fate"), times.remove(id).unwrap_or(0));
            assert!(["sent", "nothing", "capped"].contains(&fate), "{mail}");
            // What was sent, and is tried again because nobody was told so, may have become needless meanwhile.
            let most = if fate == "sent" { 1..=2 } else { 0..=usize::from(mail["attempts"].as_u64() > Some(1)) };
            assert!(most.contains(&times), "{times} mails of {mail}");
        }
        assert!(times.is_empty(), "mails that nobody asked for: {times:?}");
    }

    /// How many pieces of work of a sort there are about somebody, by what stands in a field.
    pub(crate) fn works(&self, what: &str, field: &str, is: &str) -> usize {
        let ours = |mail: &&Value| mail["work"]["what"] == what && mail["work"][field] == is;
        self.mails.iter().filter(ours).count()
    }
}

pub(crate) fn text<'a>(item: &'a Value, name: &str) -> &'a str {
    item[name].as_str().unwrap_or_default()
}

fn addresses(person: &Value) -> BTreeSet<String> {
    ["email", "address_email"].iter().filter_map(|field| person[*field].as_str()).map(str::to_lowercase).collect()
}

fn plain_item(item: &Value) -> Value {
    let fields = item.as_object().expect("an item");
    Value::Object(fields.iter().map(|(name, value)| (name.clone(), plain(value))).collect::<Map<_, _>>())
}

/// A value without DynamoDB's types.
fn plain(value: &Value) -> Value {
    let Some((kind, inner)) = value.as_object().and_then(|object| object.iter().next()) else { return Value::Null };
    match kind.as_str() {
        "N" => inner.as_str().and_then(|n| n.parse::<i64>().ok()).map_or(Value::Null, Value::from),
        "M" => plain_item(inner),
        "L" => inner.as_array().into_iter().flatten().map(plain).collect(),
        "NULL" => Value::Null,
        _ => inner.clone(),
    }
}
