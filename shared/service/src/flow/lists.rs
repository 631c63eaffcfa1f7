//! Lists of users and contacts: paged, searched by the beginning of a name or a whole username or address, filtered (AD-1).

use data_encoding::BASE64URL_NOPAD;
use domain::email::Email;
use domain::name;
use domain::user::{Contact, Kind, State, User};
use domain::username;
use serde::de::DeserializeOwned;

use super::Trouble;
use super::users::locked;
use crate::app::App;
use crate::store::{List, Order, Place};

/// How many more pages of an index are looked through to fill a page that a filter has emptied.
const ROUNDS: usize = 10;

/// Bytes of a cursor, at the most: a key in Base64.
const LONGEST_CURSOR: usize = 1_300;

/// What is asked of a list.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// What a name begins with, or a whole username or e-mail address; empty for everybody.
    pub q: String,
    /// Only those.
    pub filter: Filter,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// How many, 1 to 100.
    pub limit: i32,
}

/// Who is meant; what is not said is no matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Kind of account.
    pub kind: Option<Kind>,
    /// Contact group.
    pub group: Option<String>,
    /// Company.
    pub company: Option<String>,
    /// State of the account.
    pub state: Option<State>,
    /// Whether they hold a PIN.
    pub sponsor: Option<bool>,
    /// Whether a contact has an account.
    pub account: Option<bool>,
    /// Only those who are locked (LK-5).
    pub locked: bool,
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// Who is on it.
    pub items: Vec<T>,
    /// Where the next one begins; none after the last.
    pub next: Option<String>,
}

/// The cursor is none of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadCursor;

/// Users, by name.
pub async fn users(app: &App, asked: &Asked) -> Result<Result<Page<User>, BadCursor>, Trouble> {
    let filter = &asked.filter;
    let fits = |user: &User| {
        filter.kind.is_none_or(|kind| user.kind == kind)
            && filter.state.is_none_or(|state| user.state == state)
            && filter.sponsor.is_none_or(|sponsor| user.pin.is_some() == sponsor)
            && filter.fits(user.person.group.as_deref(), user.person.company.as_deref())
    };
    if filter.locked {
        // As many as there are: who is locked is not many, and waits.
        let items = locked(app).await?.into_iter().filter(fits).collect();
        return Ok(Ok(Page { items, next: None }));
    }
    let exact = async {
        let mut ids = Vec::new();
        if let Some(name) = username::lookup_form(&asked.q) {
            ids.extend(app.store.login(&name).await?.map(|login| login.user));
        }
        if let Ok(email) = Email::parse(&asked.q) {
            ids.extend(app.store.at_address(email.canonical()).await?.accounts().into_iter().map(|(id, _)| id));
        }
        let mut found = Vec::new();
        for id in ids {
            found.extend(app.store.user(&id).await?.filter(|user| !found.contains(user)));
        }
        Ok::<_, Trouble>(found)
    };
    Box::pin(list(app, asked, List::Users, exact, fits)).await
}

/// Contacts, by name, of those that `within` lets through.
pub async fn contacts(
    app: &App,
    asked: &Asked,
    within: impl Fn(&Contact) -> bool,
) -> Result<Result<Page<Contact>, BadCursor>, Trouble> {
    let filter = &asked.filter;
    let fits = |contact: &Contact| {
        within(contact)
            && filter.account.is_none_or(|account| contact.user.is_some() == account)
            && filter.fits(contact.person.group.as_deref(), contact.person.company.as_deref())
    };
    let exact = async {
        let mut found = Vec::new();
        if let Ok(email) = Email::parse(&asked.q) {
            for id in app.store.at_address(email.canonical()).await?.all_contacts() {
                found.extend(app.store.contact(&id).await?);
            }
        }
        Ok::<_, Trouble>(found)
    };
    Box::pin(list(app, asked, List::Contacts, exact, fits)).await
}

impl Filter {
    fn fits(&self, group: Option<&str>, company: Option<&str>) -> bool {
        let same =
            |wanted: &Option<String>, is: Option<&str>| wanted.as_deref().is_none_or(|wanted| is == Some(wanted));
        same(&self.group, group) && same(&self.company, company)
    }
}

/// A page: first those that a whole username or address leads to, then those by last name, then those by first name.
async fn list<T: DeserializeOwned>(
    app: &App,
    asked: &Asked,
    which: List,
    exact: impl Future<Output = Result<Vec<T>, Trouble>>,
    fits: impl Fn(&T) -> bool,
) -> Result<Result<Page<T>, BadCursor>, Trouble> {
    let Some((mut order, mut after)) = begin(asked.cursor.as_deref()) else { return Ok(Err(BadCursor)) };
    let beginning = name::sorted(&asked.q);
    let mut items = Vec::new();
    if asked.cursor.is_none() && !asked.q.is_empty() {
        items.extend(exact.await?.into_iter().filter(&fits));
        if !items.is_empty() || beginning.is_empty() {
            return Ok(Ok(Page { items, next: None }));
        }
    }
    for _ in 0..ROUNDS {
        let places = app.store.places((which, order), &beginning, after.as_deref(), asked.limit).await?;
        let whole = places.len() < usize::try_from(asked.limit).unwrap_or_default();
        let wanted: Vec<Place> =
            places.iter().filter(|place| order == Order::Last || !by_last(place, &beginning)).cloned().collect();
        let found: Vec<T> = app.store.at_places(&wanted).await?;
        after = places.last().map(|last| last.key.clone()).or(after);
        items.extend(found.into_iter().filter(&fits));
        match (whole, order) {
            (true, Order::Last) if !beginning.is_empty() => (order, after) = (Order::First, None),
            (true, _) => return Ok(Ok(Page { items, next: None })),
            (false, _) => {}
        }
        if items.len() >= usize::try_from(asked.limit).unwrap_or_default() {
            break;
        }
    }
    Ok(Ok(Page { items, next: Some(cursor(order, after.as_deref())) }))
}

/// Whoever is found by their first name may have been found by the last one before.
fn by_last(place: &Place, beginning: &str) -> bool {
    place
        .key
        .split_once('#')
        .and_then(|(names, _)| names.split_once(' '))
        .is_some_and(|(_, last)| last.starts_with(beginning))
}

fn cursor(order: Order, after: Option<&str>) -> String {
    let order = if order == Order::Last { 'l' } else { 'f' };
    BASE64URL_NOPAD.encode(format!("{order}{}", after.unwrap_or_default()).as_bytes())
}

fn begin(cursor: Option<&str>) -> Option<(Order, Option<String>)> {
    let Some(cursor) = cursor else { return Some((Order::Last, None)) };
    if cursor.len() > LONGEST_CURSOR {
        return None; // no key of ours
    }
    let text = String::from_utf8(BASE64URL_NOPAD.decode(cursor.as_bytes()).ok()?).ok()?;
    let after = text.get(1..).map(str::to_owned).filter(|after| !after.is_empty());
    match text.chars().next()? {
        'l' => Some((Order::Last, after)),
        'f' => Some((Order::First, after)),
        _ => None,
    }
}
