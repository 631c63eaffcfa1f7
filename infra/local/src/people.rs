//! The sample people as the start-up table shows them.

/// A person of the sample organisation, as the start-up table shows them.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    /// Name.
    pub who: &'static str,
    /// Username.
    pub username: &'static str,
    /// E-mail address.
    pub email: &'static str,
    /// What there is to know.
    pub about: &'static str,
}

/// The sample people.
pub const PEOPLE: [Person; 9] = [
    Person { who: "Ada Admin", username: "admin", email: "admin@harbour.example", about: "administrator" },
    Person { who: "Sam Staff", username: "sam", email: "sam@harbour.example", about: "staff, group North" },
    Person {
        who: "Paula Partner",
        username: "paula",
        email: "paula@partner.example",
        about: "user of company Partner",
    },
    Person { who: "Maria Member", username: "maria", email: "maria@members.example", about: "user, group North" },
    Person { who: "Nora Quist", username: "-", email: "nora@members.example", about: "contact without an account" },
    Person {
        who: "Finn Family",
        username: "finn",
        email: "family@members.example",
        about: "shares a mailbox with Faye",
    },
    Person {
        who: "Faye Family",
        username: "faye",
        email: "family@members.example",
        about: "shares a mailbox with Finn",
    },
    Person { who: "Dora Disabled", username: "dora", email: "dora@members.example", about: "disabled" },
    Person { who: "Rob Robot", username: "robot", email: "-", about: "API user" },
];
