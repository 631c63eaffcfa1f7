//! The courier's work: claim, decide, send, write down. A second courier with the same work finds it claimed.
//!
//! What somebody waits for goes by itself; what is one of many goes together.

mod piece;
mod together;

use domain::id::{MailId, RunId};
use domain::time::later;
use domain::work::{Fate, MOST_ATTEMPTS, backoff_seconds};
use futures_util::stream::{self, StreamExt as _};
use jiff::Timestamp;

use super::letters::Clerk;
use super::{Trouble, audit};
use crate::app::App;
use crate::language;
use crate::mail::{Addressed, SendError};
use crate::metrics;
use crate::store::{Claim, Ended};

use piece::{Hindrance, Piece, Prepared, Shared};
pub use together::deliver_together;

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

/// Delivers pieces of work that nobody else has, each by itself; answers for each, in the order given.
pub async fn deliver(app: &App, ids: Vec<MailId>) -> Vec<Result<Delivered, Trouble>> {
    let each = ids.into_iter().map(|id| {
        let app = app.clone();
        async move {
            match app.store.claim(&id, app.clock.now()).await? {
                Some(claim) => alone(&app, claim).await,
                None => Ok(Delivered::default()),
            }
        }
    });
    stream::iter(each).buffered(AT_ONCE).collect().await
}

/// Delivers a piece of work that was claimed.
async fn alone(app: &App, claim: Claim) -> Result<Delivered, Trouble> {
    let piece = match prepare(app, &claim).await {
        Ok(Prepared::Over(letter, outcome)) => Piece { claim, letter, outcome },
        Ok(Prepared::Ready(ready)) => {
            let (from, to, occasion, letter) = *ready;
            let taken = app.mail.send(&from, &Addressed { to: to.clone(), letter, tag: claim.id.clone() }).await;
            Piece { outcome: piece::became(&claim.id, taken), claim, letter: Some((to, occasion)) }
        }
        Err(hindrance) => Piece { claim, letter: None, outcome: Err(hindrance) },
    };
    conclude(app, &piece).await
}

async fn prepare(app: &App, claim: &Claim) -> Result<Prepared, Hindrance> {
    let settings = app.settings().await.map_err(Trouble::from)?;
    let asked_in = claim.posted.language.unwrap_or(settings.organisation_language);
    let clerk = Clerk { app, settings: settings.clone(), claim, now: app.clock.now() };
    let verdict = language::within(asked_in, clerk.decide()).await?;
    let shared = Shared::read(app, settings, std::slice::from_ref(&verdict)).await?;
    Ok(shared.prepare(app, verdict).await)
}

/// Writes down what became of a piece of work, or that it is to be tried again.
async fn conclude(app: &App, piece: &Piece) -> Result<Delivered, Trouble> {
    let now = app.clock.now();
    let Some((end, entry)) = ended(app, piece)? else { return hold(app, piece, now).await };
    let (noted, finished) = tokio::join!(app.store.write_down(&entry), app.store.finish(&piece.claim.id, &end, now));
    noted?;
    finished?;
    metrics::mail(end.fate);
    Ok(Delivered { fate: Some(end.fate), run: piece.run() })
}

/// How a piece of work ended, and what is noted of that; `None` when it is to be tried again.
fn ended(app: &App, piece: &Piece) -> Result<Option<(Ended, domain::audit::Entry)>, Trouble> {
    let Piece { claim, letter, outcome } = piece;
    let (fate, service_id) = match outcome {
        Ok(done) => done.clone(),
        Err(error) if claim.posted.attempts >= MOST_ATTEMPTS && !error.is_a_stop() => {
            tracing::error!(mail = %claim.id, %error, "given up");
            (Fate::GivenUp, None)
        }
        Err(_) => return Ok(None),
    };
    let to = letter.as_ref().map(|(to, _)| to.canonical());
    let entry = audit::delivered(app, &claim.posted, fate, to)?;
    Ok(Some((Ended { fate, service_id, letter: letter.clone() }, entry)))
}

/// Sets a piece of work aside until its next try.
async fn hold(app: &App, piece: &Piece, now: Timestamp) -> Result<Delivered, Trouble> {
    let (id, attempts) = (&piece.claim.id, piece.claim.posted.attempts);
    let until = later(now, backoff_seconds(attempts));
    let why = piece.outcome.as_ref().err();
    if let Some(error) = why {
        tracing::warn!(mail = %id, %error, attempts, "held");
    }
    app.store.hold(id, until, piece.letter.as_ref()).await?;
    // A run that somebody has paused is nothing to be told of.
    if !why.is_some_and(|error| matches!(error, Hindrance::Halted)) {
        metrics::mail_held(why.is_some_and(Hindrance::is_paused));
    }
    Ok(Delivered { fate: None, run: piece.run() })
}
