//! Lists of users and contacts: paged, searched by the beginning of a name, username, address or company, filtered (AD-1). Whatever
//! is searched for is looked up where it begins so in an index; nothing is read through.

use std::collections::HashSet;

use data_encoding::BASE64URL_NOPAD;
use domain::email::Email;
use domain::id::{ContactId, UserId};
use domain::name;
use domain::user::{Kind, Person, State};
use serde::de::DeserializeOwned;

use super::Trouble;
use super::users::{locked, locked_among};
use crate::app::App;
use crate::store::{ContactRow, List, Order, UserRow};

/// How many more pages of an index are looked through to fill a page that a filter has emptied.
const ROUNDS: usize = 10;

/// Rows that are read at once where a filter leaves few of them.
const ROWS: i32 = 100;

/// Places at which what was typed is taken apart into a first and a last name, at the most.
const SPLITS: usize = 3;

/// Users who were locked and are looked at, at the most, to say who of a page still is.
const MOST_MARKED: i32 = 1_000;

/// Bytes of a cursor, at the most: a key in Base64.
const LONGEST_CURSOR: usize = 1_300;

/// What is asked of a list.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// What a name, first and last name, username, e-mail address or company begins with, or a whole number; empty for everybody.
    pub q: String,
    /// Only those.
    pub filter: Filter,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// How many, 1 to 100.
    pub limit: i32,
    /// How many of these where each is a read of its own, 1 to 100.
    pub dear: i32,
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
    /// Only those who are locked, or who are not (LK-5).
    pub locked: Option<bool>,
    /// Only those with an account who have never chosen a password (AD-8).
    pub never: bool,
    /// Only those whose mail came back for good (AD-8).
    pub bounced: bool,
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
pub async fn users(app: &App, asked: &Asked) -> Result<Result<Page<UserRow>, BadCursor>, Trouble> {
    let filter = &asked.filter;
    let fits = |user: &UserRow| {
        filter.kind.is_none_or(|kind| user.kind == kind)
            && filter.state.is_none_or(|state| user.state == state)
            && (!filter.never || user.state == State::Active && user.password_changed_at.is_none())
            && (!filter.bounced || user.bounced_at.is_some())
            && filter.sponsor.is_none_or(|sponsor| user.pin.is_some() == sponsor)
            && filter.fits(&user.person)
    };
    let keys = |user: &UserRow, order: Order| order.key(&user.person, Some(&user.username));
    if filter.locked == Some(true) {
        // Read whole, as far as the last ones go: who is locked is seldom many, and waits.
        let all = locked(app).await?.into_iter().map(UserRow::from).filter(fits).collect();
        return Ok(page_of(asked, all, &keys));
    }
    let exact = async {
        let mut ids = Vec::new();
        if let Ok(email) = Email::parse(&asked.q) {
            ids.extend(app.store.at_address(email.canonical()).await?.accounts().into_iter().map(|(id, _)| id));
        }
        if let Some(number) = number(&asked.q) {
            ids.extend(app.store.contact(&number).await?.and_then(|contact| contact.user));
        }
        ids.extend(UserId::parse(&asked.q).filter(|id| id.as_str().len() == ULID));
        let mut found = Vec::new();
        for user in app.store.users(&ids).await? {
            found.push(UserRow::from(user));
        }
        Ok::<_, Trouble>(found)
    };
    let mut listed = Box::pin(list(app, (asked, List::Users), exact, (&fits, &keys))).await?;
    if let (Ok(page), Some(false)) = (&mut listed, filter.locked) {
        let locked = locked_of(app, &page.items).await?;
        page.items.retain(|row| !locked.contains(row.id()));
    }
    Ok(listed)
}

/// Who of a page is locked, by their identifiers. Costs one small read where nobody is.
pub async fn locked_of(app: &App, rows: &[UserRow]) -> Result<HashSet<String>, Trouble> {
    let marked = app.store.marked_as_locked(MOST_MARKED).await?;
    let named = rows.iter().filter_map(|row| Some((row.username.as_str(), UserId::parse(row.id())?)));
    let named: Vec<(&str, UserId)> = named.filter(|(_, id)| marked.contains(id.as_str())).collect();
    Ok(locked_among(app, &named).await?.into_iter().map(|id| id.to_string()).collect())
}

/// Contacts, by name, of those that `within` lets through.
pub async fn contacts(
    app: &App,
    asked: &Asked,
    within: impl Fn(&Person) -> bool + Sync,
) -> Result<Result<Page<ContactRow>, BadCursor>, Trouble> {
    let filter = &asked.filter;
    let fits = |contact: &ContactRow| {
        within(&contact.person)
            && filter.account.is_none_or(|account| contact.user.is_some() == account)
            && filter.state.is_none_or(|state| contact.disabled == (state == State::Disabled))
            && filter.fits(&contact.person)
    };
    let exact = async {
        let mut found = Vec::new();
        if let Ok(email) = Email::parse(&asked.q) {
            for id in app.store.at_address(email.canonical()).await?.all_contacts() {
                found.extend(app.store.contact(&id).await?.map(ContactRow::from));
            }
        }
        if let Some(number) = number(&asked.q) {
            found.extend(app.store.contact(&number).await?.map(ContactRow::from));
        }
        Ok::<_, Trouble>(found)
    };
    let keys = |contact: &ContactRow, order: Order| order.key(&contact.person, None);
    Box::pin(list(app, (asked, List::Contacts), exact, (&fits, &keys))).await
}

impl Filter {
    fn fits(&self, person: &Person) -> bool {
        let same =
            |wanted: &Option<String>, is: &Option<String>| wanted.is_none() || wanted.as_deref() == is.as_deref();
        same(&self.group, &person.group) && same(&self.company, &person.company)
    }

    /// Whether everybody is meant.
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// How rows are looked at: whether one is meant, and what it is found under in each order.
type Looks<'a, T> = (&'a (dyn Fn(&T) -> bool + Sync), &'a (dyn Fn(&T, Order) -> Option<String> + Sync));

/// Letters and digits of a user's identifier.
const ULID: usize = 26;

/// The number of a contact, if that is what was typed.
fn number(typed: &str) -> Option<ContactId> {
    ContactId::parse(typed).filter(|id| id.as_str().bytes().all(|byte| byte.is_ascii_digit()))
}

/// Where a search looks, one after the other, and how what it finds begins there: several words may be a first and a last name,
/// either of them first.
fn places(q: &str) -> Vec<(Order, String)> {
    if q.is_empty() {
        return vec![(Order::Last, String::new())];
    }
    let words: Vec<&str> = q.split_whitespace().collect();
    let apart = |at: usize| {
        let (one, other) = (name::sorted(&words[..at].concat()), name::sorted(&words[at..].concat()));
        let (straight, turned) = (format!("{one} {other}"), format!("{other} {one}"));
        let both = !one.is_empty() && !other.is_empty();
        both.then(|| [(Order::First, straight.clone()), (Order::Last, straight), (Order::Second, turned)])
    };
    let names = (1..words.len()).take(SPLITS).filter_map(apart).flatten();
    let whole = Order::ALL.into_iter().map(|order| (order, order.beginning(q)));
    names.chain(whole.filter(|(_, beginning)| !beginning.is_empty())).collect()
}

/// A page: whoever a whole address or number leads to, else those whom the places of the search have, one after the other, nobody
/// twice.
async fn list<T: DeserializeOwned>(
    app: &App,
    of: (&Asked, List),
    exact: impl Future<Output = Result<Vec<T>, Trouble>>,
    looks: Looks<'_, T>,
) -> Result<Result<Page<T>, BadCursor>, Trouble> {
    let ((asked, which), (fits, key)) = (of, looks);
    let places = places(&asked.q);
    let begun = begin(asked.cursor.as_deref()).filter(|(at, _)| *at == 0 || *at < places.len());
    let Some((mut at, mut after)) = begun else { return Ok(Err(BadCursor)) };
    let mut items = Vec::new();
    if asked.cursor.is_none() && !asked.q.is_empty() {
        items.extend(exact.await?.into_iter().filter(fits));
        if !items.is_empty() {
            return Ok(Ok(Page { items, next: None }));
        }
    }
    let before = |row: &T, at: usize| {
        let has = |(order, beginning): &(Order, String)| key(row, *order).is_some_and(|key| key.starts_with(beginning));
        places[..at].iter().any(has)
    };
    let wanted = usize::try_from(asked.limit).unwrap_or_default();
    let at_once = if asked.filter.is_empty() { asked.limit } else { ROWS };
    for _ in 0..ROUNDS + places.len() {
        let Some((order, beginning)) = places.get(at) else { return Ok(Ok(Page { items, next: None })) };
        let left = i32::try_from(wanted - items.len()).unwrap_or_default();
        let most = if order.is_thin() { left.min(asked.dear) } else { left.max(at_once) };
        let rows = app.store.rows((which, *order), beginning, after.as_deref(), most).await?;
        let whole = rows.len() < usize::try_from(most).unwrap_or_default();
        for placed in rows {
            if items.len() == wanted {
                return Ok(Ok(Page { items, next: Some(cursor(at, after.as_deref())) }));
            }
            after = Some(placed.key);
            if fits(&placed.row) && !before(&placed.row, at) {
                items.push(placed.row);
            }
        }
        if whole {
            (at, after) = (at + 1, None);
        } else if items.len() == wanted || order.is_thin() {
            break;
        }
    }
    let next = (at < places.len()).then(|| cursor(at, after.as_deref()));
    Ok(Ok(Page { items, next }))
}

/// A page of users who were read whole, by name: those whom the places of the search have, or whose address, number or identifier it
/// is.
fn page_of(
    asked: &Asked,
    all: Vec<UserRow>,
    key: &impl Fn(&UserRow, Order) -> Option<String>,
) -> Result<Page<UserRow>, BadCursor> {
    let (_, after) = begin(asked.cursor.as_deref()).filter(|(at, _)| *at == 0).ok_or(BadCursor)?;
    let places = places(&asked.q);
    let (whole, number) = (Email::parse(&asked.q).ok(), number(&asked.q));
    let sought = |user: &UserRow| {
        let has =
            |(order, beginning): &(Order, String)| key(user, *order).is_some_and(|key| key.starts_with(beginning));
        let theirs =
            user.person.emails().iter().any(|email| Some(email.canonical()) == whole.as_ref().map(Email::canonical));
        let numbered = number.is_some() && user.contact == number;
        asked.q.is_empty() || user.id() == asked.q || theirs || numbered || places.iter().any(has)
    };
    let in_order = |user: UserRow| (format!("{} {}", key(&user, Order::Last).unwrap_or_default(), user.id()), user);
    let mut rows: Vec<(String, UserRow)> = all.into_iter().filter(sought).map(in_order).collect();
    rows.sort_by(|(one, _), (other, _)| one.cmp(other));
    rows.retain(|(place, _)| after.as_ref().is_none_or(|after| place > after));
    let wanted = usize::try_from(asked.limit).unwrap_or_default();
    let more = rows.len() > wanted;
    rows.truncate(wanted);
    let next = rows.last().filter(|_| more).map(|(place, _)| cursor(0, Some(place)));
    Ok(Page { items: rows.into_iter().map(|(_, user)| user).collect(), next })
}

/// A place by its number, as one letter, and the key there after which the next page begins.
fn cursor(at: usize, after: Option<&str>) -> String {
    let letter = u8::try_from(at).map_or('z', |at| char::from(b'a'.saturating_add(at)));
    BASE64URL_NOPAD.encode(format!("{letter}{}", after.unwrap_or_default()).as_bytes())
}

fn begin(cursor: Option<&str>) -> Option<(usize, Option<String>)> {
    let Some(cursor) = cursor else { return Some((0, None)) };
    if cursor.len() > LONGEST_CURSOR {
        return None; // no key of ours
    }
    let text = String::from_utf8(BASE64URL_NOPAD.decode(cursor.as_bytes()).ok()?).ok()?;
    let after = text.get(1..).map(str::to_owned).filter(|after| !after.is_empty());
    let at = text.bytes().next()?.checked_sub(b'a')?;
    Some((at.into(), after))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// AD-1: several words are looked for as a name in either order, and as they are; what is no letter is nobody.
    #[test]
    fn a_search_looks_where_a_name_begins_so() {
        let found = places("José Núñez");
        for place in [(Order::First, "jose nunez"), (Order::Last, "jose nunez"), (Order::Second, "nunez jose")] {
            assert!(found.contains(&(place.0, place.1.to_owned())), "{place:?}");
        }
        assert!(found.contains(&(Order::Company, "josenunez".to_owned())));
        assert!(places("a b c d e f g").len() <= 3 * SPLITS + Order::ALL.len());
        assert!(places("- -").iter().all(|(_, beginning)| !beginning.trim().is_empty()));
    }
}
