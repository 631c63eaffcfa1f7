//! What somebody leaves behind outside their own items, in the reports of imports and bulk runs and in the keys of counters: known by
//! their usernames and addresses, and blotted when they are erased.

use std::collections::BTreeSet;

use crate::email::Email;
use crate::intake::{Line, Taken};
use crate::run::Skipped;
use crate::user::{Contact, Person, User};
use crate::username;

/// What stands where somebody stood.
pub const ERASED: &str = "erased on request";

/// The words by which somebody is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traces {
    /// Usernames and addresses, in lower case.
    words: BTreeSet<String>,
    /// Their name, where they are known by nothing else.
    name: Option<String>,
}

impl Traces {
    /// The words of an account, of a contact, or of both.
    pub fn of(user: Option<&User>, contact: Option<&Contact>) -> Self {
        let people = || user.map(|user| &user.person).into_iter().chain(contact.map(|contact| &contact.person));
        let names = user.map(|user| [user.username.to_lowercase(), username::canonical(&user.username)]);
        let emails = people().flat_map(Person::emails);
        let emails = emails.flat_map(|email| [email.shown().to_lowercase(), email.canonical().to_owned()]);
        let words: BTreeSet<String> = names.into_iter().flatten().chain(emails).collect();
        let name = people().next().map(Person::name).filter(|name| words.is_empty() && !name.is_empty());
        Self { words, name }
    }

    /// Usernames and addresses, in lower case.
    pub fn words(&self) -> &BTreeSet<String> {
        &self.words
    }

    /// Whether a text is one of them, and nothing else.
    pub fn are(&self, text: &str) -> bool {
        self.words.contains(&text.to_lowercase()) || self.name.as_deref() == Some(text)
    }

    /// Whether a sentence has one of them between quotation marks, blanks or punctuation.
    pub fn are_in(&self, sentence: &str) -> bool {
        let sentence = sentence.to_lowercase();
        let part = |letter: char| letter.is_alphanumeric() || "@._+-".contains(letter);
        self.words.iter().any(|word| {
            sentence.match_indices(word.as_str()).any(|(at, _)| {
                let before = sentence[..at].chars().next_back();
                let after = sentence[at + word.len()..].chars().next();
                !before.is_some_and(part) && !after.is_some_and(part)
            })
        })
    }

    /// Whether a row of an import speaks of them.
    pub fn are_on(&self, line: &Line) -> bool {
        let row = line.row.as_ref();
        let emails = row.map(|row| row.person.emails()).unwrap_or_default();
        let names = [Some(line.who.as_str()), line.username.as_deref(), row.and_then(|row| row.username.as_deref())];
        let mut said = names.into_iter().flatten().chain(emails.into_iter().map(Email::canonical));
        said.any(|text| self.are(text)) || line.reason.as_deref().is_some_and(|reason| self.are_in(reason))
    }

    /// The row without them. What waits to be stored is not stored any more.
    pub fn blotted(line: &Line) -> Line {
        let waits = line.became == Taken::Waiting;
        let became = if waits { Taken::Refused } else { line.became };
        let reason = (waits || line.reason.is_some()).then(|| ERASED.to_owned());
        Line { line: line.line, who: String::new(), username: None, became, reason, row: None }
    }

    /// A row that a bulk run does not serve, without them.
    pub fn without(&self, skipped: Skipped) -> Skipped {
        if self.are(&skipped.row) { Skipped { row: ERASED.to_owned(), ..skipped } } else { skipped }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn maria() -> Traces {
        let user = serde_json::json!({
            "id": "x", "username": "Maria", "kind": "contact", "epoch": 1, "created_at": 0,
            "first_name": "Maria", "last_name": "Member", "email": "Maria@Members.example",
        });
        Traces::of(Some(&serde_json::from_value(user).unwrap()), None)
    }

    #[test]
    fn somebody_is_found_by_whole_words_only() {
        assert!(maria().are("MARIA") && maria().are("maria@members.example") && !maria().are("Maria Member"));
        assert!(maria().are_in("username \"maria\" stands in this file before"));
        for other in ["maria2", "anna.maria", "maria@elsewhere.example", "mariana was here"] {
            assert!(!maria().are_in(other), "{other}");
        }
    }

    #[test]
    fn what_waits_is_not_stored_any_more() {
        let line = Line {
            line: 2,
            who: "maria".to_owned(),
            username: Some("maria".to_owned()),
            became: Taken::Waiting,
            reason: None,
            row: None,
        };
        assert!(maria().are_on(&line));
        let blotted = Traces::blotted(&line);
        assert_eq!((blotted.became, blotted.who.as_str(), blotted.username), (Taken::Refused, "", None));
        let made = Traces::blotted(&Line { became: Taken::Made, ..line });
        assert_eq!((made.became, made.reason), (Taken::Made, None));
    }
}
