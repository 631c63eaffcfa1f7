//! Lists of users and contacts, as rows. An index is for lists only: nothing is decided by what it says, and it may be a moment
//! late.

use std::collections::{HashMap, VecDeque};

use aws::dynamodb::{Attribute, query};
use domain::id::{ContactId, UserId};
use domain::name;
use domain::user::{Contact, Grants, Kind, Person, State, User};
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_dynamo::AttributeValue;

use super::{Item, Store, StoreError, keys, read, text, unavailable};

/// Each list is spread over so many partitions: each is asked for every page.
const SHARDS: u32 = 2;

/// Rows read of a partition beyond its share of a page: few enough to cost little, enough to seldom ask twice.
const SPARE: i32 = 4;

/// What comes before every key.
const LEAST: &str = " ";

/// What comes after every text that begins alike.
const AFTER_ALL: char = '\u{10FFFF}';

/// Which list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Everybody with an account.
    Users,
    /// Everybody the organisation knows.
    Contacts,
}

/// By what it is sorted, and found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Last name, then first name.
    Last,
    /// First name, then last name.
    First,
    /// Username.
    Username,
    /// The address that mail goes to.
    Email,
    /// Company, then name.
    Company,
    /// The last word of a last name that has several, then first name: a second surname.
    Second,
}

impl List {
    fn shard(self, number: u32) -> String {
        match self {
            Self::Users => format!("USERS#{number}"),
            Self::Contacts => format!("CONTACTS#{number}"),
        }
    }
}

impl Order {
    /// All of them, in the order in which a search goes through them.
    pub const ALL: [Self; 6] = [Self::Last, Self::First, Self::Username, Self::Email, Self::Company, Self::Second];

    /// The attribute and the index of that name.
    fn name(self) -> &'static str {
        match self {
            Self::Last => "by_last",
            Self::First => "by_first",
            Self::Username => "by_username",
            Self::Email => "by_email",
            Self::Company => "by_company",
            Self::Second => "by_second",
        }
    }

    /// Whether its index holds keys only, so that each row is a read of its own: searches by these are seldom long, and an index
    /// with whole rows is written with every change.
    pub fn is_thin(self) -> bool {
        self != Self::Last
    }

    /// What is sorted by, without the identifier; `None` for whoever has nothing of the kind.
    pub fn key(self, person: &Person, username: Option<&str>) -> Option<String> {
        let (first, last) = (name::sorted(&person.first_name), name::sorted(&person.last_name));
        Some(match self {
            Self::Last => format!("{last} {first}"),
            Self::First => format!("{first} {last}"),
            Self::Username => domain::username::canonical(username?),
            Self::Email => person.mailbox()?.canonical().to_owned(),
            Self::Company => format!("{} {last} {first}", name::sorted(person.company.as_deref()?)),
            Self::Second => {
                let (_, second) = person.last_name.trim().rsplit_once([' ', '-', '‐'])?;
                Some(name::sorted(second))
                    .filter(|second| !second.is_empty())
                    .map(|second| format!("{second} {first}"))?
            }
        })
    }

    /// What was typed, as keys of this order begin.
    pub fn beginning(self, typed: &str) -> String {
        match self {
            Self::Last | Self::First | Self::Company | Self::Second => name::sorted(typed),
            Self::Username | Self::Email => domain::username::canonical(typed),
        }
    }
}

/// What an item needs to be listed; under each name, nothing where it is not.
pub(super) fn listed(list: List, person: &Person, username: Option<&str>, id: &str) -> Vec<(String, AttributeValue)> {
    let shard = id.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into())) % SHARDS;
    let by = |order: Order| Some((order.name().to_owned(), text(format!("{}#{id}", order.key(person, username)?))));
    let keys = Order::ALL.into_iter().filter_map(by);
    std::iter::once(("list".to_owned(), text(list.shard(shard)))).chain(keys).collect()
}

/// What a user is found under by their username.
pub(super) fn by_username(name: &domain::username::Username, id: &UserId) -> String {
    format!("{}#{id}", name.canonical())
}

/// What a user is found under by the canonical address that their mail goes to.
pub(super) fn by_email(mailbox: &str, id: &UserId) -> String {
    format!("{mailbox}#{id}")
}

/// A user as a list has them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct UserRow {
    pk: String,
    /// As typed and shown.
    pub username: String,
    /// What sort of account.
    pub kind: Kind,
    /// Whether it can be used.
    #[serde(default)]
    pub state: State,
    /// The contact it belongs to.
    #[serde(default)]
    pub contact: Option<ContactId>,
    /// Name and addresses.
    #[serde(flatten)]
    pub person: Person,
    /// Rights.
    #[serde(flatten)]
    pub grants: Grants,
    /// The keyed hash of the PIN they hold.
    #[serde(default)]
    pub pin: Option<String>,
    /// Whether they have a second factor.
    #[serde(default)]
    pub mfa: bool,
    /// When the account was made.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub created_at: Timestamp,
    /// When the password was last chosen.
    #[serde(default, with = "jiff::fmt::serde::timestamp::second::optional")]
    pub password_changed_at: Option<Timestamp>,
    /// When they last signed in, known up to a minute late.
    #[serde(default, with = "jiff::fmt::serde::timestamp::second::optional")]
    pub last_sign_in: Option<Timestamp>,
    /// When mail to them last came back for good.
    #[serde(default, with = "jiff::fmt::serde::timestamp::second::optional")]
    pub bounced_at: Option<Timestamp>,
}

/// A contact as a list has them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ContactRow {
    pk: String,
    /// Their account.
    #[serde(default)]
    pub user: Option<UserId>,
    /// Whether they are switched off.
    #[serde(default)]
    pub disabled: bool,
    /// Name and addresses.
    #[serde(flatten)]
    pub person: Person,
    /// When the contact was made.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub created_at: Timestamp,
}

impl UserRow {
    /// Who.
    pub fn id(&self) -> &str {
        self.pk.trim_start_matches("USER#")
    }
}

impl ContactRow {
    /// Who.
    pub fn id(&self) -> &str {
        self.pk.trim_start_matches("CONTACT#")
    }
}

impl From<User> for UserRow {
    fn from(user: User) -> Self {
        Self {
            pk: format!("USER#{}", user.id),
            mfa: user.has_factor(),
            username: user.username,
            kind: user.kind,
            state: user.state,
            contact: user.contact,
            person: user.person,
            grants: user.grants,
            pin: user.pin,
            created_at: user.created_at,
            password_changed_at: user.password_changed_at,
            last_sign_in: user.last_sign_in,
            bounced_at: user.bounced_at,
        }
    }
}

impl From<Contact> for ContactRow {
    fn from(contact: Contact) -> Self {
        let Contact { id, user, disabled, person, created_at } = contact;
        Self { pk: format!("CONTACT#{id}"), user, disabled, person, created_at }
    }
}

/// A row and where it stands.
#[derive(Clone, Debug)]
pub struct Placed<T> {
    /// What it is sorted by.
    pub key: String,
    /// The row.
    pub row: T,
}

/// One partition of a list, read as far as it was needed.
struct Shard {
    number: u32,
    ahead: VecDeque<(String, Item)>,
    from: String,
    over: bool,
}

impl Store {
    /// Rows whose key begins so, after a given key, in order; at most `limit`.
    pub async fn rows<T: DeserializeOwned>(
        &self,
        of: (List, Order),
        beginning: &str,
        after: Option<&str>,
        limit: i32,
    ) -> Result<Vec<Placed<T>>, StoreError> {
        // Nothing sorts between a key and the same with the least character behind it. No key is empty, nor may its bounds be.
        let from = after.map_or_else(|| beginning.to_owned(), |after| format!("{after}\u{1}"));
        let from = if from.is_empty() { LEAST.to_owned() } else { from };
        let to = format!("{beginning}{AFTER_ALL}");
        let share = limit / i32::try_from(SHARDS).unwrap_or(1) + SPARE;
        let new = |number| Shard { number, ahead: VecDeque::new(), from: from.clone(), over: false };
        let mut shards: Vec<Shard> = (0..SHARDS).map(new).collect();
        let mut rows = Vec::new();
        while rows.len() < usize::try_from(limit).unwrap_or_default() {
            for empty in shards.iter_mut().filter(|shard| shard.ahead.is_empty() && !shard.over) {
                self.read_ahead(of, empty, &to, share).await?;
            }
            let least = shards.iter_mut().filter(|shard| !shard.ahead.is_empty());
            let Some(least) = least.min_by(|one, other| one.ahead[0].0.cmp(&other.ahead[0].0)) else { break };
            rows.extend(least.ahead.pop_front());
        }
        if of.1.is_thin() {
            return self.whole_rows(rows).await;
        }
        rows.into_iter().map(|(key, item)| Ok(Placed { key, row: read("row", item)? })).collect()
    }

    /// The same places with what stands there; whoever is gone is left out.
    async fn whole_rows<T: DeserializeOwned>(&self, places: Vec<(String, Item)>) -> Result<Vec<Placed<T>>, StoreError> {
        let of = |item: &Item, name: &str| item.get(name).and_then(|value| value.as_s()).cloned();
        let key = |item: &Item| Some((of(item, "pk")?, of(item, "sk")?));
        let keys = places.iter().filter_map(|(_, item)| Some(keys::pair_of(&key(item)?))).collect();
        let mut found: HashMap<String, Item> = HashMap::new();
        for item in self.batch_get(&self.tables.directory, keys, false).await? {
            found.extend(of(&item, "pk").map(|pk| (pk, item)));
        }
        let whole = places.into_iter().filter_map(|(at, item)| Some((at, found.remove(&of(&item, "pk")?)?)));
        whole.map(|(key, item)| Ok(Placed { key, row: read("row", item)? })).collect()
    }

    async fn read_ahead(&self, of: (List, Order), shard: &mut Shard, to: &str, most: i32) -> Result<(), StoreError> {
        let (list, order) = of;
        let answer = query(&self.tables.directory)
            .index_name(order.name())
            .key_condition_expression("#list = :list AND #key BETWEEN :from AND :to")
            .expression_attribute_names("#list", "list")
            .expression_attribute_names("#key", order.name())
            .expression_attribute_values(":list", text(list.shard(shard.number)))
            .expression_attribute_values(":from", text(&shard.from))
            .expression_attribute_values(":to", text(to))
            .limit(most)
            .send(&self.client)
            .await;
        let answer = answer.map_err(unavailable("Query list"))?;
        shard.over = answer.last_evaluated_key.is_none();
        let items = answer.items;
        let placed = items.into_iter().filter_map(|item| Some((item.get(order.name())?.as_s()?.clone(), item)));
        shard.ahead.extend(placed);
        if let Some((last, _)) = shard.ahead.back() {
            shard.from = format!("{last}\u{1}");
        }
        Ok(())
    }
}
