//! Tickets: what somebody holds whose password was right and who has something to do yet. A ticket proves itself, so that one
//! that was made up costs neither a read nor anybody's tries.

use data_encoding::HEXLOWER;
use domain::bearer::Ticket;
use domain::id::UserId;
use domain::login::ChangeReason;
use domain::session::{CodeStage, TICKET_SECONDS, TicketState};
use domain::time::later;
use jiff::Timestamp;
use subtle::ConstantTimeEq;

use super::Trouble;
use crate::app::App;
use crate::key_ring::{KeyRing, Purpose};

/// Half of the secret is drawn, the other half is its proof.
const HALF: usize = 16;

/// A new ticket for this user.
pub(super) fn new(ring: &KeyRing, user: &UserId, drawn: [u8; HALF]) -> Ticket {
    let proof =
        ring.derive(ring.current(), Purpose::Ticket, &[user.as_str(), &HEXLOWER.encode(&drawn)]).unwrap_or_default();
    let mut secret = [0; 32];
    secret[..HALF].copy_from_slice(&drawn);
    secret[HALF..].copy_from_slice(&proof[..HALF]);
    Ticket::new(user.clone(), secret)
}

/// Whether it was made here.
pub(super) fn is_ours(ring: &KeyRing, ticket: &Ticket) -> bool {
    let (drawn, proof) = ticket.secret.expose().split_at(HALF);
    let candidates = ring.candidates(Purpose::Ticket, &[ticket.user.as_str(), &HEXLOWER.encode(drawn)]);
    candidates.iter().any(|derived| bool::from(derived[..HALF].ct_eq(proof)))
}

/// A ticket's state from now on: whose, what is due, and where to go afterwards and whether to be kept signed in there.
pub(super) fn state(
    user: (&UserId, u64, &str),
    due: (CodeStage, Option<ChangeReason>),
    (return_to, keep): (Option<String>, bool),
    now: Timestamp,
) -> TicketState {
    let (user, epoch, name) = user;
    let ends_at = later(now, TICKET_SECONDS);
    let (code, reason) = due;
    TicketState { user: user.clone(), epoch, name: name.to_owned(), reason, code, return_to, keep, ends_at }
}

/// The ticket behind a hash, if its time is not over. What is told to be over stays over, whatever becomes of the clock.
pub(super) async fn in_time<T>(
    app: &App,
    whose: (&UserId, &str),
    found: Option<T>,
    ends_at: impl FnOnce(&T) -> Timestamp,
) -> Result<Option<T>, Trouble> {
    let over = found.as_ref().is_some_and(|found| app.clock.now() >= ends_at(found));
    if over {
        app.store.end_ticket(whose.0, whose.1).await?;
    }
    Ok(found.filter(|_| !over))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// MF-9: nobody makes a ticket for themselves.
    #[test]
    fn a_ticket_proves_itself() {
        let ring = KeyRing::parse(r#"{"current":"k1","k1":"a key that is long enough, surely it is"}"#).unwrap();
        let (ann, bob) = (UserId::parse("ann").unwrap(), UserId::parse("bob").unwrap());
        let ticket = new(&ring, &ann, [7; HALF]);
        assert!(is_ours(&ring, &ticket));
        assert!(is_ours(&ring, &Ticket::parse(&ticket.reveal()).unwrap()));
        assert!(!is_ours(&ring, &Ticket::new(bob, *ticket.secret.expose())));
        assert!(!is_ours(&ring, &Ticket::new(ann, [7; 32])));
    }
}
