//! What the mail service reports of a mail becomes its fate (ML-6).

use domain::audit::Party;
use domain::id::MailId;
use domain::work::Fate;

use super::{Trouble, audit};
use crate::app::App;
use crate::metrics;

/// Notes a mail's fate. Reports may come twice and in any order; `false` when this one changed nothing.
pub async fn report(app: &App, id: &MailId, fate: Fate) -> Result<bool, Trouble> {
    let noted = app.store.report(id, fate).await?;
    if noted && matches!(fate, Fate::Bounced | Fate::Complained | Fate::Rejected) {
        let what = if fate == Fate::Complained { "mail.complained" } else { "mail.bounced" };
        let to = app.store.mailed_to(id).await?;
        let entry =
            audit::entry(app, what)?.on(Party::of("mail", id.as_str())).with("to", to.as_deref().unwrap_or_default());
        app.store.write_down(&entry).await?;
        if let Some(to) = to.filter(|_| fate == Fate::Bounced) {
            app.store.mark_bounced(&to, app.clock.now()).await?;
            for (user, _) in app.store.at_address(&to).await?.accounts() {
                app.store.note_bounce(&user, app.clock.now()).await?;
            }
        }
    }
    if noted {
        metrics::mail(fate);
    }
    tracing::info!(mail = %id, fate = fate.as_str(), noted, "reported");
    Ok(noted)
}
