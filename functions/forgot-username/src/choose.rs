//! `/forgot-username/choose`: the page behind the mail to a shared mailbox. Opening it shows a button and nothing else; a
//! press shows whose accounts these are, and a choice mails the way in (FU-9).

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::user::User;
use domain::username::masked;
use http::{StatusCode, Uri};
use serde::{Deserialize, Serialize};
use service::App;
use service::flow::choose::{Chosen, accounts, choose};
use web::{Caller, Given, Problem, reply};

use crate::page;

/// `GET /forgot-username/choose`: the page, whatever the token.
pub(crate) async fn show(State(app): State<App>, uri: Uri) -> Result<Response, Problem> {
    let settings = app.settings().await?;
    if reply::query(&uri, "sent").is_some() {
        return Ok(page::chosen(&settings));
    }
    let token = reply::query(&uri, "token").unwrap_or_default();
    Ok(page::choose(&settings, token, None))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    token: String,
    account: Option<String>,
}

/// An account as whoever reads its mailbox sees it.
#[derive(Serialize)]
struct Account {
    id: String,
    username: String,
    name: String,
}

impl Account {
    fn of(user: &User) -> Self {
        Self { id: user.id.to_string(), username: masked(&user.username), name: user.person.initials() }
    }
}

/// `POST /forgot-username/choose`
pub(crate) async fn submit(
    State(app): State<App>,
    caller: Caller,
    Given(typed): Given<Typed>,
) -> Result<Response, Problem> {
    let settings = app.settings().await?;
    let dead = || if caller.wants_html { Ok(page::choice_dead(&settings)) } else { Err(Problem::link_dead()) };
    if let Some(account) = &typed.account {
        return match choose(&app, &typed.token, account).await? {
            Chosen::Sent if caller.wants_html => Ok(reply::see_other("/forgot-username/choose?sent=1")),
            Chosen::Sent => Ok(StatusCode::ACCEPTED.into_response()),
            Chosen::LinkDead => dead(),
        };
    }
    let Some(users) = accounts(&app, &typed.token).await? else { return dead() };
    let accounts: Vec<Account> = users.iter().map(Account::of).collect();
    if caller.wants_html {
        let shown = accounts.into_iter().map(|one| (one.id, format!("{} ({})", one.username, one.name)));
        return Ok(page::choose(&settings, typed.token, Some(shown.collect())));
    }
    Ok(reply::json(StatusCode::OK, &serde_json::json!({"accounts": accounts})))
}
