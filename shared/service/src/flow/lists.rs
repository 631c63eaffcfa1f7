//! Lists of users and contacts: paged, searched by the beginning of a name, username, address or company, filtered (AD-1).

use data_encoding::BASE64URL_NOPAD;
use domain::email::Email;
use domain::user::{Kind, Person, State};
use serde::de::DeserializeOwned;

use super::Trouble;
use super::users::locked;
use crate::app::App;
use crate::store::{ContactRow, List, Order, UserRow};

/// How many more pages of an index are looked through to fill a page that a filter has emptied.
const ROUNDS: usize = 10;

/// Rows that are read at once where a filter leaves few of them.
const ROWS: i32 = 100;

/// Rows on a page of a search by username, address or company, at the most: each is a read.
const THIN: i32 = 10;

/// Bytes of a cursor, at the most: a key in Base64.
const LONGEST_CURSOR: usize = 1_300;

/// What is asked of a list.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// What a name, username, e-mail address or company begins with; empty for everybody.
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
    /// Only those with an account who have never chosen a password (AD-8).
    pub never: bool,
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
            && filter.sponsor.is_none_or(|sponsor| user.pin.is_some() == sponsor)
            && filter.fits(&user.person)
    };
    if filter.locked {
        // As many as there are: who is locked is not many, and waits.
        let items = locked(app).await?.into_iter().map(UserRow::from).filter(fits).collect();
        return Ok(Ok(Page { items, next: None }));
    }
    let exact = async {
        let mut ids = Vec::new();
        if let Ok(email) = Email::parse(&asked.q) {
            ids.extend(app.store.at_address(email.canonical()).await?.accounts().into_iter().map(|(id, _)| id));
        }
        let mut found = Vec::new();
        for user in app.store.users(&ids).await? {
            found.push(UserRow::from(user));
        }
        Ok::<_, Trouble>(found)
    };
    let keys = |user: &UserRow, order: Order| order.key(&user.person, Some(&user.username));
    Box::pin(list(app, (asked, List::Users), exact, (&fits, &keys))).await
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
            && filter.fits(&contact.person)
    };
    let exact = async {
        let mut found = Vec::new();
        if let Ok(email) = Email::parse(&asked.q) {
            for id in app.store.at_address(email.canonical()).await?.all_contacts() {
                found.extend(app.store.contact(&id).await?.map(ContactRow::from));
            }
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

/// A page: whoever a whole address leads to, else those whose last name, first name, username, address or
/// company begins so, one after the other, nobody twice.
async fn list<T: DeserializeOwned>(
    app: &App,
    of: (&Asked, List),
    exact: impl Future<Output = Result<Vec<T>, Trouble>>,
    looks: Looks<'_, T>,
) -> Result<Result<Page<T>, BadCursor>, Trouble> {
    let ((asked, which), (fits, key)) = (of, looks);
    let Some((mut order, mut after)) = begin(asked.cursor.as_deref()) else { return Ok(Err(BadCursor)) };
    let mut items = Vec::new();
    if asked.cursor.is_none() && !asked.q.is_empty() {
        items.extend(exact.await?.into_iter().filter(fits));
        if !items.is_empty() {
            return Ok(Ok(Page { items, next: None }));
        }
    }
    let before = |row: &T, order: Order| {
        let earlier = Order::ALL.into_iter().take_while(|earlier| *earlier != order);
        let mut earlier = earlier.filter_map(|earlier| Some((key(row, earlier)?, earlier.beginning(&asked.q))));
        earlier.any(|(key, beginning)| !beginning.is_empty() && key.starts_with(&beginning))
    };
    let wanted = usize::try_from(asked.limit).unwrap_or_default();
    let at_once = if asked.filter.is_empty() { asked.limit } else { ROWS };
    for _ in 0..ROUNDS {
        let beginning = order.beginning(&asked.q);
        let nothing = beginning.is_empty() && !asked.q.is_empty();
        let left = i32::try_from(wanted - items.len()).unwrap_or_default();
        let most = if order.is_thin() { left.min(THIN) } else { left.max(at_once) };
        let rows = if nothing {
            Vec::new()
        } else {
            app.store.rows((which, order), &beginning, after.as_deref(), most).await?
        };
        let whole = rows.len() < usize::try_from(most).unwrap_or_default();
        for placed in rows {
            if items.len() == wanted {
                return Ok(Ok(Page { items, next: Some(cursor(order, after.as_deref())) }));
            }
            after = Some(placed.key);
            if fits(&placed.row) && !before(&placed.row, order) {
                items.push(placed.row);
            }
        }
        if whole {
            let next = if asked.q.is_empty() { None } else { following(order) };
            let Some(next) = next else { return Ok(Ok(Page { items, next: None })) };
            (order, after) = (next, None);
        } else if items.len() == wanted || order.is_thin() {
            break;
        }
    }
    Ok(Ok(Page { items, next: Some(cursor(order, after.as_deref())) }))
}

fn following(order: Order) -> Option<Order> {
    Order::ALL.into_iter().skip_while(|one| *one != order).nth(1)
}

const LETTERS: [char; 5] = ['l', 'f', 'u', 'e', 'c'];

fn cursor(order: Order, after: Option<&str>) -> String {
    let at = Order::ALL.iter().position(|one| *one == order).unwrap_or_default();
    BASE64URL_NOPAD.encode(format!("{}{}", LETTERS[at], after.unwrap_or_default()).as_bytes())
}

fn begin(cursor: Option<&str>) -> Option<(Order, Option<String>)> {
    let Some(cursor) = cursor else { return Some((Order::Last, None)) };
    if cursor.len() > LONGEST_CURSOR {
        return None; // no key of ours
    }
    let text = String::from_utf8(BASE64URL_NOPAD.decode(cursor.as_bytes()).ok()?).ok()?;
    let after = text.get(1..).map(str::to_owned).filter(|after| !after.is_empty());
    let at = LETTERS.iter().position(|letter| text.starts_with(*letter))?;
    Some((Order::ALL[at], after))
}
