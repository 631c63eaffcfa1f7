//! What a piece of work comes to: which letter, to whom. Looked up when it is delivered, not when it was asked for.

pub(super) mod many;
mod staff;

use std::borrow::Cow;
use std::sync::Arc;

use domain::email::Email;
use domain::factor::SetupLink;
use domain::id::{MailId, TemporaryId, UserId};
use domain::language::{Language, Text, speaking, spoken};
use domain::layout::{Layout, Occasion, Values};
use domain::login::{Login, Refusal, Temporary};
use domain::settings::{PasswordMode, Settings, SharedAddress};
use domain::user::{LinkPurpose, OpenLink, State, User};
use domain::username;
use domain::work::{Event, Work};
use jiff::{SignedDuration, Timestamp};

use super::sign_in::temporary_password;
use super::sweep::expire;
use super::{Trouble, enrol};
use crate::app::App;
use crate::key_ring::Purpose;
use crate::store::addresses::Known;
use crate::store::{Claim, LinkOpened, Spent};

const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

/// Mails an hour that the form for a new account brings somebody who has one.
const SIGN_UP_MAILS: u32 = 3;

/// What is to be sent.
pub(super) struct Draft {
    pub(super) to: Email,
    pub(super) occasion: Occasion,
    pub(super) values: Values<'static>,
    /// Who sends it, where that is somebody with a location of their own (ML-5).
    pub(super) by: Option<UserId>,
    /// What it says, where that is not the layout in force.
    pub(super) layout: Option<Layout>,
    /// The language of its reader.
    pub(super) language: Language,
}

/// What a piece of work comes to.
pub(super) enum Verdict {
    Send(Box<Draft>),
    /// There is nobody to write to, or nothing to say.
    Nothing,
    /// A cap was reached.
    Capped,
    /// The run that it is part of is halted.
    Later,
    /// The run that it is part of was cancelled.
    Cancelled,
}

impl Verdict {
    /// The letter that is to be written, if one is.
    pub(super) fn draft(&self) -> Option<&Draft> {
        match self {
            Self::Send(draft) => Some(draft),
            _ => None,
        }
    }
}

/// What a mail lets its reader in by.
enum WayIn {
    /// A link for this purpose.
    Link(LinkPurpose),
    /// A temporary password.
    Temporary,
}

/// Decides what a piece of work comes to, now.
pub(super) struct Clerk<'a> {
    pub(super) app: &'a App,
    pub(super) settings: Arc<Settings>,
    pub(super) claim: &'a Claim,
    pub(super) now: Timestamp,
}

impl Clerk<'_> {
    pub(super) async fn decide(&self) -> Result<Verdict, Trouble> {
        match &self.claim.posted.work {
            Work::ForgotUsername { email } => self.forgot_username(email).await,
            Work::ForgotPassword { who } => self.forgot_password(who).await,
            Work::FreshTemporary { who } => self.fresh_temporary(who).await,
            Work::ResetAccount { email } => self.reset_account(email).await,
            Work::SignInRefused { name, why } => self.refused(name, *why).await,
            Work::Invite { .. } | Work::Resend { .. } => {
                let mut verdicts =
                    many::decide(self.app, &self.settings, std::slice::from_ref(self.claim), self.now).await?;
                Ok(verdicts.pop().unwrap_or(Verdict::Nothing))
            }
            Work::SignUpRefused { email } => self.sign_up_refused(email).await,
            Work::Pin { user, to, by } => self.pin(user, to.as_ref(), by).await,
            Work::MfaSetup { user, ticket, epoch, ends_at } => self.mfa_setup(user, ticket, *epoch, *ends_at).await,
            Work::LayoutTest { user, occasion, layout } => self.layout_test(user, *occasion, layout).await,
            Work::Notice { user, event, to, by } => {
                if *event == Event::CodeLocked {
                    self.app.store.list_as_locked(user, self.now).await?;
                }
                let user = self.app.store.user(user).await?;
                let told = user.map_or(Verdict::Nothing, |user| notice(&user, *event, to.as_ref()));
                Ok(many::by_staff(told, by.as_ref()))
            }
        }
    }

    /// FU-2 to FU-6, FU-9.
    async fn forgot_username(&self, email: &Email) -> Result<Verdict, Trouble> {
        let known = self.app.store.at_address(email.canonical()).await?.known();
        if known == Known::Several && self.settings.recovery_shared_address == SharedAddress::OnScreen {
            return Ok(Verdict::Nothing); // the page has said it
        }
        if known == Known::Nobody {
            return self.unknown(email).await;
        }
        if !self.may_write_to(email).await? {
            return Ok(Verdict::Capped);
        }
        Ok(match known {
            Known::User(id, _) => match self.app.store.user(&id).await? {
                Some(user) if user.state != State::Disabled => {
                    send_to(&user, kept(&user, email), Occasion::UsernameReminder, about(&user))
                }
                Some(user) => send_to(&user, kept(&user, email), Occasion::ContactStaff, about(&user)),
                None => Verdict::Nothing,
            },
            Known::Contact(id) if self.settings.recovery_create_credentials => {
                let user = enrol::account_of(self.app, &id, enrol::WayIn::None).await?.map(|(user, _)| user);
                user.map_or_else(
                    || send(email, Occasion::ContactStaff, nameless()),
                    |user| send_to(&user, kept(&user, email), Occasion::UsernameReminder, about(&user)),
                )
            }
            Known::Contact(_) => send(email, Occasion::ContactStaff, nameless()),
            Known::Several | Known::Nobody => self.choice(email).await?,
        })
    }

    /// RP-1.
    async fn forgot_password(&self, who: &str) -> Result<Verdict, Trouble> {
        match (self.app.store.login(who).await?, Email::parse(who)) {
            (Some(login), _) => self.link_for(&login.user, LinkPurpose::Password).await,
            (None, Ok(email)) => self.by_address(&email, LinkPurpose::Password).await,
            (None, Err(_)) => Ok(Verdict::Nothing),
        }
    }

    /// TP-5: whoever was given a temporary password gets a fresh one; everybody else the way in that they have.
    async fn fresh_temporary(&self, who: &str) -> Result<Verdict, Trouble> {
        let Some(login) = self.login_of(who).await? else { return self.forgot_password(who).await };
        if login.temporary.is_some() || login.state == State::InvitationExpired {
            return self.way_in(&login.user, WayIn::Temporary).await;
        }
        self.link_for(&login.user, LinkPurpose::Password).await
    }

    /// The login behind a name, or behind an address that one user has.
    async fn login_of(&self, who: &str) -> Result<Option<Login>, Trouble> {
        if let Some(login) = self.app.store.login(who).await? {
            return Ok(Some(login));
        }
        let Ok(email) = Email::parse(who) else { return Ok(None) };
        let holders = self.app.store.at_address(email.canonical()).await?;
        let Some((user, name)) = holders.only_user() else { return Ok(None) };
        Ok(self.app.store.login(&name).await?.filter(|login| login.user == user))
    }

    /// Issues a temporary password and writes the mail that carries it. The same work again gives the same password.
    async fn temporary_for(&self, user: &User, to: &Email, occasion: Occasion) -> Result<Verdict, Trouble> {
        let name = username::canonical(&user.username);
        let Some(login) = self.app.store.login(&name).await? else { return Ok(Verdict::Nothing) };
        let Some(id) = TemporaryId::parse(self.claim.id.as_str()) else { return Ok(Verdict::Nothing) };
        let issued = Temporary::issue(id, self.now, self.settings.temporary_days);
        if !self.app.store.issue_temporary(&name, &login, &issued).await? {
            return Ok(Verdict::Nothing);
        }
        letter_with_temporary(self.app, &self.settings, (user, to), &issued, occasion).await
    }

    /// FU-9: a link that lists the accounts of this mailbox to whoever reads it; where nobody may help themselves (RP-7), whom to ask.
    async fn choice(&self, email: &Email) -> Result<Verdict, Trouble> {
        if !self.settings.recovery_by_mail {
            return Ok(send(email, Occasion::ContactStaff, nameless()));
        }
        let ring = self.app.keys.ring().await?;
        let token = ring.token(Purpose::MailboxLink, &[self.claim.id.as_str()]).unwrap_or_default();
        let link = format!("{}/forgot-username/choose?token={token}", self.app.origin);
        let minutes = self.settings.recovery_link_minutes.to_string();
        Ok(send(email, Occasion::ChooseAccount, Values::from([("LINK", link.into()), ("MINUTES", minutes.into())])))
    }

    /// SU-6, SU-7: whoever has an account at this address gets the way back in.
    async fn sign_up_refused(&self, email: &Email) -> Result<Verdict, Trouble> {
        if !self.app.store.at_address(email.canonical()).await?.have_accounts() {
            return Ok(Verdict::Nothing);
        }
        // However often somebody sends the form, its owner is not buried in mail, and keeps what is left for asking themselves.
        if !self.spend(&format!("signed_up#{}", email.canonical()), SIGN_UP_MAILS, HOUR).await? {
            return Ok(Verdict::Capped);
        }
        self.by_address(email, LinkPurpose::Account).await
    }

    /// MF-5: a link for this user and this sign-in. The same work again gives the same link.
    async fn mfa_setup(&self, id: &UserId, ticket: &str, epoch: u64, ends_at: Timestamp) -> Result<Verdict, Trouble> {
        let Some(user) = self.app.store.user(id).await? else { return Ok(Verdict::Nothing) };
        let Some(to) = user.person.mailbox() else { return Ok(Verdict::Nothing) };
        if user.state == State::Disabled || user.epoch != epoch || self.now >= ends_at {
            return Ok(Verdict::Nothing);
        }
        if !self.may_write_to(to).await? {
            return Ok(Verdict::Capped);
        }
        let link = SetupLink { id: self.claim.id.clone(), ticket: ticket.to_owned(), epoch, ends_at };
        if !self.app.store.open_setup(id, &link).await? {
            return Ok(Verdict::Nothing);
        }
        let ring = self.app.keys.ring().await?;
        let token = ring.token(Purpose::SetupLink, &[id.as_str(), link.id.as_str()]).unwrap_or_default();
        let minutes = (ends_at.duration_since(self.now).as_secs() + 59) / 60;
        let mut values = about(&user);
        values.insert("LINK", format!("{}/security-code/setup?token={token}", self.app.origin).into());
        values.insert("MINUTES", minutes.to_string().into());
        Ok(send_to(&user, to, Occasion::MfaSetup, values))
    }

    /// RP-2.
    async fn reset_account(&self, email: &Email) -> Result<Verdict, Trouble> {
        self.by_address(email, LinkPurpose::Account).await
    }

    async fn by_address(&self, email: &Email, purpose: LinkPurpose) -> Result<Verdict, Trouble> {
        let holders = self.app.store.at_address(email.canonical()).await?;
        let occasion = match (holders.known(), holders.only_user()) {
            (Known::Nobody, _) => return self.unknown(email).await,
            (Known::User(id, _), _) => return self.link_for(&id, purpose).await,
            (Known::Several, Some((user, _))) => return self.link_for(&user, purpose).await,
            (Known::Several, None) => Occasion::SharedAddress,
            (Known::Contact(_), _) => Occasion::ContactStaff,
        };
        if !self.may_write_to(email).await? {
            return Ok(Verdict::Capped);
        }
        if occasion == Occasion::SharedAddress && self.settings.recovery_shared_address == SharedAddress::Mail {
            return self.choice(email).await;
        }
        Ok(send(email, occasion, nameless()))
    }

    /// FU-6: capped per address and in all.
    async fn unknown(&self, email: &Email) -> Result<Verdict, Trouble> {
        let one = format!("unknown#{}", email.canonical());
        let (each, all) =
            (self.settings.recovery_unknown_mails_per_address, self.settings.recovery_unknown_mails_in_all);
        let spent = self.spend(&one, each, DAY).await? && self.spend("unknown", all, HOUR).await?;
        Ok(if spent { send(email, Occasion::UnknownAddress, Values::new()) } else { Verdict::Capped })
    }

    /// A mail is counted once: what came to a letter at an earlier try was counted then, and its id is what it is counted by.
    async fn spend(&self, budget: &str, limit: u32, seconds: i64) -> Result<bool, Trouble> {
        let (again, by) = (self.claim.posted.to.is_some(), self.claim.id.as_str());
        Ok(again || self.app.store.spend_by(by, budget, (limit, seconds), self.now).await? == Spent::Yes)
    }

    async fn may_write_to(&self, email: &Email) -> Result<bool, Trouble> {
        let (budget, limit) = (format!("recovery#{}", email.canonical()), self.settings.recovery_mails_per_address);
        self.spend(&budget, limit, HOUR).await
    }

    /// The way in for one purpose: a link, or where only a password is wanted, what `recovery.password_mode` says.
    async fn link_for(&self, id: &UserId, purpose: LinkPurpose) -> Result<Verdict, Trouble> {
        let temporary = self.settings.recovery_password_mode == PasswordMode::Temporary;
        let way = if temporary && purpose == LinkPurpose::Password { WayIn::Temporary } else { WayIn::Link(purpose) };
        self.way_in(id, way).await
    }

    /// Mails a user a way in, if they may have one.
    async fn way_in(&self, id: &UserId, way: WayIn) -> Result<Verdict, Trouble> {
        let Some(user) = self.app.store.user(id).await? else { return Ok(Verdict::Nothing) };
        let Some(to) = user.person.mailbox() else { return Ok(Verdict::Nothing) };
        if user.password_changed_at.is_some_and(|changed| changed > self.claim.posted.posted_at) {
            return Ok(Verdict::Nothing); // they are in already
        }
        if !self.may_write_to(to).await? {
            return Ok(Verdict::Capped);
        }
        if user.state == State::Disabled || !self.settings.recovery_by_mail {
            return Ok(send_to(&user, to, Occasion::ContactStaff, about(&user)));
        }
        match way {
            WayIn::Temporary => self.temporary_for(&user, to, Occasion::PasswordTemporary).await,
            WayIn::Link(purpose) => self.with_link(&user, to, purpose).await,
        }
    }

    /// Opens a link and writes the mail that carries it. The same work again gives the same link.
    async fn with_link(&self, user: &User, to: &Email, purpose: LinkPurpose) -> Result<Verdict, Trouble> {
        let minutes = self.settings.recovery_link_minutes;
        let link = new_link(&self.claim.id, user, purpose, (self.now, SignedDuration::from_mins(minutes.into())));
        if self.app.store.open_link(&user.id, &link).await? == LinkOpened::Overtaken {
            return Ok(Verdict::Nothing);
        }
        let mut values = about(user);
        values.insert("LINK", link_address(self.app, user, &link).await?.into());
        values.insert("MINUTES", minutes.to_string().into());
        let occasion = match purpose {
            LinkPurpose::Password => Occasion::PasswordLink,
            LinkPurpose::Account => Occasion::AccountReset,
        };
        Ok(send_to(user, to, occasion, values))
    }

    /// SI-3: what to do next reaches the owner by mail, at most once a day for each reason.
    async fn refused(&self, name: &str, why: Refusal) -> Result<Verdict, Trouble> {
        let Some(login) = self.app.store.login(name).await? else { return Ok(Verdict::Nothing) };
        if why == Refusal::NowLocked {
            self.app.store.list_as_locked(&login.user, self.now).await?;
        }
        if why == Refusal::TemporaryExpired {
            // What was told to be over stays over, whatever becomes of the clock.
            expire(self.app, (name, &login), self.now).await?;
        }
        if !self.spend(&format!("refused#{why:?}#{name}"), 1, DAY).await? {
            return Ok(Verdict::Capped);
        }
        match why {
            Refusal::NowLocked => {
                let user = self.app.store.user(&login.user).await?;
                Ok(user.map_or(Verdict::Nothing, |user| notice(&user, Event::Locked, None)))
            }
            Refusal::Disabled | Refusal::TemporaryExpired => self.link_for(&login.user, LinkPurpose::Password).await,
            Refusal::Unknown | Refusal::WrongPassword | Refusal::Locked | Refusal::WrongPasskey => Ok(Verdict::Nothing),
        }
    }
}

/// A link for a piece of work: the same for the same.
fn new_link(of: &MailId, user: &User, purpose: LinkPurpose, holds: (Timestamp, SignedDuration)) -> OpenLink {
    let ends_at = holds.0.saturating_add(holds.1).unwrap_or(Timestamp::MAX);
    OpenLink { id: of.clone(), purpose, ends_at, epoch: user.epoch }
}

/// Where a link leads. What it carries is derived here and nowhere kept.
async fn link_address(app: &App, user: &User, link: &OpenLink) -> Result<String, Trouble> {
    let ring = app.keys.ring().await?;
    let token = ring.token(Purpose::ResetLink, &[user.id.as_str(), link.id.as_str()]).unwrap_or_default();
    let account = if link.purpose == LinkPurpose::Account { "&account=1" } else { "" };
    Ok(format!("{}/reset?token={token}{account}", app.origin))
}

/// The letter with a temporary password, which is derived here and nowhere kept.
async fn letter_with_temporary(
    app: &App,
    settings: &Settings,
    (user, to): (&User, &Email),
    issued: &Temporary,
    occasion: Occasion,
) -> Result<Verdict, Trouble> {
    let ring = app.keys.ring().await?;
    let id = [user.id.as_str(), issued.id.as_str()];
    let derived = ring.derive(ring.current(), Purpose::TemporaryPassword, &id).unwrap_or_default();
    let mut values = about(user);
    values.insert("PASSWORD", temporary_password(&derived).into());
    values.extend(for_days(user, settings));
    Ok(send_to(user, to, occasion, values))
}

/// For how many days a way in holds, as a number and in words.
fn for_days(user: &User, settings: &Settings) -> Values<'static> {
    let days = settings.temporary_days;
    let words = speaking(reads(user), || domain::message::days(days));
    Values::from([("DAYS", days.to_string().into()), ("PERIOD", words.into())])
}

fn notice(user: &User, event: Event, to: Option<&Email>) -> Verdict {
    let (title, explanation) = domain::message::notice(event);
    let Some(to) = to.or(user.person.mailbox()) else { return Verdict::Nothing };
    let (title, explanation) = speaking(reads(user), || (title.say(), explanation.say()));
    let mut values = about(user);
    values.insert("EVENT", title.into());
    values.insert("EXPLANATION", explanation.into());
    send_to(user, to, Occasion::SecurityNotice, values)
}

/// The language that somebody reads: their own, or the one that is spoken.
fn reads(user: &User) -> Language {
    user.person.language().unwrap_or_else(spoken)
}

/// A letter to whoever it may be.
fn send(to: &Email, occasion: Occasion, values: Values<'static>) -> Verdict {
    Verdict::Send(Box::new(Draft { to: to.clone(), occasion, values, by: None, layout: None, language: spoken() }))
}

/// A letter to somebody who is known.
fn send_to(user: &User, to: &Email, occasion: Occasion, values: Values<'static>) -> Verdict {
    let language = reads(user);
    Verdict::Send(Box::new(Draft { to: to.clone(), occasion, values, by: None, layout: None, language }))
}

/// The address as it is kept, which may differ from what was typed in ways that matter to mail.
fn kept<'a>(user: &'a User, typed: &'a Email) -> &'a Email {
    let emails = user.person.emails();
    emails.into_iter().find(|email| email.canonical() == typed.canonical()).unwrap_or(typed)
}

fn about(user: &User) -> Values<'static> {
    let name = user.person.name();
    let name = if name.is_empty() { user.username.clone() } else { name };
    Values::from([("NAME", Cow::Owned(name)), ("USERNAME", Cow::Owned(user.username.clone()))])
}

fn nameless() -> Values<'static> {
    Values::from([("NAME", Cow::Borrowed(Text("there", "buenos días").say()))])
}
