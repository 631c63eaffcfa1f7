//! What administrators do with PINs: make, replace, withdraw and mail them, and see who came by them (PN-2, PN-3, PN-8).

use domain::email::Email;
use domain::id::{MailId, UserId};
use domain::pin::Pin;
use domain::temporary::{normalise, readable};
use domain::user::{State, User};
use domain::work::Work;
use jiff::Timestamp;
use secrecy::ExposeSecret;

use super::users::{Patch, Patched, patch, within};
use super::{Trouble, letter};
use crate::app::App;
use crate::key_ring::{KeyRing, Purpose};
use crate::store::Sponsored;

/// How often a PIN is made again when somebody was faster.
const TRIES: u32 = 6;

/// Generations of a tree that are looked at.
const DEEPEST: usize = 8;

/// People in a tree, at the most.
const MOST: usize = 1_000;

/// How long a PIN can be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// Over from this second on.
    pub ends_at: Option<Timestamp>,
    /// How many accounts can be made with it.
    pub uses: Option<u32>,
}

/// Makes a sponsor's PIN; it takes the place of the one they have. `None` when there is no such user. It is told once, here,
/// and can be mailed.
pub async fn make_pin(app: &App, sponsor: &UserId, terms: Terms, by: &User) -> Result<Option<String>, Trouble> {
    let ring = app.keys.ring().await?;
    for _ in 0..TRIES {
        let Some(user) = within(app, sponsor, by).await? else { return Ok(None) };
        let spelled = readable(&app.random.bytes()?).expose_secret().to_owned();
        let Some(hash) = hash(&ring, ring.current(), &spelled) else { continue };
        let Some(sealed) = ring.seal(&sealed_for(sponsor), spelled.as_bytes(), app.random.bytes()?) else { continue };
        let Terms { ends_at, uses } = terms;
        let pin = Pin { sponsor: sponsor.clone(), hash, sealed, ends_at, uses_left: uses, made_at: app.clock.now() };
        if app.store.put_pin(&user, &pin).await? {
            tracing::info!(user = %sponsor, by = %by.id, "PIN made");
            return Ok(Some(spelled));
        }
    }
    Err(crate::store::StoreError::Unprocessed.into())
}

/// What became of withdrawing a PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withdrawn {
    /// It can't be used any more; so many of those who came by it were disabled.
    Yes(usize),
    /// There was none.
    NoPin,
    /// There is no such user.
    NoSuchUser,
}

/// Withdraws a sponsor's PIN and, if wished, disables those who came by it.
pub async fn withdraw_pin(app: &App, sponsor: &UserId, disable: bool, by: &User) -> Result<Withdrawn, Trouble> {
    let Some(user) = within(app, sponsor, by).await? else { return Ok(Withdrawn::NoSuchUser) };
    let Some(pin) = user.pin.clone() else { return Ok(Withdrawn::NoPin) };
    // First nobody comes by it any more; last it is forgotten, so that a repeat after a fault finds it and goes on.
    app.store.close_pin(&pin).await?;
    let disabled = if disable { disable_all(app, sponsor, &pin, by).await? } else { 0 };
    if !app.store.remove_pin(&user).await? {
        return Err(crate::store::StoreError::Unprocessed.into());
    }
    tracing::info!(user = %sponsor, by = %by.id, disabled, "PIN withdrawn");
    Ok(Withdrawn::Yes(disabled))
}

/// Disables those who came by this PIN, however many; answers how many were not so before.
async fn disable_all(app: &App, sponsor: &UserId, pin: &str, by: &User) -> Result<usize, Trouble> {
    let (mut disabled, mut last) = (0, None);
    loop {
        let page = app.store.sponsored(sponsor, last.as_ref()).await?;
        let Some(end) = page.last() else { return Ok(disabled) };
        last = Some(end.user.clone());
        for came in page.iter().filter(|came| came.pin == pin) {
            disabled += usize::from(disable(app, &came.user, by).await?);
        }
    }
}

/// Disables somebody; answers whether they were not so before.
async fn disable(app: &App, user: &UserId, by: &User) -> Result<bool, Trouble> {
    if app.store.user(user).await?.is_none_or(|user| user.state == State::Disabled) {
        return Ok(false);
    }
    let off = Patch { disabled: Some(true), ..Patch::default() };
    Ok(matches!(patch(app, user, &off, by).await?, Patched::Yes(_)))
}

/// What became of mailing a PIN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PinMailed {
    /// On its way, as this mail.
    Yes(MailId),
    /// There is none that can be used: make one first.
    NoPin,
    /// The sponsor has no address, and no other was given.
    NoEmail,
    /// There is no such user.
    NoSuchUser,
}

/// Mails a sponsor's PIN to them or to another address. The sponsor is told when it goes elsewhere.
pub async fn mail_pin(app: &App, sponsor: &UserId, to: Option<Email>, by: &User) -> Result<PinMailed, Trouble> {
    let Some(user) = within(app, sponsor, by).await? else { return Ok(PinMailed::NoSuchUser) };
    let now = app.clock.now();
    let pin = match &user.pin {
        Some(hash) => app.store.pin(std::slice::from_ref(hash)).await?,
        None => None,
    };
    if !pin.is_some_and(|pin| pin.holds(&user, now)) {
        return Ok(PinMailed::NoPin);
    }
    if to.is_none() && user.person.mailbox().is_none() {
        return Ok(PinMailed::NoEmail);
    }
    let own = |to: &Email| user.person.emails().iter().any(|email| email.canonical() == to.canonical());
    let elsewhere = to.as_ref().is_some_and(|to| !own(to));
    let mail = letter(app, Work::Pin { user: sponsor.clone(), to, by: by.id.clone() })?;
    if elsewhere {
        let told = super::reset::notice_by_staff(app, &user, domain::work::Event::PinSentElsewhere, by)?;
        app.store.post(&told).await?; // first: nobody's PIN goes elsewhere unseen
    }
    app.store.post(&mail).await?;
    tracing::info!(user = %sponsor, by = %by.id, elsewhere, "PIN mailed");
    Ok(PinMailed::Yes(mail.id))
}

/// Somebody in a sponsor's tree.
#[derive(Clone, Debug)]
pub struct Branch {
    /// Who.
    pub user: User,
    /// Whether they came by the PIN that can be used now.
    pub by_current_pin: bool,
    /// Those who came by theirs.
    pub sponsored: Vec<Branch>,
}

/// Everybody who came by a sponsor's PINs, and by theirs: eight generations, a thousand people. `None` when there is no such
/// user.
pub async fn tree(app: &App, sponsor: &UserId) -> Result<Option<Vec<Branch>>, Trouble> {
    let Some(user) = app.store.user(sponsor).await? else { return Ok(None) };
    let mut left = MOST;
    Ok(Some(branches(app, &user, DEEPEST, &mut left).await?))
}

async fn branches(app: &App, sponsor: &User, deep: usize, left: &mut usize) -> Result<Vec<Branch>, Trouble> {
    let mut all = Vec::new();
    if deep == 0 {
        return Ok(all);
    }
    for came in children(app, &sponsor.id).await? {
        if *left == 0 {
            break;
        }
        let Some(user) = app.store.user(&came.user).await? else { continue };
        *left -= 1;
        let sponsored = Box::pin(branches(app, &user, deep - 1, left)).await?;
        all.push(Branch { by_current_pin: sponsor.pin.as_ref() == Some(&came.pin), user, sponsored });
    }
    Ok(all)
}

async fn children(app: &App, sponsor: &UserId) -> Result<Vec<Sponsored>, Trouble> {
    let mut all: Vec<Sponsored> = Vec::new();
    loop {
        let page = app.store.sponsored(sponsor, all.last().map(|last| &last.user)).await?;
        if page.is_empty() || all.len() >= MOST {
            return Ok(all);
        }
        all.extend(page);
    }
}

/// What a PIN is found by: a keyed hash of it, however it is typed.
pub(super) fn hash(ring: &KeyRing, key: &str, typed: &str) -> Option<String> {
    let derived = ring.derive(key, Purpose::Pin, &[&normalise(typed)])?;
    Some(data_encoding::HEXLOWER.encode(&derived))
}

/// What every key would find it by: a PIN made before a rotation is still known.
pub(super) fn hashes(ring: &KeyRing, typed: &str) -> Vec<String> {
    let all = ring.candidates(Purpose::Pin, &[&normalise(typed)]);
    all.iter().map(|derived| data_encoding::HEXLOWER.encode(derived)).collect()
}

/// Whom a PIN is sealed for.
pub(super) fn sealed_for(sponsor: &UserId) -> String {
    format!("pin#{sponsor}")
}

/// The PIN in plain, to be mailed.
pub(super) fn unsealed(ring: &KeyRing, pin: &Pin) -> Option<String> {
    let plain = ring.open(&sealed_for(&pin.sponsor), &pin.sealed).ok()?;
    String::from_utf8(plain.to_vec()).ok()
}
