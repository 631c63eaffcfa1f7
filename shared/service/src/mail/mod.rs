//! Mail: layouts, merge items, and the service that takes it.

mod layouts;
mod render;
mod samples;

use std::sync::Arc;

use aws::Ses;
use aws::ses::{Envelope, Fate};
use domain::email::Email;
use domain::id::MailId;

pub use layouts::default_layout;
pub use render::Letter;
pub use samples::sample_values;

/// Hands letters to SES.
#[derive(Clone, Debug)]
pub struct Mailer(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    configuration_set: Option<String>,
    ses: Ses,
}

/// Why a letter was not taken.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// It never will be.
    #[error("the mail service refuses it ({0})")]
    Rejected(String),
    /// Not now.
    #[error("the mail service does not take it now ({code})")]
    Later {
        /// SES's code for it.
        code: String,
        /// What the client said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// A letter, to whom it goes, and the work it is, which events about it will name.
pub struct Addressed {
    /// To whom.
    pub to: Email,
    /// What it says.
    pub letter: Letter,
    /// The work.
    pub tag: MailId,
}

/// Letters that the service takes in one call, at the most.
pub const MOST_TOGETHER: usize = 50;

impl SendError {
    /// Whether the service has stopped all mail of this account, until somebody has spoken with it.
    pub fn is_paused(&self) -> bool {
        matches!(self, Self::Later { code, .. } if PAUSED.contains(&code.as_str()))
    }
}

/// What the service says when it has stopped all mail of the account: of one letter, and of one among several.
const PAUSED: [&str; 5] = [
    "AccountSuspendedException",
    "SendingPausedException",
    "ACCOUNT_SUSPENDED",
    "ACCOUNT_SENDING_PAUSED",
    "CONFIGURATION_SET_SENDING_PAUSED",
];

impl Mailer {
    /// A mailer.
    pub fn new(configuration_set: Option<String>, ses: Ses) -> Self {
        Self(Arc::new(Inner { configuration_set, ses }))
    }

    fn envelope(&self, from: &Email) -> Envelope<'_> {
        Envelope { from: from.deliverable(), configuration_set: self.0.configuration_set.as_deref() }
    }

    /// Sends one letter; answers the service's id for it.
    pub async fn send(&self, from: &Email, one: &Addressed) -> Result<String, SendError> {
        self.0.ses.send_email(&self.envelope(from), &one.enclosed()).await.map_err(sorted)
    }

    /// Sends up to fifty letters in one call; answers the service's id for each, in order. What it does not take for a reason
    /// of its own is sent by itself, which says what is wrong with it.
    pub async fn send_together(&self, from: &Email, letters: &[Addressed]) -> Vec<Result<String, SendError>> {
        if let [one] = letters {
            return vec![self.send(from, one).await];
        }
        let statuses = match self.bulk(from, letters).await {
            Ok(answered) => answered,
            Err(SendError::Later { code, source }) => {
                let told = source.to_string();
                let later = || SendError::Later { code: code.clone(), source: told.clone().into() };
                return letters.iter().map(|_| Err(later())).collect();
            }
            Err(SendError::Rejected(_)) => Vec::new(),
        };
        let mut statuses = statuses.into_iter();
        let mut taken = Vec::with_capacity(letters.len());
        for one in letters {
            let Fate { status, error, message_id } = statuses.next().unwrap_or_default();
            taken.push(match status.as_deref() {
                Some("SUCCESS") => Ok(message_id.unwrap_or_default()),
                Some(code) if code == "TRANSIENT_FAILURE" || code.starts_with("ACCOUNT_") || PAUSED.contains(&code) => {
                    Err(SendError::Later { code: code.to_owned(), source: error.unwrap_or_default().into() })
                }
                _ => self.send(from, one).await,
            });
        }
        taken
    }

    async fn bulk(&self, from: &Email, letters: &[Addressed]) -> Result<Vec<Fate>, SendError> {
        let letters: Vec<_> = letters.iter().map(Addressed::enclosed).collect();
        self.0.ses.send_bulk_email(&self.envelope(from), &letters).await.map_err(sorted)
    }
}

impl Addressed {
    fn enclosed(&self) -> aws::ses::Letter<'_> {
        let Self { to, letter, tag } = self;
        aws::ses::Letter {
            to: to.deliverable(),
            tag: ("mail", tag.as_str()),
            subject: &letter.subject,
            text: &letter.text,
            html: &letter.html,
        }
    }
}

fn sorted(error: aws::Error) -> SendError {
    let code = error.code().unwrap_or("no answer").to_owned();
    match code.as_str() {
        "MessageRejected" | "BadRequestException" => SendError::Rejected(code),
        _ => SendError::Later { code, source: error.into() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ML-7: a stop of the whole account is told from a service that is away.
    #[test]
    fn a_stopped_account_is_told_from_a_busy_service() {
        let later = |code: &str| SendError::Later { code: code.to_owned(), source: "".into() };
        for code in PAUSED {
            assert!(later(code).is_paused(), "{code}");
        }
        for code in ["TooManyRequestsException", "ACCOUNT_THROTTLED", "no answer"] {
            assert!(!later(code).is_paused(), "{code}");
        }
        assert!(!SendError::Rejected("MessageRejected".to_owned()).is_paused());
    }
}
