//! The mail that was caught.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// Bytes that caught mail may take up before the oldest is let go.
const ROOM: usize = 256 * 1024 * 1024;

/// A mail as it would have arrived.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The id that SES would have given it.
    pub id: String,
    /// To whom: addresses as given, with a comma and a space between them.
    pub to: String,
    /// From whom, as given.
    pub from: String,
    /// When it was taken, by the machine's clock.
    pub sent_at: Timestamp,
    /// Its tags: name and value.
    pub tags: Vec<(String, String)>,
    pub(super) text: Arc<Texts>,
    /// What is filled in where the texts say `{{name}}`; without it they are taken as they are.
    pub(super) data: Option<Map<String, Value>>,
}

/// The texts of a mail, or of the many made from them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Texts {
    pub(super) subject: String,
    pub(super) html: Option<String>,
    pub(super) text: Option<String>,
}

impl Mail {
    /// The subject.
    pub fn subject(&self) -> Cow<'_, str> {
        self.filled(&self.text.subject)
    }

    /// The HTML part.
    pub fn html(&self) -> Option<Cow<'_, str>> {
        self.text.html.as_deref().map(|html| self.filled(html))
    }

    /// The plain part.
    pub fn text(&self) -> Option<Cow<'_, str>> {
        self.text.text.as_deref().map(|text| self.filled(text))
    }

    /// Whether one of the recipients has this address, whatever its case.
    pub fn is_to(&self, address: &str) -> bool {
        self.to.split(", ").any(|one| super::address::bare(one).eq_ignore_ascii_case(address.trim()))
    }

    /// As the machine's own routes show it.
    pub fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "to": self.to,
            "from": self.from,
            "subject": self.subject(),
            "html": self.html(),
            "text": self.text(),
            "sent_at": self.sent_at.to_string(),
            "tags": self.tags.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
        })
    }

    fn filled<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match &self.data {
            Some(data) => fill(text, data).unwrap_or(text.into()),
            None => text.into(),
        }
    }

    fn weight(&self) -> usize {
        let texts = self.text.subject.len()
            + [&self.text.html, &self.text.text].into_iter().flatten().map(String::len).sum::<usize>();
        // Texts shared by many weigh on each of them a little.
        let shared = texts / Arc::strong_count(&self.text).max(1);
        let data: usize =
            self.data.iter().flatten().map(|(name, value)| name.len() + value.to_string().len() + 64).sum();
        self.id.len() + self.to.len() + self.from.len() + shared + data + 256
    }
}

/// Every `{{name}}` replaced, unescaped, as SES does it. `Err` names what there is nothing for, or is no plain name.
pub(super) fn fill<'a>(text: &'a str, data: &Map<String, Value>) -> Result<Cow<'a, str>, String> {
    let mut pieces = text.split("{{");
    let first = pieces.next().unwrap_or_default();
    let mut filled = String::new();
    for piece in pieces {
        let (name, rest) = piece.split_once("}}").ok_or_else(|| "{{ without }}".to_owned())?;
        match data.get(name.trim()) {
            Some(Value::String(value)) => filled.push_str(value),
            Some(value @ (Value::Number(_) | Value::Bool(_))) => filled.push_str(&value.to_string()),
            _ => return Err(format!("Attribute '{}' is not present in the rendering data.", name.trim())),
        }
        filled.push_str(rest);
    }
    Ok(if filled.is_empty() && first.len() == text.len() { text.into() } else { (first.to_owned() + &filled).into() })
}

/// All the mail that was caught.
#[derive(Clone, Debug, Default)]
pub struct Mailbox(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    mails: VecDeque<(usize, Arc<Mail>)>,
    weight: usize,
    taken: u64,
}

impl Kept {
    fn make_room(&mut self) {
        while self.weight > ROOM {
            let Some((weight, _)) = self.mails.pop_front() else { break };
            self.weight -= weight;
        }
    }
}

impl Mailbox {
    /// All of it, newest first.
    pub fn all(&self) -> Vec<Arc<Mail>> {
        self.with(|kept| kept.mails.iter().rev().map(|(_, mail)| Arc::clone(mail)).collect())
    }

    /// What went to one address, newest first.
    pub fn to(&self, address: &str) -> Vec<Arc<Mail>> {
        self.all().into_iter().filter(|mail| mail.is_to(address)).collect()
    }

    /// One mail.
    pub fn get(&self, id: &str) -> Option<Arc<Mail>> {
        self.with(|kept| kept.mails.iter().rev().find(|(_, mail)| mail.id == id).map(|(_, mail)| Arc::clone(mail)))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.with(|kept| kept.mails.len())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Throws all of it away.
    pub fn clear(&self) {
        self.with(|kept| {
            kept.mails.clear();
            kept.weight = 0;
        });
    }

    /// How many were ever taken.
    pub(super) fn taken(&self) -> u64 {
        self.with(|kept| kept.taken)
    }

    /// Keeps a mail under an id that is made for it, and answers the id.
    pub(super) fn keep(&self, mut mail: Mail) -> String {
        self.with(|kept| {
            kept.taken += 1;
            mail.id = format!("{:016x}-{:08x}", mail.sent_at.as_millisecond(), kept.taken);
            let (id, weight) = (mail.id.clone(), mail.weight());
            kept.weight += weight;
            kept.mails.push_back((weight, Arc::new(mail)));
            kept.make_room();
            id
        })
    }

    fn with<T>(&self, act: impl FnOnce(&mut Kept) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
