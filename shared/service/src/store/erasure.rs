//! Somebody's items, removed: what hangs on them first, and then they themselves with every claim of theirs, at once.

use std::collections::BTreeSet;

use aws::dynamodb::{Attribute, delete, query, scan};
use domain::id::{MailId, UserId};
use domain::user::{Contact, User};
use domain::username;
use domain::work::Stage;

use super::links::Link;
use super::transaction::{Outcome, Transaction};
use super::{Item, Store, StoreError, keys, number, text, unavailable, unless_condition, value};

/// Whoever is to be gone, as they were read.
#[derive(Clone, Debug, Default)]
pub struct Leaving {
    /// The account, switched off.
    pub user: Option<User>,
    /// The contact.
    pub contact: Option<Contact>,
    /// What opens the account beside its password.
    pub links: Vec<Link>,
    /// Addresses that nobody else has.
    pub lone: Vec<String>,
}

impl Store {
    /// Removes everything of a user that comes and goes with their sign-ins.
    pub async fn forget_sign_ins(&self, user: &UserId) -> Result<(), StoreError> {
        let (pk, _) = keys::sessions_of(user);
        let all = query(&self.tables.sessions)
            .consistent_read(true)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", text(&pk))
            .send_all(&self.client)
            .await;
        for item in all.map_err(unavailable("Query sessions"))? {
            self.remove(&self.tables.sessions, key_of(item)).await?;
        }
        self.remove(&self.tables.lockouts, keys::wrong_codes(user).into_iter().collect()).await
    }

    /// Removes the counters whose keys hold one of these words: usernames and addresses. The one place that reads a whole table:
    /// what a counter stands for can't be asked for otherwise, and somebody is seldom erased.
    pub async fn forget_tries(&self, words: &BTreeSet<String>) -> Result<(), StoreError> {
        if words.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = (0..words.len()).map(|at| format!(":word{at}")).collect();
        let any = names.iter().map(|name| format!("contains(pk, {name})")).collect::<Vec<_>>().join(" OR ");
        let scan = scan(&self.tables.lockouts).filter_expression(any).projection_expression("pk");
        let scan =
            names.iter().zip(words).fold(scan, |scan, (name, word)| scan.expression_attribute_values(name, text(word)));
        let all = scan.send_all(&self.client).await.map_err(unavailable("Scan lockouts"))?;
        let speaks = |item: &Item| {
            let pk = item.get("pk").and_then(|pk| pk.as_s());
            pk.is_some_and(|pk| pk.split('#').any(|part| words.contains(part)))
        };
        for item in all.into_iter().filter(speaks) {
            self.remove(&self.tables.lockouts, item).await?;
        }
        Ok(())
    }

    /// Removes a piece of work from the outbox, unless a courier has it in its hands.
    pub async fn forget_mail(&self, id: &MailId) -> Result<(), StoreError> {
        let answer = delete(&self.tables.outbox, keys::mail(id))
            .condition_expression("attribute_exists(pk) AND #state <> :sending")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":sending", value("stage", &Stage::Sending)?)
            .send(&self.client)
            .await;
        unless_condition("DeleteItem mail", answer).map(drop)
    }

    /// Removes somebody with every claim of theirs. `false` when they have changed since they were read: nothing was done.
    pub async fn erase(&self, leaving: &Leaving) -> Result<bool, StoreError> {
        let (directory, names) = (&self.tables.directory, &self.tables.names);
        let mut all = Transaction::default();
        if let Some(user) = &leaving.user {
            self.add_user(&mut all, user);
        }
        if let Some(contact) = &leaving.contact {
            let gone = delete(directory, keys::contact(&contact.id)).condition_expression(if contact.user.is_some() {
                "#user = :user"
            } else {
                "attribute_not_exists(#user)"
            });
            let gone = gone.expression_attribute_names("#user", "user");
            all.add(match &contact.user {
                Some(user) => gone.expression_attribute_values(":user", text(user.as_str())),
                None => gone,
            });
            for email in contact.person.emails() {
                all.add(delete(names, keys::address_of_contact(email.canonical(), &contact.id)));
            }
        }
        for link in &leaving.links {
            all.add(delete(directory, keys::link(&link.issuer, &link.subject)));
            all.add(delete(directory, keys::link_of(&link.user, &link.id())));
        }
        for address in &leaving.lone {
            all.add(delete(names, keys::address_watch(address)));
            all.add(delete(names, keys::address_bounced(address)));
        }
        Ok(self.transact("TransactWriteItems erase", all).await? == Outcome::Done)
    }

    fn add_user(&self, all: &mut Transaction, user: &User) {
        let (directory, names) = (&self.tables.directory, &self.tables.names);
        let gone = delete(directory, keys::user(&user.id)).expression_attribute_values(":epoch", number(user.epoch));
        all.add(match &user.pin {
            Some(pin) => gone
                .condition_expression("epoch = :epoch AND pin = :pin")
                .expression_attribute_values(":pin", text(pin)),
            None => gone.condition_expression("epoch = :epoch AND attribute_not_exists(pin)"),
        });
        all.add(delete(names, keys::login(&username::canonical(&user.username))));
        all.add(delete(&self.tables.lockouts, keys::failures(&username::canonical(&user.username))));
        for email in user.person.emails() {
            all.add(delete(names, keys::address_of_user(email.canonical(), &user.id)));
        }
        for id in user.passkeys.keys() {
            all.add(delete(directory, keys::passkey(id)));
        }
        if let Some(pin) = &user.pin {
            all.add(delete(directory, keys::pin(pin)));
        }
        if let Some(sponsor) = &user.sponsored_by {
            all.add(delete(directory, keys::sponsored(sponsor, &user.id)));
        }
    }

    async fn remove(&self, table: &str, key: Item) -> Result<(), StoreError> {
        let answer = delete(table, key).send(&self.client).await;
        answer.map(drop).map_err(unavailable("DeleteItem"))
    }
}

/// The key of an item of a table with `pk` and `sk`.
fn key_of(item: Item) -> Item {
    item.into_iter().filter(|(name, _)| ["pk", "sk"].contains(&name.as_str())).collect()
}
