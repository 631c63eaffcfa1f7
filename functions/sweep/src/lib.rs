//! What schedules do: expired temporary passwords, forgotten mail, seals.

use serde::Deserialize;
use service::App;
use service::flow::audit::seal;
use service::flow::bulk::again;
use service::flow::sweep::sweep;
use service::store::Sweep;

/// What a schedule says.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Scheduled {
    /// Which sweep.
    pub schedule: Schedule,
}

/// The schedules, by their names in the template.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// Takes back temporary passwords whose days are over.
    TemporaryPasswords,
    /// Gives held and forgotten mail back to the couriers.
    Outbox,
    /// Seals what has happened since into the chain.
    Audit,
}

/// Runs a sweep; answers what it did.
pub async fn handle(app: &App, event: Scheduled) -> Result<serde_json::Value, lambda_http::Error> {
    let what = match event.schedule {
        Schedule::TemporaryPasswords => Sweep::TemporaryPasswords,
        Schedule::Outbox => Sweep::Outbox,
        Schedule::Audit => {
            let sealed = seal(app).await?;
            service::metrics::capacity(&app.meter);
            return Ok(serde_json::json!({"sealed": sealed}));
        }
    };
    let swept = sweep(app, what).await?;
    if matches!(what, Sweep::Outbox) {
        again(app).await?;
    }
    service::metrics::capacity(&app.meter);
    Ok(serde_json::to_value(swept)?)
}
