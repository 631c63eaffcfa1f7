//! The plan of a run: who is in it, who isn't and why, how the mail looks, how long it takes and what it costs (BR-4, BR-6, BR-7).
//! Nobody is written to, and memory grows with the identifiers only.

use std::collections::{BTreeSet, HashMap, HashSet};

use domain::access::{may_act, may_act_on};
use domain::email::Email;
use domain::id::{ContactId, RunId, UserId};
use domain::layout::Occasion;
use domain::run::{CHUNK, Counts, Reason, Run, RunState, Skipped, Target};
use domain::settings::PasswordMode;
use domain::user::{Kind, Person, State, User};
use domain::username;
use futures_util::future::try_join_all;

use super::{Trouble, key};
use crate::app::App;
use crate::flow::layouts::{self, Change};
use crate::flow::lists::{self, Asked, Filter};
use crate::mail::Letter;

/// Rows that are looked at together.
const TOGETHER: usize = 500;

/// Lines of a list that are looked up at once: an address is a read of its own.
const AT_ONCE: usize = 50;

/// Rows that are not served and are told at once; all of them are in the file of results.
const TOLD: usize = 1_000;

/// Who is meant.
#[derive(Clone, Debug)]
pub enum Selection {
    /// These identifiers.
    Ids(Vec<String>),
    /// Everybody whom a search and filter find.
    Filter(String, Box<Filter>),
    /// Identifiers, usernames or addresses.
    List(Vec<String>),
}

/// What is wished.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Among whom.
    pub target: Target,
    /// Who is meant.
    pub selection: Selection,
    /// The same in words.
    pub words: String,
}

/// A plan.
pub struct Planned {
    /// The run.
    pub run: Run,
    /// The first rows that are not served.
    pub skipped: Vec<Skipped>,
    /// The mail as it will look, with made-up values.
    pub preview: Letter,
}

/// Makes a plan. `None` when the selection names nobody at all.
pub async fn plan(app: &App, wish: Wish, by: &User) -> Result<Option<Planned>, Trouble> {
    let now = app.clock.now();
    let run = Run {
        id: RunId::new(now, app.random.bytes()?),
        target: wish.target,
        by: by.id.clone(),
        by_name: by.username.clone(),
        group: by.person.group.clone().filter(|_| by.kind == Kind::Staff),
        state: RunState::Planned,
        selection: wish.words.chars().take(200).collect(),
        total: 0,
        skipped: 0,
        chunks: 0,
        skips: 0,
        posted: 0,
        settled: 0,
        counts: Counts::default(),
        release: false,
        revision: 1,
        created_at: now,
        finished_at: None,
    };
    let (seen, chunk, skips) = (HashSet::new(), Vec::new(), Vec::new());
    let mut planner = Planner { app, by, run, seen, chunk, skips, told: Vec::new() };
    match wish.selection {
        Selection::Ids(ids) => {
            let rows: Vec<Row> = ids.into_iter().map(|id| Row { told: id.clone(), id }).collect();
            planner.rows(&rows).await?;
        }
        Selection::List(lines) => planner.lines(&lines).await?,
        Selection::Filter(q, filter) => planner.filter(q, *filter).await?,
    }
    planner.flush(true).await?;
    let Planner { run, told, .. } = planner;
    if run.total == 0 {
        return Ok(None);
    }
    app.store.put_run(&run).await?;
    tracing::info!(run = %run.id, by = %by.id, total = run.total, skipped = run.skipped, "bulk run planned");
    Ok(Some(Planned { preview: preview(app).await?, run, skipped: told }))
}

/// The mail that staff send, with made-up values.
pub async fn preview(app: &App) -> Result<Letter, Trouble> {
    let occasion = match app.settings().await?.resend_mode {
        PasswordMode::Link => Occasion::ResendCredentials,
        PasswordMode::Temporary => Occasion::NewAccount,
    };
    let name = app.settings().await?.layout(occasion).to_owned();
    let letter = layouts::preview(app, &name, Change::default()).await?;
    Ok(letter.unwrap_or_default())
}

struct Planner<'a> {
    app: &'a App,
    by: &'a User,
    run: Run,
    seen: HashSet<String>,
    chunk: Vec<String>,
    skips: Vec<Skipped>,
    told: Vec<Skipped>,
}

/// A row of a selection: an identifier, and what was given for it.
struct Row {
    id: String,
    told: String,
}

/// What a line of a list leads to.
enum Led {
    User(UserId),
    Contact(ContactId),
    Not(Reason),
}

impl Planner<'_> {
    fn take(&mut self, id: &str, row: &str, reason: Option<Reason>) {
        self.run.total += 1;
        let key = key(self.run.target, id);
        let reason = reason.or_else(|| self.seen.contains(&key).then_some(Reason::Duplicate));
        if let Some(reason) = reason {
            self.skip(row, reason);
        } else {
            self.seen.insert(key.clone());
            self.chunk.push(key);
        }
    }

    fn skip(&mut self, row: &str, reason: Reason) {
        self.run.skipped += 1;
        let skipped = Skipped { row: row.chars().take(200).collect(), reason };
        if self.told.len() < TOLD {
            self.told.push(skipped.clone());
        }
        self.skips.push(skipped);
    }

    /// Writes full chunks away; at the end, what is left as well.
    async fn flush(&mut self, all: bool) -> Result<(), Trouble> {
        let least = if all { 1 } else { CHUNK };
        while self.chunk.len() >= least {
            let rest = self.chunk.split_off(self.chunk.len().min(CHUNK));
            let chunk = std::mem::replace(&mut self.chunk, rest);
            self.run.chunks += 1;
            self.app.store.put_chunk(&self.run, self.run.chunks, &chunk).await?;
        }
        while self.skips.len() >= least {
            let rest = self.skips.split_off(self.skips.len().min(CHUNK));
            let skips = std::mem::replace(&mut self.skips, rest);
            self.run.skips += 1;
            self.app.store.put_skips(&self.run, self.run.skips, &skips).await?;
        }
        Ok(())
    }

    async fn rows(&mut self, rows: &[Row]) -> Result<(), Trouble> {
        for some in rows.chunks(TOGETHER) {
            match self.run.target {
                Target::Users => self.take_users(some).await?,
                Target::Contacts => self.take_contacts(some).await?,
            }
            self.flush(false).await?;
        }
        Ok(())
    }

    async fn take_users(&mut self, rows: &[Row]) -> Result<(), Trouble> {
        let known: Vec<UserId> = rows.iter().filter_map(|row| UserId::parse(&row.id)).collect();
        let users: HashMap<String, User> =
            self.app.store.users(&known).await?.into_iter().map(|user| (user.id.to_string(), user)).collect();
        for row in rows {
            let reason = users.get(&row.id).map_or(Some(Reason::NotFound), |user| self.of_user(user));
            self.take(&row.id, &row.told, reason);
        }
        Ok(())
    }

    /// Takes the contacts of these rows; whoever of them has an account must be able to use it.
    async fn take_contacts(&mut self, rows: &[Row]) -> Result<(), Trouble> {
        let known: Vec<ContactId> = rows.iter().filter_map(|row| ContactId::parse(&row.id)).collect();
        let contacts = self.app.store.contacts(&known).await?;
        let accounts: Vec<UserId> = contacts.iter().filter_map(|contact| contact.user.clone()).collect();
        let users = self.app.store.users(&accounts).await?;
        for row in rows {
            let contact = contacts.iter().find(|contact| contact.id.as_str() == row.id);
            let contact = contact.filter(|contact| may_act(self.by, Kind::Contact, contact.person.group.as_deref()));
            let reason = contact.map_or(Some(Reason::NotFound), |contact| {
                let user = users.iter().find(|user| contact.user.as_ref() == Some(&user.id));
                user.map_or_else(|| of_contact(contact.disabled, &contact.person), |user| self.of_user(user))
            });
            self.take(&row.id, &row.told, reason);
        }
        Ok(())
    }

    /// Why a user is not served, be it by way of their contact.
    fn of_user(&self, user: &User) -> Option<Reason> {
        if !may_act_on(self.by, user) {
            return Some(Reason::NotFound);
        }
        self.of_account((user.kind, user.state), user.bounced_at.is_some(), &user.person)
    }

    /// Nobody writes to somebody with more rights.
    fn of_account(&self, (kind, state): (Kind, State), bounced: bool, person: &Person) -> Option<Reason> {
        match (kind, state) {
            _ if !may_act(self.by, kind, person.group.as_deref()) => Some(Reason::NotFound),
            (Kind::Api, _) => Some(Reason::Program),
            (_, State::Disabled) => Some(Reason::Disabled),
            _ if bounced => Some(Reason::Bounced),
            _ => of_person(person),
        }
    }

    async fn filter(&mut self, q: String, filter: Filter) -> Result<(), Trouble> {
        let mut asked = Asked { q, filter, cursor: None, limit: 500, dear: 100 };
        loop {
            let next = match self.run.target {
                Target::Users => self.page_of_users(&asked).await?,
                Target::Contacts => self.page_of_contacts(&asked).await?,
            };
            self.flush(false).await?;
            if next.is_none() {
                return Ok(());
            }
            asked.cursor = next;
        }
    }

    async fn page_of_users(&mut self, asked: &Asked) -> Result<Option<String>, Trouble> {
        let Ok(page) = lists::users(self.app, asked).await? else { return Ok(None) };
        for row in page.items {
            let reason = self.of_account((row.kind, row.state), row.bounced_at.is_some(), &row.person);
            let (id, username) = (row.id().to_owned(), row.username);
            self.take(&id, &username, reason);
        }
        Ok(page.next)
    }

    async fn page_of_contacts(&mut self, asked: &Asked) -> Result<Option<String>, Trouble> {
        let by = self.by;
        let within = |person: &Person| may_act(by, Kind::Contact, person.group.as_deref());
        let Ok(page) = lists::contacts(self.app, asked, within).await? else { return Ok(None) };
        let accounts: Vec<UserId> = page.items.iter().filter_map(|row| row.user.clone()).collect();
        let users = self.app.store.users(&accounts).await?;
        for row in page.items {
            let user = users.iter().find(|user| row.user.as_ref() == Some(&user.id));
            let reason = user.map_or_else(|| of_contact(row.disabled, &row.person), |user| self.of_user(user));
            let id = row.id().to_owned();
            self.take(&id, &id, reason);
        }
        Ok(page.next)
    }

    async fn lines(&mut self, lines: &[String]) -> Result<(), Trouble> {
        for some in lines.chunks(TOGETHER) {
            let names: BTreeSet<String> = some.iter().filter_map(|line| username::lookup_form(line)).collect();
            let logins = self.app.store.logins(&names).await?;
            let mut rows = Vec::new();
            for few in some.chunks(AT_ONCE) {
                let login = |line| username::lookup_form(line).and_then(|name| logins.get(&name));
                let led = few.iter().map(|line| self.led(line, login(line).map(|login| login.user.clone())));
                let led = try_join_all(led).await?;
                rows.extend(few.iter().zip(led).filter_map(|(line, led)| self.row(line, led)));
            }
            self.rows(&rows).await?;
        }
        Ok(())
    }

    /// The row of whom a line leads to; a line that leads to nobody is not served.
    fn row(&mut self, line: &str, led: Led) -> Option<Row> {
        let id = match led {
            Led::User(id) => id.to_string(),
            Led::Contact(id) => id.to_string(),
            Led::Not(reason) => {
                self.run.total += 1;
                self.skip(line, reason);
                return None;
            }
        };
        Some(Row { id, told: line.to_owned() })
    }

    /// Whom a line leads to: an identifier, a username, or the address of one person.
    async fn led(&self, line: &str, login: Option<UserId>) -> Result<Led, Trouble> {
        let email = Email::parse(line).ok();
        let holders = match &email {
            Some(email) if login.is_none() => Some(self.app.store.at_address(email.canonical()).await?),
            _ => None,
        };
        if self.run.target == Target::Contacts {
            if let Some(holders) = holders {
                return Ok(match holders.all_contacts().as_slice() {
                    [] => Led::Not(Reason::NotFound),
                    [one] => Led::Contact(one.clone()),
                    _ => Led::Not(Reason::SharedAddress),
                });
            }
            let contact = match login {
                Some(user) => self.app.store.user(&user).await?.and_then(|user| user.contact),
                None => ContactId::parse(line),
            };
            return Ok(contact.map_or(Led::Not(Reason::NotFound), Led::Contact));
        }
        let accounts = holders.map(|holders| holders.accounts()).unwrap_or_default();
        Ok(match (login, accounts.as_slice(), email) {
            (Some(user), ..) => Led::User(user),
            (None, [(one, _)], _) => Led::User(one.clone()),
            (None, [_, _, ..], _) => Led::Not(Reason::SharedAddress),
            (None, [], None) => UserId::parse(line).map_or(Led::Not(Reason::NotFound), Led::User),
            (None, [], Some(_)) => Led::Not(Reason::NotFound),
        })
    }
}

fn of_contact(disabled: bool, person: &Person) -> Option<Reason> {
    if disabled { Some(Reason::Disabled) } else { of_person(person) }
}

fn of_person(person: &Person) -> Option<Reason> {
    person.mailbox().is_none().then_some(Reason::NoEmail)
}
