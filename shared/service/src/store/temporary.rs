//! Temporary passwords: issued and taken back. What they are is derived, and nowhere kept.

use aws::dynamodb::{Request, put, update};
use domain::audit::Entry;
use domain::id::UserId;
use domain::login::{Login, Temporary};
use domain::user::{OpenLink, State};
use jiff::Timestamp;

use super::people::Stuck;
use super::transaction::{Outcome, Transaction};
use super::{Store, StoreError, audit, due, keys, number, text, value};

/// A way in that is to be opened.
#[derive(Clone, Debug)]
pub enum Way {
    /// A temporary password.
    Temporary {
        /// The canonical name.
        name: String,
        /// The login as it was read.
        login: Box<Login>,
        /// What is issued.
        issued: Temporary,
    },
    /// A link.
    Link {
        /// Whose.
        user: UserId,
        /// Which.
        link: OpenLink,
    },
}

/// What issuing one sets.
const ISSUED: &str = "SET #temporary = :issued, queue = :day, queue_at = :at";

impl Way {
    /// The temporary password of somebody whose invitation had run out: it takes the mark away.
    fn again(&self) -> Option<(&str, &Login, &Temporary)> {
        match self {
            Self::Temporary { name, login, issued } if login.state == State::InvitationExpired => {
                Some((name, login, issued))
            }
            Self::Temporary { .. } | Self::Link { .. } => None,
        }
    }
}

impl Store {
    /// Makes a temporary password the login's one. `false` when a newer one is out or the account has changed meanwhile.
    pub async fn issue_temporary(&self, name: &str, login: &Login, issued: &Temporary) -> Result<bool, StoreError> {
        if login.state == State::InvitationExpired {
            return self.invite_again(name, login, issued).await;
        }
        self.alone("UpdateItem temporary", self.temporary_issued(name, login, issued)?).await
    }

    /// The same for somebody whose invitation had run out: the mark goes with it (TP-4, TP-5).
    async fn invite_again(&self, name: &str, login: &Login, issued: &Temporary) -> Result<bool, StoreError> {
        let (active, marked) = (value("state", &State::Active)?, value("state", &State::InvitationExpired)?);
        let mut all = Transaction::default();
        let of_login = self.temporary_issued(name, login, issued)?;
        let of_login = of_login.update_expression(format!("{ISSUED}, #state = :active"));
        all.add(of_login.expression_attribute_values(":active", active.clone()));
        let of_user = update(&self.tables.directory, keys::user(&login.user))
            .update_expression("SET #state = :active, queue = :stuck")
            .condition_expression("epoch = :epoch AND #state = :marked")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":epoch", number(login.epoch))
            .expression_attribute_values(":stuck", text(Stuck::NeverSignedIn.under()))
            .expression_attribute_values(":active", active)
            .expression_attribute_values(":marked", marked);
        all.add(of_user);
        Ok(self.transact("TransactWriteItems invite", all).await? == Outcome::Done)
    }

    /// Opens ways in, each for another user; answers for each as if it had been opened alone.
    pub async fn open_ways(&self, ways: &[&Way]) -> Result<Vec<bool>, StoreError> {
        if let [way] = ways
            && way.again().is_none()
        {
            return Ok(vec![self.alone("UpdateItem way", self.opened(way)?).await?]);
        }
        let mut all = Transaction::default();
        for way in ways.iter().filter(|way| way.again().is_none()) {
            all.add(self.opened(way)?);
        }
        let mut together = self.each("TransactWriteItems ways", all).await?.into_iter();
        let mut opened = Vec::with_capacity(ways.len());
        for way in ways {
            opened.push(match way.again() {
                Some((name, login, issued)) => self.invite_again(name, login, issued).await?,
                None => together.next().unwrap_or_default(),
            });
        }
        Ok(opened)
    }

    fn opened(&self, way: &Way) -> Result<Request, StoreError> {
        match way {
            Way::Temporary { name, login, issued } => self.temporary_issued(name, login, issued),
            Way::Link { user, link } => self.link_opened(user, link),
        }
    }

    fn temporary_issued(&self, name: &str, login: &Login, issued: &Temporary) -> Result<Request, StoreError> {
        let [(_, day), (_, at)] = due::filed(login.user.as_str(), issued.ends_at);
        Ok(update(&self.tables.names, keys::login(name))
            .update_expression(ISSUED)
            .condition_expression(
                "epoch = :epoch AND #state <> :disabled AND (attribute_not_exists(#temporary) OR #temporary.id <= :id)",
            )
            .expression_attribute_names("#temporary", "temporary")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":issued", value("temporary", issued)?)
            .expression_attribute_values(":id", text(issued.id.as_str()))
            .expression_attribute_values(":epoch", number(login.epoch))
            .expression_attribute_values(":disabled", value("state", &State::Disabled)?)
            .expression_attribute_values(":day", day)
            .expression_attribute_values(":at", at))
    }

    /// Takes back a temporary password whose days are over, and writes that down (TP-4). `false` when there is none any more.
    pub async fn expire_temporary(
        &self,
        name: &str,
        login: &Login,
        entry: &Entry,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let never_used = login.hash.is_none() && login.state == State::Active;
        let mut all = Transaction::default();
        let mut of_login = "REMOVE #temporary, queue, queue_at SET swept = #temporary.id".to_owned();
        let mut update_login = update(&self.tables.names, keys::login(name))
            .condition_expression("#temporary.ends_at <= :now AND epoch = :epoch")
            .expression_attribute_names("#temporary", "temporary")
            .expression_attribute_values(":epoch", number(login.epoch))
            .expression_attribute_values(":now", number(now.as_second()));
        if never_used {
            let expired = value("state", &State::InvitationExpired)?;
            of_login.push_str(", #state = :expired");
            update_login = update_login
                .expression_attribute_names("#state", "state")
                .expression_attribute_values(":expired", expired.clone());
            let user = update(&self.tables.directory, keys::user(&login.user))
                .update_expression("SET #state = :expired, queue = :stuck, queue_at = :now")
                .condition_expression("epoch = :epoch")
                .expression_attribute_names("#state", "state")
                .expression_attribute_values(":epoch", number(login.epoch))
                .expression_attribute_values(":stuck", text(Stuck::InvitationExpired.under()))
                .expression_attribute_values(":now", number(now.as_second()))
                .expression_attribute_values(":expired", expired);
            all.add(user);
        }
        all.add(update_login.update_expression(of_login));
        all.add(put(&self.tables.audit, audit::item(entry)?));
        Ok(self.transact("TransactWriteItems expire", all).await? == Outcome::Done)
    }
}
