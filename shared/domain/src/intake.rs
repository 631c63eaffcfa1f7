//! A file of people that is brought in (IO-1): rehearsed, then run a step at a time, and what became of each row.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{RunId, UserId};
use crate::language::{Language, Text};
use crate::user::{Grants, Kind, Person, State};

/// Rows under one item: with as much as one may hold, they fit.
pub const CHUNK: usize = 25;

/// Where an import stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntakeState {
    /// Looked at; nobody is stored.
    Rehearsed,
    /// Under way.
    Running,
    /// Every row is stored or reported.
    Done,
}

impl IntakeState {
    /// As it is stored and told.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rehearsed => "rehearsed",
            Self::Running => "running",
            Self::Done => "done",
        }
    }
}

/// Something that does not keep a row out, and that somebody should know before it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Concern {
    /// Several rows have the address.
    SharedEmail,
    /// Somebody who is stored has the address.
    KnownEmail,
    /// Nothing can be mailed to them.
    NoEmail,
    /// What stands for a phone number is none.
    OddPhone,
    /// A second factor is asked of them, and without an e-mail they can't set one up (MF-3).
    LockedOut,
    /// They get every right there is.
    Administrator,
}

impl Concern {
    /// What it means for the rows, in a sentence.
    pub fn sentence(self) -> Text {
        match self {
            Self::SharedEmail => Text(
                "Several rows of this file have the same e-mail address. Whoever shares one can't find their username by it.",
                "Varias filas de este archivo tienen el mismo correo electrónico. Quien lo comparte no puede encontrar con él su nombre de usuario.",
            ),
            Self::KnownEmail => Text(
                "Somebody who is stored has this e-mail address: the same person may be here already.",
                "Alguien que ya está guardado tiene este correo electrónico: puede que la misma persona ya esté aquí.",
            ),
            Self::NoEmail => Text(
                "There is no e-mail address: nothing can be mailed to them, and they can't get back in by themselves.",
                "No hay correo electrónico: no se le puede enviar nada y no puede recuperar el acceso por sí misma.",
            ),
            Self::OddPhone => Text(
                "This can't be a phone number. It is stored as it stands.",
                "Esto no puede ser un teléfono. Se guarda tal como está.",
            ),
            Self::LockedOut => Text(
                "A second factor is asked of them, and without an e-mail address they can't set one up: they will not get in.",
                "Se le pide un segundo factor y sin correo electrónico no puede configurarlo: no podrá entrar.",
            ),
            Self::Administrator => Text("They get every right there is.", "Recibe todos los derechos que hay."),
        }
    }
}

/// A concern, and whom it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// What.
    pub code: Concern,
    /// About how many rows.
    pub count: u32,
    /// The first of them, by line.
    pub rows: Vec<u64>,
}

/// An import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intake {
    /// Which.
    pub id: RunId,
    /// Who asked for it.
    pub by: UserId,
    /// What they were called.
    pub by_name: String,
    /// In which language its rows are told of: theirs.
    #[serde(default)]
    pub language: Language,
    /// The word for the system that the file comes from; empty for our own columns.
    #[serde(default)]
    pub source: String,
    /// Columns of the file that nothing is taken from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
    /// Where it stands.
    pub state: IntakeState,
    /// Rows of the file.
    pub total: u32,
    /// Contacts that are to be made, with or without an account.
    pub contacts: u32,
    /// Accounts that are to be made.
    pub users: u32,
    /// Of them, those who keep the password they have.
    pub with_password: u32,
    /// Rows that the rehearsal refused.
    pub refused: u32,
    /// Some of the usernames that are made up.
    pub usernames: Vec<String>,
    /// What somebody should know beforehand.
    pub warnings: Vec<Warning>,
    /// Items with rows.
    pub chunks: u32,
    /// Of them, those that are done.
    pub done: u32,
    /// Rows that were stored.
    pub made: u32,
    /// Rows that were not, in the items that are done.
    pub not_made: u32,
    /// Counted up by every change of it.
    pub revision: u64,
    /// When it was rehearsed; everybody in it is stored as made then.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub created_at: Timestamp,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "jiff::fmt::serde::timestamp::second::optional")]
    pub finished_at: Option<Timestamp>,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Taken {
    /// Not yet anything.
    Waiting,
    /// It is stored.
    Made,
    /// Nothing of it is stored.
    Refused,
}

impl Taken {
    /// As it is told.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Made => "made",
            Self::Refused => "refused",
        }
    }
}

/// A row of the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The line in the file that the row begins on.
    pub line: u64,
    /// Whom it is about: a name or address.
    pub who: String,
    /// The username that they get, if they get one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// What became of it.
    pub became: Taken,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What is to be stored, until it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<Row>,
}

/// Somebody who is to be stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// What sort of account.
    pub kind: Kind,
    /// Whether it can be used.
    #[serde(default)]
    pub state: State,
    /// The username, given or made up; none for a contact without an account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Name and addresses.
    pub person: Person,
    /// Rights.
    pub grants: Grants,
    /// The password, if it is known by its hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
}
