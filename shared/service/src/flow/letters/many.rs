//! Letters of which many go at once: first invitations (TP-1), and ways in that staff send again (BR-3, BR-5). What they need to
//! know is read together, and what they open is written together.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::email::Email;
use domain::id::{RunId, TemporaryId, UserId};
use domain::layout::Occasion;
use domain::login::{Login, Temporary};
use domain::run::RunState;
use domain::settings::{PasswordMode, Settings};
use domain::user::{LinkPurpose, State, User};
use domain::username;
use domain::work::Work;
use jiff::{SignedDuration, Timestamp};

use super::{Draft, Verdict, about, for_days, letter_with_temporary, link_address, new_link, send_to};
use crate::app::App;
use crate::flow::Trouble;
use crate::store::{Claim, Way};

/// Whom a piece of work of this sort is for; `None` for one of another sort.
pub(in crate::flow) fn recipient(work: &Work) -> Option<&UserId> {
    match work {
        Work::Invite { user, .. } | Work::Resend { user, .. } => Some(user),
        _ => None,
    }
}

/// What pieces of work of this sort come to, in their order. Each must be for another user.
pub(in crate::flow) async fn decide(
    app: &App,
    settings: &Settings,
    claims: &[Claim],
    now: Timestamp,
) -> Result<Vec<Verdict>, Trouble> {
    let facts = Facts::read(app, settings, claims).await?;
    let judged: Vec<Judged<'_>> = claims.iter().map(|claim| facts.judge(claim, settings, now)).collect();
    let ways: Vec<&Way> = judged.iter().filter_map(Judged::way).collect();
    let mut opened = app.store.open_ways(&ways).await?.into_iter();
    let mut verdicts = Vec::with_capacity(judged.len());
    for one in judged {
        let is_open = one.way().is_none() || opened.next().unwrap_or_default();
        verdicts.push(match one {
            Judged::Over(verdict) => verdict,
            _ if !is_open => Verdict::Nothing,
            Judged::Invited { user, to, by, issued } => {
                let letter = letter_with_temporary(app, settings, (user, to), issued, Occasion::NewAccount).await?;
                by_staff(letter, by)
            }
            Judged::SentAgain { user, to, by, way } => {
                by_staff(way_in(app, settings, (user, to), &way).await?, Some(by))
            }
        });
    }
    Ok(verdicts)
}

/// What is to be done about a piece of work, by what is known.
enum Judged<'a> {
    /// It comes to no letter.
    Over(Verdict),
    /// Their temporary password was issued with the account.
    Invited { user: &'a User, to: &'a Email, by: Option<&'a UserId>, issued: &'a Temporary },
    /// A way in is to be opened.
    SentAgain { user: &'a User, to: &'a Email, by: &'a UserId, way: Way },
}

impl Judged<'_> {
    fn way(&self) -> Option<&Way> {
        match self {
            Self::SentAgain { way, .. } => Some(way),
            Self::Over(_) | Self::Invited { .. } => None,
        }
    }
}

/// What has to be known of everybody.
struct Facts {
    users: HashMap<String, User>,
    /// By canonical name; only where temporary passwords are handed out.
    logins: HashMap<String, Login>,
    /// Where the runs stand; a run that is gone is not among them.
    runs: BTreeMap<RunId, RunState>,
}

impl Facts {
    async fn read(app: &App, settings: &Settings, claims: &[Claim]) -> Result<Self, Trouble> {
        let mut runs = BTreeMap::new();
        let in_runs = claims.iter().filter_map(|claim| match &claim.posted.work {
            Work::Resend { run, .. } => run.as_ref().map(|run| &run.id),
            _ => None,
        });
        for id in in_runs.collect::<BTreeSet<_>>() {
            runs.extend(app.store.run(id).await?.map(|run| (id.clone(), run.state)));
        }
        let ids: Vec<UserId> = claims.iter().filter_map(|claim| recipient(&claim.posted.work).cloned()).collect();
        let users = app.store.users(&ids).await?;
        let temporary = settings.resend_mode == PasswordMode::Temporary;
        let by_temporary = |claim: &&Claim| temporary || matches!(claim.posted.work, Work::Invite { .. });
        let for_temporary: BTreeSet<&UserId> =
            claims.iter().filter(by_temporary).filter_map(|claim| recipient(&claim.posted.work)).collect();
        let named = users.iter().filter(|user| for_temporary.contains(&user.id));
        let logins = app.store.logins(&named.map(|user| username::canonical(&user.username)).collect()).await?;
        let users = users.into_iter().map(|user| (user.id.to_string(), user)).collect();
        Ok(Self { users, logins, runs })
    }

    fn judge<'a>(&'a self, claim: &'a Claim, settings: &Settings, now: Timestamp) -> Judged<'a> {
        self.wanted(claim, settings, now).unwrap_or_else(Judged::Over)
    }

    fn wanted<'a>(&'a self, claim: &'a Claim, settings: &Settings, now: Timestamp) -> Result<Judged<'a>, Verdict> {
        let user = recipient(&claim.posted.work).and_then(|id| self.users.get(id.as_str())).ok_or(Verdict::Nothing)?;
        // Who was switched off since is written to no more.
        if user.state == State::Disabled {
            return Err(Verdict::Nothing);
        }
        let name = username::canonical(&user.username);
        let login = self.logins.get(&name);
        let Work::Resend { by, run, .. } = &claim.posted.work else {
            let issued = login.and_then(|login| login.temporary.as_ref()).filter(|temporary| temporary.holds(now));
            let (asked, by) = match &claim.posted.work {
                Work::Invite { to, by, .. } => (to.as_ref(), by.as_ref()),
                _ => (None, None),
            };
            let theirs = user.person.emails();
            let asked = asked.and_then(|to| theirs.into_iter().find(|own| own.canonical() == to.canonical()));
            let (issued, to) = issued.zip(asked.or(user.person.mailbox())).ok_or(Verdict::Nothing)?;
            return Ok(Judged::Invited { user, to, by, issued });
        };
        if let Some(run) = run {
            match self.runs.get(&run.id) {
                Some(RunState::Paused) => return Err(Verdict::Later),
                Some(RunState::Cancelled) | None => return Err(Verdict::Cancelled),
                Some(RunState::Planned | RunState::Running | RunState::Done) => {}
            }
            // Whoever has chosen a password since the plan is in.
            if user.password_changed_at.is_some_and(|changed| changed > run.planned_at) {
                return Err(Verdict::Nothing);
            }
        }
        let to = user.person.mailbox().ok_or(Verdict::Nothing)?;
        let days = settings.temporary_days;
        let way = match settings.resend_mode {
            PasswordMode::Temporary => {
                let (login, id) = login.zip(TemporaryId::parse(claim.id.as_str())).ok_or(Verdict::Nothing)?;
                Way::Temporary { name, login: login.clone().into(), issued: Temporary::issue(id, now, days) }
            }
            PasswordMode::Link => {
                let holds = SignedDuration::from_hours(i64::from(days) * 24);
                let link = new_link(&claim.id, user, LinkPurpose::Password, (now, holds));
                Way::Link { user: user.id.clone(), link }
            }
        };
        Ok(Judged::SentAgain { user, to, by, way })
    }
}

/// The letter that carries a way in which is open now: the username with it, never a password that existed before.
async fn way_in(app: &App, settings: &Settings, of: (&User, &Email), way: &Way) -> Result<Verdict, Trouble> {
    match way {
        Way::Temporary { issued, .. } => {
            // Whoever has chosen a password before has had an account for long.
            let new = of.0.password_changed_at.is_none();
            let occasion = if new { Occasion::NewAccount } else { Occasion::PasswordTemporary };
            letter_with_temporary(app, settings, of, issued, occasion).await
        }
        Way::Link { link, .. } => {
            let (user, to) = of;
            let mut values = about(user);
            values.insert("LINK", link_address(app, user, link).await?.into());
            values.extend(for_days(user, settings));
            Ok(send_to(user, to, Occasion::ResendCredentials, values))
        }
    }
}

/// It comes from the address of the location of whoever did it, if that was staff (ML-5).
pub(super) fn by_staff(verdict: Verdict, by: Option<&UserId>) -> Verdict {
    match verdict {
        Verdict::Send(draft) => Verdict::Send(Draft { by: by.cloned(), ..*draft }.into()),
        other => other,
    }
}
