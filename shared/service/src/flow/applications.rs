//! Signing in to the organisation's applications (OpenID Connect Core 1.0, code flow): somebody who is signed in here goes to an
//! application with a code, which it exchanges once, with a proof that it was its own request.

use data_encoding::BASE64URL_NOPAD;
use domain::audit::Outcome;
use domain::bearer::Code;
use domain::client::{CODE_SECONDS, Grant, Scope, TOKEN_SECONDS};
use domain::id::UserId;
use domain::session::Session;
use domain::time::later;
use domain::user::{Kind, State, User};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::sealed::{open, seal};
use super::session::{SignedIn, is_open};
use super::{Trouble, audit};
use crate::app::App;
use crate::store::{Found, KeptClient, code_digest};

/// What an access token is sealed for.
const ACCESS: &str = "APPLICATION#ACCESS";

/// What an application asks.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Where the code goes.
    pub redirect_uri: String,
    /// What it wants to be told.
    pub scope: Scope,
    /// What the ID token has to repeat.
    pub nonce: Option<String>,
    /// The hash of what it will show.
    pub challenge: String,
}

/// What an application shows for a code.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The code.
    pub code: &'a str,
    /// Where the code was sent.
    pub redirect_uri: &'a str,
    /// What only whoever asked for the code knows.
    pub verifier: &'a str,
}

/// Who has signed in, and what an application may ask of them for some minutes.
#[derive(Clone, Debug)]
pub struct Redeemed {
    /// Who.
    pub user: User,
    /// What the code stood for.
    pub grant: Grant,
    /// What opens who they are.
    pub access_token: String,
}

#[derive(Serialize, Deserialize)]
struct Access {
    user: UserId,
    /// The hash of the code that it came of.
    code: String,
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    ends_at: Timestamp,
}

/// A new secret for an application, and the hash that is kept of it.
pub fn new_secret(app: &App) -> Result<(String, String), Trouble> {
    let secret = BASE64URL_NOPAD.encode(&app.random.bytes::<32>()?);
    let hash = hash(&secret);
    Ok((secret, hash))
}

/// Whether an application is who it says. Its secret has 256 bits: a plain hash is enough, and nobody tries them all.
pub fn is_secret_of(kept: &KeptClient, secret: &str) -> bool {
    kept.secret.as_ref().is_some_and(|known| known.as_bytes().ct_eq(hash(secret).as_bytes()).into())
}

fn hash(text: &str) -> String {
    BASE64URL_NOPAD.encode(&Sha256::digest(text))
}

/// Lets somebody who is signed in go to an application: the code that it exchanges. `None` for a program, whatever it has signed in
/// to: applications are for people, and a program asks for a token of its own (FE-4).
pub async fn go(app: &App, here: &SignedIn, kept: &KeptClient, asked: Asked) -> Result<Option<Code>, Trouble> {
    let SignedIn { user, held, .. } = here;
    let who = audit::user(user);
    let entry = audit::entry(app, "application.entered")?.by(who.clone()).on(who).with("client", &*kept.id);
    if user.kind == Kind::Api {
        app.store.write_down(&entry.ended(Some(Outcome::Refused)).with("reason", "program")).await?;
        return Ok(None);
    }
    let code = Code::new(user.id.clone(), app.random.bytes()?);
    let grant = Grant {
        user: user.id.clone(),
        epoch: user.epoch,
        family: Some(held.family.clone()),
        client: kept.id.clone(),
        redirect_uri: asked.redirect_uri,
        scope: asked.scope,
        nonce: asked.nonce,
        challenge: asked.challenge,
        signed_in_at: held.started_at,
        // What a provider asked of them is not known here.
        proven: held.proven && held.provider.is_none(),
        ends_at: after(app, CODE_SECONDS),
    };
    app.store.begin_code(&code, &grant, &entry).await?;
    Ok(Some(code))
}

/// Exchanges a code: once, by the application that it was made for, for as long as whoever signed in may. Whatever is shown with
/// it, it is over then. One that is shown again has been copied: what came of it ends, too (RFC 6749, 4.1.2).
pub async fn redeem(app: &App, kept: &KeptClient, shown: Shown<'_>) -> Result<Option<Redeemed>, Trouble> {
    let Some(code) = Code::parse(shown.code) else { return Ok(None) };
    // All that is needed is read before the code is used up: what fails here leaves it for another try.
    let (user, open, ring) =
        tokio::join!(app.store.user(&code.user), app.store.sessions_of(&code.user), app.keys.ring());
    let (user, open, _) = (user?, open?, ring?);
    let Some(user) = user else { return Ok(None) };
    let refused = async |reason| {
        let entry = audit::entry(app, "application.refused")?.on(audit::user(&user)).with("client", &*kept.id);
        app.store.write_down(&entry.ended(Some(Outcome::Refused)).with("reason", reason)).await?;
        Ok::<_, Trouble>(None)
    };
    let Some(grant) = app.store.take_code(&code).await? else {
        let was_there = app.store.granted(&code.user, &code_digest(&code)).await?.is_some();
        app.store.forget_code(&code).await?;
        return if was_there { refused("used_again").await } else { Ok(None) };
    };
    let proven: bool = grant.challenge.as_bytes().ct_eq(hash(shown.verifier).as_bytes()).into();
    if grant.client != kept.id || grant.redirect_uri != shown.redirect_uri || !proven {
        return refused("not_its_own").await;
    }
    if app.clock.now() >= grant.ends_at || !is_still(&user, &grant, &open, app.clock.now()) {
        return refused("over").await;
    }
    let access = Access { user: grant.user.clone(), code: code_digest(&code), ends_at: after(app, TOKEN_SECONDS) };
    Ok(Some(Redeemed { access_token: seal(app, ACCESS, &access).await?, user, grant }))
}

/// Whose an access token is, and what may be told of them.
pub async fn holder(app: &App, token: &str) -> Result<Option<(User, Scope)>, Trouble> {
    let Some(access) = open::<Access>(app, ACCESS, token).await? else { return Ok(None) };
    if app.clock.now() >= access.ends_at {
        return Ok(None);
    }
    let (found, open) =
        tokio::join!(app.store.granted(&access.user, &access.code), app.store.sessions_of(&access.user));
    let (found, open) = (found?, open?);
    let Some(Found { held: grant, user }) = found else { return Ok(None) };
    let known = app.store.client(&grant.client).await?.is_some_and(|kept| !kept.client.disabled);
    Ok((known && is_still(&user, &grant, &open, app.clock.now())).then_some((user, grant.scope)))
}

/// Whether nothing has happened that ends the session by which somebody came.
fn is_still(user: &User, grant: &Grant, open: &[Session], now: Timestamp) -> bool {
    let here = grant.family.as_ref().is_none_or(|family| is_open(open, family, user, now));
    user.epoch == grant.epoch && user.state != State::Disabled && here
}

fn after(app: &App, seconds: i64) -> Timestamp {
    later(app.clock.now(), seconds)
}
