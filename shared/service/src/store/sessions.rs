//! Sessions and tickets: begun, found, touched, ended.

use std::collections::HashMap;

use aws::dynamodb::{Wanted, Write, delete, update};
use domain::audit::Entry;
use domain::bearer::{AccessToken, SessionToken, Ticket};
use domain::id::UserId;
use domain::session::{Access, Session, TicketState};
use domain::user::User;
use jiff::Timestamp;

use super::lockouts::Counter;
use super::{BATCH_TRIES, Item, Store, StoreError, audit, keys, number, read, unavailable, unless_condition, write};

/// What a browser held before somebody signed in with it: all of it ends (SI-8).
#[derive(Clone, Copy, Debug, Default)]
pub struct Before<'a> {
    /// A session.
    pub session: Option<&'a SessionToken>,
    /// A ticket.
    pub ticket: Option<&'a Ticket>,
}

impl Before<'_> {
    fn end(&self, sessions: &mut Vec<Write>) {
        let session = self.session.map(|held| keys::session(&held.user, &held.secret));
        let ticket = self.ticket.map(|held| keys::ticket(&held.user, &held.secret));
        sessions.extend([session, ticket].into_iter().flatten().map(gone));
    }
}

/// A bearer value's item together with the user it belongs to.
#[derive(Clone, Debug)]
pub struct Found<T> {
    /// The session or ticket.
    pub held: T,
    /// Its user, as they are now.
    pub user: User,
}

impl Store {
    /// Begins a session, forgets the failures that were counted, and ends what the browser held before.
    pub async fn begin_session(
        &self,
        begun: (&SessionToken, &Session),
        counted: &[Counter<'_>],
        before: &Before<'_>,
        entry: &Entry,
    ) -> Result<(), StoreError> {
        let mut sessions = vec![Write::Put { item: item(begun.0, begun.1)? }];
        before.end(&mut sessions);
        self.write_all(sessions, counted, entry).await
    }

    /// Makes a ticket, forgets the failures that were counted, and ends what the browser held before.
    pub async fn begin_ticket(
        &self,
        begun: (&Ticket, &TicketState),
        counted: &[Counter<'_>],
        before: &Before<'_>,
        entry: &Entry,
    ) -> Result<(), StoreError> {
        let mut sessions = vec![Write::Put { item: ticket_item(begun.0, begun.1)? }];
        before.end(&mut sessions);
        self.write_all(sessions, counted, entry).await
    }

    /// Lets a program in, and forgets the failures that were counted.
    pub async fn begin_access(
        &self,
        token: &AccessToken,
        access: &Access,
        counted: &[Counter<'_>],
        entry: &Entry,
    ) -> Result<(), StoreError> {
        let ttl = ("ttl".to_owned(), number(access.ends_at.as_second()));
        let item = write("access", access, keys::access(&token.user, &token.secret).into_iter().chain([ttl]))?;
        self.write_all(vec![Write::Put { item }], counted, entry).await
    }

    /// What a program's token stands for and its user, in one consistent read. Says nothing about time or epoch.
    pub async fn access(&self, token: &AccessToken) -> Result<Option<Found<Access>>, StoreError> {
        let key = keys::access(&token.user, &token.secret);
        let found = self.with_user(key, keys::user(&token.user)).await?;
        found.map(|(item, user)| Ok(Found { held: read("access", item)?, user })).transpose()
    }

    /// Keeps something that lets somebody in, and writes it down.
    pub(super) async fn begin(&self, item: Item, entry: &Entry) -> Result<(), StoreError> {
        self.write_all(vec![Write::Put { item }], &[], entry).await
    }

    async fn write_all(&self, sessions: Vec<Write>, forgiven: &[Counter<'_>], entry: &Entry) -> Result<(), StoreError> {
        let forgiven = forgiven.iter().map(|counter| gone(counter.key())).collect();
        let mut left = HashMap::from([
            (self.tables.sessions.clone(), sessions),
            (self.tables.lockouts.clone(), forgiven),
            (self.tables.audit.clone(), vec![audit::request(entry)?]),
        ]);
        // Whoever comes by a provider has not been charged.
        left.retain(|_, writes| !writes.is_empty());
        for attempt in 1..=BATCH_TRIES {
            left = self.client.batch_write(&left).await.map_err(unavailable("BatchWriteItem sessions"))?;
            if left.is_empty() {
                return Ok(());
            }
            tokio::time::sleep(self.jitter(attempt)?).await;
        }
        Err(StoreError::Unprocessed)
    }

    /// The session behind a token and its user, in one consistent read. Says nothing about time or epoch.
    pub async fn session(&self, token: &SessionToken) -> Result<Option<Found<Session>>, StoreError> {
        let key = keys::session(&token.user, &token.secret);
        let found = self.with_user(key, keys::user(&token.user)).await?;
        found.map(|(item, user)| Ok(Found { held: read("session", item)?, user })).transpose()
    }

    /// The ticket and its user, in one consistent read. Says nothing about time or epoch.
    pub async fn ticket(&self, ticket: &Ticket) -> Result<Option<Found<TicketState>>, StoreError> {
        let key = keys::ticket(&ticket.user, &ticket.secret);
        let found = self.with_user(key, keys::user(&ticket.user)).await?;
        found.map(|(item, user)| Ok(Found { held: read("ticket", item)?, user })).transpose()
    }

    pub(super) async fn with_user(&self, held: keys::Key, user: keys::Key) -> Result<Option<(Item, User)>, StoreError> {
        let (sessions, directory) = (&self.tables.sessions, &self.tables.directory);
        let mut wanted = HashMap::from([(sessions.clone(), one(held)), (directory.clone(), one(user))]);
        let (mut session, mut user) = (None, None);
        for attempt in 1..=BATCH_TRIES {
            let answer = self.client.batch_get(&wanted).await.map_err(unavailable("BatchGetItem session"))?;
            let mut items = answer.responses;
            session = session.or_else(|| items.get_mut(sessions).and_then(Vec::pop));
            user = user.or_else(|| items.get_mut(directory).and_then(Vec::pop));
            wanted = answer.unprocessed_keys;
            if wanted.is_empty() {
                return session.zip(user).map(|(session, user)| Ok((session, read("user", user)?))).transpose();
            }
            tokio::time::sleep(self.jitter(attempt)?).await;
        }
        Err(StoreError::Unprocessed)
    }

    /// Ends the ticket whose secret has this hash, and with it what was bound to its sign-in. One that is over already stays so.
    pub async fn end_ticket(&self, user: &UserId, digest: &str) -> Result<(), StoreError> {
        let key = keys::ticket_by_digest(user, digest);
        let answer = delete(&self.tables.sessions, key).send(&self.client).await;
        answer.map(drop).map_err(unavailable("DeleteItem ticket"))
    }

    /// Ends a session that nobody has used since it was read.
    pub async fn end_session(&self, token: &SessionToken, read: &Session) -> Result<(), StoreError> {
        let answer = delete(&self.tables.sessions, keys::session(&token.user, &token.secret))
            .condition_expression("last_used = :read")
            .expression_attribute_values(":read", number(read.last_used.as_second()))
            .send(&self.client)
            .await;
        unless_condition("DeleteItem session", answer).map(drop)
    }

    /// Writes down that a session was used. A session that has ended meanwhile stays ended.
    pub async fn touch_session(&self, token: &SessionToken, now: Timestamp) -> Result<(), StoreError> {
        let answer = update(&self.tables.sessions, keys::session(&token.user, &token.secret))
            .update_expression("SET last_used = :now")
            .condition_expression("attribute_exists(pk) AND last_used < :now")
            .expression_attribute_values(":now", number(now.as_second()))
            .send(&self.client)
            .await;
        unless_condition("UpdateItem session", answer).map(drop)
    }
}

/// A session as it is kept.
pub(super) fn item(token: &SessionToken, session: &Session) -> Result<Item, StoreError> {
    let ttl = ("ttl".to_owned(), number(session.ends_at.as_second()));
    write("session", session, keys::session(&token.user, &token.secret).into_iter().chain([ttl]))
}

/// A ticket as it is kept.
pub(super) fn ticket_item(ticket: &Ticket, state: &TicketState) -> Result<Item, StoreError> {
    let ttl = ("ttl".to_owned(), number(state.ends_at.as_second()));
    write("ticket", state, keys::ticket(&ticket.user, &ticket.secret).into_iter().chain([ttl]))
}

fn gone(key: keys::Key) -> Write {
    Write::Delete { key: key.into_iter().collect() }
}

fn one(key: keys::Key) -> Wanted {
    Wanted { keys: vec![key.into_iter().collect()], consistent_read: true }
}
