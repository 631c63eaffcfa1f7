//! Events of the metrics' target as lines of CloudWatch's embedded metric format.
//!
//! Source: *Specification: Embedded metric format*, Amazon CloudWatch user guide.

use std::io::Write;

use serde_json::{Map, Value, json};
use service::Clock;
use service::metrics::TARGET;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::Context;

/// The namespace of all metrics.
const NAMESPACE: &str = "Vestibule";

/// Writes them.
pub(super) struct Metrics<W> {
    function: String,
    clock: Clock,
    out: W,
}

impl<W> Metrics<W> {
    pub(super) fn new(function: String, clock: Clock, out: W) -> Self {
        Self { function, clock, out }
    }

    fn line(&self, counted: Counted) -> Value {
        let Counted { name, unit, value, dimension, became } = counted;
        let dimensions: Vec<&str> = dimension.as_deref().into_iter().collect();
        let mut line = Map::new();
        line.insert(
            "_aws".to_owned(),
            json!({
                "Timestamp": self.clock.now().as_millisecond(),
                "CloudWatchMetrics": [{
                    "Namespace": NAMESPACE,
                    "Dimensions": [dimensions],
                    "Metrics": [{"Name": &name, "Unit": unit}],
                }],
            }),
        );
        line.insert("Function".to_owned(), self.function.as_str().into());
        if let (Some(dimension), Some(became)) = (dimension, became) {
            line.insert(dimension, became.into());
        }
        line.insert(name, value.into());
        line.into()
    }
}

impl<S: Subscriber, W: for<'w> MakeWriter<'w> + 'static> Layer<S> for Metrics<W> {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() != TARGET {
            return;
        }
        let mut counted = Counted::default();
        event.record(&mut counted);
        // One write a line: lines of two threads stay whole. A log that can't be written must not stop the work.
        let line = format!("{}\n", self.line(counted));
        drop(self.out.make_writer().write_all(line.as_bytes()));
    }
}

/// The fields of such an event.
#[derive(Default)]
struct Counted {
    name: String,
    unit: String,
    value: f64,
    dimension: Option<String>,
    became: Option<String>,
}

impl Visit for Counted {
    fn record_f64(&mut self, field: &Field, value: f64) {
        if field.name() == "value" {
            self.value = value;
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let value = value.to_owned();
        match field.name() {
            "name" => self.name = value,
            "unit" => self.unit = value,
            "dimension" => self.dimension = Some(value),
            "became" => self.became = Some(value),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn lines(act: impl FnOnce()) -> Vec<Value> {
        let kept = Kept::default();
        let out = kept.clone();
        let clock = Clock::system();
        let layer = Metrics::new("vestibule-SignIn-1".to_owned(), clock, move || out.clone());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), act);
        let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// OP-5: a count is a line that CloudWatch turns into a metric, with one dimension.
    #[test]
    fn a_count_is_a_line_of_the_embedded_metric_format() {
        let written = lines(|| {
            tracing::info!(target: TARGET, name = "SignIns", unit = "Count", value = 1.0, dimension = "Outcome", became = "refused");
        });
        let [line] = &written[..] else { panic!("{written:?}") };
        let directive = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(directive["Namespace"], "Vestibule");
        assert_eq!(directive["Dimensions"], json!([["Outcome"]]));
        assert_eq!(directive["Metrics"], json!([{"Name": "SignIns", "Unit": "Count"}]));
        assert!(line["_aws"]["Timestamp"].as_i64().unwrap() > 1_700_000_000_000);
        assert_eq!((&line["Outcome"], &line["SignIns"]), (&json!("refused"), &json!(1.0)));
    }

    /// OP-5: capacity is told apart by function; a hash time has no dimension.
    #[test]
    fn every_dimension_that_is_named_is_there() {
        let written = lines(|| {
            tracing::info!(target: TARGET, name = "ReadUnits", unit = "Count", value = 1.5, dimension = "Function");
            tracing::info!(target: TARGET, name = "HashTime", unit = "Milliseconds", value = 21.5);
            tracing::info!("something else");
        });
        assert_eq!(written.len(), 2);
        assert_eq!((&written[0]["ReadUnits"], &written[0]["Function"]), (&json!(1.5), &json!("vestibule-SignIn-1")));
        assert_eq!(written[1]["_aws"]["CloudWatchMetrics"][0]["Dimensions"], json!([[]]));
    }
}
