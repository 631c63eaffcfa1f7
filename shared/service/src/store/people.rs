//! What staff change of a user, their login, their contact and the addresses that lead to them, all or none; and the lists of
//! those who can't get in.

use std::collections::{BTreeSet, HashMap, HashSet};

use aws::dynamodb::{Attribute, Request, check, delete, put, query, update};
use domain::email::Email;
use domain::id::UserId;
use domain::user::{Contact, Kind, State, User};
use domain::username;
use jiff::Timestamp;
use serde_dynamo::AttributeValue;

use super::addresses::Holder;
use super::lists::{List, Order, Placed, UserRow, by_email, listed};
use super::outbox::Letterbox;
use super::transaction::{Outcome, Transaction};
use super::{Item, Store, StoreError, keys, number, text, unavailable, unless_condition, value, write};

/// What only lists go by, and others write as well.
const LISTED: [&str; 9] =
    ["list", "by_last", "by_first", "by_username", "by_email", "by_company", "by_second", "queue", "queue_at"];

/// How many are counted of those who can't get in, at the most.
const MOST_COUNTED: usize = 200_000;

/// Why somebody can't get in who could. An account stands under one of them; an address whose mail came back stands there itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stuck {
    /// They have an account and have never chosen a password.
    NeverSignedIn,
    /// Their first temporary password ran out.
    InvitationExpired,
    /// Mail to them came back.
    Bounced,
    /// Too many wrong tries locked them; whether they still are is asked elsewhere.
    Locked,
}

impl Stuck {
    /// What they stand under.
    pub(super) fn under(self) -> &'static str {
        match self {
            Self::NeverSignedIn => "never_signed_in",
            Self::InvitationExpired => "invitation_expired",
            Self::Bounced => "bounced",
            Self::Locked => "locked",
        }
    }
}

/// A change of a person: what was read of them, and what is to be.
#[derive(Clone, Debug, Default)]
pub struct PersonChange {
    /// The user, before and after.
    pub user: Option<(User, User)>,
    /// The contact, before and after.
    pub contact: Option<(Contact, Contact)>,
    /// A second contact, where an account goes from one to another.
    pub other: Option<(Contact, Contact)>,
    /// The mails that tell the owner.
    pub notices: Vec<Letterbox>,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonChanged {
    /// Changed.
    Yes,
    /// Something was changed meanwhile: nothing was done.
    Meanwhile,
    /// A new address is somebody else's username (SI-5).
    AddressIsAName,
}

/// A user as they are kept, with all that lists need.
pub(super) fn user_item(user: &User) -> Result<Item, StoreError> {
    let mut item = write("user", user, [])?;
    let waits = match user.state {
        State::Active if user.password_changed_at.is_none() && user.kind != Kind::Api => Some(Stuck::NeverSignedIn),
        State::InvitationExpired => Some(Stuck::InvitationExpired),
        State::Active | State::Disabled => None,
    };
    if let Some(waits) = waits {
        item.insert("queue".to_owned(), text(waits.under()));
        item.insert("queue_at".to_owned(), number(user.created_at.as_second()));
    }
    item.extend(listed(List::Users, &user.person, Some(&user.username), user.id.as_str()));
    if user.person.mailbox().is_none() {
        item.insert("by_email".to_owned(), text(format!("{}{}", unreachable(user.kind), user.id)));
    }
    Ok(item)
}

/// How the keys begin, among those of e-mail addresses, of the users of a kind who have none. No address begins with a space.
fn unreachable(kind: Kind) -> &'static str {
    match kind {
        Kind::Contact => " contact#",
        Kind::Staff => " staff#",
        Kind::Administrator => " administrator#",
        Kind::Api => " api#",
    }
}

/// A contact as they are kept, with all that lists need.
pub(super) fn contact_item(contact: &Contact) -> Result<Item, StoreError> {
    let mut item = write("contact", contact, [])?;
    item.extend(listed(List::Contacts, &contact.person, None, contact.id.as_str()));
    Ok(item)
}

/// What of an item must be as it was read.
#[derive(Default)]
struct AsRead {
    conditions: Vec<String>,
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
}

impl AsRead {
    /// The placeholder of an attribute.
    fn name(&mut self, name: &str) -> String {
        let placeholder = format!("#a{}", self.names.len());
        self.names.insert(placeholder.clone(), name.to_owned());
        placeholder
    }

    /// The placeholder of a value.
    fn value(&mut self, value: &AttributeValue) -> String {
        let placeholder = format!(":v{}", self.values.len());
        self.values.insert(placeholder.clone(), value.clone());
        placeholder
    }

    /// The attribute of this placeholder is what it was.
    fn holds(&mut self, name: &str, was: Option<&AttributeValue>) {
        let condition = match was {
            Some(value) => format!("{name} = {}", self.value(value)),
            None => format!("attribute_not_exists({name})"),
        };
        self.conditions.push(condition);
    }

    fn condition(&self) -> String {
        self.conditions.join(" AND ")
    }

    /// The request with what its expressions mean by these names.
    fn meant(self, request: Request) -> Request {
        let named = |request: Request, (name, attribute)| request.expression_attribute_names(name, attribute);
        let valued = |request: Request, (name, value)| request.expression_attribute_values(name, value);
        let request = self.names.into_iter().fold(request, named);
        self.values.into_iter().fold(request, valued)
    }
}

/// An update from one item to another: what differs is written, if it is as it was, and what is held is. `None` when nothing differs.
fn difference(table: &str, key: keys::Key, (before, after): (&Item, &Item), held: &[&'static str]) -> Option<Request> {
    let written = before.keys().chain(after.keys()).map(String::as_str);
    let names: BTreeSet<&str> = written.chain(held.iter().copied()).collect();
    let (mut set, mut remove, mut read) = (Vec::new(), Vec::new(), AsRead::default());
    read.conditions.push("attribute_exists(pk)".to_owned());
    for name in names {
        let (old, new) = (before.get(name), after.get(name));
        if old == new && !held.contains(&name) {
            continue;
        }
        let placeholder = read.name(name);
        match new.filter(|_| old != new) {
            Some(new) => set.push(format!("{placeholder} = {}", read.value(new))),
            None if old != new => remove.push(placeholder.clone()),
            None => {}
        }
        // What only lists go by is as it comes.
        if !LISTED.contains(&name) {
            read.holds(&placeholder, old);
        }
    }
    let clause = |word: &str, parts: Vec<String>| {
        if parts.is_empty() { String::new() } else { format!("{word} {} ", parts.join(", ")) }
    };
    let expression = clause("SET", set) + &clause("REMOVE", remove);
    let differs = !expression.is_empty();
    differs.then(|| {
        let update = update(table, key).update_expression(expression.trim_end()).condition_expression(read.condition());
        read.meant(update)
    })
}

/// Of a user, while somebody changes them: no right has ended, nobody renamed them, and they are looked after by the same staff.
const HELD_OF_A_USER: [&str; 2] = ["epoch", "group"];

/// Of a contact, likewise.
const HELD_OF_A_CONTACT: [&str; 2] = ["user", "group"];

impl Store {
    /// Changes a person. What is changed must be as it was read; nobody's change is lost.
    pub async fn change_person(&self, change: &PersonChange) -> Result<PersonChanged, StoreError> {
        let mut all = Transaction::default();
        let mut foreign = Vec::new();
        if let Some((before, after)) = &change.user {
            foreign = self.add_user_change(&mut all, before, after)?;
        }
        let user = change.user.as_ref().map(|(_, after)| after);
        for (before, after) in change.contact.iter().chain(&change.other) {
            foreign.extend(self.add_contact_change(&mut all, before, after, user)?);
        }
        if all.is_empty() {
            return Ok(PersonChanged::Yes);
        }
        if let Some((before, _)) = change.user.as_ref().filter(|(before, after)| before == after) {
            all.add(self.as_read(keys::user(&before.id), &user_item(before)?, &HELD_OF_A_USER));
        }
        for notice in &change.notices {
            all.add(put(&self.tables.outbox, notice.item()?));
        }
        Ok(match self.transact("TransactWriteItems person", all).await? {
            Outcome::Done => PersonChanged::Yes,
            Outcome::Refused(places) if places.iter().any(|place| foreign.contains(place)) => {
                PersonChanged::AddressIsAName
            }
            Outcome::Refused(_) => PersonChanged::Meanwhile,
        })
    }

    fn add_user_change(&self, all: &mut Transaction, before: &User, after: &User) -> Result<Vec<usize>, StoreError> {
        let table = &self.tables.directory;
        let name = username::canonical(&after.username);
        let items = (&user_item(before)?, &user_item(after)?);
        let Some(of_user) = difference(table, keys::user(&after.id), items, &HELD_OF_A_USER) else {
            return Ok(Vec::new());
        };
        all.add(of_user);
        // What was mailed to an address that is no longer theirs opens nothing.
        let address = |user: &User| user.person.mailbox().map(|email| email.canonical().to_owned());
        let stays = address(before) == address(after);
        if (before.epoch, before.state, before.kind) != (after.epoch, after.state, after.kind) {
            let set = "SET #state = :state, epoch = :next, kind = :kind";
            let login = update(&self.tables.names, keys::login(&name))
                .update_expression(if stays {
                    set.to_owned()
                } else {
                    format!("{set} REMOVE #temporary, queue, queue_at")
                })
                .condition_expression("epoch = :epoch")
                .expression_attribute_names("#state", "state")
                .expression_attribute_values(":state", value("state", &after.state)?)
                .expression_attribute_values(":kind", value("kind", &after.kind)?)
                .expression_attribute_values(":epoch", number(before.epoch))
                .expression_attribute_values(":next", number(after.epoch));
            all.add(if stays { login } else { login.expression_attribute_names("#temporary", "temporary") });
        }
        if let Some(address) =
            before.person.mailbox().filter(|_| before.bounced_at.is_some() && after.bounced_at.is_none())
        {
            let mark = update(&self.tables.names, keys::address_bounced(address.canonical()));
            all.add(mark.update_expression("REMOVE queue, queue_at"));
        }
        let moved = before.contact != after.contact || before.person.emails() != after.person.emails();
        if !moved {
            return Ok(Vec::new());
        }
        let holder = Holder { user: Some(after.id.clone()), name: Some(name.clone()), contact: after.contact.clone() };
        let of = |email: &Email| keys::address_of_user(email.canonical(), &after.id);
        self.move_addresses(all, (before.person.emails(), after.person.emails()), &of, &holder)?;
        let had = |email: &&Email| before.person.emails().iter().any(|old| old.canonical() == email.canonical());
        let new = after.person.emails().into_iter().filter(|email| !had(email) && email.canonical() != name);
        Ok(new.map(|email| self.nobodys_name(all, email, &after.id)).collect())
    }

    fn add_contact_change(
        &self,
        all: &mut Transaction,
        before: &Contact,
        after: &Contact,
        user: Option<&User>,
    ) -> Result<Vec<usize>, StoreError> {
        let key = keys::contact(&after.id);
        let table = &self.tables.directory;
        let items = (&contact_item(before)?, &contact_item(after)?);
        let Some(of_contact) = difference(table, key, items, &HELD_OF_A_CONTACT) else {
            return Ok(Vec::new());
        };
        all.add(of_contact);
        let owner = user.filter(|user| after.user.as_ref() == Some(&user.id));
        let holder = Holder {
            user: after.user.clone(),
            name: owner.map(|user| username::canonical(&user.username)),
            contact: Some(after.id.clone()),
        };
        let of = |email: &Email| keys::address_of_contact(email.canonical(), &after.id);
        if before.user != after.user || before.person.emails() != after.person.emails() {
            self.move_addresses(all, (before.person.emails(), after.person.emails()), &of, &holder)?;
        }
        if after.user.is_some() {
            return Ok(Vec::new());
        }
        let had = |email: &&Email| before.person.emails().iter().any(|old| old.canonical() == email.canonical());
        let new = after.person.emails().into_iter().filter(|email| !had(email));
        Ok(new.map(|email| self.no_name_at_all(all, email)).collect())
    }

    /// That a contact has the account and the addresses that were read.
    pub(super) fn same_addresses(&self, contact: &Contact) -> Result<Request, StoreError> {
        let held = ["user", "email", "address_email"];
        Ok(self.as_read(keys::contact(&contact.id), &contact_item(contact)?, &held))
    }

    /// That these attributes are as they were read.
    fn as_read(&self, key: keys::Key, item: &Item, held: &[&str]) -> Request {
        let mut read = AsRead::default();
        read.conditions.push("attribute_exists(pk)".to_owned());
        for name in held {
            let placeholder = read.name(name);
            read.holds(&placeholder, item.get(*name));
        }
        let check = check(&self.tables.directory, key).condition_expression(read.condition());
        read.meant(check)
    }

    /// The addresses that were lead nowhere any more, those that are lead to the holder.
    fn move_addresses(
        &self,
        all: &mut Transaction,
        emails: (Vec<&Email>, Vec<&Email>),
        key: &dyn Fn(&Email) -> keys::Key,
        holder: &Holder,
    ) -> Result<(), StoreError> {
        let table = &self.tables.names;
        let (before, after) = emails;
        let stays = |old: &&&Email| after.iter().any(|new| new.canonical() == old.canonical());
        for gone in before.iter().filter(|old| !stays(old)) {
            all.add(delete(table, key(gone)));
        }
        for email in &after {
            all.add(put(table, write("address", holder, key(email))?));
        }
        Ok(())
    }

    /// Writes down that somebody was locked, for the list of those. Whether they still are is asked elsewhere.
    pub async fn list_as_locked(&self, id: &UserId, now: Timestamp) -> Result<(), StoreError> {
        let set = self.of_user(id).update_expression("SET queue = :stuck, queue_at = :now");
        let set = set.expression_attribute_values(":stuck", text(Stuck::Locked.under()));
        let set = set.expression_attribute_values(":now", number(now.as_second()));
        unless_condition("UpdateItem stuck", set.send(&self.client).await).map(drop)
    }

    /// Writes down that mail to somebody came back from this address; nothing where their mail goes to another.
    pub async fn note_bounce(&self, id: &UserId, from: &str, now: Timestamp) -> Result<(), StoreError> {
        let set = self.of_user(id).update_expression("SET bounced_at = :now").condition_expression("by_email = :there");
        let set = set.expression_attribute_values(":there", text(by_email(from, id)));
        let set = set.expression_attribute_values(":now", number(now.as_second()));
        unless_condition("UpdateItem bounce", set.send(&self.client).await).map(drop)
    }

    fn of_user(&self, id: &UserId) -> Request {
        update(&self.tables.directory, keys::user(id)).condition_expression("attribute_exists(pk)")
    }

    /// The table whose queue holds them.
    fn stuck_in(&self, why: Stuck) -> &str {
        match why {
            Stuck::Bounced => &self.tables.names,
            Stuck::NeverSignedIn | Stuck::InvitationExpired | Stuck::Locked => &self.tables.directory,
        }
    }

    /// The identifiers of those who were locked, the last one first, as an index knows them; whether they still are is asked
    /// elsewhere.
    pub async fn marked_as_locked(&self, most: i32) -> Result<HashSet<String>, StoreError> {
        let found = self.queued(Stuck::Locked, most).await?;
        Ok(found.iter().filter_map(|pk| keys::user_id(pk)).map(|id| id.to_string()).collect())
    }

    /// Those who are stuck for this reason, the last one first, as an index knows them.
    pub async fn stuck(&self, why: Stuck, most: i32) -> Result<Vec<User>, StoreError> {
        let keys = self.queued(why, most).await?;
        let mut ids: Vec<UserId> = keys.iter().filter_map(|pk| keys::user_id(pk)).collect();
        for address in keys.iter().filter_map(|pk| pk.strip_prefix("EMAIL#")) {
            ids.extend(self.at_address(address).await?.accounts().into_iter().map(|(id, _)| id));
        }
        self.users(&ids).await
    }

    /// What stands in the queue of this reason, the last first.
    async fn queued(&self, why: Stuck, most: i32) -> Result<Vec<String>, StoreError> {
        let answer = query(self.stuck_in(why))
            .index_name("queue")
            .key_condition_expression("queue = :under")
            .expression_attribute_values(":under", text(why.under()))
            .scan_index_forward(false)
            .limit(most)
            .send(&self.client)
            .await;
        let items = answer.map_err(unavailable("Query stuck"))?.items;
        Ok(items.iter().filter_map(|item| item.get("pk")?.as_s().cloned()).collect())
    }

    /// How many are stuck for this reason, as an index knows them; what is beyond 200,000 is not counted.
    pub async fn count_stuck(&self, why: Stuck) -> Result<usize, StoreError> {
        let (mut count, mut from) = (0, None);
        loop {
            let answer = query(self.stuck_in(why))
                .index_name("queue")
                .key_condition_expression("queue = :under")
                .expression_attribute_values(":under", text(why.under()))
                .counted()
                .exclusive_start_key(from)
                .send(&self.client)
                .await;
            let answer = answer.map_err(unavailable("Query stuck"))?;
            count += answer.count;
            from = answer.last_evaluated_key.filter(|_| count < MOST_COUNTED);
            if from.is_none() {
                return Ok(count);
            }
        }
    }

    /// Users of a kind who have no e-mail address, up to a number; as an index knows them, which may be a moment late.
    pub async fn unreachable(&self, kind: Kind, most: i32) -> Result<Vec<UserRow>, StoreError> {
        let found: Vec<Placed<UserRow>> = self.rows((List::Users, Order::Email), unreachable(kind), None, most).await?;
        let rows = found.into_iter().map(|placed| placed.row);
        Ok(rows.filter(|user| user.kind == kind && user.person.mailbox().is_none()).collect())
    }

    /// Writes down when somebody last signed in; an older moment changes nothing.
    pub async fn signed_in_at(&self, id: &UserId, at: i64) -> Result<(), StoreError> {
        let answer = update(&self.tables.directory, keys::user(id))
            .update_expression("SET last_sign_in = :at")
            .condition_expression("attribute_exists(pk) AND (attribute_not_exists(last_sign_in) OR last_sign_in < :at)")
            .expression_attribute_values(":at", number(at))
            .send(&self.client)
            .await;
        unless_condition("UpdateItem last sign-in", answer).map(drop)
    }
}
