//! SES: letters, one or several in a call (API version 2).

use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::access::Access;
use crate::error::Error;
use crate::nothing::or_default;
use crate::service::{Call, Named, Patience, Service};
use crate::transport::SharedHttp;

const NAMED: Named = Named { signed: "ses", host: "email", content_type: "application/json" };

/// A try again after a lost answer would be a second mail: whoever sends decides that, not the client.
const ONCE: Patience = Patience { attempt: Duration::from_secs(4), operation: Duration::from_secs(9), attempts: 1 };

/// The mail service.
#[derive(Debug)]
pub struct Ses(Service);

/// What several letters, or one, have in common.
#[derive(Debug)]
pub struct Envelope<'a> {
    /// The sender's address.
    pub from: String,
    /// The configuration set by which events about it are told.
    pub configuration_set: Option<&'a str>,
}

/// A letter to one person.
pub struct Letter<'a> {
    /// The recipient's address.
    pub to: String,
    /// Name and value that events about it will carry.
    pub tag: (&'a str, &'a str),
    /// One line.
    pub subject: &'a str,
    /// As text.
    pub text: &'a str,
    /// As a page.
    pub html: &'a str,
}

/// What became of one letter among several.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Fate {
    /// `SUCCESS`, or why not.
    pub status: Option<String>,
    /// What there is to say about it.
    pub error: Option<String>,
    /// The service's id for it.
    pub message_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Taken {
    #[serde(default, deserialize_with = "or_default")]
    message_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AllTaken {
    #[serde(default, deserialize_with = "or_default")]
    bulk_email_entry_results: Vec<Fate>,
}

impl Ses {
    /// A client.
    pub fn new(access: &Access, http: SharedHttp) -> Self {
        Self(Service::new(access, &NAMED, access.ses.as_ref(), http, ONCE))
    }

    /// Sends one letter; answers the service's id for it.
    ///
    /// # Errors
    /// [`Error::Refused`] with `MessageRejected` when it never will be sent, with other codes when it may be later.
    pub async fn send_email(&self, by: &Envelope<'_>, letter: &Letter<'_>) -> Result<String, Error> {
        let content = |text: &str| json!({"Data": text, "Charset": "UTF-8"});
        let mut body = json!({
            "FromEmailAddress": by.from,
            "Destination": {"ToAddresses": [letter.to]},
            "Content": {"Simple": {
                "Subject": content(letter.subject),
                "Body": {"Text": content(letter.text), "Html": content(letter.html)},
            }},
            "EmailTags": tags(letter),
        });
        configure(&mut body, by);
        let taken: Taken = self.call("/v2/email/outbound-emails", &body).await?;
        Ok(taken.message_id)
    }

    /// Sends up to fifty letters; answers what became of each, in order.
    ///
    /// # Errors
    /// When none of them is taken.
    pub async fn send_bulk_email(&self, by: &Envelope<'_>, letters: &[Letter<'_>]) -> Result<Vec<Fate>, Error> {
        let entry = |letter: &Letter<'_>| {
            json!({
                "Destination": {"ToAddresses": [letter.to]},
                "ReplacementTags": tags(letter),
                "ReplacementEmailContent": {"ReplacementTemplate": {
                    "ReplacementTemplateData": data(letter.subject, letter.text, letter.html),
                }},
            })
        };
        let mut body = json!({
            "FromEmailAddress": by.from,
            "DefaultContent": {"Template": {
                "TemplateContent": {"Subject": "{{subject}}", "Text": "{{text}}", "Html": "{{html}}"},
                "TemplateData": data("", "", ""),
            }},
            "BulkEmailEntries": letters.iter().map(entry).collect::<Vec<_>>(),
        });
        configure(&mut body, by);
        let taken: AllTaken = self.call("/v2/email/outbound-bulk-emails", &body).await?;
        Ok(taken.bulk_email_entry_results)
    }

    async fn call<T: DeserializeOwned>(&self, path: &'static str, body: &Value) -> Result<T, Error> {
        let answer = self.0.call(&Call { path, target: None, body: body.to_string().into() }).await?;
        serde_json::from_slice(&answer).map_err(Error::nonsense)
    }
}

fn configure(body: &mut Value, by: &Envelope<'_>) {
    if let Some(set) = by.configuration_set {
        body["ConfigurationSetName"] = set.into();
    }
}

fn tags(letter: &Letter<'_>) -> Value {
    json!([{"Name": letter.tag.0, "Value": letter.tag.1}])
}

/// A letter as the data of a template that holds nothing else.
fn data(subject: &str, text: &str, html: &str) -> String {
    json!({"subject": subject, "text": text, "html": html}).to_string()
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "what is made is what is tested")]
mod tests {
    use super::*;
    use crate::fake::{Fake, access};

    const BY: &str = "accounts@example.org";

    fn letter(to: &str) -> Letter<'_> {
        Letter { to: to.to_owned(), tag: ("mail", "m1"), subject: "Hello", text: "text", html: "<p>html" }
    }

    fn envelope(set: Option<&str>) -> Envelope<'_> {
        Envelope { from: BY.to_owned(), configuration_set: set }
    }

    #[tokio::test]
    async fn one_letter_goes_as_it_is() {
        let fake = Fake::answering([(200, json!({"MessageId": "id-1"}))]);
        let sent = Ses::new(&access(), fake.shared()).send_email(&envelope(Some("set")), &letter("a@b.example")).await;
        assert_eq!(sent.unwrap(), "id-1");
        let expected = json!({
            "FromEmailAddress": BY,
            "Destination": {"ToAddresses": ["a@b.example"]},
            "Content": {"Simple": {
                "Subject": {"Data": "Hello", "Charset": "UTF-8"},
                "Body": {
                    "Text": {"Data": "text", "Charset": "UTF-8"},
                    "Html": {"Data": "<p>html", "Charset": "UTF-8"},
                },
            }},
            "EmailTags": [{"Name": "mail", "Value": "m1"}],
            "ConfigurationSetName": "set",
        });
        assert_eq!(fake.asked(), [(String::new(), expected)]);
        let [request] = fake.requests().try_into().unwrap();
        assert_eq!(request.uri(), "https://email.eu-west-1.amazonaws.com/v2/email/outbound-emails");
        assert!(request.headers()["authorization"].to_str().unwrap().contains("/eu-west-1/ses/aws4_request"));
    }

    #[tokio::test]
    async fn several_go_together_and_each_is_told_of() {
        let answer = json!({"BulkEmailEntryResults": [
            {"Status": "SUCCESS", "MessageId": "id-1"}, {"Status": "INVALID_PARAMETER", "Error": "no"},
        ]});
        let fake = Fake::answering([(200, answer)]);
        let letters = [letter("a@b.example"), letter("c@d.example")];
        let fates = Ses::new(&access(), fake.shared()).send_bulk_email(&envelope(None), &letters).await.unwrap();
        assert_eq!(
            (fates[0].message_id.as_deref(), fates[1].status.as_deref()),
            (Some("id-1"), Some("INVALID_PARAMETER"))
        );
        let [(_, asked)] = fake.asked().try_into().unwrap();
        assert!(asked.get("ConfigurationSetName").is_none());
        let template = &asked["DefaultContent"]["Template"]["TemplateContent"];
        assert_eq!(template, &json!({"Subject": "{{subject}}", "Text": "{{text}}", "Html": "{{html}}"}));
        let second = &asked["BulkEmailEntries"][1];
        assert_eq!(second["Destination"]["ToAddresses"][0], "c@d.example");
        assert_eq!(second["ReplacementTags"], json!([{"Name": "mail", "Value": "m1"}]));
        let data = &second["ReplacementEmailContent"]["ReplacementTemplate"]["ReplacementTemplateData"];
        let data: Value = serde_json::from_str(data.as_str().unwrap()).unwrap();
        assert_eq!(data, json!({"subject": "Hello", "text": "text", "html": "<p>html"}));
    }
}
