//! The courier's work: claim, decide, send, write down. A second courier with the same work finds it claimed.
//!
//! Mail that somebody waits for goes by itself. Bulk mail of one sender is handed over together, as far as it is written.

use std::collections::BTreeMap;

use domain::email::Email;
use domain::id::{MailId, RunId, UserId};
use domain::layout::Occasion;
use domain::settings::Settings;
use domain::work::{Fate, Lane, MOST_ATTEMPTS, Work, backoff_seconds};
use futures_util::stream::{self, StreamExt as _};
use jiff::{SignedDuration, Timestamp};

use super::letters::{Clerk, Draft, Verdict};
use super::{Trouble, audit};
use crate::app::App;
use crate::mail::{Addressed, Letter, MOST_TOGETHER, SendError};
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

/// How many pieces of work are looked at at once.
const AT_ONCE: usize = 10;

/// Delivers pieces of work that nobody else has; answers for each, in the order given.
pub async fn deliver(app: &App, ids: Vec<MailId>) -> Vec<Result<Delivered, Trouble>> {
    let count = ids.len();
    let begun = ids.into_iter().enumerate().map(|(place, id)| {
        let app = app.clone();
        async move { (place, begin(&app, &id).await) }
    });
    let begun: Vec<_> = stream::iter(begun).buffer_unordered(AT_ONCE).collect().await;
    let (mut done, mut senders) = (Vec::with_capacity(count), BTreeMap::<String, Vec<(usize, Ready)>>::new());
    for (place, begun) in begun {
        match begun {
            Ok(Begun::Over(delivered)) => done.push((place, Ok(delivered))),
            Ok(Begun::Ready(ready)) => {
                senders.entry(ready.from.deliverable()).or_default().push((place, *ready));
            }
            Err(trouble) => done.push((place, Err(trouble))),
        }
    }
    for mut ready in senders.into_values() {
        while !ready.is_empty() {
            let together = ready.split_off(ready.len().saturating_sub(MOST_TOGETHER));
            done.extend(hand_over(app, together).await);
        }
    }
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, delivered)| delivered).collect()
}

/// A letter that is written and not yet handed over.
struct Ready {
    claim: Claim,
    from: Email,
    to: Email,
    occasion: Occasion,
    letter: Letter,
}

/// How far a piece of work got by itself.
enum Begun {
    /// To its end.
    Over(Delivered),
    /// To a letter that goes with others.
    Ready(Box<Ready>),
}

/// What a try comes to: the fate, and what the mail service calls the mail.
type Outcome = Result<(Fate, Option<String>), Hindrance>;

async fn begin(app: &App, id: &MailId) -> Result<Begun, Trouble> {
    let now = app.clock.now();
    let Some(claim) = app.store.claim(id, now).await? else { return Ok(Begun::Over(Delivered::default())) };
    let mut written = None;
    let outcome = match attempt(app, &claim, now, &mut written).await {
        Ok(Attempt::Over(fate)) => Ok((fate, None)),
        Ok(Attempt::Written(from, to, letter)) => {
            let occasion = written.as_ref().map(|(_, occasion)| *occasion);
            if let (Lane::Bulk, Some(occasion)) = (claim.posted.lane, occasion) {
                return Ok(Begun::Ready(Box::new(Ready { claim, from, to, occasion, letter })));
            }
            became(&claim.id, app.mail.send(&from, &Addressed { to, letter, tag: claim.id.clone() }).await)
        }
        Err(hindrance) => Err(hindrance),
    };
    Ok(Begun::Over(conclude(app, &claim, written, outcome).await?))
}

/// Hands the letters of one sender over together, and writes down what became of each.
async fn hand_over(app: &App, together: Vec<(usize, Ready)>) -> Vec<(usize, Result<Delivered, Trouble>)> {
    let Some(from) = together.first().map(|(_, ready)| ready.from.clone()) else { return Vec::new() };
    let (mut works, mut letters) = (Vec::with_capacity(together.len()), Vec::with_capacity(together.len()));
    for (place, Ready { claim, to, occasion, letter, .. }) in together {
        letters.push(Addressed { to: to.clone(), letter, tag: claim.id.clone() });
        works.push((place, claim, (to, occasion)));
    }
    let taken = app.mail.send_together(&from, &letters).await;
    let ends = works.into_iter().zip(taken).map(|((place, claim, letter), taken)| {
        let app = app.clone();
        async move {
            let outcome = became(&claim.id, taken);
            (place, conclude(&app, &claim, Some(letter), outcome).await)
        }
    });
    stream::iter(ends).buffer_unordered(AT_ONCE).collect().await
}

/// What a letter came to by the mail service's answer.
fn became(id: &MailId, taken: Result<String, SendError>) -> Outcome {
    match taken {
        Ok(service_id) => Ok((Fate::Sent, Some(service_id))),
        Err(SendError::Rejected(code)) => {
            tracing::warn!(mail = %id, code, "rejected");
            Ok((Fate::Rejected, None))
        }
        Err(later) => Err(later.into()),
    }
}

/// Writes down what became of a piece of work, or that it is to be tried again.
async fn conclude(
    app: &App,
    claim: &Claim,
    letter: Option<(Email, Occasion)>,
    outcome: Outcome,
) -> Result<Delivered, Trouble> {
    let (id, now) = (&claim.id, app.clock.now());
    let run = match &claim.posted.work {
        Work::Resend { run: Some(run), .. } => Some(run.id.clone()),
        _ => None,
    };
    let (fate, service_id) = match outcome {
        Ok(done) => done,
        Err(error) if claim.posted.attempts >= MOST_ATTEMPTS && !error.is_a_stop() => {
            tracing::error!(mail = %id, %error, "given up");
            (Fate::GivenUp, None)
        }
        Err(error) => {
            tracing::warn!(mail = %id, %error, attempts = claim.posted.attempts, "held");
            hold(app, claim, now, letter.as_ref()).await?;
            metrics::mail_held(error.is_paused());
            return Ok(Delivered { fate: None, run });
        }
    };
    let to = letter.as_ref().map(|(to, _)| to.canonical());
    let entry = audit::delivered(app, &claim.posted, fate, to)?;
    let end = Ended { fate, service_id, letter };
    let (noted, finished) = tokio::join!(app.store.write_down(&entry), app.store.finish(id, &end, now));
    noted?;
    finished?;
    metrics::mail(fate);
    Ok(Delivered { fate: Some(fate), run })
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

impl Hindrance {
    /// Whether the mail service has stopped all mail of this account.
    fn is_paused(&self) -> bool {
        matches!(self, Self::Mail(error) if error.is_paused())
    }

    /// Whether it is no fault of the mail, which waits as long as it takes.
    fn is_a_stop(&self) -> bool {
        matches!(self, Self::Halted) || self.is_paused()
    }
}

/// How far a try got before anything was handed over.
enum Attempt {
    /// Nothing is to be sent.
    Over(Fate),
    /// A letter from one address to another.
    Written(Email, Email, Letter),
}

async fn attempt(
    app: &App,
    claim: &Claim,
    now: Timestamp,
    written: &mut Option<(Email, Occasion)>,
) -> Result<Attempt, Hindrance> {
    let settings = app.settings().await.map_err(Trouble::from)?;
    let clerk = Clerk { app, settings, claim, now };
    let draft = match clerk.decide().await? {
        Verdict::Send(draft) => draft,
        Verdict::Nothing => return Ok(Attempt::Over(Fate::Nothing)),
        Verdict::Capped => return Ok(Attempt::Over(Fate::Capped)),
        Verdict::Cancelled => return Ok(Attempt::Over(Fate::Cancelled)),
        Verdict::Later => return Err(Hindrance::Halted),
    };
    let Draft { to, occasion, values, by, layout } = *draft;
    *written = Some((to.clone(), occasion));
    if app.store.is_bounced(to.canonical()).await.map_err(Trouble::from)? {
        return Ok(Attempt::Over(Fate::Suppressed));
    }
    let from = sender(app, by.as_ref(), &clerk.settings).await?.ok_or(Hindrance::NoSender)?;
    let layout = match layout {
        Some(tried_out) => tried_out.into(),
        None => app.layout(occasion, &clerk.settings).await.map_err(Trouble::from)?,
    };
    let letter = Letter::write(&layout, &clerk.settings, &app.origin, values)?;
    Ok(Attempt::Written(from, to, letter))
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
