//! Carries bulk runs on: the stream of the runs starts it with every change of one, and what it changes starts it again.

use std::collections::BTreeMap;

use aws_lambda_events::event::dynamodb::{Event, EventRecord};
use aws_lambda_events::event::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use domain::id::RunId;
use service::App;
use service::flow::bulk::step;
use service::store::keys::run_id;

/// Takes one step of each run in a batch. A step that could not be taken is reported, and comes again.
pub async fn handle(app: &App, event: Event) -> Result<DynamoDbEventResponse, lambda_http::Error> {
    // Of several changes of a run the last says it all.
    let mut runs: BTreeMap<RunId, Option<String>> = BTreeMap::new();
    for record in &event.records {
        runs.extend(run_of(record).map(|run| (run, record.change.sequence_number.clone())));
    }
    let mut failures = Vec::new();
    for (run, number) in runs {
        if let Err(error) = step(app, &run).await {
            tracing::error!(%run, %error, "a step of a bulk run failed");
            let mut failure = DynamoDbBatchItemFailure::default();
            failure.item_identifier = number;
            failures.push(failure);
        }
    }
    app.meter.tell();
    let mut response = DynamoDbEventResponse::default();
    response.batch_item_failures = failures;
    Ok(response)
}

fn run_of(record: &EventRecord) -> Option<RunId> {
    let key: Key = serde_dynamo::from_item(record.change.keys.clone()).ok()?;
    run_id(&key.pk)
}

#[derive(serde::Deserialize)]
struct Key {
    pk: String,
}
