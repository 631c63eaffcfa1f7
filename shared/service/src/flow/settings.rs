//! Changing the settings: part of them at a time, every version kept, and nobody's change lost.

use std::collections::{BTreeMap, BTreeSet};

use domain::factor::covers;
use domain::language::Text;
use domain::logo::{Logo, LogoError, Told};
use domain::settings::{NO_LOGO, Settings, SettingsError};
use domain::user::{Kind, User};
use domain::username;
use serde_json::{Map, Value};

use super::Trouble;
use super::layouts::{self, Standing};
use crate::app::App;
use crate::store::{SettingsVersion, Versioned};

/// How often a change is made again on top of somebody else's, for whoever does not say which version they saw.
const TRIES: u32 = 8;

/// The key beside the settings under which an administrator names who has no e-mail address and is to be covered all the same.
pub const CONFIRMED: &str = "mfa.confirmed_without_email";

/// What that has to be.
const USERNAMES: Text = Text("Say it as a list of usernames.", "Dígalo como una lista de nombres de usuario.");

/// The key of the logo.
const LOGO: &str = "organisation.logo";

/// How many people without an e-mail address are named.
const NAMED: i32 = 100;

/// What became of a change.
#[derive(Debug)]
pub enum Saved {
    /// In force, as this version.
    Yes(Box<Versioned>),
    /// Somebody changed them meanwhile: the version in force. Nothing was changed.
    Stale(u64),
    /// Not a setting, or not a value for it. Nothing was changed.
    Refused(SettingsError),
    /// There is no such version.
    NoSuchVersion,
    /// A second factor would be asked of these, who have no e-mail address to set one up by; and whether there are more (MF-2).
    Unreachable(Vec<String>, bool),
}

/// The settings in force, with their version; not from the cache.
pub async fn current(app: &App) -> Result<Versioned, Trouble> {
    Ok(app.store.settings().await?)
}

/// Changes some of the settings, if `seen` is the version in force or is not given.
pub async fn change(app: &App, changes: &Map<String, Value>, seen: Option<u64>, by: &User) -> Result<Saved, Trouble> {
    let mut changes = changes.clone();
    if let Err(error) = keep_picture(app, &mut changes).await? {
        return Ok(Saved::Refused(SettingsError::Unfit(LOGO, error.told())));
    }
    let confirmed = changes.remove(CONFIRMED);
    let confirmed: Result<Option<Vec<String>>, _> = confirmed.map(serde_json::from_value).transpose();
    let Ok(confirmed) = confirmed else { return Ok(Saved::Refused(SettingsError::Unfit(CONFIRMED, USERNAMES))) };
    put(app, seen, (by, &confirmed.unwrap_or_default()), |settings| settings.with(&changes, app.clock.now())).await
}

/// A file as the logo, from now on; none, where there is no file.
pub async fn hang(app: &App, file: Option<Vec<u8>>, by: &User) -> Result<Saved, Trouble> {
    let logo = match file.map(Logo::read).transpose() {
        Ok(logo) => logo,
        Err(error) => return Ok(Saved::Refused(SettingsError::Unfit(LOGO, error.told()))),
    };
    if let Some(logo) = &logo {
        app.store.keep_logo(logo).await?;
    }
    let name = logo.map(|logo| logo.name);
    put(app, None, (by, &[]), |settings| Ok(Settings { organisation_logo: name.clone(), ..settings.clone() })).await
}

/// Keeps a logo that comes along as a `data:` address, and sets its name in the place of it.
async fn keep_picture(app: &App, changes: &mut Map<String, Value>) -> Result<Result<(), LogoError>, Trouble> {
    let Some(Value::String(given)) = changes.get_mut(LOGO).filter(|given| !is_name(given)) else { return Ok(Ok(())) };
    match Logo::of_data(given) {
        Ok(logo) => {
            app.store.keep_logo(&logo).await?;
            *given = logo.name;
            Ok(Ok(()))
        }
        Err(error) => Ok(Err(error)),
    }
}

fn is_name(given: &Value) -> bool {
    given.as_str().is_some_and(|given| Told::of(given).is_some())
}

/// Puts an earlier version in force again, as a new version.
pub async fn restore(app: &App, version: u64, seen: Option<u64>, by: &User) -> Result<Saved, Trouble> {
    let Some(earlier) = app.store.settings_of(version).await? else { return Ok(Saved::NoSuchVersion) };
    put(app, seen, (by, &[]), |current| Ok(earlier.clone().following(current, app.clock.now()))).await
}

/// The last versions, newest first.
pub async fn versions(app: &App) -> Result<Vec<SettingsVersion>, Trouble> {
    Ok(app.store.settings_versions().await?)
}

async fn put(
    app: &App,
    seen: Option<u64>,
    by: (&User, &[String]),
    next: impl Fn(&Settings) -> Result<Settings, SettingsError>,
) -> Result<Saved, Trouble> {
    let (by, confirmed) = by;
    for _ in 0..TRIES {
        let current = app.store.settings().await?;
        if seen.is_some_and(|seen| seen != current.version) {
            return Ok(Saved::Stale(current.version));
        }
        let settings = match next(&current.settings) {
            Ok(settings) => settings,
            Err(error) => return Ok(Saved::Refused(error)),
        };
        if let Some(key) = no_such_layout(app, &current.settings, &settings).await? {
            return Ok(Saved::Refused(SettingsError::Unfit(
                key,
                Text("must be the name of a layout for this mail", "debe ser el nombre de un diseño para este correo"),
            )));
        }
        if no_such_logo(app, &current.settings, &settings).await? {
            return Ok(Saved::Refused(SettingsError::Unfit(LOGO, NO_LOGO)));
        }
        let (left_out, more) = unreachable(app, &current.settings, &settings, confirmed).await?;
        if !left_out.is_empty() {
            return Ok(Saved::Unreachable(left_out, more));
        }
        let changes = differences(&current.settings, &settings);
        let (number, at) = (current.version + 1, app.clock.now());
        let version = SettingsVersion { version: number, at, by: by.username.clone(), changes };
        if app.put_settings(&settings, &version).await? {
            tracing::info!(version = version.version, by = %by.id, "settings changed");
            return Ok(Saved::Yes(Box::new(Versioned { settings, version: version.version })));
        }
    }
    Ok(Saved::Stale(app.store.settings().await?.version))
}

/// What differs between two, by key.
pub fn differences(before: &Settings, after: &Settings) -> BTreeMap<String, (Value, Value)> {
    let object = |settings: &Settings| match serde_json::to_value(settings) {
        Ok(Value::Object(object)) => object,
        _ => Map::new(),
    };
    let before = object(before);
    let changed = object(after).into_iter().filter(|(key, now)| before.get(key) != Some(now));
    changed.map(|(key, now)| (key.clone(), (before.get(&key).cloned().unwrap_or_default(), now))).collect()
}

/// The key of a setting that names a layout which is not there, or is for another mail (ML-1).
async fn no_such_layout(app: &App, before: &Settings, after: &Settings) -> Result<Option<&'static str>, Trouble> {
    let (before, after) = (before.layouts(), after.layouts());
    for ((key, occasion, name), _) in after.into_iter().zip(before).filter(|(after, before)| after.2 != before.2) {
        let there = layouts::get(app, name).await?;
        let is_there = |layout: &Standing| layout.written.is_some() || layout.name == occasion.name();
        if there.is_none_or(|layout| layout.occasion != occasion || !is_there(&layout)) {
            return Ok(Some(key));
        }
    }
    Ok(None)
}

/// Whether the logo becomes one that was never handed in.
async fn no_such_logo(app: &App, before: &Settings, after: &Settings) -> Result<bool, Trouble> {
    match &after.organisation_logo {
        Some(name) if before.organisation_logo.as_ref() != Some(name) => Ok(app.store.logo(name).await?.is_none()),
        _ => Ok(false),
    }
}

/// Whom a second factor comes to cover who have no e-mail address and were not named; and whether there are more (MF-2).
async fn unreachable(
    app: &App,
    before: &Settings,
    after: &Settings,
    confirmed: &[String],
) -> Result<(Vec<String>, bool), Trouble> {
    let confirmed: BTreeSet<String> = confirmed.iter().map(|name| username::canonical(name)).collect();
    let (mut names, mut more) = (Vec::new(), false);
    for kind in [Kind::Administrator, Kind::Staff, Kind::Contact] {
        if covers(after, kind) && !covers(before, kind) {
            let found = app.store.unreachable(kind, NAMED).await?;
            more |= found.len() >= usize::try_from(NAMED).unwrap_or_default();
            let left_out = found.into_iter().filter(|user| !confirmed.contains(&username::canonical(&user.username)));
            names.extend(left_out.map(|user| user.username));
        }
    }
    Ok((names, more))
}
