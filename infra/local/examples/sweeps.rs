//! Prints the capacity units of the sweep for a thousand temporary passwords that have ended, among a thousand and among a hundred
//! thousand, as JSON (`infra/bench/run`).

use std::io::Write;

use serde_json::{Value, json};
use vestibule::{Local, Options};

const DUE: u32 = 1_000;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut told = Vec::new();
    for all in [DUE, 100 * DUE] {
        let (reads, writes) = swept(all - DUE).await?;
        told.push(json!({"due": DUE, "of": all, "read_units": reads, "write_units": writes}));
    }
    Ok(writeln!(std::io::stdout(), "{}", Value::from(told))?)
}

/// Read and write units of one sweep, with so many whose time has not come.
async fn swept(crowd: u32) -> Result<(f64, f64), Box<dyn std::error::Error>> {
    let settings = json!({"temporary.days": 1}).as_object().cloned().unwrap_or_default();
    let local = Local::start(Options { empty: true, settings, ..Options::default() }).await?;
    let people = (0..DUE).flat_map(|n| format!("contact,due{n},due{n}@people.example\n").into_bytes());
    let file: Vec<u8> = b"kind,username,email\n".iter().copied().chain(people).collect();
    service::flow::import::import(local.app(), &file).await.map_err(|error| format!("{error:?}"))?;
    local.put_items("NamesTable", (0..crowd).map(later).collect()).await?;
    local.settle().await;
    local.clock().advance(86_400 - 1_800)?;
    local.settle().await;
    local.calls().reset();
    local.calls().measure();
    local.clock().advance(1_801)?;
    // The schedule has run with the clock, or runs now.
    local.run_schedule("temporary-passwords").await.ok_or("there is no such schedule")??;
    local.settle().await;
    let units = local.calls().units();
    local.stop().await;
    Ok(units)
}

/// Somebody whose temporary password ends much later.
fn later(n: u32) -> Value {
    json!({
        "pk": {"S": format!("NAME#later{n}")}, "sk": {"S": "LOGIN"}, "user": {"S": format!("later{n}")}, "kind": {"S": "contact"},
        "epoch": {"N": "1"}, "temporary": {"M": {"id": {"S": "later"}, "ends_at": {"N": "4102444800"}}},
        "queue": {"S": format!("2100-01-01#{}", n % 8)}, "queue_at": {"N": "4102444800"},
    })
}
