//! A rehearsal (IO-1): each row is held against the file and against what is stored, exactly as the run will find it, and nobody is
//! stored.

use std::collections::{BTreeMap, BTreeSet};

use domain::access::may_act;
use domain::email::Email;
use domain::factor::covers;
use domain::id::{ContactId, RunId, UserId};
use domain::intake::{CHUNK, Concern, Intake, IntakeState, Line, Row, Taken, Warning};
use domain::language::Language::{English, Spanish};
use domain::language::{Text, spoken};
use domain::matching::mark;
use domain::phone;
use domain::settings::Settings;
use domain::source::Source;
use domain::user::{Kind, User};
use domain::username::Username;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use sha2::{Digest, Sha256};

use super::pace::Pace;
use super::rows::{Format, Rows};
use super::there::{BEYOND, THERE, beyond, holders, marks};
use super::{ImportError, RefusedRow, refusal};
use crate::app::App;
use crate::flow::Trouble;
use crate::flow::enrol::{NewPerson, WayIn, default_username};
use crate::store::Enrolled;

/// Rows of one file, at the most.
pub const MOST_ROWS: usize = 20_000;

/// Bytes that a row may take: twenty-five of them are one item.
const LONGEST_ROW: usize = 12 * 1_024;

/// Addresses that are looked up, and items that are written, at once.
const AT_ONCE: usize = 32;

/// Refused rows that are told at once; all of them are in the report.
const TOLD: usize = 1_000;

/// Usernames that are made up and told.
const NAMED: usize = 10;

/// Rows that a warning names.
const WARNED: usize = 20;

/// What would happen.
#[derive(Clone, Debug)]
pub struct Rehearsal {
    /// The import, ready to run.
    pub intake: Intake,
    /// The first rows that would be refused.
    pub refused: Vec<RefusedRow>,
}

/// Rehearses a file. Nobody is stored, and nobody is written to.
pub async fn rehearse(
    app: &App,
    (format, source): (Format, Source),
    file: &[u8],
    by: &User,
) -> Result<Rehearsal, ImportError> {
    let mut all = Rows::of(format, source, file)?;
    let rows: Vec<_> = all.by_ref().take(MOST_ROWS + 1).collect();
    if rows.len() > MOST_ROWS {
        return Err(ImportError::TooMany);
    }
    let mut intake = Intake { source: source.as_str().to_owned(), left_out: all.left_out(), ..begun(app, by)? };
    let rows: Vec<Candidate> = rows.into_iter().map(|row| Candidate::of(&intake.id, row, by)).collect();
    let settings = app.settings().await.map_err(Trouble::from)?;
    let mut stored = Stored::behind(app, &rows, by).await?;
    let (mut lines, mut pace, mut concerns) = (Vec::with_capacity(rows.len()), Pace::default(), Concerns::of(&rows));
    for candidate in rows {
        let verdict = candidate.someone.and_then(|someone| match stored.refuses(&someone) {
            Some(reason) => Err(reason.to_string()),
            None => Ok(someone),
        });
        match verdict {
            Ok(someone) => {
                pace.keep(app, &someone.new).await?;
                concerns.look(candidate.line, &someone, &stored, &settings);
                lines.push(waiting(&mut intake, candidate.line, candidate.who, someone));
            }
            Err(reason) => lines.push(refused(candidate.line, candidate.who, reason)),
        }
    }
    intake.warnings = concerns.0.into_values().collect();
    put(app, &mut intake, &lines).await?;
    let refused = lines.into_iter().filter_map(|line| Some(RefusedRow { line: line.line, reason: line.reason? }));
    let refused: Vec<RefusedRow> = refused.take(TOLD).collect();
    tracing::info!(import = %intake.id, by = %by.id, total = intake.total, refused = intake.refused, "import rehearsed");
    Ok(Rehearsal { intake, refused })
}

fn begun(app: &App, by: &User) -> Result<Intake, Trouble> {
    let now = app.clock.now();
    Ok(Intake {
        id: RunId::new(now, app.random.bytes()?),
        by: by.id.clone(),
        by_name: by.username.clone(),
        language: spoken(),
        source: String::new(),
        left_out: Vec::new(),
        state: IntakeState::Rehearsed,
        total: 0,
        contacts: 0,
        users: 0,
        with_password: 0,
        refused: 0,
        usernames: Vec::new(),
        warnings: Vec::new(),
        chunks: 0,
        done: 0,
        made: 0,
        not_made: 0,
        revision: 1,
        created_at: now,
        finished_at: None,
    })
}

/// Writes the rows, and then the import: what was begun and not ended leads nowhere.
async fn put(app: &App, intake: &mut Intake, lines: &[Line]) -> Result<(), Trouble> {
    let count = |many: usize| u32::try_from(many).unwrap_or(u32::MAX);
    intake.total = count(lines.len());
    intake.refused = count(lines.iter().filter(|line| line.became == Taken::Refused).count());
    intake.chunks = count(lines.chunks(CHUNK).count());
    let intake: &Intake = intake;
    let chunks = (1_u32..).zip(lines.chunks(CHUNK));
    let each: Vec<_> = chunks.map(|(chunk, some)| app.store.put_lines(intake, chunk, some)).collect();
    stream::iter(each).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
    Ok(app.store.put_intake(intake).await?)
}

/// A row of the file: somebody, or why there is nobody.
struct Candidate {
    line: u64,
    who: String,
    someone: Result<Someone, String>,
}

/// Somebody, and the username that they get.
struct Someone {
    new: NewPerson,
    username: Option<Username>,
}

impl Candidate {
    fn of(id: &RunId, (line, parsed): (u64, Result<NewPerson, String>), by: &User) -> Self {
        let who = parsed.as_ref().map_or_else(|_| String::new(), called);
        let someone = parsed.and_then(|new| {
            if !may_act(by, new.kind, new.person.group.as_deref()) {
                return Err(Text(
                    "you may not make an account of this kind",
                    "usted no puede crear una cuenta de este tipo",
                )
                .to_string());
            }
            if bytes(&new) > LONGEST_ROW {
                return Err(match spoken() {
                    English => format!("it is longer than {LONGEST_ROW} bytes"),
                    Spanish => format!("ocupa más de {LONGEST_ROW} bytes"),
                });
            }
            let made_up = || default_username(&new.person, &contact_number(id, line, 0));
            let username = new.username.clone().or_else(|| if new.kind == Kind::Contact { None } else { made_up() });
            Ok(Someone { new, username })
        });
        Self { line, who, someone }
    }
}

/// What a row is known by in the report.
fn called(new: &NewPerson) -> String {
    let email = new.person.mailbox().map(Email::shown).map(str::to_owned);
    let name = new.username.as_ref().map(|username| username.shown().to_owned());
    name.or(email).unwrap_or_else(|| new.person.name())
}

fn bytes(new: &NewPerson) -> usize {
    let grants = &new.grants;
    let lists = grants.permissions.iter().chain(&grants.profiles).chain(&grants.company_exceptions);
    let hash = if let WayIn::Hash(hash) = &new.way_in { hash.len() } else { 0 };
    let person = serde_json::to_vec(&new.person).map_or(usize::MAX, |text| text.len());
    lists.fold(person.saturating_add(hash), |sum, one| sum.saturating_add(one.len() + 4))
}

/// The identifier that the account of a row gets, however often it is tried.
pub(super) fn user_number(intake: &Intake, line: u64) -> UserId {
    let hash = Sha256::digest(format!("{}#{line}#user", intake.id).as_bytes());
    let mut drawn = [0; 10];
    drawn.copy_from_slice(&hash[..10]);
    UserId::new(intake.created_at, drawn)
}

/// The number that the contact of a row gets; another one with each try.
pub(super) fn contact_number(id: &RunId, line: u64, attempt: u32) -> ContactId {
    let hash = Sha256::digest(format!("{id}#{line}#contact#{attempt}").as_bytes());
    let mut drawn = [0; 8];
    drawn.copy_from_slice(&hash[..8]);
    ContactId::number(drawn)
}

/// What is stored, and what will be by then: the names and addresses of the rows before.
struct Stored {
    names: BTreeSet<String>,
    addresses: BTreeSet<String>,
    known: BTreeSet<String>,
    people: BTreeSet<String>,
    /// Addresses of accounts that whoever imports may not act on (AD-3).
    beyond: BTreeSet<String>,
}

impl Stored {
    async fn behind(app: &App, rows: &[Candidate], by: &User) -> Result<Self, Trouble> {
        let people = || rows.iter().filter_map(|row| row.someone.as_ref().ok());
        let emails: BTreeSet<String> =
            people().flat_map(|one| one.new.person.emails()).map(|email| email.canonical().to_owned()).collect();
        let names = people().filter_map(|one| one.username.as_ref()).map(|name| name.canonical().to_owned());
        let names: BTreeSet<String> = names.chain(emails.iter().cloned()).collect();
        // A name may be somebody's address (SI-5).
        let asked: BTreeSet<String> = names.iter().filter(|name| name.contains('@')).cloned().collect();
        let holders = holders(app, asked).await?;
        let people = marks(app, holders.values()).await?.into_keys().collect();
        let beyond = beyond(app, &holders, by).await?;
        let names = app.store.logins(&names).await?.into_keys().collect();
        let known: BTreeSet<String> = holders.into_keys().collect();
        Ok(Self { names, addresses: known.clone(), known, people, beyond })
    }

    /// Why they would not be stored, if they would not.
    fn refuses(&mut self, someone: &Someone) -> Option<Text> {
        let known = mark(&someone.new.person).is_some_and(|mark| self.people.contains(&mark));
        if known && someone.new.username.is_none() {
            return Some(THERE);
        }
        if someone.new.person.emails().iter().any(|email| self.beyond.contains(email.canonical())) {
            return Some(BEYOND);
        }
        match self.judge(someone) {
            Enrolled::NameTaken if known => Some(THERE),
            other => refusal(other),
        }
    }

    /// What storing them would come to; whoever is not refused counts as stored from then on.
    fn judge(&mut self, someone: &Someone) -> Enrolled {
        let emails = someone.new.person.emails();
        if let Some(username) = &someone.username {
            let name = username.canonical();
            let own = emails.iter().any(|email| email.canonical() == name);
            let anothers = name.contains('@') && (!own || self.addresses.contains(name));
            if anothers || self.names.contains(name) {
                return Enrolled::NameTaken;
            }
            if emails.iter().any(|email| email.canonical() != name && self.names.contains(email.canonical())) {
                return Enrolled::AddressIsAName;
            }
            self.names.insert(name.to_owned());
        } else if someone.new.kind != Kind::Contact {
            return Enrolled::NameTaken;
        } else if emails.iter().any(|email| self.names.contains(email.canonical())) {
            return Enrolled::AddressIsAName;
        }
        self.addresses.extend(emails.iter().map(|email| email.canonical().to_owned()));
        Enrolled::Yes
    }
}

fn waiting(intake: &mut Intake, line: u64, who: String, someone: Someone) -> Line {
    let Someone { new, username } = someone;
    let hash = if let WayIn::Hash(hash) = new.way_in { Some(hash) } else { None };
    intake.contacts += u32::from(new.kind == Kind::Contact);
    intake.users += u32::from(username.is_some());
    intake.with_password += u32::from(hash.is_some());
    let username = username.map(|name| name.shown().to_owned());
    if new.username.is_none() && intake.usernames.len() < NAMED {
        intake.usernames.extend(username.clone());
    }
    let (kind, state) = (new.kind, new.state);
    let row = Row { kind, state, username: username.clone(), person: new.person, grants: new.grants, hash };
    Line { line, who, username, became: Taken::Waiting, reason: None, row: Some(row) }
}

fn refused(line: u64, who: String, reason: String) -> Line {
    Line { line, who, username: None, became: Taken::Refused, reason: Some(reason), row: None }
}

/// What somebody should know, and the addresses that several rows have.
struct Concerns(BTreeMap<Concern, Warning>, BTreeSet<String>);

impl Concerns {
    fn of(rows: &[Candidate]) -> Self {
        let (mut once, mut shared) = (BTreeSet::new(), BTreeSet::new());
        for someone in rows.iter().filter_map(|row| row.someone.as_ref().ok()) {
            let mailbox = someone.new.person.mailbox().map(Email::canonical);
            shared.extend(mailbox.filter(|email| !once.insert((*email).to_owned())).map(str::to_owned));
        }
        Self(BTreeMap::new(), shared)
    }

    fn look(&mut self, line: u64, someone: &Someone, stored: &Stored, settings: &Settings) {
        let new = &someone.new;
        let mailbox = new.person.mailbox().map(Email::canonical);
        let shared = mailbox.is_some_and(|email| self.1.contains(email));
        let known = mailbox.is_some_and(|email| stored.known.contains(email));
        let has_account = someone.username.is_some();
        let odd = new.person.phone.as_deref().is_some_and(|phone| phone::parse(phone).is_none());
        let table = [
            (Concern::SharedEmail, shared),
            (Concern::KnownEmail, known),
            (Concern::NoEmail, mailbox.is_none() && new.kind != Kind::Api),
            (Concern::OddPhone, odd),
            (Concern::LockedOut, has_account && mailbox.is_none() && covers(settings, new.kind)),
            (Concern::Administrator, new.kind == Kind::Administrator),
        ];
        for (code, _) in table.into_iter().filter(|(_, holds)| *holds) {
            let warning = self.0.entry(code).or_insert_with(|| Warning { code, count: 0, rows: Vec::new() });
            warning.count += 1;
            if warning.rows.len() < WARNED {
                warning.rows.push(line);
            }
        }
    }
}
