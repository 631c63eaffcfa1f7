//! Whole tables, item by item as they are: for taking everything out, and for putting it into an empty house (IO-3).

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use aws::dynamodb::{Attribute, Write, put, scan};
use domain::id::UserId;
use domain::user::{Contact, User};
use domain::username;
use serde::{Deserialize, Serialize};
use serde_dynamo::AttributeValue;

use super::{Item, Store, StoreError, keys, read, text, unavailable};

/// Items that one batch of writes takes.
pub const BATCH: usize = 25;

/// How often the rest of a batch is written again; each wait is twice as long as the one before, from 50 ms on.
const TRIES: u32 = 8;

/// How often a person is read again whose login was changed meanwhile.
const LOOKS: u32 = 5;

/// A table of which everything is taken out. Sessions, what is to be mailed and bulk runs belong to a house and stay there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whole {
    /// People.
    Directory,
    /// Their names and addresses.
    Names,
    /// Who is locked.
    Lockouts,
    /// What is set.
    Settings,
    /// What happened.
    Audit,
}

/// Where an item stands: its two keys, the second one empty where a table has one only.
pub type Place = (String, String);

/// People out of the directory, and what stands under their names and addresses.
#[derive(Clone, Debug, Default)]
pub struct People {
    /// Users, contacts, and what belongs to them.
    pub directory: Vec<Item>,
    /// Logins, who has an address, addresses whose mail comes back.
    pub names: Vec<Item>,
    /// Counts of wrong tries of those who are users.
    pub lockouts: Vec<Item>,
}

/// What a house holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing.
    Empty,
    /// Part of an export: it was begun with this one, and not finished.
    Begun(String),
    /// Something of its own, or an export that was finished.
    Inhabited,
}

/// An export on its way into this house.
#[derive(Serialize, Deserialize)]
struct Restoration {
    export: String,
    done: bool,
}

impl Store {
    fn table(&self, of: Whole) -> &str {
        match of {
            Whole::Directory => &self.tables.directory,
            Whole::Names => &self.tables.names,
            Whole::Lockouts => &self.tables.lockouts,
            Whole::Settings => &self.tables.settings,
            Whole::Audit => &self.tables.audit,
        }
    }

    /// Items of a table after a place, consistent, in an order of the database's own; at most so many, and the place to go on
    /// from if there may be more.
    pub async fn scan(
        &self,
        of: Whole,
        after: Option<&Place>,
        limit: i32,
    ) -> Result<(Vec<Item>, Option<Place>), StoreError> {
        let start = after.map(|place| keys::pair_of(place).into_iter().collect());
        let asked = scan(self.table(of)).consistent_read(true);
        let answer =
            asked.exclusive_start_key(start).limit(limit).send(&self.client).await.map_err(unavailable("Scan"))?;
        let next = answer.last_evaluated_key.as_ref().and_then(place);
        Ok((answer.items, next))
    }

    /// The directory after a place, with all that stands under the names and addresses of those in it.
    pub async fn people(&self, after: Option<&Place>, limit: i32) -> Result<(People, Option<Place>), StoreError> {
        let (mut directory, next) = self.scan(Whole::Directory, after, limit).await?;
        for _ in 0..LOOKS {
            let (names, lockouts) = under(&directory)?;
            let names = self.at(Whole::Names, names).await?;
            let changed = changed_since(&directory, &names)?;
            if changed.is_empty() {
                let lockouts = self.at(Whole::Lockouts, lockouts).await?;
                return Ok((People { directory, names, lockouts }, next));
            }
            directory.retain(|item| place(item).is_none_or(|place| !changed.contains(&place)));
            directory.extend(self.at(Whole::Directory, changed).await?);
        }
        Err(StoreError::Unprocessed)
    }

    /// What stands at these places, consistent.
    async fn at(&self, of: Whole, places: BTreeSet<Place>) -> Result<Vec<Item>, StoreError> {
        let places: Vec<Place> = places.into_iter().collect();
        let mut found = Vec::new();
        for some in places.chunks(100) {
            let keys = some.iter().map(keys::pair_of).collect();
            found.extend(self.batch_get(self.table(of), keys, true).await?);
        }
        Ok(found)
    }

    /// Writes items as they are over whatever stands in their places; each place once, up to a batch of them.
    pub async fn put_all(&self, of: Whole, items: &[Item]) -> Result<(), StoreError> {
        let writes: Vec<Write> = items.iter().map(|item| Write::Put { item: item.clone() }).collect();
        if writes.is_empty() {
            return Ok(());
        }
        let mut left = HashMap::from([(self.table(of).to_owned(), writes)]);
        for attempt in 0..TRIES {
            left = self.client.batch_write(&left).await.map_err(unavailable("BatchWriteItem"))?;
            if left.is_empty() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50 << attempt)).await;
        }
        Err(StoreError::Unprocessed)
    }

    /// What this house holds already. How far the sweeps have come is not looked at: they run in an empty house, too.
    pub async fn standing(&self) -> Result<Standing, StoreError> {
        if let Some(item) = self.item(&self.tables.settings, keys::restoration()).await? {
            let Restoration { export, done } = read("restoration", item)?;
            return Ok(if done { Standing::Inhabited } else { Standing::Begun(export) });
        }
        let (people, _) = self.scan(Whole::Directory, None, 1).await?;
        let (settings, _) = self.scan(Whole::Settings, None, 100).await?;
        let set = settings.iter().filter_map(place).any(|(pk, _)| !keys::is_cursor(&pk));
        let head = self.chain_head().await?;
        Ok(if people.is_empty() && !set && head.blocks == 0 { Standing::Empty } else { Standing::Inhabited })
    }

    /// Writes down that an export is on its way into this house, or has arrived.
    pub async fn note_restoration(&self, export: &str, done: bool) -> Result<(), StoreError> {
        let noted = Restoration { export: export.to_owned(), done };
        let item = super::write("restoration", &noted, keys::restoration())?;
        let answer = put(&self.tables.settings, item).send(&self.client).await;
        answer.map(drop).map_err(unavailable("PutItem restoration"))
    }
}

/// Where an item stands.
pub fn place(item: &Item) -> Option<Place> {
    let text = |name: &str| item.get(name).and_then(|value: &AttributeValue| value.as_s()).cloned();
    Some((text("pk")?, text("sk").unwrap_or_default()))
}

/// The user whom an item of the directory is, if it is one.
pub fn as_user(item: &Item) -> Result<Option<User>, StoreError> {
    let is = place(item).is_some_and(|(pk, sk)| sk == "USER" && keys::user_id(&pk).is_some());
    is.then(|| read("user", item.clone())).transpose()
}

/// The places in names and lockouts of all who are in these items of the directory.
fn under(directory: &[Item]) -> Result<(BTreeSet<Place>, BTreeSet<Place>), StoreError> {
    let (mut names, mut lockouts) = (Vec::new(), Vec::new());
    for item in directory {
        let of = place(item);
        if let Some(user) = as_user(item)? {
            let name = username::canonical(&user.username);
            names.push(keys::login(&name));
            for email in user.person.emails() {
                names.push(keys::address_of_user(email.canonical(), &user.id));
                names.push(keys::address_bounced(email.canonical()));
            }
            lockouts.extend([keys::failures(&name), keys::wrong_codes(&user.id)]);
        } else if of.is_some_and(|(pk, sk)| sk == "CONTACT" && pk.starts_with("CONTACT#")) {
            let contact: Contact = read("contact", item.clone())?;
            for email in contact.person.emails() {
                names.push(keys::address_of_contact(email.canonical(), &contact.id));
                names.push(keys::address_bounced(email.canonical()));
            }
        }
    }
    let places = |keys: Vec<keys::Key>| keys.into_iter().filter_map(|key| place(&key.into_iter().collect())).collect();
    Ok((places(names), places(lockouts)))
}

/// Users whose login is not there or not of the same epoch: they were changed between one reading and the other.
fn changed_since(directory: &[Item], names: &[Item]) -> Result<BTreeSet<Place>, StoreError> {
    let logins: HashMap<String, &Item> = names.iter().filter_map(|item| Some((place(item)?.0, item))).collect();
    let mut changed = BTreeSet::new();
    for item in directory {
        let Some(user) = as_user(item)? else { continue };
        let login = keys::login(&username::canonical(&user.username));
        let login = place(&login.into_iter().collect()).and_then(|(pk, _)| logins.get(&pk));
        if !login.is_some_and(|login| belongs(login, &user.id, item)) {
            changed.extend(place(item));
        }
    }
    Ok(changed)
}

fn belongs(login: &Item, user: &UserId, of: &Item) -> bool {
    login.get("user") == Some(&text(user.as_str())) && login.get("epoch") == of.get("epoch")
}
