//! The courier's work: claim, decide, send, write down. A second courier with the same work finds it claimed.

use domain::email::Email;
use domain::id::{MailId, RunId, UserId};
use domain::layout::Occasion;
use domain::settings::Settings;
use domain::work::{Fate, MOST_ATTEMPTS, Work, backoff_seconds};
use jiff::{SignedDuration, Timestamp};

use super::letters::{Clerk, Draft, Verdict};
use super::{Trouble, audit};
use crate::app::App;
use crate::mail::{Letter, SendError};
use crate::metrics;
use crate::store::{Claim, Ended};

/// What a courier did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// What became of the work; `None` when somebody else has it, or it is to be tried again later.
    pub fate: Option<Fate>,
    /// The run that it is part of, if it was this courier who had it.
    pub run: Option<RunId>,
}

/// Delivers one piece of work, if nobody else has it.
pub async fn deliver(app: &App, id: &MailId) -> Result<Delivered, Trouble> {
    let now = app.clock.now();
    let Some(claim) = app.store.claim(id, now).await? else { return Ok(Delivered::default()) };
    let run = match &claim.posted.work {
        Work::Resend { run: Some(run), .. } => Some(run.id.clone()),
        _ => None,
    };
    Ok(Delivered { fate: with(app, claim, now).await?, run })
}

async fn with(app: &App, claim: Claim, now: Timestamp) -> Result<Option<Fate>, Trouble> {
    let id = &claim.id;
    let mut letter = None;
    let (fate, service_id) = match attempt(app, &claim, now, &mut letter).await {
        Ok(done) => done,
        Err(error) if claim.posted.attempts >= MOST_ATTEMPTS && !matches!(error, Hindrance::Halted) => {
            tracing::error!(mail = %id, %error, "given up");
            (Fate::GivenUp, None)
        }
        Err(error) => {
            tracing::warn!(mail = %id, %error, attempts = claim.posted.attempts, "held");
            hold(app, &claim, now, letter.as_ref()).await?;
            metrics::mail_held();
            return Ok(None);
        }
    };
    let to = letter.as_ref().map(|(to, _): &(Email, Occasion)| to.canonical());
    let entry = audit::delivered(app, &claim.posted, fate, to)?;
    let end = Ended { fate, service_id, letter };
    let (noted, finished) = tokio::join!(app.store.write_down(&entry), app.store.finish(id, &end, now));
    noted?;
    finished?;
    metrics::mail(fate);
    Ok(Some(fate))
}

/// Why a try came to nothing.
#[derive(Debug, thiserror::Error)]
enum Hindrance {
    #[error(transparent)]
    Trouble(#[from] Trouble),
    #[error(transparent)]
    Mail(#[from] SendError),
    #[error("the run that it is part of is halted")]
    Halted,
    #[error("organisation.email is not set, so there is no sender")]
    NoSender,
    #[error(transparent)]
    Layout(#[from] domain::layout::MergeError),
}

async fn attempt(
    app: &App,
    claim: &Claim,
    now: Timestamp,
    written: &mut Option<(Email, Occasion)>,
) -> Result<(Fate, Option<String>), Hindrance> {
    let settings = app.settings().await.map_err(Trouble::from)?;
    let clerk = Clerk { app, settings, claim, now };
    let draft = match clerk.decide().await? {
        Verdict::Send(draft) => draft,
        Verdict::Nothing => return Ok((Fate::Nothing, None)),
        Verdict::Capped => return Ok((Fate::Capped, None)),
        Verdict::Cancelled => return Ok((Fate::Cancelled, None)),
        Verdict::Later => return Err(Hindrance::Halted),
    };
    let Draft { to, occasion, values, by, layout } = *draft;
    *written = Some((to.clone(), occasion));
    if app.store.is_bounced(to.canonical()).await.map_err(Trouble::from)? {
        return Ok((Fate::Suppressed, None));
    }
    let from = sender(app, by.as_ref(), &clerk.settings).await?.ok_or(Hindrance::NoSender)?;
    let layout = match layout {
        Some(tried_out) => tried_out.into(),
        None => app.layout(occasion, &clerk.settings).await.map_err(Trouble::from)?,
    };
    let letter = Letter::write(&layout, &clerk.settings, &app.origin, values)?;
    match app.mail.send(&from, &to, &letter, &claim.id).await {
        Ok(service_id) => Ok((Fate::Sent, Some(service_id))),
        Err(SendError::Rejected(code)) => {
            tracing::warn!(mail = %claim.id, code, "rejected");
            Ok((Fate::Rejected, None))
        }
        Err(later) => Err(later.into()),
    }
}

/// The address of the sender's default location, else the organisation's (ML-5).
async fn sender(app: &App, by: Option<&UserId>, settings: &Settings) -> Result<Option<Email>, Trouble> {
    let by = match by {
        Some(by) => app.store.user(by).await?,
        None => None,
    };
    let location = match by.and_then(|user| user.default_location) {
        Some(location) => app.store.location(&location).await?,
        None => None,
    };
    Ok(location.map(|location| location.email).or_else(|| settings.organisation_email.clone()))
}

async fn hold(app: &App, claim: &Claim, now: Timestamp, letter: Option<&(Email, Occasion)>) -> Result<(), Trouble> {
    let wait = SignedDuration::from_secs(backoff_seconds(claim.posted.attempts));
    let until = now.saturating_add(wait).unwrap_or(Timestamp::MAX);
    Ok(app.store.hold(&claim.id, until, letter).await?)
}
