//! The doors beside the password: accounts elsewhere that open somebody's, and whether each would let them in (FE).

use domain::instance::DEFAULT;
use domain::provider::Closed;
use domain::settings::Settings;
use domain::user::{State, User};

use crate::app::App;
use crate::flow::Trouble;
use crate::flow::federated::is_enough;
use crate::store::{Kept, Link, Named};

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Door {
    /// The account elsewhere.
    pub link: Link,
    /// What its provider's button says; `None` when it is not set up any more.
    pub name: Option<String>,
    /// Why it would not let them in; `None` when it would.
    pub closed: Option<Closed>,
    /// Ways and levels of proof that the provider must show.
    pub evidence: Vec<String>,
    /// Sign-in instances that don't offer providers (IN-7).
    pub not_on: Vec<String>,
}

/// A user's doors, by when they were made.
pub(super) async fn of(app: &App, user: &User, settings: &Settings) -> Result<Vec<Door>, Trouble> {
    let mut links = app.store.links_of(&user.id).await?;
    if links.is_empty() {
        return Ok(Vec::new());
    }
    links.sort_by_key(|link| link.at);
    let (providers, instances) = tokio::join!(app.store.providers(), app.store.instances());
    let (providers, instances) = (providers?, instances?);
    let doors = links.into_iter().map(|link| {
        let kept = providers.iter().find(|kept| kept.provider.issuer == link.issuer);
        let evidence = kept.map(|kept| [&*kept.provider.amr, &*kept.provider.acr].concat()).unwrap_or_default();
        let name = kept.map(|kept| kept.provider.name.clone());
        let closed = closed(kept, is_offered(&instances), user, settings);
        Door { link, name, closed, evidence, not_on: silent(&instances) }
    });
    Ok(doors.collect())
}

/// What stands in the way, in the order in which a sign-in meets it.
fn closed(kept: Option<&Kept>, offered: bool, user: &User, settings: &Settings) -> Option<Closed> {
    let Some(kept) = kept else { return Some(Closed::Removed) };
    let first = [
        (kept.provider.disabled, Closed::Off),
        (!offered, Closed::NotOffered),
        (user.state == State::Disabled, Closed::Disabled),
        (!is_enough(kept, user, settings), Closed::OwnCredentials),
    ];
    first.into_iter().find(|(is, _)| *is).map(|(_, why)| why)
}

/// Whether any sign-in page offers providers; that of the default instance does, unless it was told otherwise.
fn is_offered(instances: &[Named]) -> bool {
    instances.iter().all(|named| named.id != DEFAULT) || instances.iter().any(|named| named.instance.federated)
}

fn silent(instances: &[Named]) -> Vec<String> {
    instances.iter().filter(|named| !named.instance.federated).map(|named| named.id.clone()).collect()
}
