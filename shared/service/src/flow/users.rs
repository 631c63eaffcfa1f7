//! What administrators change of users (AD-4). A demotion, promotion or disabling ends every session (SE-5).

use domain::access::may_act;
use domain::id::{LocationId, UserId};
use domain::user::{State, User};
use domain::username;
use serde::{Deserialize, Deserializer};

use super::Trouble;
use crate::app::App;
use crate::store::{Counter, LockRule, StoreError};

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

/// What is to change; what is not given stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patch {
    /// Rights by name.
    pub permissions: Option<Vec<String>>,
    /// Roles by name.
    pub profiles: Option<Vec<String>>,
    /// Departures from what the company may do.
    pub company_exceptions: Option<Vec<String>>,
    /// The company.
    pub company: Wish<String>,
    /// The contact group.
    pub group: Wish<String>,
    /// The location that their mail to others is sent from.
    pub default_location: Wish<LocationId>,
    /// Whether the account is switched off.
    pub disabled: Option<bool>,
}

/// What became of it.
#[derive(Clone, Debug)]
pub enum Patched {
    /// Changed, or as it was wished already.
    Yes(Box<User>),
    /// There is no such user whom they may act on.
    NoSuchUser,
    /// There is no such location.
    NoSuchLocation,
    /// Nobody switches their own account off.
    Oneself,
}

/// A user, consistent.
pub async fn find(app: &App, id: &UserId) -> Result<Option<User>, Trouble> {
    Ok(app.store.user(id).await?)
}

/// A user whom somebody may act on; anybody else is nobody to them (AD-3).
pub(super) async fn within(app: &App, id: &UserId, by: &User) -> Result<Option<User>, Trouble> {
    let user = app.store.user(id).await?;
    Ok(user.filter(|user| may_act(by, user.kind, user.person.group.as_deref())))
}

/// Changes a user. Nobody's change is lost.
pub async fn patch(app: &App, id: &UserId, change: &Patch, by: &User) -> Result<Patched, Trouble> {
    if change.disabled == Some(true) && *id == by.id {
        return Ok(Patched::Oneself);
    }
    if let Some(location) = change.default_location.value()
        && app.store.location(location).await?.is_none()
    {
        return Ok(Patched::NoSuchLocation);
    }
    for _ in 0..TRIES {
        let Some(before) = within(app, id, by).await? else { return Ok(Patched::NoSuchUser) };
        let after = changed(&before, change);
        if after == before || app.store.change_user(&before, &after, &username::canonical(&before.username)).await? {
            tracing::info!(user = %id, by = %by.id, "user changed");
            return Ok(Patched::Yes(after.into()));
        }
    }
    Err(StoreError::Unprocessed.into())
}

fn changed(before: &User, change: &Patch) -> User {
    let mut user = before.clone();
    let grants = &mut user.grants;
    grants.permissions = change.permissions.clone().unwrap_or(std::mem::take(&mut grants.permissions));
    grants.profiles = change.profiles.clone().unwrap_or(std::mem::take(&mut grants.profiles));
    grants.company_exceptions =
        change.company_exceptions.clone().unwrap_or(std::mem::take(&mut grants.company_exceptions));
    user.person.company = change.company.of(user.person.company);
    user.person.group = change.group.of(user.person.group);
    user.default_location = change.default_location.of(user.default_location);
    user.state = match (change.disabled, user.state) {
        (Some(true), _) => State::Disabled,
        (Some(false), State::Disabled) => State::Active,
        (_, state) => state,
    };
    if user.state != before.state {
        user.epoch += 1;
    }
    user
}

/// How many of those who were locked are looked at: each takes three reads, and the list is to be there within seconds.
const MOST_LOCKED: i32 = 200;

/// Whether somebody is locked: after wrong passwords, or after wrong security codes (LK-1, MF-7).
pub async fn is_locked(app: &App, user: &User) -> Result<bool, Trouble> {
    let (settings, now) = (app.settings().await?, app.clock.now());
    let rule = LockRule { attempts: settings.lock_attempts, mode: settings.lock_mode };
    let name = username::canonical(&user.username);
    let (by_name, by_code) = tokio::join!(
        app.store.is_locked(Counter::Name(&name), rule, now),
        app.store.is_locked(Counter::Code(&user.id), rule, now)
    );
    Ok(by_name? || by_code?)
}

/// Those who are locked, the last one first (LK-5).
pub async fn locked(app: &App) -> Result<Vec<User>, Trouble> {
    let mut all = Vec::new();
    for user in app.store.listed_as_locked(MOST_LOCKED).await? {
        if is_locked(app, &user).await? {
            all.push(user);
        }
    }
    Ok(all)
}
