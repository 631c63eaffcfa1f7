//! Whoever is here already: a row without a username is somebody new only if nobody of that name is at those addresses.

use std::collections::{BTreeMap, BTreeSet};

use domain::access::may_act_on;
use domain::email::Email;
use domain::id::{ContactId, UserId};
use domain::language::Text;
use domain::matching::mark;
use domain::user::{Kind, Person, User};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::app::App;
use crate::flow::Trouble;
use crate::store::addresses::Holders;

/// Addresses that are looked up at once.
const AT_ONCE: usize = 32;

/// What is said of them.
pub(super) const THERE: Text = Text(
    "already there: somebody of this name has the same address and phone",
    "ya existe: alguien con este nombre tiene la misma dirección y el mismo teléfono",
);

/// What is said of an address of somebody whom they may not act on.
pub(super) const BEYOND: Text = Text(
    "the address belongs to an account that you may not change",
    "la dirección es de una cuenta que usted no puede cambiar",
);

/// Those of these addresses that lead to an account that `by` may not act on.
pub(super) async fn beyond(
    app: &App,
    holders: &BTreeMap<String, Holders>,
    by: &User,
) -> Result<BTreeSet<String>, Trouble> {
    if by.kind == Kind::Administrator {
        return Ok(BTreeSet::new());
    }
    let ids = holders.values().flat_map(Holders::accounts).map(|(id, _)| id).collect::<Vec<_>>();
    let users = app.store.users(&ids).await?;
    let others = users.iter().filter(|user| user.id != by.id && !may_act_on(by, user));
    let others: BTreeSet<&UserId> = others.map(|user| &user.id).collect();
    let leads = |holders: &Holders| holders.accounts().iter().any(|(id, _)| others.contains(id));
    Ok(holders.iter().filter(|(_, holders)| leads(holders)).map(|(email, _)| email.clone()).collect())
}

/// Who stands at each of these addresses, in their canonical form; where nobody does, it is left out.
pub(super) async fn holders(app: &App, emails: BTreeSet<String>) -> Result<BTreeMap<String, Holders>, Trouble> {
    let each = emails.into_iter().map(|email| async move {
        let holders = app.store.at_address(&email).await?;
        Ok::<_, Trouble>((email, holders))
    });
    let found: Vec<_> = stream::iter(each).buffer_unordered(AT_ONCE).try_collect().await?;
    Ok(found.into_iter().filter(|(_, holders)| !holders.is_empty()).collect())
}

/// The people at these addresses: their marks, and whose they are.
pub(super) async fn marks<'a>(
    app: &App,
    holders: impl Iterator<Item = &'a Holders>,
) -> Result<BTreeMap<String, BTreeSet<ContactId>>, Trouble> {
    let (mut users, mut contacts) = (BTreeSet::<UserId>::new(), BTreeSet::<ContactId>::new());
    for holders in holders {
        contacts.extend(holders.all_contacts());
        users.extend(holders.accounts().into_iter().map(|(id, _)| id));
    }
    let mut all: BTreeMap<String, BTreeSet<ContactId>> = BTreeMap::new();
    for contact in app.store.contacts(&contacts.into_iter().collect::<Vec<_>>()).await? {
        if let Some(mark) = mark(&contact.person) {
            all.entry(mark).or_default().insert(contact.id);
        }
    }
    for user in app.store.users(&users.into_iter().collect::<Vec<_>>()).await? {
        if let Some(mark) = mark(&user.person) {
            all.entry(mark).or_default().extend(user.contact);
        }
    }
    Ok(all)
}

/// The marks of those among these people who are stored, and by which contacts.
pub(super) async fn stored<'a>(
    app: &App,
    people: impl Iterator<Item = &'a Person>,
) -> Result<BTreeMap<String, BTreeSet<ContactId>>, Trouble> {
    let emails = people.filter_map(Person::mailbox).map(Email::canonical).map(str::to_owned).collect();
    marks(app, holders(app, emails).await?.values()).await
}
