//! What staff send: PINs, somebody's way in, layouts that are being written. It comes from the address of their location (ML-5).

use domain::email::Email;
use domain::id::UserId;
use domain::layout::{Layout, Occasion};
use domain::run::RunState;
use domain::settings::PasswordMode;
use domain::user::{LinkPurpose, State};
use domain::work::InRun;
use jiff::SignedDuration;

use super::{Clerk, Draft, Verdict, about, send};
use crate::flow::{Trouble, sponsor};
use crate::mail::sample_values;

impl Clerk<'_> {
    /// PN-3. What was withdrawn meanwhile is not sent.
    pub(super) async fn pin(&self, id: &UserId, to: Option<&Email>, by: &UserId) -> Result<Verdict, Trouble> {
        let Some(user) = self.app.store.user(id).await? else { return Ok(Verdict::Nothing) };
        let Some(hash) = user.pin.clone() else { return Ok(Verdict::Nothing) };
        let (pin, ring) = (self.app.store.pin(&[hash]).await?, self.app.keys.ring().await?);
        let plain = pin.as_ref().and_then(|pin| sponsor::unsealed(&ring, pin));
        let to = to.or_else(|| user.person.mailbox());
        let (Some((pin, plain)), Some(to)) = (pin.zip(plain), to) else { return Ok(Verdict::Nothing) };
        let mut values = about(&user);
        values.remove("USERNAME");
        values.insert("PINCODE", plain.into());
        values.insert("LINK", format!("{}/pin-sign-up", self.app.origin).into());
        values.insert("ENDS", domain::message::pin_ends(pin.ends_at).into());
        values.insert("USES", domain::message::pin_uses(pin.uses_left).into());
        let draft = Draft { to: to.clone(), occasion: Occasion::Pin, values, by: Some(by.clone()), layout: None };
        Ok(Verdict::Send(draft.into()))
    }

    /// BR-3, BR-5: the username and a way in, never a password that exists.
    pub(super) async fn resend(&self, id: &UserId, by: &UserId, run: Option<&InRun>) -> Result<Verdict, Trouble> {
        let Some(user) = self.app.store.user(id).await? else { return Ok(Verdict::Nothing) };
        if let Some(run) = run {
            match self.app.store.run(&run.id).await?.map(|run| run.state) {
                Some(RunState::Paused) => return Ok(Verdict::Later),
                Some(RunState::Cancelled) | None => return Ok(Verdict::Cancelled),
                Some(RunState::Planned | RunState::Running | RunState::Done) => {}
            }
            // Whoever has chosen a password since the plan is in.
            if user.password_changed_at.is_some_and(|changed| changed > run.planned_at) {
                return Ok(Verdict::Nothing);
            }
        }
        let Some(to) = user.person.mailbox().filter(|_| user.state != State::Disabled) else {
            return Ok(Verdict::Nothing);
        };
        let days = self.settings.temporary_days;
        let verdict = match self.settings.resend_mode {
            PasswordMode::Temporary => self.temporary_for(&user, to, Occasion::NewAccount).await?,
            PasswordMode::Link => {
                let holds = SignedDuration::from_hours(i64::from(days) * 24);
                let link = self.open_link(&user, LinkPurpose::Password, holds).await?;
                let Some(link) = link else { return Ok(Verdict::Nothing) };
                let mut values = about(&user);
                values.insert("LINK", link.into());
                values.insert("DAYS", days.to_string().into());
                send(to, Occasion::ResendCredentials, values)
            }
        };
        Ok(match verdict {
            Verdict::Send(draft) => Verdict::Send(Draft { by: Some(by.clone()), ..*draft }.into()),
            other => other,
        })
    }

    /// ML-4.
    pub(super) async fn layout_test(
        &self,
        id: &UserId,
        occasion: Occasion,
        layout: &Layout,
    ) -> Result<Verdict, Trouble> {
        let Some(user) = self.app.store.user(id).await? else { return Ok(Verdict::Nothing) };
        let Some(to) = user.person.mailbox() else { return Ok(Verdict::Nothing) };
        let values = sample_values(occasion, &self.app.origin);
        let (by, layout) = (Some(user.id.clone()), Some(layout.clone()));
        Ok(Verdict::Send(Draft { to: to.clone(), occasion, values, by, layout }.into()))
    }
}
