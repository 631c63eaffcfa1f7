//! What calls to the database cost: the product has each of them say so.

use serde_json::Value;

/// What it said: read units and write units.
pub(super) fn told(answer: &[u8], writes: bool) -> (f64, f64) {
    let units = serde_json::from_slice::<Value>(answer).map_or(0.0, |answer| total(&answer["ConsumedCapacity"]));
    if writes { (0.0, units) } else { (units, 0.0) }
}

fn total(capacity: &Value) -> f64 {
    match capacity {
        Value::Array(tables) => tables.iter().map(total).sum(),
        one => one["CapacityUnits"].as_f64().unwrap_or(0.0),
    }
}
