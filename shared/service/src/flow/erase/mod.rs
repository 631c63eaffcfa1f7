//! Somebody is erased, on request: their account, their contact, and what is left of them elsewhere. What stays, and why, stands in
//! `infra/operating.md`.
//!
//! They are switched off first and removed last: what dies in between is begun again by the same request, and nothing new comes of
//! them meanwhile.

mod reports;

use std::collections::BTreeSet;

use domain::access::may_act_on;
use domain::email::Email;
use domain::id::{ContactId, MailId, UserId};
use domain::traces::Traces;
use domain::user::{Contact, Person, State, User};
use domain::work::Work;

use super::users::within;
use super::{Trouble, credentials};
use crate::app::App;
use crate::store::{Leaving, Mail, MailPlace, PersonChange, PersonChanged, StoreError};

pub(super) use reports::rows;

/// How often it is tried again when somebody has changed meanwhile.
const TRIES: u32 = 6;

/// Mails that are looked at at once.
const PAGE: i32 = 100;

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erased {
    /// They are gone.
    Yes,
    /// There is nobody of that id whom they may act on.
    Nobody,
    /// Nobody erases themselves.
    Oneself,
}

/// Erases a user, and the contact that the account belongs to.
pub async fn user(app: &App, id: &UserId, by: &User) -> Result<Erased, Trouble> {
    let Some(user) = within(app, id, by).await? else { return Ok(Erased::Nobody) };
    let contact = match &user.contact {
        Some(contact) => app.store.contact(contact).await?,
        None => None,
    };
    Box::pin(person(app, Some(user), contact, by)).await // seldom: kept out of the function's other futures
}

/// Erases a contact, and the account that belongs to it.
pub async fn contact(app: &App, id: &ContactId, by: &User) -> Result<Erased, Trouble> {
    let Some(contact) = credentials::contact(app, id, by).await? else { return Ok(Erased::Nobody) };
    let user = match &contact.user {
        Some(user) => app.store.user(user).await?,
        None => None,
    };
    // Nobody acts on somebody with more rights by way of their contact.
    if user.as_ref().is_some_and(|user| !may_act_on(by, user)) {
        return Ok(Erased::Nobody);
    }
    Box::pin(person(app, user, Some(contact), by)).await
}

async fn person(app: &App, user: Option<User>, contact: Option<Contact>, by: &User) -> Result<Erased, Trouble> {
    if user.as_ref().is_some_and(|user| user.id == by.id) {
        return Ok(Erased::Oneself);
    }
    let user = match user {
        Some(user) => switched_off(app, user).await?,
        None => None,
    };
    let leaving = Leaving { lone: lone(app, user.as_ref(), contact.as_ref()).await?, user, contact, links: Vec::new() };
    let traces = Traces::of(leaving.user.as_ref(), leaving.contact.as_ref());
    reports::blot(app, &traces).await?;
    forget_mails(app, &leaving).await?;
    app.store.forget_tries(traces.words()).await?;
    let links = match &leaving.user {
        Some(user) => {
            app.store.forget_sign_ins(&user.id).await?;
            app.store.links_of(&user.id).await?
        }
        None => Vec::new(),
    };
    if app.store.erase(&Leaving { links, ..leaving }).await? {
        tracing::info!(by = %by.id, "somebody was erased");
        return Ok(Erased::Yes);
    }
    // Changed meanwhile: the same again finds them as they are now.
    Err(StoreError::Unprocessed.into())
}

/// The account, switched off: no session holds, no mail goes out, nothing is added. `None` when it is gone.
async fn switched_off(app: &App, user: User) -> Result<Option<User>, Trouble> {
    let mut before = user;
    for _ in 0..TRIES {
        if before.state == State::Disabled {
            return Ok(Some(before));
        }
        let (state, epoch) = (State::Disabled, before.epoch + 1);
        let after = User { state, epoch, link: None, ..before.clone() };
        let change = PersonChange { user: Some((before.clone(), after.clone())), ..PersonChange::default() };
        if app.store.change_person(&change).await? == PersonChanged::Yes {
            return Ok(Some(after));
        }
        let Some(now) = app.store.user(&before.id).await? else { return Ok(None) };
        before = now;
    }
    Err(StoreError::Unprocessed.into())
}

fn addresses<'a>(user: Option<&'a User>, contact: Option<&'a Contact>) -> BTreeSet<&'a str> {
    let people = user.map(|user| &user.person).into_iter().chain(contact.map(|contact| &contact.person));
    people.flat_map(Person::emails).map(Email::canonical).collect()
}

/// Their addresses that nobody else has.
async fn lone(app: &App, user: Option<&User>, contact: Option<&Contact>) -> Result<Vec<String>, Trouble> {
    let mut lone = Vec::new();
    for address in addresses(user, contact) {
        let holders = app.store.at_address(address).await?;
        let others = holders.accounts().iter().any(|(id, _)| user.is_none_or(|user| user.id != *id))
            || holders.all_contacts().iter().any(|id| contact.is_none_or(|contact| contact.id != *id));
        lone.extend((!others).then(|| address.to_owned()));
    }
    Ok(lone)
}

/// The mails to addresses of theirs; where others have the address as well, those that are about them.
async fn forget_mails(app: &App, leaving: &Leaving) -> Result<(), Trouble> {
    let user = leaving.user.as_ref();
    for address in addresses(user, leaving.contact.as_ref()) {
        let lone = leaving.lone.iter().any(|lone| lone == address);
        for id in mails_to(app, address).await? {
            if lone || is_about(app, &id, user).await? {
                app.store.forget_mail(&id).await?;
            }
        }
    }
    Ok(())
}

async fn mails_to(app: &App, address: &str) -> Result<Vec<MailId>, Trouble> {
    let (mut all, mut before) = (Vec::new(), None);
    loop {
        let mails = app.store.mails_to(address, before.as_ref(), PAGE).await?;
        all.extend(mails.iter().filter_map(Mail::id));
        let last = mails.last().filter(|_| mails.len() >= usize::try_from(PAGE).unwrap_or_default());
        before = last.and_then(|last| Some(MailPlace { id: last.id()?, posted_at: last.posted_at }));
        if before.is_none() {
            return Ok(all);
        }
    }
}

async fn is_about(app: &App, id: &MailId, user: Option<&User>) -> Result<bool, Trouble> {
    let Some(user) = user else { return Ok(false) };
    let Some(posted) = app.store.posted(id).await? else { return Ok(false) };
    Ok(match &posted.work {
        Work::ForgotPassword { who } | Work::FreshTemporary { who } | Work::SignInRefused { name: who, .. } => {
            *who == domain::username::canonical(&user.username)
        }
        Work::ForgotUsername { .. } | Work::ResetAccount { .. } | Work::SignUpRefused { .. } => false,
        Work::Invite { user: whose, .. }
        | Work::Pin { user: whose, .. }
        | Work::MfaSetup { user: whose, .. }
        | Work::Resend { user: whose, .. }
        | Work::LayoutTest { user: whose, .. }
        | Work::Notice { user: whose, .. } => *whose == user.id,
    })
}
