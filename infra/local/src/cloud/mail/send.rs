//! The calls of SES v2 that the product makes, with the complaints SES would have.

use std::borrow::Cow;
use std::io;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::address::complaint;
use super::captured::{Mail, Mailbox};
use super::request::{Content, Destination, Entry, SendBulkEmail, SendEmail, Tag};
use super::template::fill;
use crate::cloud::Refusal;

/// Destinations of one bulk call, at the most.
const MOST_ENTRIES: usize = 50;

/// Recipients of one mail, at the most.
const MOST_RECIPIENTS: usize = 50;

/// What SES answers to a call, if it knows the call.
pub(in crate::cloud) fn answer(
    mailbox: &Mailbox,
    call: (&str, &str),
    body: &[u8],
    now: Timestamp,
) -> Option<Result<Value, Refusal>> {
    Some(match call {
        ("POST", "/v2/email/outbound-emails") => parse(body).and_then(|request| send(mailbox, &request, now)),
        ("POST", "/v2/email/outbound-bulk-emails") => parse(body).and_then(|request| send_bulk(mailbox, &request, now)),
        ("GET", "/v2/email/account") => Ok(account(mailbox)),
        _ => return None,
    })
}

fn refuse(message: impl Into<String>) -> Refusal {
    Refusal { status: 400, code: "BadRequestException", message: message.into() }
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| refuse(format!("the request can't be read: {error}")))
}

/// The parts of a mail, or of many that are made from them.
struct Texts {
    subject: String,
    html: Option<String>,
    text: Option<String>,
}

impl Texts {
    /// With the data filled in; where there is none they are taken as they are.
    fn filled(&self, data: Option<&Map<String, Value>>) -> Result<Self, String> {
        let part = |text: &str| data.map_or(Ok(text.into()), |data| fill(text, data)).map(Cow::into_owned);
        let optional = |text: &Option<String>| text.as_deref().map(part).transpose();
        let subject = part(&self.subject)?;
        if subject.contains(['\r', '\n']) {
            return Err("Subject contains a line break".to_owned());
        }
        Ok(Self { subject, html: optional(&self.html)?, text: optional(&self.text)? })
    }

    fn mail(self, from: &str, to: String, tags: Map<String, Value>, sent_at: Timestamp) -> Mail {
        let Self { subject, html, text } = self;
        Mail { id: String::new(), to, from: from.to_owned(), subject, html, text, sent_at, tags }
    }
}

fn keep(mailbox: &Mailbox, mail: Mail) -> Result<String, Refusal> {
    let full = |error: io::Error| Refusal {
        status: 500,
        code: "InternalServiceErrorException",
        message: format!("it can't be kept: {error}"),
    };
    mailbox.keep(mail).map_err(full)
}

fn send(mailbox: &Mailbox, request: &SendEmail, now: Timestamp) -> Result<Value, Refusal> {
    check_sender(&request.from_email_address, &request.reply_to_addresses)?;
    let to = recipients(&request.destination)?;
    let (texts, data) = content(&request.content)?;
    let texts = texts.filled(data.as_ref()).map_err(refuse)?;
    let mail = texts.mail(&request.from_email_address, to, tags(&[&request.email_tags])?, now);
    Ok(json!({"MessageId": keep(mailbox, mail)?}))
}

fn send_bulk(mailbox: &Mailbox, request: &SendBulkEmail, now: Timestamp) -> Result<Value, Refusal> {
    check_sender(&request.from_email_address, &request.reply_to_addresses)?;
    let entries = &request.bulk_email_entries;
    if entries.is_empty() || entries.len() > MOST_ENTRIES {
        return Err(refuse(format!("Number of destinations must be from 1 to {MOST_ENTRIES}")));
    }
    let (texts, Some(common)) = content(&request.default_content)? else {
        return Err(refuse("DefaultContent must have a Template"));
    };
    let results = entries.iter().map(|entry| {
        let tags = tags(&[&request.default_email_tags, &entry.replacement_tags])?;
        let (to, data) = (recipients(&entry.destination)?, merged(&common, entry)?);
        // SES takes a mail that can't be filled in and tells of the failure in an event, which nobody here would see.
        let texts = texts.filled(Some(&data)).map_err(refuse)?;
        keep(mailbox, texts.mail(&request.from_email_address, to, tags, now))
    });
    let results = results.map(|result: Result<String, Refusal>| match result {
        Ok(id) => json!({"Status": "SUCCESS", "MessageId": id}),
        Err(refusal) => json!({"Status": "FAILED", "Error": refusal.message}),
    });
    Ok(json!({"BulkEmailEntryResults": results.collect::<Vec<_>>()}))
}

fn account(mailbox: &Mailbox) -> Value {
    json!({
        "DedicatedIpAutoWarmupEnabled": false,
        "EnforcementStatus": "HEALTHY",
        "ProductionAccessEnabled": true,
        "SendingEnabled": true,
        "SendQuota": {"Max24HourSend": 1_000_000.0, "MaxSendRate": 1_000.0, "SentLast24Hours": mailbox.taken()},
    })
}

fn check_sender(from: &str, reply_to: &[String]) -> Result<(), Refusal> {
    if from.is_empty() {
        return Err(refuse("Source address is missing"));
    }
    std::iter::once(from)
        .chain(reply_to.iter().map(String::as_str))
        .find_map(complaint)
        .map_or(Ok(()), |why| Err(refuse(why)))
}

fn recipients(destination: &Destination) -> Result<String, Refusal> {
    let all = [&destination.to, &destination.cc, &destination.bcc];
    let all: Vec<&str> = all.into_iter().flatten().map(String::as_str).collect();
    if all.is_empty() || all.len() > MOST_RECIPIENTS {
        return Err(refuse(format!("Recipient count must be from 1 to {MOST_RECIPIENTS}")));
    }
    all.iter().find_map(|one| complaint(one)).map_or_else(|| Ok(all.join(", ")), |why| Err(refuse(why)))
}

/// The texts, and, if they are a template, what is known of its data.
fn content(content: &Content) -> Result<(Texts, Option<Map<String, Value>>), Refusal> {
    let (texts, data) = match (&content.simple, &content.template) {
        (Some(simple), None) => {
            let part = |part: &Option<super::request::Part>| part.as_ref().map(|part| part.data.clone());
            let (html, text) = (part(&simple.body.html), part(&simple.body.text));
            (Texts { subject: simple.subject.data.clone(), html, text }, None)
        }
        (None, Some(template)) => {
            let inline = template
                .template_content
                .as_ref()
                .ok_or_else(|| refuse("Only inline TemplateContent is known here"))?;
            let subject = inline.subject.clone().unwrap_or_default();
            (
                Texts { subject, html: inline.html.clone(), text: inline.text.clone() },
                Some(object(template.template_data.as_deref())?),
            )
        }
        _ => return Err(refuse("Content must be one of Simple and Template")),
    };
    if texts.subject.is_empty() {
        return Err(refuse("Subject is missing"));
    }
    if texts.subject.contains(['\r', '\n']) {
        return Err(refuse("Subject contains a line break"));
    }
    let filled = |part: &Option<String>| part.as_ref().is_some_and(|part| !part.is_empty());
    if filled(&texts.html) || filled(&texts.text) { Ok((texts, data)) } else { Err(refuse("Body is missing")) }
}

fn object(text: Option<&str>) -> Result<Map<String, Value>, Refusal> {
    let text = text.filter(|text| !text.is_empty()).unwrap_or("{}");
    serde_json::from_str(text).map_err(|_| refuse("Template data is not a JSON object"))
}

/// The common data, with an entry's own in front.
fn merged(common: &Map<String, Value>, entry: &Entry) -> Result<Map<String, Value>, Refusal> {
    let own = object(entry.replacement_email_content.replacement_template.replacement_template_data.as_deref())?;
    Ok(common.iter().map(|(name, value)| (name.clone(), value.clone())).chain(own).collect())
}

fn tags(all: &[&Vec<Tag>]) -> Result<Map<String, Value>, Refusal> {
    let fine = |text: &str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "_-.@".contains(c);
        !text.is_empty() && text.len() <= 256 && text.chars().all(plain)
    };
    let tag = |tag: &Tag| {
        let both = fine(&tag.name) && fine(&tag.value);
        both.then(|| (tag.name.clone(), Value::from(tag.value.clone())))
            .ok_or_else(|| refuse(format!("Invalid tag name or value: {}", tag.name)))
    };
    all.iter().flat_map(|tags| tags.iter()).map(tag).collect()
}
