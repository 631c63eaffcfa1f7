//! What the two sending calls of SES v2 ask.

use serde::Deserialize;

/// `SendEmail`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct SendEmail {
    pub(super) from_email_address: String,
    pub(super) destination: Destination,
    pub(super) reply_to_addresses: Vec<String>,
    pub(super) content: Content,
    pub(super) email_tags: Vec<Tag>,
}

/// `SendBulkEmail`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct SendBulkEmail {
    pub(super) from_email_address: String,
    pub(super) reply_to_addresses: Vec<String>,
    pub(super) default_content: Content,
    pub(super) default_email_tags: Vec<Tag>,
    pub(super) bulk_email_entries: Vec<Entry>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Entry {
    pub(super) destination: Destination,
    pub(super) replacement_email_content: Replacement,
    pub(super) replacement_tags: Vec<Tag>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Replacement {
    pub(super) replacement_template: ReplacementTemplate,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct ReplacementTemplate {
    pub(super) replacement_template_data: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Destination {
    #[serde(rename = "ToAddresses")]
    pub(super) to: Vec<String>,
    #[serde(rename = "CcAddresses")]
    pub(super) cc: Vec<String>,
    #[serde(rename = "BccAddresses")]
    pub(super) bcc: Vec<String>,
}

/// One of the two.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Content {
    pub(super) simple: Option<Simple>,
    pub(super) template: Option<Template>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Simple {
    pub(super) subject: Part,
    pub(super) body: Parts,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Parts {
    pub(super) html: Option<Part>,
    pub(super) text: Option<Part>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Part {
    pub(super) data: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Template {
    pub(super) template_content: Option<TemplateContent>,
    pub(super) template_data: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct TemplateContent {
    pub(super) subject: Option<String>,
    pub(super) html: Option<String>,
    pub(super) text: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Tag {
    pub(super) name: String,
    pub(super) value: String,
}
