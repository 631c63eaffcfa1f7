//! Turns the outbox into mail: the table's stream starts it, in two lanes.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use aws_lambda_events::event::dynamodb::Event;
use aws_lambda_events::event::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use domain::run::SHARE;
use domain::work::{Fate, Lane};
use service::App;
use service::flow::deliver::{Delivered, deliver, deliver_together};
use service::store::{Waiting, keys::mail_id};

/// Delivers a batch. What could not be looked at is reported, and comes again; what could not be sent is held by the
/// outbox itself.
pub async fn handle(app: &App, event: Event) -> Result<DynamoDbEventResponse, lambda_http::Error> {
    let (mut failures, mut runs, mut bulk, began) = (Vec::new(), BTreeSet::new(), 0_u32, Instant::now());
    let (mut now, mut many) = ((Vec::new(), Vec::new()), (Vec::new(), Vec::new()));
    for record in event.records {
        let number = record.change.sequence_number;
        let Some(id) = serde_dynamo::from_item(record.change.keys).ok().and_then(|key: Key| mail_id(&key.pk)) else {
            tracing::error!(event = record.event_id, "a record without a mail");
            continue;
        };
        let waiting = Waiting::read(record.change.new_image);
        if let Some(waiting) = waiting.filter(|waiting| waiting.posted.lane == Lane::Bulk) {
            many.0.push(number);
            many.1.push(waiting);
        } else {
            now.0.push(number);
            now.1.push(id);
        }
    }
    let outcomes = deliver(app, now.1).await.into_iter().chain(deliver_together(app, many.1).await);
    for (number, outcome) in now.0.into_iter().chain(many.0).zip(outcomes) {
        let delivered = outcome.unwrap_or_else(|error| {
            tracing::error!(%error, "not delivered");
            let mut failure = DynamoDbBatchItemFailure::default();
            failure.item_identifier = number;
            failures.push(failure);
            Delivered::default()
        });
        bulk += u32::from(delivered.run.is_some() && delivered.fate == Some(Fate::Sent));
        runs.extend(delivered.run);
    }
    // Each run goes on when something has become of its mails; once a minute it is looked at in any case.
    for run in runs {
        if let Err(error) = app.store.touch_run(&run).await {
            tracing::warn!(%run, %error, "a bulk run waits for the next minute");
        }
    }
    // BR-9: bulk mail leaves room for those who wait.
    tokio::time::sleep(pause(bulk, app.mails_per_second).saturating_sub(began.elapsed())).await;
    service::metrics::capacity(&app.meter);
    let mut response = DynamoDbEventResponse::default();
    response.batch_item_failures = failures;
    Ok(response)
}

/// How long so many bulk mails must take.
fn pause(mails: u32, per_second: u32) -> Duration {
    let (of, part) = SHARE;
    Duration::from_millis(u64::from(mails) * part * 1_000 / (u64::from(per_second.max(1)) * of))
}

#[derive(serde::Deserialize)]
struct Key {
    pk: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// BR-9: bulk mails take as long as four fifths of the rate need.
    #[test]
    fn bulk_mail_leaves_room() {
        assert_eq!(pause(56, 14), Duration::from_secs(5));
        assert_eq!(pause(0, 14), Duration::ZERO);
        assert_eq!(pause(4, 0), Duration::from_secs(5));
    }
}
