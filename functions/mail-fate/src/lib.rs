//! Writes down what became of a mail: SES tells EventBridge, which starts this.
//!
//! Source of the shapes: *Examples of event data that Amazon SES publishes to Amazon EventBridge*, SES developer guide.

use domain::id::MailId;
use domain::work::Fate;
use serde::Deserialize;
use service::App;
use service::flow::report::report;

/// An event of EventBridge, as far as it is read.
#[derive(Clone, Debug, Deserialize)]
pub struct Event {
    /// What SES says.
    pub detail: Detail,
}

/// What SES says.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Detail {
    /// Such as `Delivery`.
    pub event_type: String,
    /// Which mail.
    pub mail: Mail,
    /// Why it came back, if it did.
    pub bounce: Option<Bounce>,
}

/// Which mail.
#[derive(Clone, Debug, Deserialize)]
pub struct Mail {
    /// What it was sent with.
    pub tags: Tags,
}

/// What it was sent with: each tag has a list of values.
#[derive(Clone, Debug, Deserialize)]
pub struct Tags {
    /// The outbox's id.
    #[serde(default)]
    pub mail: Vec<String>,
}

/// Why a mail came back.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bounce {
    /// `Permanent`, `Transient` or `Undetermined`.
    pub bounce_type: String,
}

/// Notes what is reported. Whatever is of no consequence, such as a delay, is passed over.
pub async fn handle(app: &App, event: Event) -> Result<serde_json::Value, lambda_http::Error> {
    let id = event.detail.mail.tags.mail.first().and_then(|id| MailId::parse(id));
    let noted = match (id, fate(&event.detail)) {
        (Some(id), Some(fate)) => report(app, &id, fate).await?,
        _ => false,
    };
    service::metrics::capacity(&app.meter);
    Ok(serde_json::json!({"noted": noted}))
}

fn fate(detail: &Detail) -> Option<Fate> {
    let permanent = detail.bounce.as_ref().is_some_and(|bounce| bounce.bounce_type == "Permanent");
    match detail.event_type.as_str() {
        "Delivery" => Some(Fate::Delivered),
        "Bounce" if permanent => Some(Fate::Bounced),
        "Complaint" => Some(Fate::Complained),
        "Reject" | "Rendering Failure" => Some(Fate::Rejected),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ML-6: a full mailbox may be empty tomorrow; an address that is not there stays away.
    #[test]
    fn what_is_reported_becomes_a_fate() {
        let cases = [
            ("Delivery", None, Some(Fate::Delivered)),
            ("Bounce", Some("Permanent"), Some(Fate::Bounced)),
            ("Bounce", Some("Transient"), None),
            ("Complaint", None, Some(Fate::Complained)),
            ("Reject", None, Some(Fate::Rejected)),
            ("Rendering Failure", None, Some(Fate::Rejected)),
            ("DeliveryDelay", None, None),
            ("Open", None, None),
        ];
        for (kind, bounce, expected) in cases {
            let bounce = bounce.map(|kind| Bounce { bounce_type: kind.to_owned() });
            let mail = Mail { tags: Tags { mail: Vec::new() } };
            let detail = Detail { event_type: kind.to_owned(), mail, bounce };
            assert_eq!(fate(&detail), expected, "{kind}");
        }
    }
}
