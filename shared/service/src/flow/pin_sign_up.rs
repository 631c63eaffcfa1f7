//! An account by a sponsor's PIN (PN-4 to PN-8): the new user gets the rights that the sponsor has at that moment.

use domain::audit::Outcome;
use domain::email::Email;
use domain::language::spoken;
use domain::pin::{Pin, inherited};
use domain::settings::{PinChannel, Settings};
use domain::temporary::normalise;
use domain::user::{Grants, Kind, Person, State, User};
use domain::username::Username;
use domain::work::Lane;
use jiff::Timestamp;
use subtle::ConstantTimeEq;

use super::enrol::{NewPerson, WayIn, account_for, another_ones_address, new_contact};
use super::sign_in::Visitor;
use super::sponsor::{hash, hashes, unsealed};
use super::{Trouble, audit};
use crate::app::App;
use crate::key_ring::KeyRing;
use crate::store::addresses::{Holders, Known};
use crate::store::{Belongs, Enrolled, Newcomer, PinUse, Spent};

/// How often it is looked again when somebody was faster.
const TRIES: u32 = 6;

/// Seconds in which wrong PINs of one network address are counted.
const SHORT: i64 = 600;

/// Seconds in which everybody's wrong PINs are counted.
const LONG: i64 = 3_600;

/// Bytes that a typed PIN has at the most; what is longer is not looked at.
const LONGEST_PIN: usize = 64;

/// How often those who have a PIN are told in ten minutes that a username or an address is taken.
const MOST_TAKEN: u32 = 50;

/// What somebody typed. It can't be printed: the PIN is in it.
pub struct Typed<'a> {
    /// The PIN, in whatever groups.
    pub pin: &'a str,
    /// Where the new user's mail goes.
    pub email: &'a Email,
    /// What they want to be called.
    pub username: &'a Username,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinSignUp {
    /// An account is there, and a mail is on its way.
    Accepted,
    /// PINs can't be used here (PN-1).
    Off,
    /// The PIN is wrong, used up, over or withdrawn, or its sponsor is disabled.
    Refused,
    /// Somebody else has that username, or has it as their address.
    NameTaken,
    /// Somebody with an account has that address.
    EmailTaken,
    /// Too many wrong PINs, from here or from everywhere: seconds to wait.
    MustWait(i64),
}

/// Makes an account by a PIN. Of any number of racers for its last use exactly one gets it.
pub async fn pin_sign_up(
    app: &App,
    typed: Typed<'_>,
    on_page: bool,
    visitor: Visitor<'_>,
) -> Result<PinSignUp, Trouble> {
    let (settings, ring) = tokio::join!(app.settings(), app.keys.ring());
    let (settings, ring) = (settings?, ring?);
    let open = match settings.pin_channel {
        PinChannel::Off => false,
        PinChannel::Hosted => on_page,
        PinChannel::All => true,
    };
    if !open {
        return Ok(PinSignUp::Off);
    }
    let now = app.clock.now();
    let budgets = Budgets { app, settings: &settings, here: format!("pin#{}", visitor.address), now };
    if let Some(seconds) = budgets.charge().await? {
        return Ok(PinSignUp::MustWait(seconds));
    }
    // One PIN is no way to ask who has an account: whoever was told so often enough is told nothing more for a while.
    let asked = format!("pin_taken#{}", hash(&ring, ring.current(), typed.pin).unwrap_or_default());
    let spent = Box::pin(app.store.spend(&asked, MOST_TAKEN, SHORT, now)).await;
    if !matches!(spent, Ok(Spent::Yes)) {
        budgets.refund().await?; // nothing is looked at
    }
    if spent? == Spent::UsedUp {
        return Ok(PinSignUp::MustWait(SHORT - now.as_second().rem_euclid(SHORT)));
    }
    let became = Box::pin(by_pin(app, &ring, &typed, (&settings, now))).await;
    let wrong = matches!(became, Ok(PinSignUp::Refused));
    let taken = matches!(became, Ok(PinSignUp::NameTaken | PinSignUp::EmailTaken));
    let (tried, told) = tokio::join!(
        // It was right; or something else failed, which is no wrong PIN.
        async { if wrong { Ok(()) } else { Box::pin(budgets.refund()).await } },
        async { if taken { Ok(()) } else { Ok(Box::pin(app.store.unspend(&asked, SHORT, now)).await?) } }
    );
    match (became, tried.and(told)) {
        (Ok(PinSignUp::Accepted), Err(error)) => {
            tracing::warn!(%error, "an account was made, and its tries were not given back");
            Ok(PinSignUp::Accepted)
        }
        (became, given_back) => given_back.and(became),
    }
}

async fn by_pin(
    app: &App,
    ring: &KeyRing,
    typed: &Typed<'_>,
    (settings, now): (&Settings, Timestamp),
) -> Result<PinSignUp, Trouble> {
    for _ in 0..TRIES {
        let Some(used) = find(app, ring, typed.pin, now).await? else { break };
        match make(app, typed, used, settings).await? {
            Enrolled::Overtaken | Enrolled::IdTaken | Enrolled::PinGone => {}
            Enrolled::Yes => return Ok(PinSignUp::Accepted),
            Enrolled::AddressIsAName => return Ok(PinSignUp::EmailTaken),
            Enrolled::NameTaken => return Ok(PinSignUp::NameTaken),
        }
    }
    refused(app).await
}

async fn refused(app: &App) -> Result<PinSignUp, Trouble> {
    let entry = audit::entry(app, "pin_sign_up.refused")?.ended(Some(Outcome::Refused));
    app.store.write_down(&entry).await?;
    Ok(PinSignUp::Refused)
}

/// Wrong PINs are counted before one is looked up, and given back when it was right.
struct Budgets<'a> {
    app: &'a App,
    settings: &'a Settings,
    here: String,
    now: Timestamp,
}

impl Budgets<'_> {
    /// Seconds to wait, when one of the two is used up.
    async fn charge(&self) -> Result<Option<i64>, Trouble> {
        let (here, all) = (self.settings.pin_wrong_per_address, self.settings.pin_wrong_in_all);
        let store = &self.app.store;
        if store.spend(&self.here, here, SHORT, self.now).await? == Spent::UsedUp {
            return Ok(Some(SHORT - self.now.as_second().rem_euclid(SHORT)));
        }
        if store.spend("pin", all, LONG, self.now).await? == Spent::UsedUp {
            store.unspend(&self.here, SHORT, self.now).await?;
            return Ok(Some(LONG - self.now.as_second().rem_euclid(LONG)));
        }
        Ok(None)
    }

    async fn refund(&self) -> Result<(), Trouble> {
        let store = &self.app.store;
        let (here, all) =
            tokio::join!(store.unspend(&self.here, SHORT, self.now), store.unspend("pin", LONG, self.now));
        here?;
        Ok(all?)
    }
}

/// The PIN that was typed and its sponsor, if an account can be made with it now.
async fn find(app: &App, ring: &KeyRing, typed: &str, now: Timestamp) -> Result<Option<PinUse>, Trouble> {
    if typed.len() > LONGEST_PIN {
        return Ok(None);
    }
    let Some(pin) = app.store.pin(&hashes(ring, typed)).await? else { return Ok(None) };
    if !is_the_same(ring, &pin, typed) {
        return Ok(None);
    }
    if pin.ends_at.is_some_and(|end| now >= end) {
        app.store.exhaust_pin(&pin.hash).await?;
        return Ok(None);
    }
    let sponsor = app.store.user(&pin.sponsor).await?;
    Ok(sponsor.filter(|sponsor| pin.holds(sponsor, now)).map(|sponsor| PinUse { pin, sponsor }))
}

/// Compared in constant time, whatever the table says.
fn is_the_same(ring: &KeyRing, pin: &Pin, typed: &str) -> bool {
    let kept = unsealed(ring, pin).map(|kept| normalise(&kept)).unwrap_or_default();
    bool::from(kept.as_bytes().ct_eq(normalise(typed).as_bytes()))
}

async fn make(app: &App, typed: &Typed<'_>, used: PinUse, settings: &Settings) -> Result<Enrolled, Trouble> {
    let holders = app.store.at_address(typed.email.canonical()).await?;
    if holders.have_accounts() {
        return Ok(Enrolled::AddressIsAName);
    }
    let belongs = contact(app, typed.email, &used.sponsor, &holders).await?;
    if matches!(&belongs, Belongs::To(contact) if contact.disabled) {
        return Ok(Enrolled::PinGone); // no account is made for them, and nobody is told why
    }
    let (kind, grants) = inherited(&used.sponsor, settings.pin_inherit_administration);
    let new = newcomer(typed, &belongs, (kind, grants), &used.sponsor);
    if another_ones_address(app, typed.username, &new.person).await? {
        return Ok(Enrolled::NameTaken);
    }
    let belongs = if kind == Kind::Contact { belongs } else { Belongs::Nobody };
    let Some(mut account) = account_for(app, &new, belongs).await? else { return Ok(Enrolled::NameTaken) };
    account.user.sponsored_by = Some(used.sponsor.id.clone());
    account.seen = Some(holders.as_seen(typed.email.canonical()));
    account.pin = Some(used);
    if let Some(invite) = &mut account.invite {
        invite.posted.language = Some(spoken()); // its reader is who asks
    }
    Ok(app.store.enrol(&Newcomer::Account(account.into())).await?)
}

/// The one contact who has this address, or a new one of the sponsor's company and group.
async fn contact(app: &App, email: &Email, sponsor: &User, holders: &Holders) -> Result<Belongs, Trouble> {
    if let Known::Contact(id) = holders.known()
        && let Some(contact) = app.store.contact(&id).await?
    {
        return Ok(Belongs::To(contact));
    }
    let person = Person {
        email: Some(email.clone()),
        company: sponsor.person.company.clone(),
        group: sponsor.person.group.clone(),
        locale: sponsor.person.locale.clone(),
        ..Person::default()
    };
    Ok(Belongs::New(new_contact(app, &person)?))
}

fn newcomer(typed: &Typed<'_>, belongs: &Belongs, rights: (Kind, Grants), sponsor: &User) -> NewPerson {
    let mut person = match belongs {
        Belongs::To(contact) | Belongs::New(contact) => contact.person.clone(),
        Belongs::Nobody => Person::default(),
    };
    // What departs from what a company may do is of no meaning without the company.
    person.company = person.company.or_else(|| sponsor.person.company.clone());
    NewPerson {
        kind: rights.0,
        username: Some(typed.username.clone()),
        person,
        grants: rights.1,
        way_in: WayIn::Temporary(Lane::Now, None),
        state: State::Active,
    }
}
