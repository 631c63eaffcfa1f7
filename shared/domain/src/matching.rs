//! Whether somebody who asks for an account is a contact we know (SU-2).

use crate::email::Email;
use crate::user::Person;
use crate::{name, phone};

/// What somebody says of themselves who asks for an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applicant {
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Where their mail goes.
    pub email: Email,
    /// As typed.
    pub phone: Option<String>,
}

impl Applicant {
    /// Whether this is the person: any of their addresses, first name or nickname, last name, and the phone where both have
    /// one. `home` is the country of numbers without a country's code.
    pub fn is(&self, person: &Person, home: Option<&str>) -> bool {
        let address = person.emails().iter().any(|email| email.canonical() == self.email.canonical());
        let first = [Some(&person.first_name), person.nickname.as_ref()];
        let first = first.into_iter().flatten().any(|known| name::same(known, &self.first_name));
        let phones = self.phone.as_ref().zip(person.phone.as_ref());
        let phone = phones.is_none_or(|(given, known)| phone::same(given, known, home));
        address && first && name::same(&person.last_name, &self.last_name) && phone
    }

    /// The contact that is made of somebody whom nobody knows (SU-5).
    pub fn person(&self) -> Person {
        Person {
            first_name: self.first_name.clone(),
            last_name: self.last_name.clone(),
            email: Some(self.email.clone()),
            phone: self.phone.clone(),
            ..Person::default()
        }
    }
}

/// What somebody is known by who has no username: name, addresses and phone, as they are compared. Of two with the same mark one is
/// the other brought in again. `None` without an address: nobody can be looked up by their name alone.
pub fn mark(person: &Person) -> Option<String> {
    let mut emails: Vec<&str> = person.emails().into_iter().map(Email::canonical).collect();
    emails.sort_unstable();
    let (first, last) = (name::folded(&person.first_name), name::folded(&person.last_name));
    let digits: String = person.phone.iter().flat_map(|phone| phone.chars()).filter(char::is_ascii_digit).collect();
    (!emails.is_empty()).then(|| [&first, &last, &emails.join(" "), &digits].map(String::as_str).join("\u{1f}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nora() -> Person {
        Person {
            first_name: "Eleonora".to_owned(),
            last_name: "Quist".to_owned(),
            nickname: Some("Nora".to_owned()),
            address_email: Email::parse("nora@members.example").ok(),
            phone: Some("+44 20 7946 0101".to_owned()),
            ..Person::default()
        }
    }

    fn applicant(first: &str, last: &str, email: &str, phone: Option<&str>) -> Applicant {
        Applicant {
            first_name: first.to_owned(),
            last_name: last.to_owned(),
            email: Email::parse(email).unwrap(),
            phone: phone.map(str::to_owned),
        }
    }

    /// IO-1: who is brought in twice has the same mark, and nobody else has.
    #[test]
    fn a_mark_is_of_one_person() {
        let again = Person { first_name: "ELEONORA".to_owned(), ..nora() };
        assert_eq!(mark(&nora()), mark(&again));
        let others = [
            Person { first_name: "Norah".to_owned(), ..nora() },
            Person { phone: None, ..nora() },
            Person { email: Email::parse("other@members.example").ok(), ..nora() },
        ];
        assert!(others.iter().all(|other| mark(other) != mark(&nora())));
        assert_eq!(mark(&Person { address_email: None, ..nora() }), None);
    }

    /// SU-2
    #[test]
    fn a_contact_is_known_by_address_name_and_phone() {
        let (mail, phone) = ("Nora@Members.Example", Some("020 7946 0101"));
        let table = [
            (applicant("Nora", "Quist", mail, None), true),
            (applicant("ELEONORA", "quist", mail, phone), true),
            (applicant("Nora", "Quist", mail, Some("020 7946 0102")), false),
            (applicant("Nora", "Quist", "other@members.example", phone), false),
            (applicant("Norah", "Quist", mail, phone), false),
            (applicant("Nora", "Kvist", mail, phone), false),
        ];
        for (applicant, known) in table {
            assert_eq!(applicant.is(&nora(), None), known, "{applicant:?}");
        }
        let without = Person { phone: None, nickname: None, first_name: "Nora".to_owned(), ..nora() };
        assert!(applicant("Nora", "Quist", mail, Some("020 7946 0102")).is(&without, None));
    }
}
