//! Everything is taken out, and brought into an empty house (IO-3): people with their rights, passwords and factors, settings,
//! layouts, instances, locations, providers, programs, and what happened. It goes part by part, so that neither memory nor time
//! grows with the membership; a ticket, which only whoever began holds, says where the next part begins.
//!
//! `infra/decisions/an-export-is-closed-with-a-passphrase.md` has the format.

mod lock;
mod restore;

use domain::email::Email;
use domain::id::{AuditId, UserId};
use domain::password::{self, Criteria, Password, Reason};
use domain::session::Session;
use domain::time::later;
use domain::user::{Kind, State, User};
use domain::work::{Event, Work};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::change_password::Again;
use super::factor::{Proven, fresh, used_up};
use super::verify_code::Proof;
use super::{Trouble, letter};
use crate::app::App;
use crate::key_ring::{BadSecret, KeyRing};
use crate::keys::KeysError;
use crate::store::{Item, Letterbox, Place, StoreError, Whole, as_user, keys, place};
use lock::{Head, Kdf, Lock, Tail};

pub use lock::FORMAT;
pub use restore::{RestoreError, Restored, restore};

/// Seconds for which the ticket of the next part holds.
pub const TICKET_SECONDS: i64 = 1_800;

/// Seconds after the proof in which all of it is taken.
const MOST_SECONDS: i64 = 4 * 3_600;

/// Code points that a passphrase has at the least: a file can be guessed at for ever.
pub const SHORTEST: u16 = 16;

/// Bytes of a part before it ends: with what one more look brings, and in Base64, it is within the 6 MB that a Lambda answers.
const MOST_BYTES: usize = 2_500_000;

/// Items that one look at a table brings.
const PAGE: i32 = 100;

/// What is still to come of an export.
#[derive(Serialize, Deserialize)]
struct Ticket {
    by: Option<UserId>,
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    ends_at: Timestamp,
    id: String,
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    made_at: Timestamp,
    kdf: Kdf,
    key: String,
    part: u32,
    of: Whole,
    after: Option<Place>,
    /// Blocks of the chain when it began: those after it speak of what may not be in it.
    blocks: Option<u64>,
}

/// A part of an export.
#[derive(Debug)]
pub struct Part {
    /// Which, from one on.
    pub number: u32,
    /// The export's id.
    pub export: String,
    /// Lines of JSON.
    pub text: String,
    /// What the next part is asked for with; none after the last.
    pub next: Option<String>,
}

/// What becomes of wishing to begin.
#[derive(Debug)]
pub enum Begun {
    /// It is begun.
    Ticket {
        /// What the first part is asked for with.
        ticket: String,
        /// The export's id.
        export: String,
    },
    /// The passphrase is too weak, for these reasons.
    Weak(Vec<Reason>),
}

/// Begins an export for an administrator who shows their password, and a code where they have an authenticator. They and the
/// organisation are told at once, each other administrator with the part that they are in.
pub async fn begin(
    app: &App,
    (by, held): (&User, &Session),
    shown: (Again<'_>, Option<Proof<'_>>),
    passphrase: &str,
) -> Result<Proven<Begun>, Trouble> {
    let passphrase = match strong(passphrase) {
        Ok(passphrase) => passphrase,
        Err(reasons) => return Ok(Proven::Yes(Begun::Weak(reasons))),
    };
    let shown = match fresh(app, (by, held), shown.0, shown.1).await?.or() {
        Ok(shown) => shown,
        Err(refused) => return Ok(refused),
    };
    let ticket = new_ticket(app, Some(by), &passphrase).await?;
    let begun = Begun::Ticket { ticket: closed(app, &ticket).await?, export: ticket.id.clone() };
    let office = app.settings().await?.organisation_email.clone();
    let mut letters = vec![notice(app, by, None)?];
    if let Some(office) = office {
        letters.push(notice(app, by, Some(office))?);
    }
    if !used_up(app, by, shown.as_ref(), letters).await? {
        return Ok(Proven::WrongCode(None));
    }
    tracing::warn!(by = %by.id, export = ticket.id, "an export of everything has begun");
    Ok(Proven::Yes(begun))
}

/// A passphrase that may close an export, or everything that speaks against it.
pub fn strong(typed: &str) -> Result<Password, Vec<Reason>> {
    let passphrase = Password::parse(typed).map_err(|long| vec![long.into()])?;
    password::check(&passphrase, &Criteria { length: SHORTEST, ..Criteria::default() }, &[])?;
    Ok(passphrase)
}

async fn new_ticket(app: &App, by: Option<&User>, passphrase: &Password) -> Result<Ticket, Trouble> {
    let (now, kdf) = (app.clock.now(), Kdf::new(app.random.bytes()?));
    let key = kdf.key(passphrase).await?.ok_or(KeysError::Bad(BadSecret))?;
    Ok(Ticket {
        by: by.map(|by| by.id.clone()),
        ends_at: later(now, TICKET_SECONDS),
        id: AuditId::new(now, app.random.bytes()?).to_string(),
        made_at: now,
        kdf,
        key: key.to_string(),
        part: 1,
        of: Whole::Directory,
        after: None,
        blocks: None,
    })
}

/// The part that a ticket asks for; `None` when it is over, forged, or somebody else's.
pub async fn part(app: &App, by: &User, ticket: &str) -> Result<Option<Part>, Trouble> {
    let opened = app.keys.ring().await?.open(&owner(Some(&by.id)), ticket);
    let ticket = opened.ok().and_then(|plain| serde_json::from_slice::<Ticket>(&plain).ok());
    let ticket = ticket.filter(|ticket| app.clock.now() < ticket.ends_at && ticket.by.as_ref() == Some(&by.id));
    let Some(ticket) = ticket else { return Ok(None) };
    let (part, next, told) = written(app, ticket).await?;
    let letters = told.iter().filter(|user| user.id != by.id).map(|user| notice(app, user, None));
    app.store.post_once(&letters.collect::<Result<Vec<_>, _>>()?).await?;
    let next = match next {
        Some(next) => Some(closed(app, &next).await?),
        None => None,
    };
    Ok(Some(Part { next, ..part }))
}

/// Exports everything as whoever runs the house, who comes before everybody else: each part is given to `take`.
pub async fn by_operator<E: From<Trouble>>(
    app: &App,
    passphrase: &Password,
    mut take: impl FnMut(&str) -> Result<(), E>,
) -> Result<String, E> {
    let mut ticket = new_ticket(app, None, passphrase).await?;
    let entry = super::audit::entry(app, "export.taken")?.with("export", ticket.id.clone()).with("by", "operator");
    app.store.write_down(&entry).await.map_err(Trouble::from)?;
    loop {
        let (part, next, told) = written(app, ticket).await?;
        let letters = told.iter().map(|user| notice(app, user, None)).collect::<Result<Vec<_>, _>>()?;
        app.store.post_once(&letters).await.map_err(Trouble::from)?;
        take(&part.text)?;
        match next {
            Some(next) => ticket = next,
            None => return Ok(part.export),
        }
    }
}

/// The notice that an export was taken, to a user or to another address.
fn notice(app: &App, user: &User, to: Option<Email>) -> Result<Letterbox, Trouble> {
    letter(app, Work::Notice { user: user.id.clone(), event: Event::Exported, to, by: None })
}

fn owner(by: Option<&UserId>) -> String {
    format!("EXPORT#{}", by.map_or("", UserId::as_str))
}

async fn closed(app: &App, ticket: &Ticket) -> Result<String, Trouble> {
    let plain = Zeroizing::new(serde_json::to_vec(ticket).unwrap_or_default());
    let sealed = app.keys.ring().await?.seal(&owner(ticket.by.as_ref()), &plain, app.random.bytes()?);
    sealed.ok_or(Trouble::Keys(KeysError::Bad(BadSecret)))
}

/// A part in the making.
struct Writing<'a> {
    app: &'a App,
    ring: &'a KeyRing,
    lock: Lock,
    text: String,
    lines: u64,
    told: Vec<User>,
}

/// Writes the part of a ticket; answers it, the ticket of the next, and the administrators in it.
async fn written(app: &App, mut ticket: Ticket) -> Result<(Part, Option<Ticket>, Vec<User>), Trouble> {
    let ring = app.keys.ring().await?;
    let lock = Lock::of(&ticket.key).ok_or(KeysError::Bad(BadSecret))?;
    let mut writing = Writing { app, ring: &ring, lock, text: String::new(), lines: 0, told: Vec::new() };
    if ticket.part == 1 {
        writing.begin(&mut ticket).await?;
    }
    let mut over = false;
    while !over && writing.text.len() < MOST_BYTES {
        over = !writing.look(&mut ticket).await?;
    }
    let mut hash = Sha256::new();
    hash.update(&writing.text);
    let seal = writing.lock.seal(&ticket.id, (ticket.part, writing.lines, over), hash);
    let tail = Tail { part: ticket.part, lines: writing.lines, last: over, seal };
    writing.text.push_str(&line(&tail));
    let part = Part { number: ticket.part, export: ticket.id.clone(), text: writing.text, next: None };
    ticket.part += 1;
    ticket.ends_at = later(app.clock.now(), TICKET_SECONDS).min(later(ticket.made_at, MOST_SECONDS));
    Ok((part, (!over).then_some(ticket), writing.told))
}

fn line<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default() + "\n"
}

impl Writing<'_> {
    /// The first line, and how far the chain of what happened has come.
    async fn begin(&mut self, ticket: &mut Ticket) -> Result<(), Trouble> {
        let bequest = self.ring.bequest();
        let left: std::collections::BTreeMap<&String, &str> =
            bequest.iter().map(|(id, left)| (id, left.as_str())).collect();
        let left = Zeroizing::new(serde_json::to_vec(&left).unwrap_or_default());
        let keys = self.lock.close(&ticket.id, &left, self.app.random.bytes()?).ok_or(KeysError::Bad(BadSecret))?;
        let head = Head {
            vestibule_export: FORMAT,
            id: ticket.id.clone(),
            made_at: ticket.made_at,
            origin: self.app.origin.to_string(),
            kdf: ticket.kdf.clone(),
            keys,
        };
        self.text.push_str(&line(&head));
        self.lines += 1;
        let chain = self.app.store.chain_head().await?;
        ticket.blocks = Some(chain.blocks);
        if chain.blocks > 0 {
            self.write(Whole::Audit, self.app.store.chain_head_item(&chain)?)?;
        }
        Ok(())
    }

    /// One look at a table; `false` when that was the end of the last.
    async fn look(&mut self, ticket: &mut Ticket) -> Result<bool, Trouble> {
        let store = &self.app.store;
        let next = if ticket.of == Whole::Directory {
            let (people, next) = store.people(ticket.after.as_ref(), PAGE).await?;
            for (of, items) in
                [(Whole::Directory, people.directory), (Whole::Names, people.names), (Whole::Lockouts, people.lockouts)]
            {
                self.write_all(of, items)?;
            }
            next
        } else {
            let (items, next) = store.scan(ticket.of, ticket.after.as_ref(), PAGE).await?;
            self.write_all(ticket.of, items.into_iter().filter(|item| moves(ticket, item)).collect())?;
            next
        };
        let more = next.is_some();
        ticket.after = next;
        if more {
            return Ok(true);
        }
        let Some(then) = after(ticket.of) else { return Ok(false) };
        ticket.of = then;
        Ok(true)
    }

    fn write_all(&mut self, of: Whole, items: Vec<Item>) -> Result<(), Trouble> {
        for item in items {
            self.write(of, item)?;
        }
        Ok(())
    }

    fn write(&mut self, of: Whole, mut item: Item) -> Result<(), Trouble> {
        if of == Whole::Directory {
            // What was mailed from this house leads to this house.
            item.retain(|name, _| !["link", "used_link", "setup"].contains(&name.as_str()));
            let user = as_user(&item)?.filter(|user| user.kind == Kind::Administrator && user.state != State::Disabled);
            self.told.extend(user);
        }
        self.lock.close_item(self.app, self.ring, of, &mut item)?;
        let plain: serde_json::Value = serde_dynamo::from_item(item)
            .map_err(|source| StoreError::Shape { kind: "a line of an export", source })?;
        self.text.push_str(&line(&json!({"table": of, "item": plain})));
        self.lines += 1;
        Ok(())
    }
}

/// The table after this one, of those that are looked through from beginning to end.
fn after(of: Whole) -> Option<Whole> {
    match of {
        Whole::Directory | Whole::Names | Whole::Lockouts => Some(Whole::Settings),
        Whole::Settings => Some(Whole::Audit),
        Whole::Audit => None,
    }
}

/// Whether an item goes along: not how far this house's own work has come, and no seal over what may not be in the export.
fn moves(ticket: &Ticket, item: &Item) -> bool {
    let Some((pk, sk)) = place(item) else { return false };
    match ticket.of {
        Whole::Settings => pk == keys::MOVING_CURSOR || (!keys::is_cursor(&pk) && pk != keys::RESTORATION),
        Whole::Audit if pk == keys::CHAIN => {
            let last = keys::block_name(ticket.blocks.unwrap_or_default());
            sk.starts_with("BLOCK#") && sk <= last
        }
        _ => true,
    }
}

/// What an inherited key is called in the house that it comes into.
fn inherited(key: &str, export: &str) -> String {
    let from = export.len().saturating_sub(8);
    format!("{key}~{}", export.get(from..).unwrap_or_default())
}
