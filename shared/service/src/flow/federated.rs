//! Signing in by a provider (FE): begun in one browser, come back to the same one, once. What somebody is called there leads to whose
//! account they open here, and nothing else does: an address of theirs opens nothing (FE-5).

mod links;

use data_encoding::BASE64URL_NOPAD;
use domain::audit::{Entry, Outcome};
use domain::bearer::SessionToken;
use domain::factor::covers;
use domain::login::Refusal;
use domain::provider::{Closed, Mode};
use domain::session::Session;
use domain::settings::Settings;
use domain::time::later;
use domain::user::{Kind, State, User};
use domain::username;
use jiff::Timestamp;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::sealed::{open, seal};
use super::session::{end_before, in_browser};
use super::sign_in::{Visitor, refuse};
use super::{Trouble, audit};
use crate::app::App;
use crate::metrics;
use crate::store::{Before, Kept, Link, Tried};

pub(super) use links::unlink_all;
pub use links::{Linked, Linking, link, link_by_staff, pending, unlink, unlink_by_staff};

/// Seconds in which somebody has to come back, or to prove an account of theirs.
pub const SECONDS: i64 = 600;

/// Whose a browser's sealed sign-in is.
const BEGUN: &str = "FEDERATED#BEGUN";

/// Where somebody wants to go, and how.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// The sign-in instance that they came from.
    pub instance: Option<String>,
    /// Where to go afterwards, checked.
    pub return_to: Option<String>,
    /// *Keep me logged in*.
    pub keep: bool,
}

/// A sign-in that a browser has begun with a provider. The browser holds it sealed.
#[derive(Serialize, Deserialize)]
pub struct Begun {
    /// The provider.
    pub provider: String,
    /// Who that was: what comes back must be from the same.
    pub issuer: String,
    /// What the provider hands back (RFC 6749, 10.12).
    pub state: String,
    /// What the ID token must say (OpenID Connect Core 1.0, 3.1.2.1).
    pub nonce: String,
    /// What proves that whoever exchanges the code is whoever asked for it (RFC 7636).
    pub verifier: String,
    /// The sign-in instance.
    pub instance: Option<String>,
    /// Where to go afterwards, checked.
    pub return_to: Option<String>,
    /// *Keep me logged in*.
    pub keep: bool,
    /// Over from this second on.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub ends_at: Timestamp,
}

/// Who a provider says somebody is, its word checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Who says so.
    pub issuer: String,
    /// What they call the person.
    pub subject: String,
    /// What people know it by; not proof of anything.
    pub label: String,
    /// How it was proven.
    pub amr: Vec<String>,
    /// The level of proof.
    pub acr: Option<String>,
}

/// Who comes back, and with what.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    /// What the browser holds already: signing in ends it (SI-8).
    pub held: Before<'a>,
    /// Where from.
    pub visitor: Visitor<'a>,
}

/// What becomes of it.
#[derive(Debug)]
pub enum Came {
    /// Signed in: what the browser is to hold.
    SignedIn(SessionToken, Box<Session>),
    /// Nobody is called so yet: what the browser is to hold until they have proven an account of theirs.
    Unlinked(String),
    /// A second factor covers them: this provider's word is not enough (FE-2).
    OwnCredentials,
    /// They were not proven as this provider must prove them (FE-3).
    LacksEvidence,
    /// The one message for every refusal (SI-3).
    Refused(String),
}

/// Begins a sign-in: what is sent to the provider, and the same sealed for the browser.
pub async fn begin(app: &App, kept: &Kept, wishes: Wishes) -> Result<(Begun, String), Trouble> {
    let drawn = || Ok::<_, Trouble>(BASE64URL_NOPAD.encode(&app.random.bytes::<32>()?));
    let begun = Begun {
        provider: kept.id.clone(),
        issuer: kept.provider.issuer.clone(),
        state: drawn()?,
        nonce: drawn()?,
        verifier: drawn()?,
        instance: wishes.instance,
        return_to: wishes.return_to,
        keep: wishes.keep,
        ends_at: end(app.clock.now()),
    };
    let sealed = seal(app, BEGUN, &begun).await?;
    Ok((begun, sealed))
}

/// What a browser has begun, if it is this that comes back: in time, and for the first time.
pub async fn take_back(app: &App, sealed: &str, state: &str) -> Result<Option<Begun>, Trouble> {
    let Some(begun) = open::<Begun>(app, BEGUN, sealed).await? else { return Ok(None) };
    let same = bool::from(begun.state.as_bytes().ct_eq(state.as_bytes()));
    if !same || begun.ends_at <= app.clock.now() {
        return Ok(None);
    }
    Ok(app.store.take_back(&begun.state, begun.ends_at).await?.then_some(begun))
}

/// Lets in whom a provider has proven, if they are somebody here.
pub async fn come(app: &App, by: (&Kept, &Begun), who: &Identity, arrival: Arrival<'_>) -> Result<Came, Trouble> {
    let link = app.store.link(&who.issuer, &who.subject).await?;
    let user = match &link {
        Some(link) => app.store.user(&link.user).await?,
        None => None,
    };
    let became = arrive(app, by, (who, user.as_ref()), arrival).await?;
    if let (Some(link), Some(_)) = (link, user) {
        note(app, &link, &became).await;
    }
    Ok(became)
}

async fn arrive(
    app: &App,
    by: (&Kept, &Begun),
    (who, user): (&Identity, Option<&User>),
    arrival: Arrival<'_>,
) -> Result<Came, Trouble> {
    let (kept, begun) = by;
    if !kept.provider.is_evidence(&who.amr, who.acr.as_deref()) {
        app.store.write_down(&refused(app, kept, user, Closed::LacksEvidence.as_str())?).await?;
        metrics::came_by_provider(false);
        return Ok(Came::LacksEvidence);
    }
    let Some(user) = user else { return Ok(Came::Unlinked(links::hold(app, kept, who, begun).await?)) };
    let settings = app.settings().await?;
    if user.state == State::Disabled {
        return turned_away(app, user, arrival.visitor, &settings).await;
    }
    if !is_enough(kept, user, &settings) {
        app.store.write_down(&refused(app, kept, Some(user), Closed::OwnCredentials.as_str())?).await?;
        metrics::came_by_provider(false);
        return Ok(Came::OwnCredentials);
    }
    let (token, session) = begin_session(app, by, user, arrival, &settings).await?;
    metrics::came_by_provider(true);
    Ok(Came::SignedIn(token, session.into()))
}

/// Keeps what became of a try, for whoever asks why (AD-7). It decides nothing: where it can't be written, nobody is kept out.
async fn note(app: &App, link: &Link, became: &Came) {
    let closed = match became {
        Came::SignedIn(..) => None,
        Came::OwnCredentials => Some(Closed::OwnCredentials),
        Came::LacksEvidence => Some(Closed::LacksEvidence),
        Came::Refused(_) => Some(Closed::Disabled),
        Came::Unlinked(_) => return,
    };
    if let Err(error) = app.store.note_try(link, &Tried { at: app.clock.now(), closed }).await {
        tracing::warn!(%error, "what became of a sign-in by a provider was not noted");
    }
}

/// Whether this provider's word is enough for a user. Programs have their own way (FE-4).
pub(super) fn is_enough(kept: &Kept, user: &User, settings: &Settings) -> bool {
    let delegated = kept.provider.mode == Mode::Organisation;
    user.kind != Kind::Api && (delegated || !covers(settings, user.kind))
}

/// As with a password: the owner is told by mail what to do next.
async fn turned_away(app: &App, user: &User, visitor: Visitor<'_>, settings: &Settings) -> Result<Came, Trouble> {
    metrics::came_by_provider(false);
    let name = username::canonical(&user.username);
    refuse(app, (&name, None), Refusal::Disabled, visitor.address, settings).await.map(Came::Refused)
}

/// The second factor is the organisation's own affair (FE-3), and whoever it covers is never remembered (SE-3).
async fn begin_session(
    app: &App,
    by: (&Kept, &Begun),
    user: &User,
    arrival: Arrival<'_>,
    settings: &Settings,
) -> Result<(SessionToken, Session), Trouble> {
    let (kept, begun) = by;
    let keep = begun.keep && !covers(settings, user.kind);
    let proven = kept.provider.mode == Mode::Organisation;
    let session = Session::begin(user.id.clone(), user.epoch, keep, settings, app.clock.now());
    let session = Session { proven, provider: Some(kept.id.clone()), ..session };
    let (token, session) = in_browser(app, session, arrival.visitor)?;
    let who = audit::user(user);
    let entry = audit::entry(app, "sign_in")?.by(who.clone()).on(who).with("provider", &*kept.id);
    end_before(app, arrival.held.session).await?;
    app.store.begin_session((&token, &session), &[], &arrival.held, &entry).await?;
    Ok((token, session))
}

fn refused(app: &App, kept: &Kept, user: Option<&User>, why: &'static str) -> Result<Entry, Trouble> {
    let entry = audit::entry(app, "sign_in.refused")?.ended(Some(Outcome::Refused)).with("reason", why);
    Ok(Entry { on: user.map(audit::user), ..entry.with("provider", &*kept.id) })
}

/// A provider's answer that could not be believed, written down.
pub async fn disbelieved(app: &App, kept: &Kept, why: &'static str) -> Result<(), Trouble> {
    metrics::came_by_provider(false);
    Ok(app.store.write_down(&refused(app, kept, None, why)?).await?)
}

/// The secret that a provider knows us by, sealed for it.
pub async fn seal_secret(app: &App, provider: &str, secret: &str) -> Result<String, Trouble> {
    let ring = app.keys.ring().await?;
    let sealed = ring.seal(&owner(provider), secret.as_bytes(), app.random.bytes()?);
    sealed.ok_or_else(Trouble::no_keys)
}

/// The same, opened.
pub async fn open_secret(app: &App, kept: &Kept) -> Result<SecretString, Trouble> {
    let opened = app.keys.ring().await?.open(&owner(&kept.id), &kept.sealed);
    let secret = opened.ok().and_then(|bytes| str::from_utf8(&bytes).ok().map(SecretString::from));
    secret.ok_or_else(Trouble::no_keys)
}

pub(super) fn owner(provider: &str) -> String {
    format!("PROVIDER#{provider}")
}

fn end(now: Timestamp) -> Timestamp {
    later(now, SECONDS)
}
