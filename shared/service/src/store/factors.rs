//! The second factor: set up, proven, used, taken away; each once, whoever tries at the same time.

use std::collections::{BTreeMap, BTreeSet};

use aws::dynamodb::{Request, check, delete, put, update};
use domain::audit::Entry;
use domain::bearer::{SessionToken, Ticket};
use domain::factor::{Factor, Progress, SetupLink};
use domain::id::UserId;
use domain::session::{Session, TicketState};
use domain::user::{State, User};

use super::outbox::Letterbox;
use super::transaction::{Outcome, Transaction};
use super::{Store, StoreError, audit, keys, number, sessions, text, unless_condition, value};

/// What proved that it is the user.
#[derive(Clone, Debug)]
pub enum Shown {
    /// A code of this step.
    Step(u64),
    /// The first code of a new authenticator, of this step; and the keyed hashes of the recovery codes that come with it.
    FirstStep(u64, Vec<String>),
    /// A recovery code, by its keyed hash.
    Recovery(String),
}

/// What somebody gets for a right code.
#[derive(Clone, Copy, Debug)]
pub enum Gets<'a> {
    /// A session.
    Session(&'a SessionToken, &'a Session),
    /// A ticket for what is still due.
    Ticket(&'a Ticket, &'a TicketState),
    /// Nothing but that it is used: they are signed in already.
    Nothing,
}

/// Everything that the use of a code needs.
#[derive(Clone, Debug)]
pub struct CodeUse<'a> {
    /// Whose, as read.
    pub user: &'a User,
    /// Their canonical username.
    pub name: &'a str,
    /// The factor, as read.
    pub factor: &'a Factor,
    /// What was shown.
    pub shown: &'a Shown,
    /// The ticket that is used up.
    pub ticket: Option<&'a Ticket>,
    /// What comes of it.
    pub gets: Gets<'a>,
    /// Recovery codes that take the place of those there are, by their keyed hashes.
    pub recovery: Option<&'a [String]>,
    /// The mails that tell the owner.
    pub notices: Vec<Letterbox>,
    /// What is written down of it, where no mail tells of it.
    pub entry: Option<Entry>,
}

/// What is written of a user whose code is used up, each part behind others of its kind.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Used {
    pub(super) set: &'static str,
    pub(super) remove: &'static str,
    pub(super) condition: &'static str,
}

/// Uses a code up along with another change of its user, in which `#state` is `state`.
pub(super) fn using(user: Request, factor: &Factor, shown: &Shown) -> Result<(Request, Used), StoreError> {
    let (user, condition) = unused(user, factor, shown)?;
    Ok(match shown {
        Shown::Step(_) | Shown::FirstStep(..) => {
            let user = user.expression_attribute_values(":proven", value("progress", &Progress::Proven)?);
            (user, Used { set: ", factor.last_step = :step, factor.#state = :proven", remove: "", condition })
        }
        Shown::Recovery(_) => (user, Used { set: "", remove: ", recovery.#recovery", condition }),
    })
}

/// What holds while nobody has used a code up, behind other conditions on its user, in which `#state` is `state`.
fn unused(user: Request, factor: &Factor, shown: &Shown) -> Result<(Request, &'static str), StoreError> {
    let user = user.expression_attribute_values(":sealed", text(&factor.sealed));
    Ok(match shown {
        Shown::Step(step) | Shown::FirstStep(step, _) => {
            let user = user
                .expression_attribute_values(":step", number(step))
                .expression_attribute_values(":was", value("progress", &factor.state)?);
            (user, " AND factor.sealed = :sealed AND factor.last_step < :step AND factor.#state = :was")
        }
        Shown::Recovery(hash) => {
            let user = user.expression_attribute_names("#recovery", hash);
            (user, " AND factor.sealed = :sealed AND attribute_exists(recovery.#recovery)")
        }
    })
}

impl CodeUse<'_> {
    /// A new factor ends every other session (SE-5).
    fn next_epoch(&self) -> u64 {
        if matches!(self.shown, Shown::FirstStep(..)) { self.user.epoch + 1 } else { self.user.epoch }
    }
}

impl Store {
    /// Makes a link the user's one link to set up a second factor. `false` when a newer one is out, the account has changed, or
    /// a factor is proven.
    pub async fn open_setup(&self, user: &UserId, setup: &SetupLink) -> Result<bool, StoreError> {
        let answer = update(&self.tables.directory, keys::user(user))
            .update_expression("SET setup = :setup")
            .condition_expression(
                "epoch = :epoch AND (attribute_not_exists(setup) OR setup.id <= :id) \
                 AND (attribute_not_exists(factor) OR factor.#state = :pending) \
                 AND (attribute_not_exists(used_setup) OR used_setup < :id)",
            )
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":setup", value("setup", setup)?)
            .expression_attribute_values(":epoch", number(setup.epoch))
            .expression_attribute_values(":id", text(setup.id.as_str()))
            .expression_attribute_values(":pending", value("progress", &Progress::Pending)?)
            .send(&self.client)
            .await;
        Ok(unless_condition("UpdateItem setup", answer)?.is_some())
    }

    /// Uses up a set-up link: its user has a pending factor from then on. Of any number who press at once one gets `true`.
    pub async fn begin_factor(&self, user: &User, link: &SetupLink, factor: &Factor) -> Result<bool, StoreError> {
        let mut all = Transaction::default();
        let begun = update(&self.tables.directory, keys::user(&user.id))
            .update_expression("SET factor = :factor, used_setup = :id REMOVE setup")
            .condition_expression(
                "epoch = :epoch AND setup.id = :id AND #state <> :disabled \
                 AND (attribute_not_exists(factor) OR factor.#state = :pending)",
            )
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":factor", value("factor", factor)?)
            .expression_attribute_values(":id", text(link.id.as_str()))
            .expression_attribute_values(":epoch", number(user.epoch))
            .expression_attribute_values(":disabled", value("state", &State::Disabled)?)
            .expression_attribute_values(":pending", value("progress", &Progress::Pending)?);
        all.add(begun);
        let of_this_sign_in = check(&self.tables.sessions, keys::ticket_by_digest(&user.id, &link.ticket));
        all.add(of_this_sign_in.condition_expression("attribute_exists(pk)"));
        Ok(self.transact("TransactWriteItems factor", all).await? == Outcome::Done)
    }

    /// Uses a code: it, the ticket and the count of wrong ones go, and what it was for comes. Of any number of racers with one
    /// code or one ticket exactly one gets `true`.
    pub async fn use_code(&self, code: &CodeUse<'_>) -> Result<bool, StoreError> {
        let mut all = Transaction::default();
        all.add(self.shown(code)?);
        if code.next_epoch() != code.user.epoch {
            let login = update(&self.tables.names, keys::login(code.name))
                .update_expression("SET epoch = :next")
                .condition_expression("epoch = :epoch")
                .expression_attribute_values(":next", number(code.next_epoch()))
                .expression_attribute_values(":epoch", number(code.user.epoch));
            all.add(login);
        }
        if let Some(ticket) = code.ticket {
            let gone = delete(&self.tables.sessions, keys::ticket(&ticket.user, &ticket.secret));
            all.add(gone.condition_expression("attribute_exists(pk)"));
        }
        match code.gets {
            Gets::Session(token, session) => {
                let session = Session { epoch: code.next_epoch(), ..session.clone() };
                all.add(put(&self.tables.sessions, sessions::item(token, &session)?));
            }
            Gets::Ticket(ticket, state) => {
                let state = TicketState { epoch: code.next_epoch(), ..state.clone() };
                all.add(put(&self.tables.sessions, sessions::ticket_item(ticket, &state)?));
            }
            Gets::Nothing => {}
        }
        all.add(delete(&self.tables.lockouts, keys::wrong_codes(&code.user.id)));
        for notice in &code.notices {
            all.add(put(&self.tables.outbox, notice.item()?));
        }
        if let Some(entry) = &code.entry {
            all.add(put(&self.tables.audit, audit::item(entry)?));
        }
        Ok(self.transact("TransactWriteItems code", all).await? == Outcome::Done)
    }

    fn shown(&self, code: &CodeUse<'_>) -> Result<Request, StoreError> {
        let user = update(&self.tables.directory, keys::user(&code.user.id))
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":epoch", number(code.user.epoch))
            .expression_attribute_values(":next", number(code.next_epoch()))
            .expression_attribute_values(":disabled", value("state", &State::Disabled)?);
        let (mut user, with) = using(user, code.factor, code.shown)?;
        let condition = format!("epoch = :epoch AND #state <> :disabled{}", with.condition);
        let mut set = format!("SET epoch = :next{}", with.set);
        // Recovery codes that are replaced as a whole take this one with them.
        let remove = if with.remove.is_empty() || code.recovery.is_some() {
            String::new()
        } else {
            format!(" REMOVE {}", with.remove.trim_start_matches(", "))
        };
        let new = match code.shown {
            Shown::FirstStep(_, hashes) => Some(hashes.as_slice()),
            _ => code.recovery,
        };
        if let Some(hashes) = new {
            let all: BTreeMap<&String, bool> = hashes.iter().map(|hash| (hash, true)).collect();
            set.push_str(", recovery = :recovery, mfa = :mfa");
            user = user.expression_attribute_values(":mfa", value("flag", &true)?);
            user = user.expression_attribute_values(":recovery", value("recovery", &all)?);
        }
        Ok(user.update_expression(set + &remove).condition_expression(condition))
    }

    /// Never takes the code of this step: somebody was told that it is right for another time (MF-11).
    pub async fn burn_step(&self, user: &UserId, factor: &Factor, step: u64) -> Result<(), StoreError> {
        let answer = update(&self.tables.directory, keys::user(user))
            .update_expression("SET factor.burned = list_append(if_not_exists(factor.burned, :none), :step)")
            .condition_expression("factor.sealed = :sealed")
            .expression_attribute_values(":none", value("steps", &BTreeSet::<u64>::new())?)
            .expression_attribute_values(":step", value("steps", &BTreeSet::from([step]))?)
            .expression_attribute_values(":sealed", text(&factor.sealed))
            .send(&self.client)
            .await;
        unless_condition("UpdateItem step", answer).map(drop)
    }

    /// Takes a user's factor away: with a code of theirs, which nobody else has used, or by an administrator, and their passkeys
    /// too. A new epoch ends every session, and the next sign-in sets up another. `false` when the account has changed meanwhile.
    pub async fn remove_factor(
        &self,
        user: &User,
        name: &str,
        notice: &Letterbox,
        code: Option<(&Factor, &Shown)>,
    ) -> Result<bool, StoreError> {
        let change = match (code, user.passkeys.is_empty()) {
            (None, _) => "SET epoch = :next REMOVE factor, mfa, setup, recovery, link, passkeys",
            (Some(_), true) => "SET epoch = :next REMOVE factor, mfa, setup, recovery, link",
            (Some(_), false) => "SET epoch = :next REMOVE factor, setup, recovery, link",
        };
        let of_user = update(&self.tables.directory, keys::user(&user.id)).update_expression(change);
        let (of_user, condition) = match code {
            Some((factor, shown)) => {
                let of_user = of_user
                    .expression_attribute_names("#state", "state")
                    .expression_attribute_values(":disabled", value("state", &State::Disabled)?);
                let (of_user, condition) = unused(of_user, factor, shown)?;
                (of_user, format!("epoch = :epoch AND #state <> :disabled{condition}"))
            }
            None => (of_user, "epoch = :epoch".to_owned()),
        };
        let of_login = update(&self.tables.names, keys::login(name)).update_expression("SET epoch = :next");
        let mut all = Transaction::default();
        for (raised, condition) in [(of_user, condition.as_str()), (of_login, "epoch = :epoch")] {
            let raised = raised
                .condition_expression(condition)
                .expression_attribute_values(":epoch", number(user.epoch))
                .expression_attribute_values(":next", number(user.epoch + 1));
            all.add(raised);
        }
        for id in user.passkeys.keys().filter(|_| code.is_none()) {
            all.add(delete(&self.tables.directory, keys::passkey(id)));
        }
        all.add(delete(&self.tables.lockouts, keys::wrong_codes(&user.id)));
        all.add(put(&self.tables.outbox, notice.item()?));
        Ok(self.transact("TransactWriteItems factor", all).await? == Outcome::Done)
    }

    /// The ticket with this hash, consistent.
    pub async fn ticket_by_digest(&self, user: &UserId, digest: &str) -> Result<Option<TicketState>, StoreError> {
        self.item(&self.tables.sessions, keys::ticket_by_digest(user, digest))
            .await?
            .map(|item| super::read("ticket", item))
            .transpose()
    }
}

/// The hash of a ticket's secret, by which others speak of it.
pub fn ticket_digest(ticket: &Ticket) -> String {
    keys::ticket_digest(&ticket.secret)
}
