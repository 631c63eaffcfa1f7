//! A new password: the proof is used up, the password set, the epoch raised, the owner told, all or none.

use aws::dynamodb::{Request, delete, put, update};
use domain::audit::Entry;
use domain::bearer::{SessionToken, Ticket};
use domain::id::MailId;
use domain::login::Login;
use domain::user::{Kind, State, User};
use domain::username::Username;
use jiff::Timestamp;

use super::factors::Gets;
use super::lists::by_username;
use super::outbox::Letterbox;
use super::transaction::{Outcome, Transaction};
use super::{Store, StoreError, audit, keys, number, sessions, text, value};

/// What gives the right to set a password. It is used up with it.
#[derive(Clone, Copy, Debug)]
pub enum Via<'a> {
    /// A mailed link.
    Link(&'a MailId),
    /// The ticket of a sign-in.
    Ticket(&'a Ticket),
    /// A session and the old password.
    OldPassword,
    /// Staff: it has to be changed at the next sign-in (AD-2).
    Staff,
}

/// Everything that one change needs.
#[derive(Clone)]
pub struct NewPassword<'a> {
    /// Whose, as read.
    pub user: &'a User,
    /// Their login, as read.
    pub login: &'a Login,
    /// Their canonical username.
    pub name: &'a str,
    /// The new password's hash, as a PHC string.
    pub hash: &'a str,
    /// How many passwords before it are kept (PW-7).
    pub history: u16,
    /// What gives the right.
    pub via: Via<'a>,
    /// A new username along with it.
    pub rename: Option<&'a Username>,
    /// What begins with it.
    pub gets: Gets<'a>,
    /// The session that this browser held before, which ends (SI-8).
    pub ends: Option<&'a SessionToken>,
    /// The mails that tell the owner.
    pub notices: Vec<Letterbox>,
    /// The sign-in that ends with it, where one does.
    pub entry: Option<Entry>,
    /// When.
    pub now: Timestamp,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordSet {
    /// Set.
    Yes,
    /// The right was used up or something changed meanwhile. Nothing was set.
    Gone,
    /// Somebody else has the new username. Nothing was set.
    NameTaken,
}

impl NewPassword<'_> {
    fn next_epoch(&self) -> u64 {
        self.user.epoch + 1
    }

    fn new_login(&self) -> Login {
        let hash = Some(self.hash.to_owned());
        let (epoch, state) = (self.next_epoch(), State::Active);
        let (password_set_at, history) = (Some(self.now), self.new_history());
        let login = self.login.clone();
        let must_change = self.must_change();
        Login { hash, epoch, state, password_set_at, history, temporary: None, swept: None, must_change, ..login }
    }

    fn must_change(&self) -> bool {
        // A program signs in nowhere to do so (FE-4).
        matches!(self.via, Via::Staff) && self.user.kind != Kind::Api
    }

    fn new_history(&self) -> Vec<String> {
        let before = self.login.hash.iter().chain(&self.login.history);
        before.take(self.history.into()).cloned().collect()
    }
}

impl Store {
    /// Sets a password. Of any number of racers with one link or ticket exactly one gets `Yes`.
    pub async fn set_password(&self, change: &NewPassword<'_>) -> Result<PasswordSet, StoreError> {
        let mut all = Transaction::default();
        let claim = match change.rename {
            None => {
                all.add(self.login_change(change)?);
                None
            }
            Some(username) => {
                let names = (change.name, username);
                Some(self.move_login(&mut all, change.user, names, &change.new_login()).await?)
            }
        };
        all.add(self.user_change(change)?);
        if let Via::Ticket(ticket) = change.via {
            let gone = delete(&self.tables.sessions, keys::ticket(&ticket.user, &ticket.secret));
            all.add(gone.condition_expression("attribute_exists(pk)"));
        }
        match change.gets {
            Gets::Session(token, session) => {
                all.add(put(&self.tables.sessions, sessions::item(token, session)?));
            }
            Gets::Ticket(ticket, state) => {
                all.add(put(&self.tables.sessions, sessions::ticket_item(ticket, state)?));
            }
            Gets::Nothing => {}
        }
        // What locked by wrong security codes opens with a new password as well (MF-7, LK-3).
        match change.via {
            Via::Staff => drop(all.add(delete(&self.tables.lockouts, keys::wrong_codes(&change.user.id)))),
            Via::Link(_) | Via::Ticket(_) => drop(self.reopening(&change.user.id).await?.map(|open| all.add(open))),
            Via::OldPassword => {}
        }
        if change.rename.is_none() {
            all.add(delete(&self.tables.lockouts, keys::failures(change.name)));
        }
        if let Some(ended) = change.ends {
            all.add(delete(&self.tables.sessions, keys::session(&ended.user, &ended.secret)));
        }
        for notice in &change.notices {
            all.add(put(&self.tables.outbox, notice.item()?));
        }
        if let Some(entry) = &change.entry {
            all.add(put(&self.tables.audit, audit::item(entry)?));
        }
        Ok(match self.transact("TransactWriteItems password", all).await? {
            Outcome::Done => PasswordSet::Yes,
            Outcome::Refused(places) if places.iter().all(|place| claim == Some(*place)) => PasswordSet::NameTaken,
            Outcome::Refused(_) => PasswordSet::Gone,
        })
    }

    /// Keeps the same password under another hash (SI-9). `false` when it was changed meanwhile, or was renewed by somebody else.
    pub async fn renew_hash(&self, (name, login): (&str, &Login), hash: &str) -> Result<bool, StoreError> {
        let update = update(&self.tables.names, keys::login(name))
            .update_expression("SET #hash = :new")
            .condition_expression("epoch = :epoch AND #hash = :old")
            .expression_attribute_names("#hash", "hash")
            .expression_attribute_values(":new", text(hash))
            .expression_attribute_values(":old", text(login.hash.as_deref().unwrap_or_default()))
            .expression_attribute_values(":epoch", number(login.epoch));
        self.alone("UpdateItem hash", update).await
    }

    fn login_change(&self, change: &NewPassword<'_>) -> Result<Request, StoreError> {
        let update = update(&self.tables.names, keys::login(change.name))
            .update_expression(
                "SET #hash = :hash, epoch = :next, #state = :active, must_change = :must_change, password_set_at = :now, history = :history \
                 REMOVE #temporary, swept, queue, queue_at",
            )
            .condition_expression("epoch = :epoch AND #state <> :disabled")
            .expression_attribute_names("#hash", "hash")
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#temporary", "temporary")
            .expression_attribute_values(":hash", text(change.hash))
            .expression_attribute_values(":now", number(change.now.as_second()))
            .expression_attribute_values(":history", value("history", &change.new_history())?)
            .expression_attribute_values(":must_change", value("flag", &change.must_change())?);
        epochs(update, change)
    }

    fn user_change(&self, change: &NewPassword<'_>) -> Result<Request, StoreError> {
        let mut set = "SET epoch = :next, #state = :active, password_changed_at = :now".to_owned();
        let mut condition = "epoch = :epoch AND #state <> :disabled".to_owned();
        let mut update = update(&self.tables.directory, keys::user(&change.user.id))
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":now", number(change.now.as_second()));
        if let Some(username) = change.rename {
            set.push_str(", username = :username, by_username = :by_username");
            update = update
                .expression_attribute_values(":username", text(username.shown()))
                .expression_attribute_values(":by_username", text(by_username(username, &change.user.id)));
        }
        if let Via::Link(link) = change.via {
            condition.push_str(" AND link.id = :link");
            set.push_str(", used_link = :link");
            update = update.expression_attribute_values(":link", text(link.as_str()));
        }
        epochs(update.update_expression(set + " REMOVE link, queue, queue_at").condition_expression(condition), change)
    }
}

fn epochs(update: Request, change: &NewPassword<'_>) -> Result<Request, StoreError> {
    Ok(update
        .expression_attribute_values(":epoch", number(change.user.epoch))
        .expression_attribute_values(":next", number(change.next_epoch()))
        .expression_attribute_values(":active", value("state", &State::Active)?)
        .expression_attribute_values(":disabled", value("state", &State::Disabled)?))
}
