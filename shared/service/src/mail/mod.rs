//! Mail: layouts, merge items, and the service that takes it.

mod layouts;
mod render;
mod samples;

use std::sync::{Arc, OnceLock};

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message, MessageTag};
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

impl Mailer {
    /// A mailer; the client is made when it is first needed.
    pub fn new(configuration_set: Option<String>, client: impl Fn() -> Client + Send + Sync + 'static) -> Self {
        let make_client = Box::new(client);
        Self(Arc::new(Inner { configuration_set, client: OnceLock::new(), make_client }))
    }

    /// Sends one letter; answers the service's id for it.
    pub async fn send(&self, from: &Email, to: &Email, letter: &Letter, tag: &MailId) -> Result<String, SendError> {
        let client = self.0.client.get_or_init(|| (self.0.make_client)());
        let body = Body::builder().text(content(&letter.text)?).html(content(&letter.html)?).build();
        let message = Message::builder().subject(content(&letter.subject)?).body(body).build();
        let tag = MessageTag::builder().name("mail").value(tag.as_str()).build().map_err(broken)?;
        let answer = client
            .send_email()
            .from_email_address(from.deliverable())
            .destination(Destination::builder().to_addresses(to.deliverable()).build())
            .content(EmailContent::builder().simple(message).build())
            .email_tags(tag)
            .set_configuration_set_name(self.0.configuration_set.clone())
            .send()
            .await;
        match answer {
            Ok(taken) => Ok(taken.message_id.unwrap_or_default()),
            Err(error) => Err(sorted(error)),
        }
    }
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
