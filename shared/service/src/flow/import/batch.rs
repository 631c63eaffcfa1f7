//! What goes into one write: people who have nothing to do with each other, as many as a transaction takes.

use std::collections::BTreeSet;

use domain::email::Email;
use domain::user::Kind;
use domain::username::Username;

use crate::flow::enrol::NewPerson;

/// Items that one write stores, if nothing is wrong with any row of it: a transaction takes a hundred.
const TOGETHER: usize = 100;

/// People who are stored in one write: no two share a name or an address.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) lines: Vec<u64>,
    pub(super) people: Vec<NewPerson>,
    known: BTreeSet<String>,
    items: usize,
}

impl Batch {
    fn marks(person: &NewPerson) -> impl Iterator<Item = &str> {
        let name = person.username.iter().map(Username::canonical);
        name.chain(person.person.emails().into_iter().map(Email::canonical))
    }

    /// How many items somebody takes at the most: user, login, contact, what was counted under the name, the mail that invites
    /// them; and each address for user and contact, and that it is nobody's name, which it is of a contact alone as well.
    fn items(person: &NewPerson) -> usize {
        let emails = person.person.emails().len();
        let account = person.username.is_some() || person.kind != Kind::Contact;
        if account { 5 + 3 * emails } else { 1 + 2 * emails }
    }

    /// Whether somebody does not go into this write any more.
    pub(super) fn is_full_for(&self, person: &NewPerson) -> bool {
        let meets = Self::marks(person).any(|mark| self.known.contains(mark));
        meets || self.items + Self::items(person) > TOGETHER
    }

    pub(super) fn add(&mut self, line: u64, person: NewPerson) {
        self.items += Self::items(&person);
        self.known.extend(Self::marks(&person).map(str::to_owned));
        self.lines.push(line);
        self.people.push(person);
    }
}
