//! What the mail service reports of a mail becomes its fate (ML-6).

use domain::id::MailId;
use domain::work::Fate;

use super::Trouble;
use crate::app::App;
use crate::metrics;

/// Notes a mail's fate. Reports may come twice and in any order; `false` when this one changed nothing.
pub async fn report(app: &App, id: &MailId, fate: Fate) -> Result<bool, Trouble> {
    let noted = app.store.report(id, fate).await?;
    if noted {
        metrics::mail(fate);
    }
    tracing::info!(mail = %id, fate = fate.as_str(), noted, "reported");
    Ok(noted)
}
