//! What the routes take and answer, as data; the OpenAPI document is made of it. A test holds it against the routers and against
//! what each of them reads.

mod bulk;
mod document;
mod doors;
mod people;
mod schemas;
mod setup;
mod staff;
mod staff_schemas;

pub use document::document;

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// An e-mail address.
    Email,
    /// A secret that somebody types.
    Secret,
    /// Yes or no.
    Flag,
    /// A whole number.
    Number,
    /// A number with a fraction.
    Decimal,
    /// A moment (RFC 3339).
    Moment,
    /// A day.
    Day,
    /// Some texts.
    Texts,
    /// Some texts, or one with a line for each.
    Lines,
    /// One of these words.
    Word(&'static [&'static str]),
    /// One of the schemas.
    One(&'static str),
    /// Some of a schema.
    Many(&'static str),
    /// A page of a schema: `items` and `next_cursor`.
    Page(&'static str),
    /// Any object.
    Object,
    /// Some objects.
    Objects,
}

/// A field of a body, a query or a schema.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it must be there.
    pub required: bool,
    /// Whether `null` says something of its own: nothing, or take it away.
    pub nullable: bool,
    /// Whether a body may say `null` in place of leaving it out.
    pub or_null: bool,
    /// What is worth knowing; may be empty.
    pub about: &'static str,
}

/// An answer.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// When it comes.
    pub about: &'static str,
    /// What it holds, if anything.
    pub holds: Option<Kind>,
}

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Anybody.
    Anybody,
    /// Whoever is signed in.
    SignedIn,
    /// Whoever holds a ticket: the password was right and something is due.
    Ticket,
    /// A program with its credentials.
    Credentials,
    /// Staff, or a program with a token.
    Staff,
}

/// What one method of one route does.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// The method.
    pub method: &'static str,
    /// The path, as routers write it.
    pub path: &'static str,
    /// What it does, in a few words.
    pub does: &'static str,
    /// Who may call it.
    pub who: Who,
    /// What stands in the query.
    pub query: &'static [Field],
    /// What stands in the body.
    pub body: &'static [Field],
    /// What comes back when all is well or something is refused for a reason of its own.
    pub answers: &'static [Answer],
}

impl Operation {
    /// Whether OpenID Connect says what it takes: a form, in which what is not known is left out of account (RFC 6749, 3.1).
    pub fn is_openid(&self) -> bool {
        self.path.starts_with("/openid/")
    }
}

/// Every operation that programs use.
pub fn operations() -> impl Iterator<Item = &'static Operation> {
    let staffs = staff::OPERATIONS.iter().chain(bulk::OPERATIONS).chain(setup::OPERATIONS);
    people::OPERATIONS.iter().chain(staffs).chain(doors::OPERATIONS)
}

/// Routes that browsers alone use: pages without a program's answer, and forms that do what another method does.
pub const PAGES_ONLY: [(&str, &str); 53] = [
    ("GET", "/"),
    ("GET", "/sign-in/temporary"),
    ("GET", "/sign-in/security-code"),
    ("GET", "/sign-in/setup-mail"),
    ("GET", "/assets/style.css"),
    ("GET", "/assets/script.js"),
    ("GET", "/assets/passkeys.js"),
    ("GET", "/assets/strength.js"),
    ("GET", "/assets/theme.css"),
    ("GET", "/assets/logo/{name}"),
    ("GET", "/assets/console.css"),
    ("GET", "/assets/console.js"),
    ("GET", "/widget.js"),
    ("POST", "/account/username"),
    ("POST", "/account/sessions/end"),
    ("POST", "/account/sessions/{id}/end"),
    ("GET", "/account/security-code"),
    ("POST", "/account/passkeys/{id}/remove"),
    ("GET", "/admin/users/new"),
    ("POST", "/admin/users/{id}"),
    ("POST", "/admin/users/{id}/remove"),
    ("POST", "/admin/users/{id}/disable"),
    ("POST", "/admin/users/{id}/enable"),
    ("POST", "/admin/users/{id}/sessions/end"),
    ("POST", "/admin/users/{id}/pin/withdraw"),
    ("GET", "/admin/exports"),
    ("GET", "/admin/contacts/new"),
    ("POST", "/admin/contacts/{id}"),
    ("POST", "/admin/contacts/{id}/remove"),
    ("POST", "/admin/contacts/{id}/disable"),
    ("POST", "/admin/contacts/{id}/enable"),
    ("GET", "/admin/instances/new"),
    ("POST", "/admin/instances/{id}"),
    ("POST", "/admin/instances/{id}/remove"),
    ("POST", "/admin/layouts/{name}"),
    ("GET", "/admin/locations/new"),
    ("POST", "/admin/locations/{id}"),
    ("POST", "/admin/locations/{id}/remove"),
    ("GET", "/admin/providers/new"),
    ("POST", "/admin/providers/{id}"),
    ("POST", "/admin/providers/{id}/remove"),
    ("GET", "/admin/clients/new"),
    ("POST", "/admin/clients/{id}"),
    ("POST", "/admin/clients/{id}/remove"),
    ("POST", "/openid/again"),
    ("POST", "/admin/users/{id}/links/{link}/remove"),
    ("POST", "/account/links/{id}/remove"),
    ("GET", "/sign-in/link"),
    ("POST", "/sign-in/link"),
    ("POST", "/admin/settings"),
    ("POST", "/admin/settings/difference"),
    ("POST", "/admin/settings/logo"),
    ("POST", "/admin/settings/logo/remove"),
];

const fn field(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: false, nullable: false, or_null: false, about: "" }
}

const fn must(name: &'static str, kind: Kind) -> Field {
    Field { required: true, ..field(name, kind) }
}

const fn may(name: &'static str, kind: Kind) -> Field {
    Field { or_null: true, ..field(name, kind) }
}

const fn clears(name: &'static str, kind: Kind) -> Field {
    Field { nullable: true, ..field(name, kind) }
}

impl Field {
    const fn about(self, about: &'static str) -> Self {
        Self { about, ..self }
    }
}

const fn gives(status: u16, about: &'static str, kind: Kind) -> Answer {
    Answer { status, about, holds: Some(kind) }
}

const fn says(status: u16, about: &'static str) -> Answer {
    Answer { status, about, holds: None }
}

const fn operation(
    (method, path): (&'static str, &'static str),
    does: &'static str,
    who: Who,
    asks: (&'static [Field], &'static [Field]),
    answers: &'static [Answer],
) -> Operation {
    Operation { method, path, does, who, query: asks.0, body: asks.1, answers }
}

/// Nothing in the query, nothing in the body.
const NONE: (&[Field], &[Field]) = (&[], &[]);

/// What a long list is asked for.
const LISTED: [Field; 4] = [
    field("q", Kind::Text).about("What a name, username, e-mail address or company begins with."),
    field("filter", Kind::Text).about("field:value, several with commas between them."),
    field("cursor", Kind::Text).about("next_cursor of the page before."),
    field("limit", Kind::Number),
];

/// What a list that is read whole is asked for.
const SOUGHT: [Field; 4] = [
    field("q", Kind::Text).about("What stands in one of its texts."),
    field("filter", Kind::Text).about("field:value of what is listed, several with commas between them."),
    LISTED[2],
    LISTED[3],
];
