//! Many pieces of work at once: claimed together, read together, handed over fifty at a time, written down together. What can't
//! go with the others goes by itself, so that one that is broken holds none of them up.

use std::collections::{BTreeMap, BTreeSet};

use domain::email::Email;
use domain::id::MailId;
use domain::layout::Occasion;
use futures_util::stream::{self, StreamExt as _};

use super::piece::{Piece, Prepared, Shared, became};
use super::{AT_ONCE, Delivered, Trouble, alone, conclude, deliver, ended};
use crate::app::App;
use crate::flow::letters::many;
use crate::language;
use crate::mail::{Addressed, Letter, MOST_TOGETHER};
use crate::metrics;
use crate::store::{Claim, Waiting};

/// Batches that are under way at once: while one waits for the database the other one writes its letters.
const BATCHES: usize = 2;

/// Delivers pieces of work that nobody else has; answers for each, in the order given.
pub async fn deliver_together(app: &App, waiting: Vec<Waiting>) -> Vec<Result<Delivered, Trouble>> {
    let ids: Vec<MailId> = waiting.iter().map(|one| one.id.clone()).collect();
    let each: BTreeMap<MailId, Waiting> = waiting.into_iter().map(|one| (one.id.clone(), one)).collect();
    let each: Vec<Waiting> = each.into_values().collect();
    let batches = each.chunks(MOST_TOGETHER).map(<[Waiting]>::to_vec).collect::<Vec<_>>();
    let batches = batches.into_iter().map(|batch| batch_delivered(app, batch));
    let done: Vec<Done> = stream::iter(batches).buffer_unordered(BATCHES).collect().await;
    let mut done: Done = done.into_iter().flatten().collect();
    ids.iter().map(|id| done.remove(id).unwrap_or_else(|| Ok(Delivered::default()))).collect()
}

async fn batch_delivered(app: &App, batch: Vec<Waiting>) -> Done {
    let ids: Vec<MailId> = batch.iter().map(|one| one.id.clone()).collect();
    let claims = match app.store.claim_together(batch, app.clock.now()).await {
        Ok(claims) => claims,
        Err(error) => {
            tracing::warn!(%error, "not claimed together");
            let delivered = deliver(app, ids.clone()).await;
            return ids.into_iter().zip(delivered).collect();
        }
    };
    let mut users = BTreeSet::new();
    let (many, others): (Vec<Claim>, Vec<Claim>) = claims
        .into_iter()
        .partition(|claim| many::recipient(&claim.posted.work).is_some_and(|user| users.insert(user.clone())));
    let mut done = delivered(app, many).await;
    done.extend(each_alone(app, others).await);
    done
}

type Done = BTreeMap<MailId, Result<Delivered, Trouble>>;

/// Each by itself.
async fn each_alone(app: &App, claims: Vec<Claim>) -> Done {
    let each = claims.into_iter().map(|claim| async { (claim.id.clone(), alone(app, claim).await) });
    stream::iter(each).buffer_unordered(AT_ONCE).collect().await
}

async fn delivered(app: &App, claims: Vec<Claim>) -> Done {
    let prepared = match prepare(app, &claims).await {
        Ok(prepared) => prepared,
        Err(error) => {
            tracing::warn!(%error, "not prepared together");
            return each_alone(app, claims).await;
        }
    };
    let (mut pieces, mut senders) = (Vec::with_capacity(claims.len()), BTreeMap::<String, Vec<Ready>>::new());
    for (claim, prepared) in claims.into_iter().zip(prepared) {
        match prepared {
            Prepared::Over(letter, outcome) => pieces.push(Piece { claim, letter, outcome }),
            Prepared::Ready(ready) => {
                let (from, to, occasion, letter) = *ready;
                let sender = from.deliverable();
                senders.entry(sender).or_default().push(Ready { claim, from, to, occasion, letter });
            }
        }
    }
    for mut ready in senders.into_values() {
        while !ready.is_empty() {
            let some = ready.split_off(ready.len().saturating_sub(MOST_TOGETHER));
            pieces.extend(hand_over(app, some).await);
        }
    }
    concluded(app, pieces).await
}

async fn prepare(app: &App, claims: &[Claim]) -> Result<Vec<Prepared>, Trouble> {
    let settings = app.settings().await?;
    let decided = many::decide(app, &settings, claims, app.clock.now());
    let verdicts = language::within(settings.organisation_language, decided).await?;
    let shared = Shared::read(app, settings, &verdicts).await?;
    let mut prepared = Vec::with_capacity(verdicts.len());
    for verdict in verdicts {
        prepared.push(shared.prepare(app, verdict).await);
    }
    Ok(prepared)
}

/// A letter that is written and not yet handed over.
struct Ready {
    claim: Claim,
    from: Email,
    to: Email,
    occasion: Occasion,
    letter: Letter,
}

/// Hands letters of one sender over together.
async fn hand_over(app: &App, together: Vec<Ready>) -> Vec<Piece> {
    let Some(from) = together.first().map(|ready| ready.from.clone()) else { return Vec::new() };
    let (mut works, mut letters) = (Vec::with_capacity(together.len()), Vec::with_capacity(together.len()));
    for Ready { claim, to, occasion, letter, .. } in together {
        letters.push(Addressed { to: to.clone(), letter, tag: claim.id.clone() });
        works.push((claim, (to, occasion)));
    }
    let taken = app.mail.send_together(&from, &letters).await;
    let piece = |((claim, letter), taken): ((Claim, _), _)| {
        let outcome = became(&claim.id, taken);
        Piece { claim, letter: Some(letter), outcome }
    };
    works.into_iter().zip(taken).map(piece).collect()
}

/// Writes down what became of each: of what is over together, of the rest one by one.
async fn concluded(app: &App, pieces: Vec<Piece>) -> Done {
    let (mut ends, mut done, now) = (Vec::with_capacity(pieces.len()), Done::new(), app.clock.now());
    for piece in &pieces {
        if let Ok(Some((end, entry))) = ended(app, piece) {
            ends.push((piece, end, entry));
        }
    }
    let written = ends.iter().map(|(piece, end, entry)| (&piece.claim.id, end, entry)).collect::<Vec<_>>();
    match app.store.finish_together(&written, now).await {
        Ok(()) => {
            for (piece, end, _) in &ends {
                metrics::mail(end.fate);
                let delivered = Delivered { fate: Some(end.fate), run: piece.run() };
                done.insert(piece.claim.id.clone(), Ok(delivered));
            }
        }
        Err(error) => tracing::warn!(%error, "not written down together"),
    }
    drop(ends);
    let left: Vec<Piece> = pieces.into_iter().filter(|piece| !done.contains_key(&piece.claim.id)).collect();
    let left = left.into_iter().map(|piece| async move { (piece.claim.id.clone(), conclude(app, &piece).await) });
    let left: Vec<_> = stream::iter(left).buffer_unordered(AT_ONCE).collect().await;
    done.extend(left);
    done
}
