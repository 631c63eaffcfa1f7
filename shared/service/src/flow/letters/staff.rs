//! What staff send: PINs, and layouts that are being written. It comes from the address of their location (ML-5).

use domain::email::Email;
use domain::id::UserId;
use domain::language::speaking;
use domain::layout::{Layout, Occasion};

use super::{Clerk, Draft, Verdict, about, reads};
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
        let language = reads(&user);
        let holds = || (domain::message::pin_ends(pin.ends_at), domain::message::pin_uses(pin.uses_left));
        let (until, how_often) = speaking(language, holds);
        values.insert("ENDS", until.into());
        values.insert("USES", how_often.into());
        let draft =
            Draft { to: to.clone(), occasion: Occasion::Pin, values, by: Some(by.clone()), layout: None, language };
        Ok(Verdict::Send(draft.into()))
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
        Ok(Verdict::Send(Draft { to: to.clone(), occasion, values, by, layout, language: reads(&user) }.into()))
    }
}
