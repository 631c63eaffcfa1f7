//! DynamoDB: the embedded one, answering HTTP on loopback from a thread of its own, because it blocks.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use dynoxide::Database as Embedded;
use dynoxide::actions::get_records::Record;
use dynoxide::storage::Storage;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use super::{expiry, tables};
use crate::clock::MovableClock;
use crate::template::Table;

/// Holds how far each reader of a stream has come.
const POSITIONS: &str = "vestibule.streams";

/// The embedded database keeps every stream record for ever, and looks at all of them for each write and each read.
/// The index makes both quick; the trigger lets go of what every reader has passed, but for the last record, from
/// which the next one's number is counted.
const STREAM_UPKEEP: &str = r#"
    CREATE INDEX IF NOT EXISTS vestibule_stream ON _stream_records (table_name, CAST(sequence_number AS INTEGER));
    CREATE TRIGGER IF NOT EXISTS vestibule_trim AFTER INSERT ON "vestibule.streams" BEGIN
        DELETE FROM _stream_records WHERE table_name = json_extract(NEW.item_json, '$.pk.S')
        AND CAST(sequence_number AS INTEGER) < CAST(json_extract(NEW.item_json, '$.passed.N') AS INTEGER);
    END;"#;

/// The database, running. It stops when this is dropped.
#[derive(Debug)]
pub(crate) struct Database {
    /// Where it answers.
    pub address: SocketAddr,
    client: Client,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

/// The database's own side: what the machine asks of it without going through HTTP.
#[derive(Clone)]
pub(crate) struct Client {
    embedded: Embedded,
    runtime: Handle,
}

/// The database could not be started, or did not do what the machine asked.
#[derive(Debug, thiserror::Error)]
#[error("the database: {0}")]
pub struct DatabaseError(pub(crate) String);

impl Database {
    /// Starts it, in a file or in memory, with these tables.
    pub(crate) async fn start(
        tables: &[Table],
        file: Option<&Path>,
        clock: &MovableClock,
    ) -> Result<Self, DatabaseError> {
        let (ready, started) = oneshot::channel();
        let (stop, stopped) = oneshot::channel();
        let tables = tables.to_vec();
        let (address, clock) = (address(file), clock.clone());
        let body = move || run(|| open(&address, &tables).map(|embedded| (embedded, tables, clock)), ready, stopped);
        let thread = thread::Builder::new().name("database".to_owned()).spawn(body).map_err(to_error)?;
        let (client, address) = started.await.map_err(|_| DatabaseError("its thread ended".to_owned()))??;
        Ok(Self { address, client, stop: Some(stop), thread: Some(thread) })
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Stops it and waits until its file is closed.
    pub(crate) async fn stop(mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            drop(tokio::task::spawn_blocking(|| thread.join()).await);
        }
    }
}

/// Items that one batch takes.
const BATCH: usize = 25;

impl Client {
    /// The items of a table, as DynamoDB writes them: for looking at, so at most the first megabyte.
    pub(crate) async fn items(&self, table: &str) -> Result<Vec<Value>, DatabaseError> {
        let answer = self.ask(json!({"TableName": table}), Embedded::scan).await?;
        let items = answer.items.unwrap_or_default();
        items.into_iter().map(|item| serde_json::to_value(item).map_err(to_error)).collect()
    }

    /// Puts items into a table as DynamoDB writes them: a crowd that no flow has to make one by one.
    pub(crate) async fn put_items(&self, table: &str, items: Vec<Value>) -> Result<(), DatabaseError> {
        for batch in items.chunks(BATCH) {
            let requests: Vec<Value> = batch.iter().map(|item| json!({"PutRequest": {"Item": item}})).collect();
            self.ask(json!({"RequestItems": {table: requests}}), Embedded::batch_write_item).await?;
        }
        Ok(())
    }

    /// Up to 1,000 records of a table's stream after a position, oldest first.
    pub(crate) async fn records(&self, table: &str, after: i64) -> Result<Vec<Record>, DatabaseError> {
        use dynoxide::actions::get_shard_iterator::encode_shard_iterator;
        let from = encode_shard_iterator(table, &dynoxide::streams::shard_id(table), after);
        let answer = self.ask(json!({"ShardIterator": from}), Embedded::get_records).await?;
        Ok(answer.records)
    }

    /// How far the readers of a stream have come, by their names.
    pub(crate) async fn positions(&self, table: &str) -> Result<Vec<(String, i64)>, DatabaseError> {
        let answer = self.ask(json!({"TableName": POSITIONS, "Key": {"pk": {"S": table}}}), Embedded::get_item).await?;
        let item = serde_json::to_value(answer.item).map_err(to_error)?;
        let position = |(name, value): (&String, &Value)| Some((name.clone(), value["N"].as_str()?.parse().ok()?));
        Ok(item.as_object().into_iter().flatten().filter_map(position).collect())
    }

    /// Writes down how far they have come. What all have passed is let go.
    pub(crate) async fn save_positions(&self, table: &str, positions: &[(String, i64)]) -> Result<(), DatabaseError> {
        let passed = positions.iter().map(|(_, position)| *position).min().unwrap_or(0);
        let mut item = json!({"pk": {"S": table}, "passed": {"N": passed.to_string()}});
        for (name, position) in positions {
            item[name] = json!({"N": position.to_string()});
        }
        self.ask(json!({"TableName": POSITIONS, "Item": item}), Embedded::put_item).await.map(drop)
    }

    /// One request, in the database's own thread, so that nobody else's waits for it.
    pub(super) async fn ask<Q, A>(
        &self,
        body: Value,
        act: fn(&Embedded, Q) -> dynoxide::Result<A>,
    ) -> Result<A, DatabaseError>
    where
        Q: serde::de::DeserializeOwned + Send + 'static,
        A: Send + 'static,
    {
        let embedded = self.embedded.clone();
        let request: Q = serde_json::from_value(body).map_err(to_error)?;
        self.runtime.spawn(async move { act(&embedded, request) }).await.map_err(to_error)?.map_err(to_error)
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Client")
    }
}

pub(super) fn to_error(error: impl std::fmt::Display) -> DatabaseError {
    DatabaseError(error.to_string())
}

/// The position that a record's public sequence number stands for.
pub(crate) fn position(record: &Record) -> i64 {
    const OFFSET: i128 = 100_000_000_000_000_000_000;
    let number: i128 = record.dynamodb.sequence_number.parse().unwrap_or(OFFSET);
    i64::try_from(number - OFFSET).unwrap_or(0)
}

/// A file's path, or the address of a database in memory that more than one connection can open.
fn address(file: Option<&Path>) -> String {
    static MADE: AtomicU64 = AtomicU64::new(0);
    let in_memory = || format!("file:vestibule-{}?mode=memory&cache=shared", MADE.fetch_add(1, Ordering::Relaxed));
    file.map_or_else(in_memory, |path| path.to_string_lossy().into_owned())
}

fn open(address: &str, wanted: &[Table]) -> Result<Embedded, DatabaseError> {
    // A connection beside the embedded database's own, for what that has no call for.
    let beside = Storage::new(address).map_err(to_error)?;
    let embedded = Embedded::new(address).map_err(to_error)?;
    tables::make(
        &embedded,
        POSITIONS,
        json!({
            "TableName": POSITIONS,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        }),
    )?;
    for table in wanted {
        tables::ensure(&embedded, table)?;
    }
    beside.conn().execute_batch(STREAM_UPKEEP).map_err(to_error)?;
    Ok(embedded)
}

type Ready = oneshot::Sender<Result<(Client, SocketAddr), DatabaseError>>;

/// The thread: opens the database, says where it answers, and answers until it is told to stop.
fn run(
    open: impl FnOnce() -> Result<(Embedded, Vec<Table>, MovableClock), DatabaseError>,
    ready: Ready,
    stopped: oneshot::Receiver<()>,
) {
    let runtime = match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return drop(ready.send(Err(to_error(error)))),
    };
    runtime.block_on(async {
        let opened = async {
            let (embedded, tables, clock) = open()?;
            let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(to_error)?;
            let address = listener.local_addr().map_err(to_error)?;
            Ok((embedded, tables, clock, listener, address))
        };
        let (embedded, tables, clock, listener, address) = match opened.await {
            Ok(opened) => opened,
            Err(error) => return drop(ready.send(Err(error))),
        };
        let client = Client { embedded: embedded.clone(), runtime: Handle::current() };
        drop(ready.send(Ok((client, address))));
        let swept = expiry::keep(embedded.clone(), &tables, clock);
        let served = dynoxide::server::serve_with_shutdown(listener, embedded, std::future::pending());
        tokio::select! {
            _ = stopped => {}
            result = served => tracing::error!(?result, "the database stopped answering"),
            () = swept => {}
        }
    });
}
