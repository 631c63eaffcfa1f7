//! The mail that was caught: in a file, so that a hundred thousand mails take no memory. With `--data` it is there again the
//! next time.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Seek as _, SeekFrom};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::cloud::data_file::private;

/// A mail as it would have arrived.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Mail {
    /// The id that SES would have given it.
    pub id: String,
    /// To whom: addresses as given, with a comma and a space between them.
    pub to: String,
    /// From whom, as given.
    pub from: String,
    /// The subject.
    pub subject: String,
    /// The HTML part.
    pub html: Option<String>,
    /// The plain part.
    pub text: Option<String>,
    /// When it was taken, by the machine's clock.
    pub sent_at: Timestamp,
    /// Its tags: texts by name.
    pub tags: Map<String, Value>,
}

/// All the mail that was caught.
#[derive(Clone, Debug)]
pub struct Mailbox(Arc<Mutex<Kept>>);

#[derive(Debug)]
struct Kept {
    file: File,
    mails: Vec<Place>,
    /// Where the next one goes.
    end: u64,
    taken: u64,
}

/// Where a mail is, and what it is looked for by.
#[derive(Debug)]
struct Place {
    id: String,
    to: String,
    begin: u64,
    length: usize,
}

impl Place {
    /// Whether one of the recipients has this address, whatever its case.
    fn is_to(&self, address: &str) -> bool {
        self.to.split(", ").any(|one| super::address::bare(one).eq_ignore_ascii_case(address.trim()))
    }
}

impl Kept {
    fn read(&self, place: &Place) -> io::Result<Mail> {
        let mut line = vec![0; place.length];
        self.file.read_exact_at(&mut line, place.begin)?;
        Ok(serde_json::from_slice(&line)?)
    }

    /// What the file has already. A line that a crash cut off was never answered for, and goes.
    fn look_through(&mut self) -> io::Result<()> {
        let mut lines = BufReader::new(self.file.try_clone()?);
        lines.seek(SeekFrom::Start(0))?;
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line)? > 0 && line.ends_with(b"\n") {
            let mail: Mail = serde_json::from_slice(&line)?;
            let (begin, length) = (self.end, line.len());
            self.mails.push(Place { id: mail.id, to: mail.to, begin, length });
            self.end += length as u64;
            line.clear();
        }
        self.taken = self.mails.len() as u64;
        self.file.set_len(self.end)
    }
}

impl Mailbox {
    /// The mail in a file, or none yet in one that nobody else sees and that goes with this.
    pub(in crate::cloud) fn open(path: Option<&Path>) -> io::Result<Self> {
        let file = path.map_or_else(tempfile::tempfile, |path| private().open(path))?;
        let mut kept = Kept { file, mails: Vec::new(), end: 0, taken: 0 };
        kept.look_through()?;
        Ok(Self(Arc::new(Mutex::new(kept))))
    }

    /// All of it, newest first.
    pub fn all(&self) -> Vec<Mail> {
        self.page(None, None, usize::MAX)
    }

    /// What went to one address, newest first.
    pub fn to(&self, address: &str) -> Vec<Mail> {
        self.page(Some(address), None, usize::MAX)
    }

    /// Mails, to one address if one is given, newest first, older than a given one; at most so many.
    pub fn page(&self, to: Option<&str>, before: Option<&str>, most: usize) -> Vec<Mail> {
        self.with(|kept| {
            let end = before.map_or(Some(kept.mails.len()), |id| kept.mails.iter().position(|place| place.id == id));
            let older = kept.mails.get(..end.unwrap_or_default()).unwrap_or_default().iter().rev();
            let wanted = older.filter(|place| to.is_none_or(|to| place.is_to(to)));
            wanted.take(most).filter_map(|place| kept.read(place).inspect_err(lost).ok()).collect()
        })
    }

    /// One mail.
    pub fn get(&self, id: &str) -> Option<Mail> {
        self.with(|kept| {
            let place = kept.mails.iter().rev().find(|place| place.id == id)?;
            kept.read(place).inspect_err(lost).ok()
        })
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
    pub fn clear(&self) -> io::Result<()> {
        self.with(|kept| {
            kept.file.set_len(0)?;
            kept.mails.clear();
            kept.end = 0;
            Ok(())
        })
    }

    /// How many were ever taken.
    pub(super) fn taken(&self) -> u64 {
        self.with(|kept| kept.taken)
    }

    /// Keeps a mail under an id that is made for it, and answers the id.
    pub(super) fn keep(&self, mut mail: Mail) -> io::Result<String> {
        self.with(|kept| {
            kept.taken += 1;
            mail.id = format!("{:016x}-{:08x}", mail.sent_at.as_millisecond(), kept.taken);
            let mut line = serde_json::to_vec(&mail)?;
            line.push(b'\n');
            kept.file.write_all_at(&line, kept.end)?;
            let (begin, length) = (kept.end, line.len());
            kept.mails.push(Place { id: mail.id.clone(), to: mail.to, begin, length });
            kept.end += length as u64;
            Ok(mail.id)
        })
    }

    fn with<T>(&self, act: impl FnOnce(&mut Kept) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn lost(error: &io::Error) {
    tracing::error!(%error, "caught mail can't be read");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(to: &str) -> Mail {
        let (id, from, subject) = (String::new(), "a@b.example".to_owned(), "Hello\nthere".to_owned());
        let sent_at = Timestamp::UNIX_EPOCH;
        Mail { id, to: to.to_owned(), from, subject, html: None, text: None, sent_at, tags: Map::new() }
    }

    #[test]
    fn mail_is_there_again_but_for_what_a_crash_cut_off() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mailbox = Mailbox::open(Some(file.path())).unwrap();
        let ids: Vec<_> = ["one@x.example", "two@x.example"].map(|to| mailbox.keep(mail(to)).unwrap()).into();
        let whole = std::fs::read(file.path()).unwrap();
        std::fs::write(file.path(), [&whole[..], &whole[..20]].concat()).unwrap();
        let again = Mailbox::open(Some(file.path())).unwrap();
        assert_eq!(
            again.all().iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(),
            ["two@x.example", "one@x.example"]
        );
        let third = again.keep(mail("three@x.example")).unwrap();
        assert!(!ids.contains(&third));
        assert_eq!(again.page(None, Some(&third), 1)[0].id, ids[1]);
        assert_eq!(again.get(&ids[0]).unwrap().subject, "Hello\nthere");
        again.clear().unwrap();
        assert!(again.is_empty() && Mailbox::open(Some(file.path())).unwrap().is_empty());
    }
}
