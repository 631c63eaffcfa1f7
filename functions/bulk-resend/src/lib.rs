//! Carries bulk runs and imports on: the stream of the runs starts it with every change of one, and what it changes starts it
//! again.

use std::collections::BTreeMap;

use aws_lambda_events::event::dynamodb::{Event, EventRecord};
use aws_lambda_events::event::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use domain::id::RunId;
use service::App;
use service::flow::{Trouble, bulk, import};
use service::store::keys::{intake_id, run_id};

/// What is carried on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Work {
    Run(RunId),
    Import(RunId),
}

impl Work {
    async fn step(&self, app: &App) -> Result<(), Trouble> {
        match self {
            Self::Run(id) => bulk::step(app, id).await,
            Self::Import(id) => import::step(app, id).await,
        }
    }
}

/// Takes one step of each run in a batch. A step that could not be taken is reported, and comes again.
pub async fn handle(app: &App, event: Event) -> Result<DynamoDbEventResponse, lambda_http::Error> {
    // Of several changes of a run the last says it all.
    let mut runs: BTreeMap<Work, Option<String>> = BTreeMap::new();
    for record in &event.records {
        runs.extend(work_of(record).map(|run| (run, record.change.sequence_number.clone())));
    }
    let mut failures = Vec::new();
    for (run, number) in runs {
        if let Err(error) = run.step(app).await {
            tracing::error!(?run, %error, "a step failed");
            let mut failure = DynamoDbBatchItemFailure::default();
            failure.item_identifier = number;
            failures.push(failure);
        }
    }
    service::metrics::capacity(&app.meter);
    let mut response = DynamoDbEventResponse::default();
    response.batch_item_failures = failures;
    Ok(response)
}

fn work_of(record: &EventRecord) -> Option<Work> {
    let key: Key = serde_dynamo::from_item(record.change.keys.clone()).ok()?;
    run_id(&key.pk).map(Work::Run).or_else(|| intake_id(&key.pk).map(Work::Import))
}

#[derive(serde::Deserialize)]
struct Key {
    pk: String,
}
