//! What calls to the database cost: the product has each of them say so.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use serde_json::Value;

/// What it said: read units and write units.
pub(super) async fn told(response: &mut HttpResponse, writes: bool) -> (f64, f64) {
    let Ok(body) = ByteStream::new(response.take_body()).collect().await else { return (0.0, 0.0) };
    let body = body.into_bytes();
    let units = serde_json::from_slice::<Value>(&body).map_or(0.0, |answer| total(&answer["ConsumedCapacity"]));
    *response.body_mut() = SdkBody::from(body);
    if writes { (0.0, units) } else { (units, 0.0) }
}

fn total(capacity: &Value) -> f64 {
    match capacity {
        Value::Array(tables) => tables.iter().map(total).sum(),
        one => one["CapacityUnits"].as_f64().unwrap_or(0.0),
    }
}
