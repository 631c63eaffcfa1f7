//! What mail went to an address, and what became of it (ML-6, AD-7).

use data_encoding::BASE64URL_NOPAD;
use domain::id::MailId;
use jiff::Timestamp;

use super::Trouble;
use crate::app::App;
use crate::store::{Mail, MailPlace};

/// A page of an address's mails.
#[derive(Clone, Debug)]
pub struct Page {
    /// The last first.
    pub mails: Vec<Mail>,
    /// Where the next one begins; none after the last.
    pub next: Option<String>,
}

/// A page of the mails to an address, in its canonical form; `None` when the cursor is none of ours.
pub async fn to(app: &App, address: &str, cursor: Option<&str>, limit: i32) -> Result<Option<Page>, Trouble> {
    let before = match cursor.map(place) {
        Some(None) => return Ok(None),
        Some(before) => before,
        None => None,
    };
    let mails = app.store.mails_to(address, before.as_ref(), limit).await?;
    let full = mails.len() >= usize::try_from(limit).unwrap_or_default();
    let next = mails.last().filter(|_| full).and_then(|mail| {
        let text = format!("{}#{}", mail.posted_at.as_second(), mail.id()?);
        Some(BASE64URL_NOPAD.encode(text.as_bytes()))
    });
    Ok(Some(Page { mails, next }))
}

fn place(cursor: &str) -> Option<MailPlace> {
    let text = String::from_utf8(BASE64URL_NOPAD.decode(cursor.as_bytes()).ok()?).ok()?;
    let (posted_at, id) = text.split_once('#')?;
    Some(MailPlace { id: MailId::parse(id)?, posted_at: Timestamp::from_second(posted_at.parse().ok()?).ok()? })
}
