//! What became of everybody in a run: counted, and one by one.

use std::collections::{BTreeMap, HashMap};

use domain::email::Email;
use domain::id::{ContactId, UserId};
use domain::run::{Became, Counts, Reason, Run, RunState, Skipped, Target};
use domain::user::{Person, State, User};
use domain::username;
use domain::work::Fate;

use super::Trouble;
use super::step::mails;
use crate::app::App;

/// A recipient, and what became of them.
#[derive(Clone, Debug)]
pub struct Recipient {
    /// The user's or contact's id.
    pub id: String,
    /// The username, if they have one.
    pub username: Option<String>,
    /// What they are called.
    pub name: String,
    /// Where mail to them goes.
    pub to: Option<String>,
    /// The mail.
    pub mail: String,
    /// What became of them.
    pub became: Became,
    /// What became of the mail.
    pub fate: Option<Fate>,
    /// Why nothing was sent, where that was so when their turn came: as far as can be told by how they stand now.
    pub reason: Option<Reason>,
}

/// Why nothing was sent to somebody whom the plan would have served.
fn reason(run: &Run, fate: Option<Fate>, user: Option<&User>, person: Option<&Person>) -> Option<Reason> {
    let chose = |user: &User| user.password_changed_at.is_some_and(|at| at > run.created_at);
    match fate? {
        Fate::Suppressed => Some(Reason::Bounced),
        Fate::Nothing if person.is_none() => Some(Reason::NotFound),
        Fate::Nothing if user.is_some_and(|user| user.state == State::Disabled) => Some(Reason::Disabled),
        Fate::Nothing if person.is_some_and(|person| person.mailbox().is_none()) => Some(Reason::NoEmail),
        Fate::Nothing if user.is_some_and(chose) => Some(Reason::PasswordChosen),
        Fate::Nothing | Fate::Capped => Some(Reason::Overtaken),
        _ => None,
    }
}

/// How many ended how so far: the chunks that are settled, and those on their way.
pub async fn tally(app: &App, run: &Run) -> Result<Counts, Trouble> {
    let mut counts = run.counts;
    for chunk in run.settled + 1..=run.posted {
        let mails = mails(app, run, chunk).await?;
        let standings = app.store.standings(&mails).await?;
        for mail in &mails {
            counts.add(Became::of_asked(standings.get(mail.as_str()).copied()));
        }
    }
    counts.skipped += run.skipped;
    if run.state == RunState::Cancelled {
        counts.cancelled += run.unasked();
    }
    Ok(counts)
}

/// The recipients of a chunk, the first being one; empty behind the last.
pub async fn recipients(app: &App, run: &Run, chunk: u32) -> Result<Vec<Recipient>, Trouble> {
    let all = app.store.chunk(&run.id, chunk).await?;
    let mails = mails(app, run, chunk).await?;
    let standings = app.store.standings(&mails).await?;
    let of = |prefix: &'static str| all.iter().filter_map(move |one| one.strip_prefix(prefix));
    let users: Vec<UserId> = of("user#").filter_map(UserId::parse).collect();
    let contacts: Vec<ContactId> = of("contact#").filter_map(ContactId::parse).collect();
    let (users, mut contacts) = (app.store.users(&users).await?, app.store.contacts(&contacts).await?);
    contacts.retain(|contact| run.reaches(&contact.person));
    let cancelled = run.state == RunState::Cancelled;
    Ok(all
        .iter()
        .zip(mails)
        .map(|(key, mail)| {
            let id = key.split_once('#').map_or(key.as_str(), |(_, id)| id);
            let user = users.iter().find(|user| user.id.as_str() == id);
            let contact = contacts.iter().find(|contact| contact.id.as_str() == id);
            let found = user.map(|user| &user.person).or(contact.map(|contact| &contact.person));
            let nobody = Person::default();
            let person = found.unwrap_or(&nobody);
            let standing = standings.get(mail.as_str()).copied();
            let became = if chunk <= run.posted { Became::of_asked(standing) } else { Became::of(standing) };
            Recipient {
                id: id.to_owned(),
                username: user.map(|user| user.username.clone()),
                name: person.name(),
                to: person.mailbox().map(Email::shown).map(str::to_owned),
                mail: mail.to_string(),
                became: if cancelled && standing.is_none() && chunk > run.posted { Became::Cancelled } else { became },
                fate: standing.and_then(|(_, fate)| fate),
                reason: reason(run, standing.and_then(|(_, fate)| fate), user, found),
            }
        })
        .collect())
}

/// A row that is not served, and who it is where it names somebody by their id or username.
#[derive(Clone, Debug)]
pub struct NotServed {
    /// What was given, and why it is not served.
    pub skipped: Skipped,
    /// The username, if they have one.
    pub username: Option<String>,
    /// What they are called; empty where that is not known.
    pub name: String,
    /// Where mail to them would go.
    pub to: Option<String>,
}

/// Some of the rows that are not served, the first being one; empty behind the last.
pub async fn skipped(app: &App, run: &Run, number: u32) -> Result<Vec<NotServed>, Trouble> {
    let all = app.store.skips(&run.id, number).await?;
    let rows = all.iter().map(|one| one.row.as_str());
    let mut known: HashMap<String, (Option<String>, Person)> = HashMap::new();
    match run.target {
        Target::Users => {
            // A plan by filter names them by their usernames, one by rows that were ticked by their ids.
            let names = rows.clone().filter_map(|row| Some((row, username::lookup_form(row)?)));
            let names: BTreeMap<&str, String> = names.collect();
            let logins = app.store.logins(&names.values().cloned().collect()).await?;
            let mut whose: Vec<(&str, UserId)> = rows.filter_map(|row| Some((row, UserId::parse(row)?))).collect();
            whose.extend(names.iter().filter_map(|(row, name)| Some((*row, logins.get(name)?.user.clone()))));
            let users = app.store.users(&whose.iter().map(|(_, id)| id.clone()).collect::<Vec<_>>()).await?;
            for (row, id) in whose {
                let user = users.iter().find(|user| user.id == id);
                known.extend(user.map(|user| (row.to_owned(), (Some(user.username.clone()), user.person.clone()))));
            }
        }
        Target::Contacts => {
            let ids: Vec<ContactId> = rows.filter_map(ContactId::parse).collect();
            let contacts = app.store.contacts(&ids).await?.into_iter().filter(|contact| run.reaches(&contact.person));
            known.extend(contacts.map(|contact| (contact.id.to_string(), (None, contact.person))));
        }
    }
    let named = |skipped: Skipped| {
        let who = known.get(&skipped.row).filter(|_| skipped.reason != Reason::NotFound);
        let (username, person) = who.cloned().unwrap_or_default();
        let to = person.mailbox().map(|email| email.shown().to_owned());
        NotServed { skipped, username, name: person.name(), to }
    };
    Ok(all.into_iter().map(named).collect())
}
