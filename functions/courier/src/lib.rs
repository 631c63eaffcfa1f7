//! Turns the outbox into mail: the table's stream starts it, in two lanes.

use aws_lambda_events::event::dynamodb::{Event, EventRecord};
use aws_lambda_events::event::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use domain::id::MailId;
use service::App;
use service::flow::deliver::deliver;
use service::store::keys::mail_id;

/// How many mails are on their way at once.
const AT_ONCE: usize = 10;

/// Delivers a batch. What could not be looked at is reported, and comes again; what could not be sent is held by the
/// outbox itself.
pub async fn handle(app: &App, event: Event) -> Result<DynamoDbEventResponse, lambda_http::Error> {
    let mut failures = Vec::new();
    for batch in event.records.chunks(AT_ONCE) {
        let mut running = tokio::task::JoinSet::new();
        for record in batch {
            let Some(id) = mail_of(record) else {
                tracing::error!(event = record.event_id, "a record without a mail");
                continue;
            };
            let (app, number) = (app.clone(), record.change.sequence_number.clone());
            running.spawn(async move { (number, deliver(&app, &id).await) });
        }
        while let Some(done) = running.join_next().await {
            let (number, outcome) = done?;
            if let Err(error) = outcome {
                tracing::error!(%error, "not delivered");
                let mut failure = DynamoDbBatchItemFailure::default();
                failure.item_identifier = number;
                failures.push(failure);
            }
        }
    }
    app.meter.tell();
    let mut response = DynamoDbEventResponse::default();
    response.batch_item_failures = failures;
    Ok(response)
}

fn mail_of(record: &EventRecord) -> Option<MailId> {
    let key: Key = serde_dynamo::from_item(record.change.keys.clone()).ok()?;
    mail_id(&key.pk)
}

#[derive(serde::Deserialize)]
struct Key {
    pk: String,
}
