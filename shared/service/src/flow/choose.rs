//! Choosing among the accounts of one mailbox, behind a mailed link: whoever reads the mailbox sees their names, masked,
//! and the way in comes to the mailbox again (FU-9).

use domain::id::{MailId, UserId};
use domain::user::{State, User};
use domain::username;
use domain::work::Work;
use jiff::SignedDuration;

use super::{Trouble, letter};
use crate::app::App;
use crate::key_ring::Purpose;

/// What becomes of a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// The way in is on its way.
    Sent,
    /// The link is too old or forged, or the account is no longer at that address.
    LinkDead,
}

/// The accounts behind a mailed link, as they are now. `None` when it is too old or forged. Changes nothing.
pub async fn accounts(app: &App, token: &str) -> Result<Option<Vec<User>>, Trouble> {
    let ring = app.keys.ring().await?;
    let Some([mail]) = ring.check(Purpose::MailboxLink, token) else { return Ok(None) };
    let Some(mail) = MailId::parse(&mail) else { return Ok(None) };
    let (posted, settings) = tokio::join!(app.store.posted(&mail), app.settings());
    let (posted, settings) = (posted?, settings?);
    let Some(posted) = posted else { return Ok(None) };
    let age = app.clock.now().duration_since(posted.posted_at);
    if age >= SignedDuration::from_mins(settings.recovery_link_minutes.into()) || !settings.recovery_by_mail {
        return Ok(None);
    }
    let Some(address) = address(&posted.work) else { return Ok(None) };
    let mut users = Vec::new();
    for (id, _) in app.store.at_address(&address).await?.accounts() {
        users.extend(app.store.user(&id).await?.filter(|user| user.state != State::Disabled));
    }
    Ok(Some(users))
}

/// Sends the way into the chosen account to the account's own mailbox.
pub async fn choose(app: &App, token: &str, account: &str) -> Result<Chosen, Trouble> {
    let chosen = UserId::parse(account);
    let user =
        accounts(app, token).await?.and_then(|users| users.into_iter().find(|user| Some(&user.id) == chosen.as_ref()));
    let Some(user) = user else { return Ok(Chosen::LinkDead) };
    let work = Work::ForgotPassword { who: username::canonical(&user.username) };
    app.store.post(&letter(app, work)?).await?;
    Ok(Chosen::Sent)
}

/// The address that the mail with the link went to.
fn address(work: &Work) -> Option<String> {
    match work {
        Work::ForgotUsername { email } | Work::ResetAccount { email } | Work::SignUpRefused { email } => {
            Some(email.canonical().to_owned())
        }
        Work::ForgotPassword { who } | Work::FreshTemporary { who } => {
            domain::email::Email::parse(who).ok().map(|email| email.canonical().to_owned())
        }
        _ => None,
    }
}
