//! Tokens for programs (FE-4): an API user's credentials become one that holds for a quarter of an hour. Nobody else's do.

use domain::audit::Party;
use domain::bearer::AccessToken;
use domain::login::{Refusal, Step};
use domain::session::{ACCESS_SECONDS, Access};
use domain::user::{Kind, State, User};
use jiff::{SignedDuration, Timestamp};

use super::sign_in::{Credentials, Examination, Examined, Visitor, examine, refuse};
use super::{Trouble, audit};
use crate::app::App;
use crate::store::{Before, Counter};

/// What becomes of asking for a token.
#[derive(Debug)]
pub enum Issued {
    /// A token, and for how many seconds it holds.
    Yes(AccessToken, i64),
    /// Refused, whatever the reason.
    Refused,
    /// Too many failures from this network address: seconds to wait.
    MustWait(i64),
}

/// Issues a token. Wrong credentials and those of people are refused alike, and count as a wrong sign-in does.
pub async fn issue(app: &App, username: &str, password: &str, visitor: Visitor<'_>) -> Result<Issued, Trouble> {
    let held = Before::default();
    let given = Credentials { typed: username, password, keep: false, return_to: None, passes: "", held, visitor };
    let examined = match examine(app, &given).await? {
        Examination::MustWait(seconds) => return Ok(Issued::MustWait(seconds)),
        Examination::Done(examined) => *examined,
    };
    let Examined { settings, name, login, step, charge, patience, .. } = examined;
    let why = match (step, &login) {
        (Step::SignedIn, Some(login)) if login.kind == Kind::Api => {
            let token = AccessToken::new(login.user.clone(), app.random.bytes()?);
            let holds = SignedDuration::from_secs(ACCESS_SECONDS);
            let ends_at = app.clock.now().saturating_add(holds).unwrap_or(Timestamp::MAX);
            let access = Access { user: login.user.clone(), epoch: login.epoch, ends_at };
            let who = Party::user(access.user.as_str(), &*name);
            let entry = audit::entry(app, "token.issued")?.by(who.clone()).on(who);
            let counted = Counter::Name(&name);
            if let Err(error) = app.store.begin_access(&token, &access, &[counted], &entry).await {
                // It had them right: what failed is ours, and must not bring it nearer to a lock.
                app.store.refund(counted, charge).await?;
                return Err(error.into());
            }
            return Ok(Issued::Yes(token, ACCESS_SECONDS));
        }
        (Step::Refused(why), _) => why,
        _ => Refusal::WrongPassword,
    };
    patience.over().await;
    refuse(app, (&name, login.as_ref()), why, visitor.address, &settings).await?;
    Ok(Issued::Refused)
}

/// The program behind a token, if it still holds.
pub async fn bearer(app: &App, token: &AccessToken) -> Result<Option<User>, Trouble> {
    let (found, now) = (app.store.access(token).await?, app.clock.now());
    let found = found.filter(|f| f.held.holds(f.user.epoch, now) && f.user.state != State::Disabled);
    Ok(found.map(|found| found.user).filter(|user| user.kind == Kind::Api))
}
