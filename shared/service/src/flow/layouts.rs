//! Mail layouts: read, written, imported, tried out; every version kept (ML-1 to ML-4).

use std::collections::BTreeMap;

use domain::id::MailId;
use domain::language::{Language, speaking};
use domain::layout::{Flaw, Layout, Occasion, is_name};
use domain::user::User;
use domain::work::Work;

use super::{Trouble, letter};
use crate::app::App;
use crate::mail::{Letter, default_layout, sample_values};
use crate::store::{LayoutVersion, MOST_LAYOUTS};

/// A layout as it stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub occasion: Occasion,
    /// What it says.
    pub layout: Layout,
    /// The version in force; `None` for one that is built in and nobody has written yet.
    pub written: Option<LayoutVersion>,
}

/// What is to change of a layout; what is not given stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// What a new layout is for; one that is called as an occasion is for that.
    pub occasion: Option<Occasion>,
    /// The subject.
    pub subject: Option<String>,
    /// The HTML.
    pub html: Option<String>,
    /// The text.
    pub text: Option<String>,
}

/// What became of a change.
#[derive(Debug)]
pub enum Saved {
    /// In force.
    Yes(Box<Standing>),
    /// Somebody changed it meanwhile: the version in force.
    Stale(u64),
    /// It can't be saved so.
    Flawed(Occasion, Vec<Flaw>),
    /// There is no layout of that name, and it isn't said what for.
    NoSuchLayout,
    /// It is for another occasion, and stays so.
    OtherOccasion(Occasion),
    /// There are as many as there can be.
    TooMany,
}

/// What was imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Imported {
    /// The names of those that were written, and of those that were left because somebody had edited them.
    Done(Vec<&'static str>, Vec<&'static str>),
    /// `organisation.environment_name` is not set (ML-2).
    NoEnvironmentName,
}

/// Every layout, those that are built in first.
pub async fn list(app: &App) -> Result<Vec<Standing>, Trouble> {
    let written = app.store.layouts().await?;
    let mut written: BTreeMap<String, LayoutVersion> = written.into_iter().map(|one| (one.name.clone(), one)).collect();
    let mut all: Vec<Standing> =
        Occasion::ALL.iter().map(|occasion| standing(*occasion, written.remove(occasion.name()))).collect();
    all.extend(written.into_values().map(|one| standing(one.occasion, Some(one))));
    Ok(all)
}

/// One layout. One that is called for a language, such as `pin-es`, is for what `pin` is for, and begins as we have it there.
pub async fn get(app: &App, name: &str) -> Result<Option<Standing>, Trouble> {
    if let Some(found) = known(app, name).await? {
        return Ok(Some(found));
    }
    let Some((all, language)) = in_language(name) else { return Ok(None) };
    let found = known(app, all).await?;
    Ok(found.map(|found| {
        let layout = speaking(language, || default_layout(found.occasion, false));
        Standing { name: name.to_owned(), layout, written: None, ..found }
    }))
}

/// The layout that one for a language stands beside, and that language; `None` for one that is for all.
pub fn in_language(name: &str) -> Option<(&str, Language)> {
    let (all, tag) = name.rsplit_once('-')?;
    let language = Language::ALL.into_iter().find(|language| language.tag() == tag)?;
    Some((all, language))
}

async fn known(app: &App, name: &str) -> Result<Option<Standing>, Trouble> {
    let written = if is_name(name) { app.store.layout(name).await? } else { None };
    let occasion = written.as_ref().map(|one| one.occasion).or_else(|| Occasion::named(name));
    Ok(occasion.map(|occasion| standing(occasion, written)))
}

/// The last versions of a layout, newest first.
pub async fn versions(app: &App, name: &str) -> Result<Vec<LayoutVersion>, Trouble> {
    Ok(if is_name(name) { app.store.layout_versions(name).await? } else { Vec::new() })
}

/// Writes a layout, if `seen` is the version in force or is not given.
pub async fn save(app: &App, name: &str, change: Change, seen: Option<u64>, by: &User) -> Result<Saved, Trouble> {
    let Some(mut next) = begin(app, name, change.occasion).await? else { return Ok(Saved::NoSuchLayout) };
    if change.occasion.is_some_and(|wanted| wanted != next.occasion) {
        return Ok(Saved::OtherOccasion(next.occasion));
    }
    let version = next.written.as_ref().map_or(0, |one| one.version);
    if seen.is_some_and(|seen| seen != version) {
        return Ok(Saved::Stale(version));
    }
    next.layout = changed(next.layout, change);
    let flaws = next.layout.flaws(next.occasion);
    if !flaws.is_empty() {
        return Ok(Saved::Flawed(next.occasion, flaws));
    }
    if version == 0 && Occasion::named(name).is_none() && app.store.layouts().await?.len() >= MOST_LAYOUTS {
        return Ok(Saved::TooMany);
    }
    put(app, next, (version, true), by).await
}

/// Puts an earlier version in force again, as a new version.
pub async fn restore(app: &App, name: &str, version: u64, seen: Option<u64>, by: &User) -> Result<Saved, Trouble> {
    let earlier = if is_name(name) { app.store.layout_version(name, version).await? } else { None };
    let Some(earlier) = earlier else { return Ok(Saved::NoSuchLayout) };
    let LayoutVersion { layout: Layout { subject, html, text }, .. } = earlier;
    let change = Change { occasion: None, subject: Some(subject), html: Some(html), text: Some(text) };
    save(app, name, change, seen, by).await
}

/// Writes the layouts that everything begins with, as they are sent from this environment. What somebody has edited stays,
/// unless `overwrite` says otherwise (ML-2).
pub async fn import(app: &App, overwrite: bool, by: &User) -> Result<Imported, Trouble> {
    if app.store.settings().await?.settings.organisation_environment_name.is_none() {
        return Ok(Imported::NoEnvironmentName);
    }
    let (mut written, mut kept) = (Vec::new(), Vec::new());
    for standing in list(app).await?.into_iter().filter(|one| Occasion::named(&one.name).is_some()) {
        let (occasion, version) = (standing.occasion, standing.written.as_ref().map_or(0, |one| one.version));
        let edited = standing.written.as_ref().is_some_and(|one| one.edited);
        let next = Standing { layout: default_layout(occasion, true), ..standing };
        let untouched = next.written.as_ref().is_some_and(|one| one.layout == next.layout);
        if edited && !overwrite {
            kept.push(occasion.name());
        } else if untouched || matches!(put(app, next, (version, false), by).await?, Saved::Yes(_)) {
            written.push(occasion.name());
        } else {
            kept.push(occasion.name()); // somebody saved it this very moment
        }
    }
    Ok(Imported::Done(written, kept))
}

/// How a layout would look, with these changes and made-up values.
pub async fn preview(app: &App, name: &str, change: Change) -> Result<Result<Letter, Saved>, Trouble> {
    let Some(Standing { occasion, layout, .. }) = begin(app, name, change.occasion).await? else {
        return Ok(Err(Saved::NoSuchLayout));
    };
    let layout = changed(layout, change);
    let flaws = layout.flaws(occasion);
    let (settings, values) = (app.settings().await?, sample_values(occasion, &app.origin));
    match Letter::write(&layout, &settings, &app.origin, values) {
        Ok(letter) if flaws.is_empty() => Ok(Ok(letter)),
        _ => Ok(Err(Saved::Flawed(occasion, flaws))),
    }
}

/// Mails a layout, with these changes and made-up values, to whoever writes it.
pub async fn test(app: &App, name: &str, change: Change, by: &User) -> Result<Result<MailId, Saved>, Trouble> {
    let Some(Standing { occasion, layout, .. }) = begin(app, name, change.occasion).await? else {
        return Ok(Err(Saved::NoSuchLayout));
    };
    let layout = changed(layout, change);
    let flaws = layout.flaws(occasion);
    if !flaws.is_empty() {
        return Ok(Err(Saved::Flawed(occasion, flaws)));
    }
    let mail = letter(app, Work::LayoutTest { user: by.id.clone(), occasion, layout: layout.into() })?;
    app.store.post(&mail).await?;
    Ok(Ok(mail.id))
}

/// The layout that a change is made to: the one there is, or the occasion's own for one that is new.
async fn begin(app: &App, name: &str, occasion: Option<Occasion>) -> Result<Option<Standing>, Trouble> {
    if let Some(found) = get(app, name).await? {
        return Ok(Some(found));
    }
    let new = occasion.filter(|_| is_name(name));
    Ok(new.map(|occasion| Standing { name: name.to_owned(), ..standing(occasion, None) }))
}

fn changed(layout: Layout, change: Change) -> Layout {
    Layout {
        subject: change.subject.unwrap_or(layout.subject),
        html: change.html.unwrap_or(layout.html),
        text: change.text.unwrap_or(layout.text),
    }
}

fn standing(occasion: Occasion, written: Option<LayoutVersion>) -> Standing {
    let layout = written.as_ref().map_or_else(|| default_layout(occasion, false), |one| one.layout.clone());
    let name = written.as_ref().map_or_else(|| occasion.name().to_owned(), |one| one.name.clone());
    Standing { name, occasion, layout, written }
}

/// `version` is the one in force, and whether the next one counts as edited.
async fn put(app: &App, next: Standing, version: (u64, bool), by: &User) -> Result<Saved, Trouble> {
    let (version, edited) = version;
    let written = LayoutVersion {
        name: next.name.clone(),
        occasion: next.occasion,
        layout: next.layout.clone(),
        version: version + 1,
        edited,
        at: app.clock.now(),
        by: by.username.clone(),
    };
    if app.put_layout(&written).await? {
        tracing::info!(layout = written.name, version = written.version, by = %by.id, "layout written");
        return Ok(Saved::Yes(Standing { written: Some(written), ..next }.into()));
    }
    let now = app.store.layout(&next.name).await?.map_or(0, |one| one.version);
    Ok(Saved::Stale(now))
}
