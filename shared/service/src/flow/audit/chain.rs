//! The chain of seals: each block holds the digests of its entries and the seal before it, under a key that the table does not
//! know. Whoever alters, removes or reorders what is sealed breaks it, and is found where it begins.

use std::collections::{BTreeMap, BTreeSet};

use aws::dynamodb::Attribute;
use data_encoding::BASE64URL_NOPAD;
use domain::audit::Entry;
use domain::id::UserId;
use jiff::{Timestamp, ToSpan};
use serde_dynamo::AttributeValue;
use sha2::{Digest, Sha256};

use super::Trouble;
use crate::app::App;
use crate::key_ring::{KeyRing, Purpose};
use crate::store::{AUDIT_SHARDS, Block, Head, Part, Raw, Sealed, day};

/// Entries under one seal, at the most: a block stays well below an item's 400 KB.
const PER_BLOCK: usize = 500;

/// Seconds before the last look that are looked at again: what was under way then has come since.
const OVERLAP: i64 = 120;

/// Seconds after which what has not ended is sealed as it is: nothing that runs longer is waited for.
const ENDED_BY_THEN: i64 = 60;

/// Blocks that one run makes, at the most; the rest is left to the next.
const MOST_BLOCKS: u32 = 200;

/// Blocks that one call verifies.
const BLOCKS_A_PAGE: i32 = 50;

/// How often a run begins anew because another has come further.
const TRIES: u32 = 6;

/// Seals what has happened since the last run. Any number may run at once; answers how many entries this one has sealed.
pub async fn seal(app: &App) -> Result<usize, Trouble> {
    let ring = app.keys.ring().await?;
    for _ in 0..TRIES {
        if let Some(sealed) = run(app, &ring).await? {
            return Ok(sealed);
        }
    }
    Ok(0)
}

/// One run; `None` when another has come further meanwhile.
async fn run(app: &App, ring: &KeyRing) -> Result<Option<usize>, Trouble> {
    let now = app.clock.now().as_second();
    let mut head = app.store.chain_head().await?;
    let from = (head.through.min(now) - OVERLAP).max(0);
    let known = sealed_since(app, &head, from).await?;
    let mut pending = unsealed(app, &head, (from, now), &known).await?;
    pending.sort_by(|one, other| one.sk.cmp(&other.sk));
    // Before: what is sealed is not looked at again.
    note_sign_ins(app, &pending).await?;
    let (mut sealed, mut blocks) = (0, 0);
    let mut rest = pending.chunks(PER_BLOCK).peekable();
    while let Some(some) = rest.next() {
        blocks += 1;
        let last = rest.peek().is_none() && blocks < MOST_BLOCKS;
        let block = link(ring, &head, some, now);
        let through = if last { now } else { head.through };
        let after = Head { blocks: block.number, seal: block.seal.clone(), through };
        if !app.store.lengthen(&head, Some(&block), &after).await? {
            return Ok(None);
        }
        (head, sealed) = (after, sealed + some.len());
        if blocks == MOST_BLOCKS {
            break;
        }
    }
    if pending.is_empty() && head.through < now {
        let after = Head { through: now, ..head.clone() };
        return Ok(app.store.lengthen(&head, None, &after).await?.then_some(0));
    }
    Ok(Some(sealed))
}

/// Writes down on each user when they last signed in: the sign-in itself has no write to spare for it.
async fn note_sign_ins(app: &App, entries: &[Raw]) -> Result<(), Trouble> {
    let mut last: BTreeMap<UserId, i64> = BTreeMap::new();
    for raw in entries {
        let Ok(entry) = serde_dynamo::from_item::<_, Entry>(raw.item.clone()) else { continue };
        let user = entry.by.as_ref().and_then(|by| UserId::parse(&by.id));
        if let Some(user) = user.filter(|_| matches!(&*entry.what, "sign_in" | "token.issued")) {
            let at = last.entry(user).or_default();
            *at = entry.at.as_second().max(*at);
        }
    }
    for (user, at) in last {
        app.store.signed_in_at(&user, at).await?;
    }
    Ok(())
}

/// What was sealed from a second on.
async fn sealed_since(app: &App, head: &Head, from: i64) -> Result<BTreeSet<String>, Trouble> {
    let (mut known, mut number) = (BTreeSet::new(), head.blocks);
    while number > 0 {
        let blocks = app.store.blocks(number, false, 20).await?;
        let Some(last) = blocks.last() else { break };
        let reached = last.at < from;
        number = last.number - 1;
        known.extend(blocks.into_iter().flat_map(|block| block.entries).map(|sealed| sealed.sk));
        if reached {
            break;
        }
    }
    Ok(known)
}

/// What happened in a stretch of time, has ended, and is under no seal yet.
async fn unsealed(app: &App, head: &Head, stretch: (i64, i64), known: &BTreeSet<String>) -> Result<Vec<Raw>, Trouble> {
    let at = |second| Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH);
    let (from, now) = (at(stretch.0), at(stretch.1));
    // Before the first block everything that there is was written by this program's first day.
    let first = if head.blocks == 0 { day(now) - 8.days() } else { day(from) };
    let least = domain::id::AuditId::new(from, [0; 10]);
    let mut all = Vec::new();
    for date in first.series(1.day()).take_while(|date| *date <= day(now)) {
        for shard in 0..AUDIT_SHARDS {
            let least = if head.blocks == 0 { "0" } else { least.as_str() };
            collect(app, (date, shard), least, &mut all).await?;
        }
    }
    all.retain(|raw| !known.contains(&raw.sk) && has_ended(raw, now));
    Ok(all)
}

async fn collect(app: &App, part: Part, least: &str, all: &mut Vec<Raw>) -> Result<(), Trouble> {
    let mut from = least.to_owned();
    loop {
        let found = app.store.raw(part, &from, 1_000).await?;
        let whole = found.is_empty();
        // Nothing sorts between an id and the same with the least character behind it.
        from = found.last().map_or(from, |last| format!("{}\u{1}", last.sk));
        all.extend(found);
        if whole {
            return Ok(());
        }
    }
}

fn has_ended(raw: &Raw, now: Timestamp) -> bool {
    let at = raw.item.get("at").and_then(|at| at.as_n()).and_then(|at| at.parse::<i64>().ok());
    raw.item.contains_key("outcome") || at.is_none_or(|at| at + ENDED_BY_THEN <= now.as_second())
}

fn link(ring: &KeyRing, head: &Head, entries: &[Raw], at: i64) -> Block {
    let entries = entries.iter().map(|raw| Sealed { pk: raw.pk.clone(), sk: raw.sk.clone(), digest: digest(raw) });
    let key = ring.current().to_owned();
    let (number, previous) = (head.blocks + 1, head.seal.clone());
    let block = Block { number, at, previous, entries: entries.collect(), key, seal: String::new() };
    Block { seal: seal_of(ring, &block).unwrap_or_default(), ..block }
}

/// The seal that a block ought to have; `None` when its key is gone.
fn seal_of(ring: &KeyRing, block: &Block) -> Option<String> {
    let (number, at) = (block.number.to_string(), block.at.to_string());
    let mut parts = vec![number.as_str(), at.as_str(), block.previous.as_str()];
    parts.extend(block.entries.iter().flat_map(|of| [of.pk.as_str(), of.sk.as_str(), of.digest.as_str()]));
    Some(BASE64URL_NOPAD.encode(&ring.derive(&block.key, Purpose::AuditSeal, &parts)?))
}

/// The hash of every attribute of an entry, whichever program wrote it.
fn digest(raw: &Raw) -> String {
    let mut hash = Sha256::new();
    let mut names: Vec<&String> = raw.item.keys().collect();
    names.sort_unstable();
    for name in names {
        hash.update(name.as_bytes());
        absorb(&mut hash, &raw.item[name]);
    }
    BASE64URL_NOPAD.encode(&hash.finalize())
}

fn absorb(hash: &mut Sha256, value: &AttributeValue) {
    let mut text = |kind: u8, text: &str| {
        hash.update([0, kind]);
        hash.update(text.len().to_be_bytes());
        hash.update(text.as_bytes());
    };
    match value {
        AttributeValue::S(s) => text(b'S', s),
        AttributeValue::N(n) => text(b'N', n),
        AttributeValue::Bool(b) => text(b'B', if *b { "true" } else { "false" }),
        AttributeValue::M(map) => {
            text(b'M', &map.len().to_string());
            let mut names: Vec<&String> = map.keys().collect();
            names.sort_unstable();
            for name in names {
                hash.update(name.as_bytes());
                absorb(hash, &map[name]);
            }
        }
        AttributeValue::L(list) => {
            text(b'L', &list.len().to_string());
            for value in list {
                absorb(hash, value);
            }
        }
        other => text(b'?', &format!("{other:?}")),
    }
}

/// What is wrong, and where it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Altered {
    /// An entry says something else than when it was sealed.
    Changed(Sealed),
    /// An entry is gone.
    Missing(Sealed),
    /// A block was altered, or was made by somebody without the key.
    Broken(u64),
    /// Blocks are gone from here on.
    Cut(u64),
}

/// What came of looking at a stretch of the chain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Blocks that were looked at.
    pub blocks: u64,
    /// Entries that were looked at.
    pub entries: u64,
    /// The first thing that is wrong.
    pub altered: Option<Altered>,
    /// The block to go on with; none after the last.
    pub next: Option<u64>,
}

/// Looks at a stretch of the chain from a block on, the first being one. The oldest blocks are forgotten after 400 days, and the
/// chain then begins where they ended.
pub async fn verify(app: &App, from: u64) -> Result<Verified, Trouble> {
    let ring = app.keys.ring().await?;
    let head = app.store.chain_head().await?;
    let before = if from > 1 { app.store.blocks(from - 1, false, 1).await? } else { Vec::new() };
    let mut previous = before.into_iter().find(|block| block.number + 1 == from);
    let blocks = app.store.blocks(from, true, BLOCKS_A_PAGE).await?;
    let mut verified = Verified::default();
    for block in blocks {
        verified.blocks += 1;
        verified.entries += u64::try_from(block.entries.len()).unwrap_or_default();
        let follows = previous.as_ref().is_none_or(|previous| previous.seal == block.previous);
        if let Some(previous) = previous.as_ref().filter(|previous| previous.number + 1 != block.number) {
            verified.altered = Some(Altered::Cut(previous.number + 1));
        } else if !follows || seal_of(&ring, &block).is_none_or(|seal| seal != block.seal) {
            verified.altered = Some(Altered::Broken(block.number));
        } else {
            verified.altered = first_altered(app, &block).await?;
        }
        if verified.altered.is_some() {
            return Ok(verified);
        }
        previous = Some(block);
    }
    let last = previous.map_or(from.saturating_sub(1), |block| block.number);
    if verified.blocks < u64::try_from(BLOCKS_A_PAGE).unwrap_or_default() {
        verified.altered = (last < head.blocks).then_some(Altered::Cut(last + 1));
    } else {
        verified.next = (last < head.blocks).then_some(last + 1);
    }
    Ok(verified)
}

async fn first_altered(app: &App, block: &Block) -> Result<Option<Altered>, Trouble> {
    for some in block.entries.chunks(100) {
        let found = app.store.raw_at(some).await?;
        for sealed in some {
            match found.get(&sealed.sk) {
                None => return Ok(Some(Altered::Missing(sealed.clone()))),
                Some(raw) if digest(raw) != sealed.digest => return Ok(Some(Altered::Changed(sealed.clone()))),
                Some(_) => {}
            }
        }
    }
    Ok(None)
}
