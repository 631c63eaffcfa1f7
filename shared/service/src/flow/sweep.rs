//! What schedules do. A sweep touches what is due and nothing else, can run twice, can stop half-way and go on.

use domain::audit::{Outcome, Party};
use domain::login::Login;
use domain::user::State;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::{Trouble, audit};
use crate::app::App;
use crate::store::{Due, PAGE, SHARDS, Sweep};

/// How many items one run handles before it leaves the rest to the next.
const MOST: u32 = 2_000;

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Swept {
    /// Items that were due.
    pub due: u32,
    /// Items that this run changed; the others had been changed by somebody else.
    pub changed: u32,
    /// Whether something is left for the next run.
    pub more: bool,
    /// Read units that this run took.
    pub read_units: f64,
    /// Write units that this run took.
    pub write_units: f64,
}

/// Handles what is due, from where the last whole run ended.
pub async fn sweep(app: &App, what: Sweep) -> Result<Swept, Trouble> {
    let (now, before) = (app.clock.now(), app.meter.taken());
    let mut swept = Swept::default();
    for day in app.store.days_to_sweep(what, now).await? {
        for shard in 0..SHARDS {
            sweep_shard(app, what, (day, shard), now, &mut swept).await?;
        }
    }
    // What was due and stayed, perhaps in another run's hands, is looked for again tomorrow.
    if !swept.more && swept.changed == swept.due {
        app.store.swept(what, now).await?;
    }
    let after = app.meter.taken();
    (swept.read_units, swept.write_units) = (after.0 - before.0, after.1 - before.1);
    tracing::info!(?what, ?swept, "swept");
    Ok(swept)
}

async fn sweep_shard(app: &App, what: Sweep, at: (Date, u8), now: Timestamp, swept: &mut Swept) -> Result<(), Trouble> {
    loop {
        if swept.due >= MOST {
            swept.more = true;
            return Ok(());
        }
        let due = app.store.due(what, at, now).await?;
        let mut changed = 0;
        for item in &due {
            changed += u32::from(handle(app, what, item, now).await?);
        }
        swept.due += u32::try_from(due.len()).unwrap_or(u32::MAX);
        swept.changed += changed;
        // The index follows the table a little later: a page in which nothing changed would only come again.
        swept.more |= changed == 0 && due.len() == usize::try_from(PAGE).unwrap_or_default();
        if changed == 0 || due.len() < usize::try_from(PAGE).unwrap_or_default() {
            return Ok(());
        }
    }
}

async fn handle(app: &App, what: Sweep, due: &Due, now: Timestamp) -> Result<bool, Trouble> {
    match what {
        Sweep::Outbox => {
            let Some(id) = due.mail() else { return Ok(false) };
            Ok(app.store.requeue(&id, now).await?)
        }
        Sweep::TemporaryPasswords => {
            let Some(name) = due.name() else { return Ok(false) };
            match app.store.login(name).await? {
                Some(login) => expire(app, (name, &login), now).await,
                None => Ok(false),
            }
        }
    }
}

/// Takes back a temporary password whose days are over (TP-4). `false` when there is none.
pub(super) async fn expire(app: &App, (name, login): (&str, &Login), now: Timestamp) -> Result<bool, Trouble> {
    if login.temporary.as_ref().is_none_or(|temporary| temporary.holds(now)) {
        return Ok(false);
    }
    let marked = login.hash.is_none() && login.state == State::Active;
    let what = if marked { "account.invitation_expired" } else { "account.temporary_expired" };
    let entry = audit::entry(app, what)?.on(Party::user(login.user.as_str(), name)).ended(Some(Outcome::Done));
    Ok(app.store.expire_temporary(name, login, &entry, now).await?)
}
