//! Who is signed in, and signing out.

use domain::bearer::SessionToken;
use domain::session::Session;
use domain::user::State;

use super::Trouble;
use crate::app::App;
use crate::store::Found;

/// The session behind a token and its user, if it still holds. One wait; a second one at most every five minutes.
pub async fn current(app: &App, token: &SessionToken) -> Result<Option<Found<Session>>, Trouble> {
    let now = app.clock.now();
    let found = app.store.session(token).await?;
    let found = found.filter(|f| f.held.holds(f.user.epoch, now) && f.user.state != State::Disabled);
    let Some(mut found) = found else { return Ok(None) };
    if found.held.wants_touch(now) {
        app.store.touch_session(token, now).await?;
        found.held.last_used = now;
    }
    Ok(Some(found))
}

/// Ends a session on the server (SE-4). Ending one that is over already is no error.
pub async fn sign_out(app: &App, token: &SessionToken) -> Result<(), Trouble> {
    Ok(app.store.end_session(token).await?)
}
