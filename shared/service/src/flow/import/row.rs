//! A row of a file of people: checked, and what is wrong with it in words.

use domain::email::Email;
use domain::language::Language::{English, Spanish};
use domain::language::{Text, spoken};
use domain::message;
use domain::source::says_yes;
use domain::user::{Grants, Kind, Person, State};
use domain::username::Username;
use domain::work::Lane;

use crate::flow::enrol::{NewPerson, WayIn};
use crate::hasher::Stored;

/// The columns, in any order; all but `kind` may be left out.
pub const COLUMNS: [&str; 15] = [
    "kind",
    "username",
    "first_name",
    "last_name",
    "nickname",
    "email",
    "address_email",
    "phone",
    "company",
    "group",
    "permissions",
    "profiles",
    "company_exceptions",
    "password_hash",
    "disabled",
];

/// The fields of a row as they stand there.
#[derive(Debug, Default)]
pub(super) struct Row {
    kind: String,
    username: String,
    first_name: String,
    last_name: String,
    nickname: String,
    email: String,
    address_email: String,
    phone: String,
    company: String,
    group: String,
    permissions: String,
    profiles: String,
    company_exceptions: String,
    password_hash: String,
    disabled: String,
}

impl Row {
    /// Fills in a column, if nothing stands there yet.
    pub(super) fn fill(&mut self, column: &str, text: &str) {
        let field = match column {
            "kind" => &mut self.kind,
            "username" => &mut self.username,
            "first_name" => &mut self.first_name,
            "last_name" => &mut self.last_name,
            "nickname" => &mut self.nickname,
            "email" => &mut self.email,
            "address_email" => &mut self.address_email,
            "phone" => &mut self.phone,
            "company" => &mut self.company,
            "group" => &mut self.group,
            "permissions" => &mut self.permissions,
            "profiles" => &mut self.profiles,
            "company_exceptions" => &mut self.company_exceptions,
            "password_hash" => &mut self.password_hash,
            "disabled" => &mut self.disabled,
            _ => return,
        };
        if field.is_empty() {
            text.clone_into(field);
        }
    }

    /// Whether neither first nor last name stands there.
    pub(super) fn is_nameless(&self) -> bool {
        self.first_name.is_empty() && self.last_name.is_empty()
    }

    /// The e-mail address as it stands there.
    pub(super) fn email(&self) -> &str {
        &self.email
    }
}

pub(super) fn broken(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => match spoken() {
            English => format!("it has {len} fields instead of {expected_len}"),
            Spanish => format!("tiene {len} campos en lugar de {expected_len}"),
        },
        _ => Text("it can't be read as CSV", "no se puede leer como CSV").to_string(),
    }
}

pub(super) fn person(row: Row) -> Result<NewPerson, String> {
    let kind = kind(&row.kind)?;
    let username = filled(&row.username).map(|name| Username::parse(&name)).transpose();
    let username = username.map_err(|error| match spoken() {
        English => format!("username {}: {error}", quoted(&row.username)),
        Spanish => format!("username {}: {}", quoted(&row.username), message::username(&error)),
    })?;
    let person = Person {
        first_name: short("first_name", row.first_name)?,
        last_name: short("last_name", row.last_name)?,
        nickname: filled(&short("nickname", row.nickname)?),
        email: address("email", &row.email)?,
        address_email: address("address_email", &row.address_email)?,
        phone: filled(&short("phone", row.phone)?),
        company: filled(&short("company", row.company)?),
        group: filled(&short("group", row.group)?),
        locale: None,
    };
    let disabled = disabled(&row.disabled)?;
    let mailed = person.mailbox().is_some();
    let has_account = username.is_some() || kind != Kind::Contact;
    let way_in = match kind {
        _ if !row.password_hash.is_empty() => hashed(row.password_hash, has_account)?,
        Kind::Api => WayIn::None,
        // Whoever is switched off is written to when they are switched on and sent their way in.
        _ if disabled => WayIn::None,
        _ if has_account && !mailed => {
            return Err(Text(
                "an account needs an e-mail, so that its temporary password can be sent",
                "una cuenta necesita un correo electrónico para enviar su contraseña temporal",
            )
            .to_string());
        }
        _ => WayIn::Temporary(Lane::Bulk, None),
    };
    if kind == Kind::Api && username.is_none() {
        return Err(Text("an API user needs a username", "un usuario de API necesita un nombre de usuario").to_string());
    }
    if has_account && username.is_none() && !mailed {
        return Err(Text(
            "an account without an e-mail needs a username",
            "una cuenta sin correo electrónico necesita un nombre de usuario",
        )
        .to_string());
    }
    if !has_account && !mailed && person.name().is_empty() {
        return Err(Text(
            "a contact needs a name or an e-mail",
            "un contacto necesita un nombre o un correo electrónico",
        )
        .to_string());
    }
    let grants = Grants {
        permissions: list(&row.permissions),
        profiles: list(&row.profiles),
        company_exceptions: list(&row.company_exceptions),
    };
    let state = if disabled { State::Disabled } else { State::Active };
    Ok(NewPerson { kind, username, person, grants, way_in, state })
}

fn kind(cell: &str) -> Result<Kind, String> {
    match cell.to_ascii_lowercase().as_str() {
        "contact" => Ok(Kind::Contact),
        "staff" => Ok(Kind::Staff),
        "administrator" => Ok(Kind::Administrator),
        "api" => Ok(Kind::Api),
        other => Err(match spoken() {
            English => format!("kind is {}; it must be contact, staff, administrator or api", quoted(other)),
            Spanish => format!("kind es {}; debe ser contact, staff, administrator o api", quoted(other)),
        }),
    }
}

fn disabled(cell: &str) -> Result<bool, String> {
    says_yes(cell).ok_or_else(|| match spoken() {
        English => format!("disabled is {}; it must be yes or no", quoted(cell)),
        Spanish => format!("disabled es {}; debe ser yes o no", quoted(cell)),
    })
}

/// Characters of a cell that are said again.
const LONGEST_QUOTE: usize = 80;

/// The beginning of a cell, in quotes, as a person finds it again.
fn quoted(cell: &str) -> String {
    match cell.char_indices().nth(LONGEST_QUOTE) {
        Some((end, _)) => format!("{:?}…", &cell[..end]),
        None => format!("{cell:?}"),
    }
}

/// IO-2: a password that is known by its hash only.
fn hashed(hash: String, has_account: bool) -> Result<WayIn, String> {
    if !has_account {
        return Err(Text(
            "password_hash belongs to an account: give a username",
            "password_hash pertenece a una cuenta: dé un nombre de usuario",
        )
        .to_string());
    }
    let read = Stored::parse(&hash).map_err(|error| format!("password_hash: {}; {WITHOUT}", error.told()));
    read.map(|_| WayIn::Hash(hash))
}

/// What becomes of a row without its hash.
const WITHOUT: Text = Text(
    "without it the account gets a temporary password by mail",
    "sin él la cuenta recibe una contraseña temporal por correo",
);

fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn short(field: &str, text: String) -> Result<String, String> {
    if text.chars().any(char::is_control) {
        let odd = Text(
            "holds a line break or another control character",
            "contiene un salto de línea u otro carácter de control",
        );
        return Err(format!("{field} {odd}"));
    }
    if text.chars().count() > 200 {
        let long = Text("is longer than 200 characters", "tiene más de 200 caracteres");
        return Err(format!("{field} {long}"));
    }
    Ok(text)
}

fn address(field: &str, text: &str) -> Result<Option<Email>, String> {
    let parsed = filled(text).map(|text| Email::parse(&text)).transpose();
    parsed.map_err(|error| match spoken() {
        English => format!("{field} {}: {error}", quoted(text)),
        Spanish => format!("{field} {}: {}", quoted(text), message::email(&error)),
    })
}

/// Several values in one field, parted by semicolons, commas or bars.
fn list(text: &str) -> Vec<String> {
    text.split([';', ',', '|']).map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}
