//! Mail: layouts, merge items, and the service that takes it.

mod layouts;
mod render;
mod samples;

use std::sync::{Arc, OnceLock};

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sesv2::types::{
    Body, BulkEmailContent, BulkEmailEntry, BulkEmailEntryResult, BulkEmailStatus, Content, Destination, EmailContent,
    EmailTemplateContent, Message, MessageTag, ReplacementEmailContent, ReplacementTemplate, Template,
};
use domain::email::Email;
use domain::id::MailId;

pub use layouts::default_layout;
pub use render::Letter;
pub use samples::sample_values;

/// Hands letters to SES.
#[derive(Clone, Debug)]
pub struct Mailer(Arc<Inner>);

struct Inner {
    configuration_set: Option<String>,
    client: OnceLock<Client>,
    make_client: Box<dyn Fn() -> Client + Send + Sync>,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mailer").field("configuration_set", &self.configuration_set).finish_non_exhaustive()
    }
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
    /// A mailer; the client is made when it is first needed.
    pub fn new(configuration_set: Option<String>, client: impl Fn() -> Client + Send + Sync + 'static) -> Self {
        let make_client = Box::new(client);
        Self(Arc::new(Inner { configuration_set, client: OnceLock::new(), make_client }))
    }

    fn client(&self) -> &Client {
        self.0.client.get_or_init(|| (self.0.make_client)())
    }

    /// Sends one letter; answers the service's id for it.
    pub async fn send(&self, from: &Email, one: &Addressed) -> Result<String, SendError> {
        let Addressed { to, letter, tag } = one;
        let body = Body::builder().text(content(&letter.text)?).html(content(&letter.html)?).build();
        let message = Message::builder().subject(content(&letter.subject)?).body(body).build();
        let answer = self
            .client()
            .send_email()
            .from_email_address(from.deliverable())
            .destination(destination(to))
            .content(EmailContent::builder().simple(message).build())
            .email_tags(tagged(tag)?)
            .set_configuration_set_name(self.0.configuration_set.clone())
            .send()
            .await;
        match answer {
            Ok(taken) => Ok(taken.message_id.unwrap_or_default()),
            Err(error) => Err(sorted(error)),
        }
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
            let status = statuses.next();
            let code = status.as_ref().and_then(|status| status.status()).map(BulkEmailStatus::as_str);
            taken.push(match code {
                Some("SUCCESS") => Ok(status.and_then(|status| status.message_id).unwrap_or_default()),
                Some(code) if code == "TRANSIENT_FAILURE" || code.starts_with("ACCOUNT_") || PAUSED.contains(&code) => {
                    let told = status.as_ref().and_then(|status| status.error()).unwrap_or_default();
                    Err(SendError::Later { code: code.to_owned(), source: told.into() })
                }
                _ => self.send(from, one).await,
            });
        }
        taken
    }

    async fn bulk(&self, from: &Email, letters: &[Addressed]) -> Result<Vec<BulkEmailEntryResult>, SendError> {
        let whole = EmailTemplateContent::builder().subject("{{subject}}").text("{{text}}").html("{{html}}").build();
        let nothing = Template::builder().template_content(whole).template_data(data(&Letter::default())).build();
        let mut call = self
            .client()
            .send_bulk_email()
            .from_email_address(from.deliverable())
            .default_content(BulkEmailContent::builder().template(nothing).build())
            .set_configuration_set_name(self.0.configuration_set.clone());
        for Addressed { to, letter, tag } in letters {
            let own = ReplacementTemplate::builder().replacement_template_data(data(letter)).build();
            let entry = BulkEmailEntry::builder()
                .destination(destination(to))
                .replacement_tags(tagged(tag)?)
                .replacement_email_content(ReplacementEmailContent::builder().replacement_template(own).build())
                .build();
            call = call.bulk_email_entries(entry);
        }
        match call.send().await {
            Ok(answer) => Ok(answer.bulk_email_entry_results),
            Err(error) => Err(sorted(error)),
        }
    }
}

/// A letter as the data of a template that holds nothing else.
fn data(letter: &Letter) -> String {
    serde_json::json!({"subject": letter.subject, "text": letter.text, "html": letter.html}).to_string()
}

fn destination(to: &Email) -> Destination {
    Destination::builder().to_addresses(to.deliverable()).build()
}

fn tagged(tag: &MailId) -> Result<MessageTag, SendError> {
    MessageTag::builder().name("mail").value(tag.as_str()).build().map_err(broken)
}

fn content(text: &str) -> Result<Content, SendError> {
    Content::builder().data(text).charset("UTF-8").build().map_err(broken)
}

fn broken(error: aws_sdk_sesv2::error::BuildError) -> SendError {
    SendError::Later { code: "incomplete".to_owned(), source: error.into() }
}

fn sorted<E, R>(error: SdkError<E, R>) -> SendError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
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
