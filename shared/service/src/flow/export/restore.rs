//! An export is brought into an empty house. The whole file is looked at first, seal by seal; not a line of it is written unless
//! all of it is as it was taken. What was begun and broken off goes on with the same file.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read};

use domain::password::Password;
use serde::Deserialize;
use serde_dynamo::AttributeValue;
use sha2::{Digest, Sha256};

use super::lock::{FORMAT, Head, Lock, Tail};
use super::{Trouble, inherited};
use crate::app::App;
use crate::flow::audit;
use crate::key_ring::KeyRing;
use crate::store::{BATCH, Item, Standing, StoreError, Whole, keys, place};

/// Bytes of a line, at the most: an item has 400 KB.
const LONGEST: u64 = 4 * 1_024 * 1_024;

/// What the last line of a part begins with.
const TAIL: &str = "{\"part\":";

/// What was brought in, by table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restored {
    /// Items of each table.
    pub items: BTreeMap<Whole, u64>,
}

/// Why an export is not brought in. Nothing of it was written, unless a service failed on the way.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The file can't be read.
    #[error("the file can't be read: {0}")]
    File(#[from] io::Error),
    /// It does not begin as one.
    #[error("this is no export of Vestibule")]
    NoExport,
    /// Its format is not known yet.
    #[error("it is written in format {0}, and this program reads formats up to {FORMAT}: take a newer one")]
    Newer(u32),
    /// It can't be opened.
    #[error("this is not the passphrase of the export")]
    WrongPassphrase,
    /// A seal does not fit.
    #[error("the export was altered or damaged, at line {0} or in the part before it")]
    Damaged(u64),
    /// Its last part is missing.
    #[error("the end of the export is missing: put all of its parts into one file, in their order")]
    CutShort,
    /// There is something here.
    #[error("this Vestibule is not empty: an export is brought in before anything else")]
    NotEmpty,
    /// Another one was begun.
    #[error("another export was begun here and not finished: go on with that one, {0}")]
    AnotherBegun(String),
    /// A service did not answer. The same again goes on.
    #[error("{0}; the same command goes on")]
    Trouble(#[from] Trouble),
}

impl From<StoreError> for RestoreError {
    fn from(error: StoreError) -> Self {
        Self::Trouble(error.into())
    }
}

/// A line with an item.
#[derive(Deserialize)]
struct Line {
    table: Whole,
    item: serde_json::Value,
}

/// Brings an export in. It is read twice, so `open` opens it anew each time.
pub async fn restore<R: BufRead>(
    app: &App,
    open: impl Fn() -> io::Result<R>,
    passphrase: &Password,
) -> Result<Restored, RestoreError> {
    let head = head(&mut open()?)?;
    let key = head.kdf.key(passphrase).await?.ok_or(RestoreError::NoExport)?;
    let lock = Lock::of(&key).ok_or(RestoreError::NoExport)?;
    let left = lock.open(&head.id, &head.keys).map_err(|_| RestoreError::WrongPassphrase)?;
    let left: BTreeMap<String, String> = serde_json::from_slice(&left).map_err(|_| RestoreError::NoExport)?;
    look_through(&mut open()?, &head.id, &lock)?;
    match app.store.standing().await? {
        Standing::Empty => app.store.note_restoration(&head.id, false).await?,
        Standing::Begun(export) if export == head.id => {}
        Standing::Begun(export) => return Err(RestoreError::AnotherBegun(export)),
        Standing::Inhabited => return Err(RestoreError::NotEmpty),
    }
    let left = left.into_iter().map(|(key, left)| (inherited(&key, &head.id), left)).collect();
    app.keys.inherit(&left).await.map_err(Trouble::from)?;
    let ring = app.keys.ring().await.map_err(Trouble::from)?;
    let mut writing =
        Writing { app, ring: &ring, lock: &lock, head: &head, due: BTreeMap::new(), done: Restored::default() };
    let mut from = open()?;
    let (mut text, mut number) = (String::new(), 0);
    while read(&mut from, &mut text, number)? {
        number += 1;
        if number > 1 && !text.starts_with(TAIL) {
            writing.take(&text, number).await?;
        }
    }
    let done = writing.finish().await?;
    let entry = audit::entry(app, "export.restored")?.with("export", head.id.clone()).with("from", head.origin.clone());
    app.store.write_down(&entry).await?;
    app.store.note_restoration(&head.id, true).await?;
    Ok(done)
}

/// The next line, with its end; `false` after the last.
fn read(from: &mut impl BufRead, into: &mut String, number: u64) -> Result<bool, RestoreError> {
    into.clear();
    let read = from.by_ref().take(LONGEST).read_line(into).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => RestoreError::Damaged(number + 1),
        _ => RestoreError::File(error),
    })?;
    if read > 0 && !into.ends_with('\n') {
        return Err(if u64::try_from(read).is_ok_and(|read| read < LONGEST) {
            RestoreError::CutShort
        } else {
            RestoreError::Damaged(number + 1)
        });
    }
    Ok(read > 0)
}

/// The first line, if it is one of a format that is known here.
fn head(from: &mut impl BufRead) -> Result<Head, RestoreError> {
    let mut text = String::new();
    read(from, &mut text, 0).map_err(|error| match error {
        RestoreError::File(error) => RestoreError::File(error),
        _ => RestoreError::NoExport,
    })?;
    let value: serde_json::Value = serde_json::from_str(&text).map_err(|_| RestoreError::NoExport)?;
    let format = value.get("vestibule_export").and_then(serde_json::Value::as_u64).ok_or(RestoreError::NoExport)?;
    if format > u64::from(FORMAT) {
        return Err(RestoreError::Newer(u32::try_from(format).unwrap_or(u32::MAX)));
    }
    serde_json::from_value(value).map_err(|_| RestoreError::NoExport)
}

/// Holds every part against its seal.
fn look_through(from: &mut impl BufRead, export: &str, lock: &Lock) -> Result<(), RestoreError> {
    let (mut text, mut number) = (String::new(), 0);
    let (mut hash, mut lines, mut part) = (Sha256::new(), 0, 1);
    while read(from, &mut text, number)? {
        number += 1;
        if !text.starts_with(TAIL) {
            hash.update(&text);
            lines += 1;
            continue;
        }
        let tail: Tail = serde_json::from_str(&text).map_err(|_| RestoreError::Damaged(number))?;
        let seal = lock.seal(export, (part, lines, tail.last), std::mem::take(&mut hash));
        if (tail.part, tail.lines) != (part, lines) || tail.seal != seal {
            return Err(RestoreError::Damaged(number));
        }
        if tail.last {
            let more = read(from, &mut text, number)?;
            return if more { Err(RestoreError::Damaged(number + 1)) } else { Ok(()) };
        }
        (part, lines) = (part + 1, 0);
    }
    Err(RestoreError::CutShort)
}

/// An export on its way in.
struct Writing<'a> {
    app: &'a App,
    ring: &'a KeyRing,
    lock: &'a Lock,
    head: &'a Head,
    due: BTreeMap<Whole, Vec<Item>>,
    done: Restored,
}

impl Writing<'_> {
    /// Takes a line; writes when there are enough for a batch.
    async fn take(&mut self, text: &str, number: u64) -> Result<(), RestoreError> {
        let Line { table, item } = serde_json::from_str(text).map_err(|_| RestoreError::Damaged(number))?;
        let mut item: Item = serde_dynamo::to_item(item).map_err(|_| RestoreError::Damaged(number))?;
        let at = place(&item).ok_or(RestoreError::Damaged(number))?;
        if !self.lock.open_item(self.app, self.ring, table, &mut item)? {
            return Err(RestoreError::Damaged(number));
        }
        if let Some(AttributeValue::S(key)) =
            item.get_mut("key").filter(|_| table == Whole::Audit && at.0 == keys::CHAIN)
        {
            *key = inherited(key, &self.head.id);
        }
        let due = self.due.entry(table).or_default();
        // No batch takes a place twice: two who share an address have its mark in common.
        if due.iter().any(|before| place(before).as_ref() == Some(&at)) {
            return Ok(());
        }
        due.push(item);
        if due.len() == BATCH {
            self.write(table).await?;
        }
        Ok(())
    }

    async fn write(&mut self, of: Whole) -> Result<(), RestoreError> {
        let due = self.due.remove(&of).unwrap_or_default();
        self.app.store.put_all(of, &due).await?;
        *self.done.items.entry(of).or_default() += u64::try_from(due.len()).unwrap_or_default();
        Ok(())
    }

    async fn finish(mut self) -> Result<Restored, RestoreError> {
        for of in self.due.keys().copied().collect::<Vec<_>>() {
            self.write(of).await?;
        }
        Ok(self.done)
    }
}
