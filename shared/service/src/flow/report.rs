//! What the mail service reports of a mail becomes its fate (ML-6).

use domain::audit::Party;
use domain::id::MailId;
use domain::work::{Fate, Stage};

use super::{Trouble, audit};
use crate::app::App;
use crate::metrics;
use crate::store::StoreError;

/// Notes a mail's fate. Reports may come twice and in any order; `false` when this one changed nothing.
pub async fn report(app: &App, id: &MailId, fate: Fate) -> Result<bool, Trouble> {
    let noted = match fate {
        Fate::Bounced | Fate::Complained | Fate::Rejected => gone_wrong(app, id, fate).await?,
        _ => app.store.report(id, fate, None).await?,
    };
    if noted {
        metrics::mail(fate);
    }
    tracing::info!(mail = %id, fate = fate.as_str(), noted, "reported");
    Ok(noted)
}

/// A mail that did not arrive, or was not wanted. What follows from that is done before it is noted: a report that comes again
/// after a fault then does what is left.
async fn gone_wrong(app: &App, id: &MailId, fate: Fate) -> Result<bool, Trouble> {
    let Some(mail) = app.store.reported(id).await? else { return Ok(false) };
    if mail.fate.is_some_and(|before| !fate.replaces().contains(&before)) {
        return Ok(false);
    }
    // The report was quicker than the courier, who notes the address when the mail is out: it comes again.
    if mail.to.is_none() && mail.state != Stage::Done {
        return Err(StoreError::Unprocessed.into());
    }
    if let Some(to) = mail.to.as_deref().filter(|_| fate == Fate::Bounced) {
        app.store.mark_bounced(to, app.clock.now()).await?;
        for (user, _) in app.store.at_address(to).await?.accounts() {
            app.store.note_bounce(&user, to, app.clock.now()).await?;
        }
    }
    let what = match fate {
        Fate::Complained => "mail.complained",
        Fate::Rejected => "mail.rejected",
        _ => "mail.bounced",
    };
    let entry = audit::entry(app, what)?.on(Party::of("mail", id.as_str()));
    let entry = entry.with("to", mail.to.as_deref().unwrap_or_default());
    Ok(app.store.report(id, fate, Some(&entry)).await?)
}
