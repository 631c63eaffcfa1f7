//! A piece of work on its way to a letter.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::email::Email;
use domain::id::{MailId, RunId, UserId};
use domain::layout::Occasion;
use domain::settings::Settings;
use domain::work::{Fate, Work};

use super::{SendError, Trouble};
use crate::app::App;
use crate::flow::letters::{Draft, Verdict};
use crate::mail::Letter;
use crate::store::Claim;

/// What a try came to: the fate, and what the mail service calls the mail.
pub(super) type Outcome = Result<(Fate, Option<String>), Hindrance>;

/// A piece of work and what it came to.
pub(super) struct Piece {
    pub(super) claim: Claim,
    /// To whom it was written, and for what, if it came to a letter.
    pub(super) letter: Option<(Email, Occasion)>,
    pub(super) outcome: Outcome,
}

impl Piece {
    /// The run that it is part of.
    pub(super) fn run(&self) -> Option<RunId> {
        match &self.claim.posted.work {
            Work::Resend { run: Some(run), .. } => Some(run.id.clone()),
            _ => None,
        }
    }
}

/// Why a try came to nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum Hindrance {
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
    pub(super) fn is_paused(&self) -> bool {
        matches!(self, Self::Mail(error) if error.is_paused())
    }

    /// Whether it is no fault of the mail, which waits as long as it takes.
    pub(super) fn is_a_stop(&self) -> bool {
        matches!(self, Self::Halted) || self.is_paused()
    }
}

/// What a letter came to by the mail service's answer.
pub(super) fn became(id: &MailId, taken: Result<String, SendError>) -> Outcome {
    match taken {
        Ok(service_id) => Ok((Fate::Sent, Some(service_id))),
        Err(SendError::Rejected(code)) => {
            tracing::warn!(mail = %id, code, "rejected");
            Ok((Fate::Rejected, None))
        }
        Err(later) => Err(later.into()),
    }
}

/// How far a piece of work got before anything was handed over.
pub(super) enum Prepared {
    /// Nothing is handed over.
    Over(Option<(Email, Occasion)>, Outcome),
    /// A letter: from whom, to whom, for what, and what it says.
    Ready(Box<(Email, Email, Occasion, Letter)>),
}

/// What letters need that is the same for many of them.
pub(super) struct Shared {
    settings: Arc<Settings>,
    /// Addresses whose mail came back.
    bounced: BTreeSet<String>,
    /// From where staff write who have a location of their own (ML-5).
    senders: BTreeMap<UserId, Email>,
}

impl Shared {
    pub(super) async fn read(app: &App, settings: Arc<Settings>, verdicts: &[Verdict]) -> Result<Self, Trouble> {
        let drafts = || verdicts.iter().filter_map(Verdict::draft);
        let bounced = app.store.bounced(&drafts().map(|draft| draft.to.canonical()).collect()).await?;
        let mut senders = BTreeMap::new();
        for by in drafts().filter_map(|draft| draft.by.as_ref()).collect::<BTreeSet<_>>() {
            let location = app.store.user(by).await?.and_then(|user| user.default_location);
            if let Some(location) = location {
                let location = app.store.location(&location).await?;
                senders.extend(location.map(|location| (by.clone(), location.email)));
            }
        }
        Ok(Self { settings, bounced, senders })
    }

    /// Writes the letter that a verdict asks for.
    pub(super) async fn prepare(&self, app: &App, verdict: Verdict) -> Prepared {
        let draft = match verdict {
            Verdict::Send(draft) => *draft,
            Verdict::Nothing => return Prepared::Over(None, Ok((Fate::Nothing, None))),
            Verdict::Capped => return Prepared::Over(None, Ok((Fate::Capped, None))),
            Verdict::Cancelled => return Prepared::Over(None, Ok((Fate::Cancelled, None))),
            Verdict::Later => return Prepared::Over(None, Err(Hindrance::Halted)),
        };
        let letter = (draft.to.clone(), draft.occasion);
        if self.bounced.contains(draft.to.canonical()) {
            return Prepared::Over(Some(letter), Ok((Fate::Suppressed, None)));
        }
        match self.write(app, draft).await {
            Ok((from, written)) => Prepared::Ready(Box::new((from, letter.0, letter.1, written))),
            Err(hindrance) => Prepared::Over(Some(letter), Err(hindrance)),
        }
    }

    async fn write(&self, app: &App, draft: Draft) -> Result<(Email, Letter), Hindrance> {
        let Draft { occasion, values, by, layout, language, .. } = draft;
        let from = by.and_then(|by| self.senders.get(&by)).or(self.settings.organisation_email.as_ref());
        let from = from.cloned().ok_or(Hindrance::NoSender)?;
        let layout = match layout {
            Some(tried_out) => tried_out.into(),
            None => app.layout(occasion, &self.settings, language).await.map_err(Trouble::from)?,
        };
        Ok((from, Letter::write(&layout, &self.settings, &app.origin, values)?))
    }
}
