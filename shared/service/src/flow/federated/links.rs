//! Links: made by whoever has proven both accounts, or by an administrator; taken away by either. The owner is told (FE-1, FE-5).

use domain::audit::Entry;
use domain::id::UserId;
use domain::provider::is_subject;
use domain::user::{Kind, State, User};
use domain::work::Event;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::reset::{notice, notice_by_staff};
use super::super::sealed::{open, seal};
use super::super::users::within;
use super::super::{Trouble, audit};
use super::{Begun, Identity, end, is_enough};
use crate::app::App;
use crate::flow::session::SignedIn;
use crate::store::{Kept, Letterbox, Link};

/// Whose a browser's sealed wish for a link is.
const LINKING: &str = "FEDERATED#LINKING";

/// Links that one user has, at the most.
const MOST: usize = 10;

/// Somebody whom a provider has proven and who has yet to prove an account of theirs. The browser holds it sealed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Linking {
    /// The provider.
    pub provider: String,
    /// What its button says.
    pub name: String,
    /// Who says so.
    pub issuer: String,
    /// What they call the person.
    pub subject: String,
    /// What people know it by; not proof of anything.
    pub label: String,
    /// The sign-in instance.
    pub instance: Option<String>,
    /// Where to go afterwards, checked.
    pub return_to: Option<String>,
    /// Since when.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub at: Timestamp,
    /// Over from this second on.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub ends_at: Timestamp,
}

/// What becomes of making or removing a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Linked {
    /// Done.
    Yes(Box<Link>),
    /// They have yet to sign in here, since they came from the provider.
    Unproven,
    /// A second factor covers them: this provider's word would never be enough (FE-2).
    OwnCredentials,
    /// It opens somebody's account already, this one or another.
    Taken,
    /// The account has as many as it may.
    TooMany,
    /// There is no such user, provider or link.
    Nothing,
    /// Nobody is called so.
    NoSubject,
}

impl Linking {
    /// Whether somebody has proven an account of theirs since: with a password, and what else is due. A session that was there
    /// before, or came by a provider, is no proof.
    pub fn is_proven_by(&self, here: &SignedIn) -> bool {
        here.held.provider.is_none() && self.at <= here.held.started_at
    }
}

/// Seals what a browser is to hold until an account is proven.
pub(super) async fn hold(app: &App, kept: &Kept, who: &Identity, begun: &Begun) -> Result<String, Trouble> {
    let now = app.clock.now();
    let linking = Linking {
        provider: kept.id.clone(),
        name: kept.provider.name.clone(),
        issuer: who.issuer.clone(),
        subject: who.subject.clone(),
        label: who.label.clone(),
        instance: begun.instance.clone(),
        return_to: begun.return_to.clone(),
        at: now,
        ends_at: end(now),
    };
    seal(app, LINKING, &linking).await
}

/// Whom a provider has proven in this browser, while that holds.
pub async fn pending(app: &App, sealed: &str) -> Result<Option<Linking>, Trouble> {
    let linking = open::<Linking>(app, LINKING, sealed).await?;
    Ok(linking.filter(|linking| app.clock.now() < linking.ends_at))
}

/// Makes a link for whoever has proven both accounts.
pub async fn link(app: &App, linking: &Linking, here: &SignedIn) -> Result<Linked, Trouble> {
    if !linking.is_proven_by(here) {
        return Ok(Linked::Unproven);
    }
    let (kept, settings) = tokio::join!(app.store.provider(&linking.provider), app.settings());
    let (kept, settings) = (kept?, settings?);
    let same = |kept: &Kept| kept.provider.issuer == linking.issuer && !kept.provider.disabled;
    let Some(kept) = kept.filter(same) else { return Ok(Linked::Nothing) };
    if !is_enough(&kept, &here.user, &settings) {
        return Ok(Linked::OwnCredentials);
    }
    let who = (linking.subject.as_str(), linking.label.as_str());
    let all = app.store.links_of(&here.user.id).await?;
    // Whoever asks again has not heard that it is done.
    if let Some(link) = all.into_iter().find(|link| link.issuer == linking.issuer && link.subject == linking.subject) {
        return Ok(Linked::Yes(link.into()));
    }
    make(app, &here.user, &kept, who, None).await
}

/// What the owner is told, whoever did it.
fn told(app: &App, user: &User, event: Event, by: Option<&User>) -> Result<Letterbox, Trouble> {
    by.map_or_else(|| notice(app, user, event, app.clock.now()), |by| notice_by_staff(app, user, event, by))
}

/// What is written down of what an owner does; what staff do is written down as all they do is.
fn written(
    app: &App,
    what: &'static str,
    (user, by): (&User, Option<&User>),
    link: &Link,
) -> Result<Option<Entry>, Trouble> {
    if by.is_some() {
        return Ok(None);
    }
    let (party, entry) = (audit::user(user), audit::entry(app, what)?);
    Ok(Some(entry.by(party.clone()).on(party).with("provider", &*link.provider).with("subject", &*link.subject)))
}

/// Makes a link as an administrator, who answers for whose it is.
pub async fn link_by_staff(app: &App, id: &UserId, by: &User, what: (&str, &str)) -> Result<Linked, Trouble> {
    let (provider, subject) = what;
    if !is_subject(subject) {
        return Ok(Linked::NoSubject);
    }
    let (user, kept) = tokio::join!(within(app, id, by), app.store.provider(provider));
    let (Some(user), Some(kept)) = (user?, kept?) else { return Ok(Linked::Nothing) };
    if user.kind == Kind::Api {
        return Ok(Linked::OwnCredentials);
    }
    make(app, &user, &kept, (subject, subject), Some(by)).await
}

async fn make(app: &App, user: &User, kept: &Kept, who: (&str, &str), by: Option<&User>) -> Result<Linked, Trouble> {
    if user.state == State::Disabled {
        return Ok(Linked::Nothing);
    }
    if app.store.links_of(&user.id).await?.len() >= MOST {
        return Ok(Linked::TooMany);
    }
    let now = app.clock.now();
    let link = Link {
        user: user.id.clone(),
        issuer: kept.provider.issuer.clone(),
        subject: who.0.to_owned(),
        provider: kept.id.clone(),
        label: who.1.to_owned(),
        at: now,
        tried: None,
    };
    let told = told(app, user, Event::ProviderLinked, by)?;
    let entry = written(app, "account.linked", (user, by), &link)?;
    let made = app.store.make_link(&link, user, &told, entry.as_ref()).await?;
    Ok(if made { Linked::Yes(link.into()) } else { Linked::Taken })
}

/// Takes a link of one's own away. Sessions that came by it end, but for the one at hand.
pub async fn unlink(app: &App, here: &SignedIn, id: &str) -> Result<Linked, Trouble> {
    remove(app, &here.user, id, (Some(&here.held.family), None)).await
}

/// Takes somebody's link away, as an administrator. Sessions that came by it end.
pub async fn unlink_by_staff(app: &App, user: &UserId, by: &User, id: &str) -> Result<Linked, Trouble> {
    let Some(user) = within(app, user, by).await? else { return Ok(Linked::Nothing) };
    remove(app, &user, id, (None, Some(by))).await
}

async fn remove(
    app: &App,
    user: &User,
    id: &str,
    (here, by): (Option<&str>, Option<&User>),
) -> Result<Linked, Trouble> {
    let all = app.store.links_of(&user.id).await?;
    let Some(link) = all.into_iter().find(|link| link.id() == id) else { return Ok(Linked::Nothing) };
    // Before and after: broken off between the two nothing would be left to end them by, and one may begin meanwhile.
    end_sessions_by(app, user, &link, here).await?;
    let told = told(app, user, Event::ProviderUnlinked, by)?;
    let entry = written(app, "account.unlinked", (user, by), &link)?;
    if !app.store.remove_link(&link, Some(&told), entry.as_ref()).await? {
        return Ok(Linked::Nothing);
    }
    end_sessions_by(app, user, &link, here).await?;
    Ok(Linked::Yes(link.into()))
}

async fn end_sessions_by(app: &App, user: &User, link: &Link, here: Option<&str>) -> Result<(), Trouble> {
    for session in app.store.sessions_of(&user.id).await? {
        let came_by_it = session.provider.as_ref() == Some(&link.provider);
        if came_by_it && here != Some(&session.family) {
            app.store.end_sessions(&user.id, Some(&session.family)).await?;
        }
    }
    Ok(())
}

/// Takes all of somebody's links away, for whoever on the staff has ended every session of theirs: how many there were. They are told once.
pub(in crate::flow) async fn unlink_all(app: &App, user: &User, by: &User) -> Result<usize, Trouble> {
    let mut told = Some(notice_by_staff(app, user, Event::ProviderUnlinked, by)?);
    let mut removed = 0;
    for link in app.store.links_of(&user.id).await? {
        if app.store.remove_link(&link, told.as_ref(), None).await? {
            (told, removed) = (None, removed + 1);
        }
    }
    Ok(removed)
}
