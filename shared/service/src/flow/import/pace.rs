//! Refusals take as long as the dearest hash that is brought in: nobody learns from the time of an answer whose it is (SI-3, IO-2).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::app::App;
use crate::flow::Trouble;
use crate::flow::enrol::{NewPerson, WayIn};
use crate::hasher::{Cost, Stored};
use crate::store::SettingsVersion;

/// Sorts of hashes that are tried out, each with what it takes; a real file has one or two.
const MOST_SORTS: usize = 16;

/// The longest that a refusal is put off.
const LONGEST: Duration = Duration::from_secs(5);

/// Who has raised the setting, where its versions are listed.
const BY: &str = "import";

/// The sorts of hashes that have been tried out.
#[derive(Default)]
pub(super) struct Pace(BTreeSet<Cost>);

impl Pace {
    /// Has refusals keep up with this person's hash, before there is anybody to sign in with it.
    pub(super) async fn keep(&mut self, app: &App, person: &NewPerson) -> Result<(), Trouble> {
        let WayIn::Hash(hash) = &person.way_in else { return Ok(()) };
        let Some(stored) = Stored::parse(hash).ok().filter(|stored| !stored.is_present()) else { return Ok(()) };
        if self.0.len() >= MOST_SORTS || !self.0.insert(stored.cost()) {
            return Ok(());
        }
        raise(app, in_steps(app.hasher.lasts(&stored).await?)).await
    }
}

/// Half as long again, for a day when the machine is slower; in steps, so that a setting is not changed for a trifle.
fn in_steps(took: Duration) -> u16 {
    let least = u16::try_from(took.min(LONGEST).as_millis()).unwrap_or(u16::MAX);
    let step = 50;
    (least.saturating_add(least / 2).div_ceil(step) * step).min(5_000)
}

async fn raise(app: &App, least: u16) -> Result<(), Trouble> {
    loop {
        let before = app.store.settings().await?;
        let was = before.settings.sign_in_refusal_milliseconds;
        if was >= least {
            return Ok(());
        }
        let mut settings = before.settings.clone();
        settings.sign_in_refusal_milliseconds = least;
        let changes = BTreeMap::from([("sign_in.refusal_milliseconds".to_owned(), (was.into(), least.into()))]);
        let (version, at) = (before.version + 1, app.clock.now());
        if app.put_settings(&settings, &SettingsVersion { version, at, by: BY.to_owned(), changes }).await? {
            return Ok(());
        }
    }
}
