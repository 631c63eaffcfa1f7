//! Asking for a way back in. The request is written down and answered; who it is about is found out later, by the
//! courier, so that the answer can't tell (FU-7, RP-9).

use std::time::{Duration, Instant};

use domain::email::Email;
use domain::settings::SharedAddress;
use domain::username;
use domain::work::Work;

use super::{Trouble, letter};
use crate::app::App;
use crate::store::addresses::Known;

/// Answers about an address come in steps of this.
const STEP: Duration = Duration::from_millis(10);

/// What becomes of asking for a username.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForgotUsername {
    /// Written down.
    Accepted,
    /// Several people have this address, and the page is to say so (FU-5).
    SharedAddress,
}

/// What becomes of asking for a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recovery {
    /// Written down.
    Accepted,
    /// Switched off: people are to contact staff (RP-7).
    Off,
}

/// Somebody forgot their username. One wait: the address is looked up beside the write, never before it.
pub async fn forgot_username(app: &App, email: Email) -> Result<ForgotUsername, Trouble> {
    let settings = app.settings().await?;
    let began = Instant::now();
    let canonical = email.canonical().to_owned();
    let note = letter(app, Work::ForgotUsername { email })?;
    if settings.recovery_shared_address == SharedAddress::Mail {
        app.store.post(&note).await?;
        return Ok(ForgotUsername::Accepted);
    }
    let (posted, holders) = tokio::join!(app.store.post(&note), app.store.at_address(&canonical));
    posted?;
    let several = holders?.known() == Known::Several;
    even_out(began).await;
    Ok(if several { ForgotUsername::SharedAddress } else { ForgotUsername::Accepted })
}

/// Answers at the next full step since the beginning: reading more entries of an address takes longer by far less than a step,
/// and doesn't show (FU-7).
async fn even_out(began: Instant) {
    let over = began.elapsed().as_micros() % STEP.as_micros();
    let rest = STEP.saturating_sub(Duration::from_micros(u64::try_from(over).unwrap_or_default()));
    tokio::time::sleep(rest).await;
}

/// Somebody forgot the password of this username or address. One wait.
pub async fn forgot_password(app: &App, typed: &str) -> Result<Recovery, Trouble> {
    // What can't be a name is nobody's: it is written down like any other, so that the answer takes as long.
    let who = username::lookup_form(typed).unwrap_or_default();
    ask(app, Work::ForgotPassword { who }).await
}

/// Somebody wants a fresh temporary password (TP-5). One wait.
pub async fn fresh_temporary(app: &App, typed: &str) -> Result<Recovery, Trouble> {
    let who = username::lookup_form(typed).unwrap_or_default();
    ask(app, Work::FreshTemporary { who }).await
}

/// Somebody at this address wants to set their account anew. One wait.
pub async fn reset_account(app: &App, email: Email) -> Result<Recovery, Trouble> {
    ask(app, Work::ResetAccount { email }).await
}

async fn ask(app: &App, work: Work) -> Result<Recovery, Trouble> {
    if !app.settings().await?.recovery_by_mail {
        return Ok(Recovery::Off);
    }
    app.store.post(&letter(app, work)?).await?;
    Ok(Recovery::Accepted)
}
