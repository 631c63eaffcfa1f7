//! The sample organisation: the people a newcomer signs in as.

use std::sync::Arc;

use domain::email::Email;
use domain::password::Password;
use domain::settings::Settings;
use domain::user::{Grants, Kind, Person, State};
use domain::username::Username;
use service::App;
use service::flow::Trouble;
use service::flow::enrol::{NewPerson, WayIn, enrol};
use service::flow::lists::{Asked, Filter, users};
use service::store::Enrolled;

/// The password of all sample users.
pub const PASSWORD: &str = "harbour-lantern-42";

/// Why the sample people could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// A service did not answer.
    #[error(transparent)]
    Trouble(#[from] Trouble),
    /// Somebody in the list below is not as the rules want them.
    #[error("{0} is no sample person: a name or address in the list does not hold")]
    List(&'static str),
}

#[derive(Clone, Copy)]
struct Sample {
    username: Option<&'static str>,
    names: (&'static str, &'static str),
    kind: Kind,
    email: Option<&'static str>,
    group: Option<&'static str>,
    company: Option<&'static str>,
    state: State,
}

const NOBODY: Sample = Sample {
    username: None,
    names: ("", ""),
    kind: Kind::Contact,
    email: None,
    group: None,
    company: None,
    state: State::Active,
};

const SAMPLES: [Sample; 9] = [
    Sample {
        username: Some("admin"),
        names: ("Ada", "Admin"),
        kind: Kind::Administrator,
        email: Some("admin@harbour.example"),
        ..NOBODY
    },
    Sample {
        username: Some("sam"),
        names: ("Sam", "Staff"),
        kind: Kind::Staff,
        email: Some("sam@harbour.example"),
        group: Some("North"),
        ..NOBODY
    },
    Sample {
        username: Some("paula"),
        names: ("Paula", "Partner"),
        email: Some("paula@partner.example"),
        company: Some("Partner"),
        ..NOBODY
    },
    Sample {
        username: Some("maria"),
        names: ("Maria", "Member"),
        email: Some("maria@members.example"),
        group: Some("North"),
        ..NOBODY
    },
    Sample { names: ("Nora", "Quist"), email: Some("nora@members.example"), group: Some("South"), ..NOBODY },
    Sample { username: Some("finn"), names: ("Finn", "Family"), email: Some("family@members.example"), ..NOBODY },
    Sample { username: Some("faye"), names: ("Faye", "Family"), email: Some("family@members.example"), ..NOBODY },
    Sample {
        username: Some("dora"),
        names: ("Dora", "Disabled"),
        email: Some("dora@members.example"),
        state: State::Disabled,
        ..NOBODY
    },
    Sample { username: Some("robot"), names: ("Rob", "Robot"), kind: Kind::Api, ..NOBODY },
];

/// The settings of the sample organisation. All its visitors come from one network address, this machine's, so that
/// address may fail more often than any would elsewhere.
fn settings() -> Settings {
    Settings {
        organisation_name: "Harbour Association".to_owned(),
        organisation_email: Email::parse("office@harbour.example").ok(),
        organisation_environment_name: Some("Sample".to_owned()),
        throttle_address_failures: 20_000,
        ..Settings::default()
    }
}

/// Makes the sample organisation, unless somebody administers this one: the administrator is made last, so what was broken off goes
/// on where it stopped. The others are made all at once. They share one password, so its hash is made once.
pub(crate) async fn seed(app: &App) -> Result<(), SampleError> {
    if is_administered(app).await? {
        return Ok(());
    }
    if app.store.settings().await.map_err(Trouble::from)?.version == 0 {
        app.save_settings(&settings()).await.map_err(Trouble::from)?;
    }
    let password = Password::parse(PASSWORD).map_err(|_| SampleError::List("the password"))?;
    let salt = app.random.bytes().map_err(Trouble::from)?;
    let hash: Arc<str> = app.hasher.hash(&password, salt).await.map_err(Trouble::from)?.into();
    let [administrator, others @ ..] = SAMPLES;
    let mut making = tokio::task::JoinSet::new();
    for sample in others {
        let (app, person) = (app.clone(), new_person(sample, &hash)?);
        making.spawn(async move {
            if is_there(&app, &person).await? { Ok(Enrolled::Yes) } else { enrol(&app, &person).await }
        });
    }
    while let Some(made) = making.join_next().await {
        if made.map_err(|_| SampleError::List("somebody"))?? != Enrolled::Yes {
            return Err(SampleError::List("somebody"));
        }
    }
    if enrol(app, &new_person(administrator, &hash)?).await? != Enrolled::Yes {
        return Err(SampleError::List(administrator.names.0));
    }
    app.hasher.rest();
    Ok(())
}

/// Whether the organisation has an administrator, by whatever name.
async fn is_administered(app: &App) -> Result<bool, Trouble> {
    if app.store.login("admin").await?.is_some() {
        return Ok(true);
    }
    let filter = Filter { kind: Some(Kind::Administrator), ..Filter::default() };
    let mut asked = Asked { filter, limit: 1, dear: 1, ..Asked::default() };
    loop {
        let Ok(page) = users(app, &asked).await? else { return Ok(false) };
        if !page.items.is_empty() || page.next.is_none() {
            return Ok(!page.items.is_empty());
        }
        asked.cursor = page.next;
    }
}

/// Whether somebody of the list is there already: by their username, or by the address of whoever has none.
async fn is_there(app: &App, new: &NewPerson) -> Result<bool, Trouble> {
    match (&new.username, new.person.mailbox()) {
        (Some(username), _) => Ok(app.store.login(username.canonical()).await?.is_some()),
        (None, Some(email)) => Ok(!app.store.at_address(email.canonical()).await?.is_empty()),
        (None, None) => Ok(false),
    }
}

fn new_person(sample: Sample, hash: &str) -> Result<NewPerson, SampleError> {
    let wrong = || SampleError::List(sample.names.0);
    let username = sample.username.map(Username::parse).transpose().map_err(|_| wrong())?;
    let email = sample.email.map(Email::parse).transpose().map_err(|_| wrong())?;
    let own = |text: &str| Some(text.to_owned());
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let grants = match sample.names.0 {
        "Paula" => Grants {
            permissions: words(&["orders.read", "orders.write"]),
            profiles: words(&["buyer"]),
            company_exceptions: words(&["north-only"]),
        },
        "Rob" => Grants { permissions: words(&["contacts.read"]), ..Grants::default() },
        _ => Grants::default(),
    };
    let person = Person {
        first_name: sample.names.0.to_owned(),
        last_name: sample.names.1.to_owned(),
        email,
        phone: (sample.names.0 == "Nora").then(|| "+44 20 7946 0101".to_owned()),
        group: sample.group.and_then(own),
        company: sample.company.and_then(own),
        ..Person::default()
    };
    Ok(NewPerson {
        kind: sample.kind,
        username,
        person,
        grants,
        way_in: WayIn::Hash(hash.to_owned()),
        state: sample.state,
    })
}
