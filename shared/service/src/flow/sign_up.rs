//! Asking for an account (SU): who is a contact we know gets one, and learns of it by mail. Access begins with that mail.

use domain::audit::{Outcome, Party};
use domain::id::ContactId;
use domain::language::spoken;
use domain::matching::Applicant;
use domain::settings::Settings;
use domain::user::{Contact, Grants, Kind, State};
use domain::work::{Lane, Work};

use super::enrol::{NewPerson, WayIn, account_for, new_contact};
use super::sign_in::Visitor;
use super::{Trouble, audit, letter};
use crate::app::App;
use crate::store::addresses::Holders;
use crate::store::{Belongs, Enrolled, Letterbox, Newcomer, Spent};

/// How often it is looked again when somebody was faster.
const TRIES: u32 = 6;

/// Seconds in which the tries of one network address are counted.
const SHORT: i64 = 600;

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignUp {
    /// An account is there, and a mail is on its way.
    Accepted,
    /// No account can be made of this: the organisation's message (SU-6).
    NotFound(String),
    /// Several contacts are like this: staff must say which (SU-6).
    Several,
    /// Too many tries from this network address: seconds to wait.
    MustWait(i64),
}

/// Makes an account for an applicant, if they are one contact we know, or nobody and contacts may be made. Of any number of
/// racers for one contact or one address exactly one account comes about.
pub async fn sign_up(app: &App, applicant: &Applicant, visitor: Visitor<'_>) -> Result<SignUp, Trouble> {
    let (settings, now) = (app.settings().await?, app.clock.now());
    let (here, limit) = (format!("sign_up#{}", visitor.address), settings.throttle_address_failures);
    if app.store.spend(&here, limit, SHORT, now).await? == Spent::UsedUp {
        return Ok(SignUp::MustWait(SHORT - now.as_second().rem_euclid(SHORT)));
    }
    let address = applicant.email.canonical();
    for attempt in 0..TRIES {
        let holders = app.store.at_address(address).await?;
        if holders.have_accounts() {
            // Whoever was faster this very moment typed the same address: the mail goes there, once.
            return if attempt > 0 { Ok(SignUp::Accepted) } else { refused(app, applicant, true, &settings).await };
        }
        let belongs = match matches(app, applicant, &holders, &settings).await?.as_slice() {
            [one] if one.disabled => return refused(app, applicant, false, &settings).await,
            [one] => Belongs::To(one.clone()),
            [] if settings.sign_up_create_contact => Belongs::New(new_contact(app, &applicant.person())?),
            [] => return refused(app, applicant, false, &settings).await,
            _ => {
                refused(app, applicant, false, &settings).await?;
                return Ok(SignUp::Several);
            }
        };
        match make(app, applicant, belongs, &holders).await? {
            Some(Enrolled::Yes) => return Ok(SignUp::Accepted),
            Some(Enrolled::Overtaken | Enrolled::IdTaken | Enrolled::NameTaken | Enrolled::PinGone) => {}
            Some(Enrolled::AddressIsAName) | None => return refused(app, applicant, true, &settings).await,
        }
    }
    Ok(SignUp::NotFound(domain::message::not_found(&settings.sign_up_not_found_message)))
}

/// The contacts at the address who are like the applicant.
async fn matches(
    app: &App,
    applicant: &Applicant,
    holders: &Holders,
    settings: &Settings,
) -> Result<Vec<Contact>, Trouble> {
    let mut found = Vec::new();
    let ids: std::collections::BTreeSet<&ContactId> = holders.contacts().into_iter().collect();
    for id in ids {
        let contact = app.store.contact(id).await?.filter(|contact| contact.user.is_none());
        found.extend(contact.filter(|contact| applicant.is(&contact.person, settings.organisation_country.as_deref())));
    }
    Ok(found)
}

async fn make(
    app: &App,
    applicant: &Applicant,
    belongs: Belongs,
    holders: &Holders,
) -> Result<Option<Enrolled>, Trouble> {
    let person = match &belongs {
        Belongs::To(contact) | Belongs::New(contact) => contact.person.clone(),
        Belongs::Nobody => applicant.person(),
    };
    let new = NewPerson {
        kind: Kind::Contact,
        username: None,
        person,
        grants: Grants::default(),
        way_in: WayIn::Temporary(Lane::Now, None),
        state: State::Active,
    };
    let Some(mut account) = account_for(app, &new, belongs).await? else { return Ok(None) };
    account.seen = Some(holders.as_seen(applicant.email.canonical()));
    if let Some(Letterbox { posted, .. }) = &mut account.invite {
        posted.work = Work::Invite { user: account.user.id.clone(), to: Some(applicant.email.clone()), by: None };
        posted.language = Some(spoken()); // its reader is who asks
    }
    Ok(Some(app.store.enrol(&Newcomer::Account(account.into())).await?))
}

/// The same write whether or not anybody has the address; whoever has an account there gets the way back in by mail.
async fn refused(app: &App, applicant: &Applicant, mailed: bool, settings: &Settings) -> Result<SignUp, Trouble> {
    if mailed {
        let work = Work::SignUpRefused { email: applicant.email.clone() };
        app.store.post(&letter(app, work)?).await?;
    } else {
        let on = Party::of("address", applicant.email.canonical());
        app.store.write_down(&audit::entry(app, "sign_up.refused")?.on(on).ended(Some(Outcome::Refused))).await?;
    }
    Ok(SignUp::NotFound(domain::message::not_found(&settings.sign_up_not_found_message)))
}
