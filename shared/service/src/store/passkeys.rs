//! Passkeys: asked for, added, found, used, taken away; each once, whoever tries at the same time.

use aws::dynamodb::{Request, delete, put, update};
use domain::audit::Entry;
use domain::bearer::{SessionToken, Ticket};
use domain::factor::Factor;
use domain::id::UserId;
use domain::passkey::Passkey;
use domain::session::Session;
use domain::time::later;
use domain::user::{State, User};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::factors::{Gets, Shown, Used, using};
use super::outbox::Letterbox;
use super::transaction::{Outcome, Transaction};
use super::{
    KEEP_USED_SECONDS, Store, StoreError, audit, keys, number, read, sessions, text, unavailable, value, write,
};

/// A new passkey that was asked for and has not come yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyAsked {
    /// What the answer is to be held against, in base64url.
    pub asked: String,
    /// The user's epoch when it was asked for.
    pub epoch: u64,
    /// Over from this second on.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub ends_at: Timestamp,
}

/// A change of somebody's passkeys: every other session ends, and one begins here (SE-5).
#[derive(Clone, Debug)]
pub struct PasskeyChange<'a> {
    /// Whose, as read.
    pub user: &'a User,
    /// Their canonical username.
    pub name: &'a str,
    /// What the passkey is found by.
    pub id: &'a str,
    /// The session that begins with it.
    pub session: (&'a SessionToken, &'a Session),
    /// The mail that tells the owner.
    pub notice: Letterbox,
    /// The factor as read, and the code of it that is used up by this, if one was shown.
    pub code: Option<(&'a Factor, &'a Shown)>,
}

/// Everything that the use of a passkey needs.
#[derive(Clone, Debug)]
pub struct PasskeyUse<'a> {
    /// Whose, as read.
    pub user: &'a User,
    /// What it is found by.
    pub id: &'a str,
    /// The passkey, as read.
    pub kept: &'a Passkey,
    /// What it stands at from now on.
    pub standing: &'a str,
    /// What the challenge is known by, and when it is over.
    pub challenge: (&'a str, Timestamp),
    /// When.
    pub now: Timestamp,
    /// The ticket that is used up.
    pub ticket: Option<&'a Ticket>,
    /// What comes of it.
    pub gets: Gets<'a>,
    /// What is written down of it, if that is not left to what follows.
    pub entry: Option<Entry>,
}

impl Store {
    /// Keeps what a session's browser was asked, in the place of what it was asked before.
    pub async fn ask_passkey(&self, user: &UserId, family: &str, asked: &PasskeyAsked) -> Result<(), StoreError> {
        let ttl = ("ttl".to_owned(), number(asked.ends_at.as_second()));
        let item = write("passkey asked", asked, keys::passkey_asked(user, family).into_iter().chain([ttl]))?;
        let answer = put(&self.tables.sessions, item).send(&self.client).await;
        answer.map(drop).map_err(unavailable("PutItem passkey"))
    }

    /// What a session's browser was asked, consistent. Says nothing about time or epoch.
    pub async fn asked_passkey(&self, user: &UserId, family: &str) -> Result<Option<PasskeyAsked>, StoreError> {
        self.item(&self.tables.sessions, keys::passkey_asked(user, family))
            .await?
            .map(|item| read("passkey asked", item))
            .transpose()
    }

    /// Adds a passkey. Of any number of answers to one question exactly one gets `true`; none whose credential somebody has.
    pub async fn add_passkey(
        &self,
        change: &PasskeyChange<'_>,
        passkey: &Passkey,
        asked: (&str, &PasskeyAsked),
    ) -> Result<bool, StoreError> {
        let user = change.user;
        let mut passkeys = user.passkeys.clone();
        passkeys.insert(change.id.to_owned(), passkey.clone());
        // An authenticator that never sent a code does not become another way in afterwards.
        let pending = user.factor.as_ref().is_some_and(|factor| !factor.is_proven());
        let gone = if pending { "link, setup, factor" } else { "link, setup" };
        let of_user = update(&self.tables.directory, keys::user(&user.id))
            .update_expression(format!("SET epoch = :next, passkeys = :passkeys, mfa = :mfa REMOVE {gone}"))
            .expression_attribute_values(":passkeys", value("passkeys", &passkeys)?)
            .expression_attribute_values(":mfa", value("flag", &true)?);
        let mut all = self.changed(change, of_user, "")?;
        let points = write("passkey", &Points { user: user.id.clone() }, keys::passkey(change.id))?;
        all.add(put(&self.tables.directory, points).condition_expression("attribute_not_exists(pk)"));
        let answered = delete(&self.tables.sessions, keys::passkey_asked(&user.id, asked.0))
            .condition_expression("asked = :asked")
            .expression_attribute_values(":asked", text(&asked.1.asked));
        all.add(answered);
        Ok(self.transact("TransactWriteItems passkey", all).await? == Outcome::Done)
    }

    /// Takes one of somebody's passkeys away. `false` when the account has changed meanwhile.
    pub async fn remove_passkey(&self, change: &PasskeyChange<'_>) -> Result<bool, StoreError> {
        let user = change.user;
        let last = user.passkeys.len() <= 1 && user.factor.as_ref().is_none_or(|factor| !factor.is_proven());
        let gone = if last { "link, mfa, passkeys.#id" } else { "link, passkeys.#id" };
        let of_user = update(&self.tables.directory, keys::user(&user.id)).expression_attribute_names("#id", change.id);
        let (of_user, with) = match change.code {
            Some((factor, shown)) => using(of_user, factor, shown)?,
            None => (of_user, Used::default()),
        };
        let of_user = of_user.update_expression(format!("SET epoch = :next{} REMOVE {gone}{}", with.set, with.remove));
        let mut all = self.changed(change, of_user, with.condition)?;
        if change.code.is_some() {
            all.add(delete(&self.tables.lockouts, keys::wrong_codes(&user.id)));
        }
        all.add(delete(&self.tables.directory, keys::passkey(change.id)));
        Ok(self.transact("TransactWriteItems passkey", all).await? == Outcome::Done)
    }

    /// What every change of passkeys writes.
    fn changed(&self, change: &PasskeyChange<'_>, of_user: Request, if_too: &str) -> Result<Transaction, StoreError> {
        let user = change.user;
        let of_login = update(&self.tables.names, keys::login(change.name)).update_expression("SET epoch = :next");
        let mut all = Transaction::default();
        for (raised, if_too) in [(of_user, if_too), (of_login, "")] {
            let raised = raised
                .condition_expression(format!("epoch = :epoch AND #state <> :disabled{if_too}"))
                .expression_attribute_names("#state", "state")
                .expression_attribute_values(":disabled", value("state", &State::Disabled)?)
                .expression_attribute_values(":epoch", number(user.epoch))
                .expression_attribute_values(":next", number(user.epoch + 1));
            all.add(raised);
        }
        all.add(put(&self.tables.sessions, sessions::item(change.session.0, change.session.1)?));
        all.add(put(&self.tables.outbox, change.notice.item()?));
        Ok(all)
    }

    /// Whose passkey this is, consistent.
    pub async fn passkey_owner(&self, id: &str) -> Result<Option<UserId>, StoreError> {
        let item = self.item(&self.tables.directory, keys::passkey(id)).await?;
        Ok(item.map(|item| read::<Points>("passkey", item)).transpose()?.map(|points| points.user))
    }

    /// Uses a passkey: its challenge, the ticket and the count of wrong tries go, and what it was for comes. Of any number of
    /// racers with one challenge or one ticket exactly one gets `true`.
    pub async fn use_passkey(&self, used: &PasskeyUse<'_>) -> Result<bool, StoreError> {
        let mut all = Transaction::default();
        let of_user = update(&self.tables.directory, keys::user(&used.user.id))
            .update_expression("SET passkeys.#id.standing = :standing, passkeys.#id.used_at = :now")
            .condition_expression("epoch = :epoch AND #state <> :disabled AND passkeys.#id.standing = :was")
            .expression_attribute_names("#id", used.id)
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":standing", text(used.standing))
            .expression_attribute_values(":was", text(&used.kept.standing))
            .expression_attribute_values(":now", number(used.now.as_second()))
            .expression_attribute_values(":epoch", number(used.user.epoch))
            .expression_attribute_values(":disabled", value("state", &State::Disabled)?);
        all.add(of_user);
        let (challenge, ends_at) = (used.challenge.0, later(used.challenge.1, KEEP_USED_SECONDS));
        let mut mark: super::Item = keys::used_challenge(challenge).into_iter().collect();
        mark.insert("ttl".to_owned(), number(ends_at.as_second()));
        all.add(put(&self.tables.sessions, mark).condition_expression("attribute_not_exists(pk)"));
        all.add(delete(&self.tables.lockouts, keys::wrong_codes(&used.user.id)));
        if let Some(ticket) = used.ticket {
            let gone = delete(&self.tables.sessions, keys::ticket(&ticket.user, &ticket.secret));
            all.add(gone.condition_expression("attribute_exists(pk)"));
        }
        match used.gets {
            Gets::Session(token, session) => {
                all.add(put(&self.tables.sessions, sessions::item(token, session)?));
            }
            Gets::Ticket(ticket, state) => {
                all.add(put(&self.tables.sessions, sessions::ticket_item(ticket, state)?));
            }
            Gets::Nothing => {}
        }
        if let Some(entry) = &used.entry {
            all.add(put(&self.tables.audit, audit::item(entry)?));
        }
        Ok(self.transact("TransactWriteItems passkey", all).await? == Outcome::Done)
    }
}

/// Where a passkey's id leads.
#[derive(Serialize, Deserialize)]
struct Points {
    user: UserId,
}
