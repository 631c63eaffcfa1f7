//! What administrators change of users (AD-4). A demotion, promotion or disabling ends every session (SE-5).

use std::collections::{BTreeSet, HashSet};

use domain::access::{may_act, may_act_on};
use domain::email::Email;
use domain::id::{ContactId, LocationId, UserId};
use domain::user::{Contact, Earlier, Kind, Person, State, User};
use domain::work::{Event, Work};
use domain::{expiry, username};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer};

use super::session::list;
use super::{Trouble, letter};
use crate::app::App;
use crate::store::{Counter, Letterbox, LockRule, PersonChange, PersonChanged, StoreError, Stuck};

/// How often a change is made again on top of somebody else's.
const TRIES: u32 = 6;

/// What becomes of a value that may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Wish<T> {
    /// It stays as it is.
    #[default]
    Keep,
    /// It is taken away.
    Clear,
    /// It becomes this.
    Set(T),
}

impl<T> Wish<T> {
    fn of(&self, before: Option<T>) -> Option<T>
    where
        T: Clone,
    {
        match self {
            Self::Keep => before,
            Self::Clear => None,
            Self::Set(value) => Some(value.clone()),
        }
    }

    /// The same with another value made of it; `None` when none can be.
    pub fn parsed<U>(&self, parse: impl FnOnce(&T) -> Option<U>) -> Option<Wish<U>> {
        Some(match self {
            Self::Keep => Wish::Keep,
            Self::Clear => Wish::Clear,
            Self::Set(value) => Wish::Set(parse(value)?),
        })
    }

    /// The value that is wished, if one is.
    pub fn value(&self) -> Option<&T> {
        if let Self::Set(value) = self { Some(value) } else { None }
    }
}

/// `null` takes a value away; a missing field leaves it.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Wish<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Option::<T>::deserialize(from).map(|value| value.map_or(Self::Clear, Self::Set))
    }
}

/// What is to change of who somebody is and where they can be reached; what is not given stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonPatch {
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// What they are called instead of the given name.
    pub nickname: Wish<String>,
    /// Where mail goes first.
    pub email: Wish<Email>,
    /// Where mail goes else.
    pub address_email: Wish<Email>,
    /// A phone number.
    pub phone: Wish<String>,
    /// The company.
    pub company: Wish<String>,
    /// The contact group.
    pub group: Wish<String>,
    /// The language they read.
    pub locale: Wish<String>,
}

/// What is to change of a contact; what is not given stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContactPatch {
    /// Who they are; said of their account as well.
    pub person: PersonPatch,
    /// Whether they are switched off, and their account with them.
    pub disabled: Option<bool>,
}

impl From<ContactPatch> for Patch {
    fn from(ContactPatch { person, disabled }: ContactPatch) -> Self {
        Self { person, disabled, ..Self::default() }
    }
}

/// What is to change of a user; what is not given stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patch {
    /// Who they are; said of their contact as well.
    pub person: PersonPatch,
    /// What sort of account.
    pub kind: Option<Kind>,
    /// Rights by name.
    pub permissions: Option<Vec<String>>,
    /// Roles by name.
    pub profiles: Option<Vec<String>>,
    /// Departures from what the company may do.
    pub company_exceptions: Option<Vec<String>>,
    /// The location that their mail to others is sent from.
    pub default_location: Wish<LocationId>,
    /// The contact that the account belongs to.
    pub contact: Wish<ContactId>,
    /// Whether the account is switched off.
    pub disabled: Option<bool>,
}

/// What became of it.
#[derive(Clone, Debug)]
pub enum Patched<T> {
    /// Changed, or as it was wished already.
    Yes(Box<T>),
    /// There is nobody of that id whom they may act on.
    Nobody,
    /// The account of that contact has more rights than theirs (AD-3).
    NotTheirsToChange,
    /// There is no such location.
    NoSuchLocation,
    /// There is no such contact, or it has another account.
    NoSuchContact,
    /// Nobody takes their own rights or account away.
    Oneself(&'static str),
    /// Only an administrator changes that.
    NotTheirs(&'static str),
    /// The group is not one that they look after.
    OtherGroup,
    /// A new address is somebody else's username.
    AddressIsAName,
    /// A new address leads to an account that they may not act on.
    AddressIsOthers,
    /// They would have no name any more.
    Nameless,
}

/// What too many wrong tries have locked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Locks {
    /// No password is taken (LK-1).
    pub password: bool,
    /// No security code is taken (MF-7).
    pub code: bool,
}

impl Locks {
    /// Whether anything is locked.
    pub fn any(self) -> bool {
        self.password || self.code
    }
}

/// A user, and what is known of them besides.
#[derive(Clone, Debug)]
pub struct Known {
    /// Who.
    pub user: User,
    /// Whether too many wrong tries have locked them.
    pub locks: Locks,
    /// When they last signed in.
    pub last_sign_in: Option<Timestamp>,
    /// When their password expires.
    pub password_expires_at: Option<Timestamp>,
    /// How many sessions of theirs are open.
    pub sessions: usize,
}

/// Everything that is known of a user. Two waits.
pub async fn about(app: &App, id: &UserId) -> Result<Option<Known>, Trouble> {
    let (user, settings) = tokio::join!(app.store.user(id), app.settings());
    let (Some(user), settings) = (user?, settings?) else { return Ok(None) };
    let (locks, sessions) = tokio::join!(Box::pin(locks(app, &user)), Box::pin(list(app, &user)));
    let (locks, sessions) = (locks?, sessions?);
    // The newest session tells sooner than what is written down once a minute.
    let newest = sessions.iter().map(|session| session.started_at).max();
    let last_sign_in = newest.max(user.last_sign_in);
    let chosen = user.password_changed_at.filter(|_| user.kind != Kind::Api);
    let password_expires_at = chosen.and_then(|at| expiry::ends_at(&settings, &user.id, at));
    Ok(Some(Known { locks, last_sign_in, password_expires_at, sessions: sessions.len(), user }))
}

/// A user whom somebody may act on; anybody else is nobody to them (AD-3).
pub async fn within(app: &App, id: &UserId, by: &User) -> Result<Option<User>, Trouble> {
    let user = app.store.user(id).await?;
    Ok(user.filter(|user| may_act_on(by, user)))
}

/// Whether a new address of somebody leads to an account that `by` may not act on: with one person more at it, its owner could not
/// sign in by it, nor get back in by themselves (SI-6, AD-3).
pub async fn leads_beyond(app: &App, by: &User, had: Option<&Person>, wants: &Person) -> Result<bool, Trouble> {
    if by.kind == Kind::Administrator {
        return Ok(false);
    }
    let had: Vec<&str> = had.map(Person::emails).unwrap_or_default().into_iter().map(Email::canonical).collect();
    for email in wants.emails().into_iter().map(Email::canonical).filter(|email| !had.contains(email)) {
        let accounts = app.store.at_address(email).await?.accounts();
        let ids: Vec<UserId> = accounts.into_iter().map(|(id, _)| id).filter(|id| *id != by.id).collect();
        if app.store.users(&ids).await?.iter().any(|user| !may_act_on(by, user)) {
            return Ok(true);
        }
    }
    Ok(false)
}

impl PersonPatch {
    fn on(&self, before: &Person) -> Person {
        let before = before.clone();
        Person {
            first_name: self.first_name.clone().unwrap_or(before.first_name),
            last_name: self.last_name.clone().unwrap_or(before.last_name),
            nickname: self.nickname.of(before.nickname),
            email: self.email.of(before.email),
            address_email: self.address_email.of(before.address_email),
            phone: self.phone.of(before.phone),
            company: self.company.of(before.company),
            group: self.group.of(before.group),
            locale: self.locale.of(before.locale),
        }
    }

    /// Whether the group would be one that somebody has no right to.
    fn leaves(&self, by: &User) -> bool {
        match &self.group {
            Wish::Keep => false,
            Wish::Clear => !may_act(by, Kind::Contact, None),
            Wish::Set(group) => !may_act(by, Kind::Contact, Some(group)),
        }
    }
}

/// Changes a user, and of their contact what both say. Nobody's change is lost.
pub async fn patch(app: &App, id: &UserId, change: &Patch, by: &User) -> Result<Patched<User>, Trouble> {
    if let Some(refused) = refused(app, id, change, by).await? {
        return Ok(refused);
    }
    for _ in 0..TRIES {
        let Some(before) = within(app, id, by).await? else { return Ok(Patched::Nobody) };
        let after = changed(&before, change, app.clock.now());
        if after.person.name().is_empty() && !before.person.name().is_empty() {
            return Ok(Patched::Nameless);
        }
        if leads_beyond(app, by, Some(&before.person), &after.person).await? {
            return Ok(Patched::AddressIsOthers);
        }
        let mut contacts = Vec::new();
        for contact in before.contact.iter().chain(&after.contact).collect::<BTreeSet<_>>() {
            contacts.extend(app.store.contact(contact).await?);
        }
        let linked = contacts.iter().find(|contact| after.contact.as_ref() == Some(&contact.id));
        if after.contact.is_some() && linked.is_none_or(|contact| contact.user.as_ref().is_some_and(|user| user != id))
        {
            return Ok(Patched::NoSuchContact);
        }
        let mut changed = contacts.into_iter().map(|contact| {
            let user = (after.contact.as_ref() == Some(&contact.id)).then(|| id.clone());
            let after = match user {
                Some(_) => Contact {
                    person: change.person.on(&contact.person),
                    disabled: change.disabled.unwrap_or(contact.disabled),
                    ..contact.clone()
                },
                None => contact.clone(),
            };
            (contact, Contact { user, ..after })
        });
        let (contact, other) = (changed.next(), changed.next());
        let notices = letters(app, &before, &after, by).await?;
        let change = PersonChange { user: Some((before, after.clone())), contact, other, notices };
        match app.store.change_person(&change).await? {
            PersonChanged::Yes => return Ok(Patched::Yes(after.into())),
            PersonChanged::AddressIsAName => return Ok(Patched::AddressIsAName),
            PersonChanged::Meanwhile => {}
        }
    }
    Err(StoreError::Unprocessed.into())
}

/// What can't be changed so, whoever it is about.
async fn refused(app: &App, id: &UserId, change: &Patch, by: &User) -> Result<Option<Patched<User>>, Trouble> {
    if *id == by.id && change.disabled == Some(true) {
        return Ok(Some(Patched::Oneself("disabled")));
    }
    if let Some(kind) = change.kind {
        if by.kind != Kind::Administrator {
            return Ok(Some(Patched::NotTheirs("kind")));
        }
        if *id == by.id && kind != by.kind {
            return Ok(Some(Patched::Oneself("kind")));
        }
    }
    if let Some(location) = change.default_location.value()
        && app.store.location(location).await?.is_none()
    {
        return Ok(Some(Patched::NoSuchLocation));
    }
    Ok(change.person.leaves(by).then_some(Patched::OtherGroup))
}

/// Changes a contact, and of their account what both say. Nobody's change is lost.
pub async fn patch_contact(
    app: &App,
    id: &ContactId,
    change: &ContactPatch,
    by: &User,
) -> Result<Patched<Contact>, Trouble> {
    if change.person.leaves(by) {
        return Ok(Patched::OtherGroup);
    }
    for _ in 0..TRIES {
        let Some(before) = super::credentials::contact(app, id, by).await? else { return Ok(Patched::Nobody) };
        let disabled = change.disabled.unwrap_or(before.disabled);
        let after = Contact { person: change.person.on(&before.person), disabled, ..before.clone() };
        if after.person.name().is_empty() && !before.person.name().is_empty() {
            return Ok(Patched::Nameless);
        }
        if leads_beyond(app, by, Some(&before.person), &after.person).await? {
            return Ok(Patched::AddressIsOthers);
        }
        let owner = match &before.user {
            Some(user) => app.store.user(user).await?,
            None => None,
        };
        // Nobody changes somebody with more rights by way of their contact.
        if owner.as_ref().is_some_and(|user| !may_act_on(by, user)) {
            return Ok(Patched::NotTheirsToChange);
        }
        if change.disabled == Some(true) && owner.as_ref().is_some_and(|user| user.id == by.id) {
            return Ok(Patched::Oneself("disabled"));
        }
        let owner = owner.map(|before| {
            let patch = Patch::from(change.clone());
            let after = changed(&before, &patch, app.clock.now());
            (before, after)
        });
        let notices = match &owner {
            Some((before, after)) => letters(app, before, after, by).await?,
            None => Vec::new(),
        };
        let change = PersonChange { user: owner, contact: Some((before, after.clone())), other: None, notices };
        match app.store.change_person(&change).await? {
            PersonChanged::Yes => return Ok(Patched::Yes(after.into())),
            PersonChanged::AddressIsAName => return Ok(Patched::AddressIsAName),
            PersonChanged::Meanwhile => {}
        }
    }
    Err(StoreError::Unprocessed.into())
}

/// Whoever has another address hears of it at the one they had. A temporary password that went there is over: the way in goes to
/// the new one.
async fn letters(app: &App, before: &User, after: &User, by: &User) -> Result<Vec<Letterbox>, Trouble> {
    let (old, new) = (before.person.mailbox(), after.person.mailbox());
    if old.map(Email::canonical) == new.map(Email::canonical) || before.kind == Kind::Api {
        return Ok(Vec::new());
    }
    let mut works = Vec::new();
    works.extend(old.map(|old| Work::Notice {
        user: before.id.clone(),
        event: Event::EmailChanged,
        to: Some(old.clone()),
        by: Some(by.id.clone()),
    }));
    let login = app.store.login(&username::canonical(&before.username)).await?;
    let invited = login.is_some_and(|login| login.temporary.is_some());
    if invited && new.is_some() && after.state != State::Disabled {
        works.push(Work::Resend { user: before.id.clone(), by: by.id.clone(), run: None });
    }
    works.into_iter().map(|work| letter(app, work)).collect()
}

fn changed(before: &User, change: &Patch, now: Timestamp) -> User {
    let mut user = before.clone();
    let grants = &mut user.grants;
    grants.permissions = change.permissions.clone().unwrap_or(std::mem::take(&mut grants.permissions));
    grants.profiles = change.profiles.clone().unwrap_or(std::mem::take(&mut grants.profiles));
    grants.company_exceptions =
        change.company_exceptions.clone().unwrap_or(std::mem::take(&mut grants.company_exceptions));
    user.person = change.person.on(&user.person);
    user.default_location = change.default_location.of(user.default_location);
    user.contact = change.contact.of(user.contact);
    user.kind = change.kind.unwrap_or(user.kind);
    user.state = match (change.disabled, user.state) {
        (Some(true), _) => State::Disabled,
        (Some(false), State::Disabled) => State::Active,
        (_, state) => state,
    };
    let addresses = |user: &User| user.person.emails().into_iter().cloned().collect::<Vec<_>>();
    // SE-5, RP-3: sessions and links end.
    if (user.state, user.kind) != (before.state, before.kind) || addresses(&user) != addresses(before) {
        user.epoch += 1;
        user.link = None;
    }
    if user.person.mailbox().map(Email::canonical) != before.person.mailbox().map(Email::canonical) {
        user.bounced_at = None;
        user.earlier = before.person.mailbox().map(|email| Earlier { email: email.clone(), until: now });
    }
    user
}

/// How many of those who were locked are looked at: each takes three reads, and the list is to be there within seconds.
const MOST_LOCKED: i32 = 200;

/// What is locked of somebody.
async fn locks(app: &App, user: &User) -> Result<Locks, Trouble> {
    let (settings, now) = (app.settings().await?, app.clock.now());
    let rule = LockRule::of(&settings);
    let name = username::canonical(&user.username);
    let (password, code) = tokio::join!(
        app.store.is_locked(Counter::Name(&name), rule, now),
        app.store.is_locked(Counter::Code(&user.id), rule, now)
    );
    Ok(Locks { password: password?, code: code? })
}

/// Which of these are locked, each with their username; for lists.
pub(super) async fn locked_among(app: &App, users: &[(&str, UserId)]) -> Result<HashSet<UserId>, Trouble> {
    let (settings, now) = (app.settings().await?, app.clock.now());
    let rule = LockRule::of(&settings);
    let named: Vec<(String, UserId)> = users.iter().map(|(name, id)| (username::canonical(name), id.clone())).collect();
    Ok(app.store.locked_among(&named, rule, now).await?)
}

/// Those who are locked, the last one first (LK-5).
pub async fn locked(app: &App) -> Result<Vec<User>, Trouble> {
    let mut all = Vec::new();
    for user in app.store.stuck(Stuck::Locked, MOST_LOCKED).await? {
        if locks(app, &user).await?.any() {
            all.push(user);
        }
    }
    Ok(all)
}
