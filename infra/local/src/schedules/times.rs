//! When a schedule runs: `rate(...)`, and as much of `cron(...)` as the template uses.

use jiff::civil::Time;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

/// When a schedule runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Times {
    /// Every so often.
    Every(SignedDuration),
    /// At these minutes of these hours, in UTC, every day.
    At {
        /// 0 to 59.
        minutes: Vec<i8>,
        /// 0 to 23.
        hours: Vec<i8>,
    },
}

impl Times {
    /// Reads an expression; the error says what is not understood.
    pub fn parse(text: &str) -> Result<Self, String> {
        let within = |name: &str| text.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
        match (within("rate"), within("cron")) {
            (Some(rate), _) => rate_of(rate).ok_or_else(|| format!("{text} is not understood")),
            (_, Some(cron)) => {
                cron_of(cron).ok_or_else(|| format!("of cron only minutes and hours are understood, not {text}"))
            }
            _ => Err(format!("{text} is neither rate(...) nor cron(...)")),
        }
    }

    /// The first time after this one.
    pub fn after(&self, now: Timestamp) -> Timestamp {
        match self {
            Self::Every(period) => now.checked_add(*period).unwrap_or(Timestamp::MAX),
            Self::At { minutes, hours } => next(minutes, hours, now).unwrap_or(Timestamp::MAX),
        }
    }
}

fn rate_of(text: &str) -> Option<Times> {
    let (number, unit) = text.trim().split_once(' ')?;
    let number: i64 = number.parse().ok().filter(|n| *n > 0)?;
    let seconds = match unit.trim() {
        "minute" | "minutes" => 60,
        "hour" | "hours" => 3_600,
        "day" | "days" => 86_400,
        _ => return None,
    };
    Some(Times::Every(SignedDuration::from_secs(number.checked_mul(seconds)?)))
}

fn cron_of(text: &str) -> Option<Times> {
    let [minutes, hours, rest @ ..] = &text.split_whitespace().collect::<Vec<_>>()[..] else { return None };
    let any = rest.len() == 4 && rest.iter().all(|field| ["*", "?"].contains(field));
    let (minutes, hours) = (field(minutes, 60)?, field(hours, 24)?);
    any.then_some(Times::At { minutes, hours })
}

/// `*`, `*/15`, or numbers with commas between them, in order.
fn field(text: &str, end: i8) -> Option<Vec<i8>> {
    let step = if text == "*" { Some("1") } else { text.strip_prefix("*/") };
    if let Some(step) = step {
        let step: usize = step.parse().ok().filter(|step| *step > 0)?;
        return Some((0..end).step_by(step).collect());
    }
    let mut numbers =
        text.split(',').map(|n| n.parse().ok().filter(|n| (0..end).contains(n))).collect::<Option<Vec<i8>>>()?;
    numbers.sort_unstable();
    Some(numbers)
}

fn next(minutes: &[i8], hours: &[i8], now: Timestamp) -> Option<Timestamp> {
    let today = Offset::UTC.to_datetime(now).date();
    for day in [Some(today), today.tomorrow().ok()].into_iter().flatten() {
        for time in hours.iter().flat_map(|hour| minutes.iter().map(|minute| Time::new(*hour, *minute, 0, 0))) {
            let at = Offset::UTC.to_timestamp(day.to_datetime(time.ok()?)).ok()?;
            if at > now {
                return Some(at);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_time_follows() {
        let cases = [
            ("rate(1 minute)", "2026-01-01T00:01:30Z"),
            ("rate(2 hours)", "2026-01-01T02:00:30Z"),
            ("rate(7 days)", "2026-01-08T00:00:30Z"),
            ("cron(0 * * * ? *)", "2026-01-01T01:00:00Z"),
            ("cron(*/15 * * * ? *)", "2026-01-01T00:15:00Z"),
            ("cron(30 4,16 * * ? *)", "2026-01-01T04:30:00Z"),
            ("cron(0 0 * * ? *)", "2026-01-02T00:00:00Z"),
        ];
        for (text, expected) in cases {
            let next = Times::parse(text).unwrap().after("2026-01-01T00:00:30Z".parse().unwrap());
            assert_eq!(next.to_string(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_is_said() {
        for text in [
            "",
            "rate()",
            "rate(0 minutes)",
            "rate(1 fortnight)",
            "rate(-1 hour)",
            "cron(0 0)",
            "cron(60 0 * * ? *)",
            "cron(0 0 1 * ? *)",
            "cron(*/0 * * * ? *)",
            "at(2026-01-01)",
            "rate(99999999999999999 days)",
        ] {
            assert!(Times::parse(text).is_err(), "{text}");
        }
    }
}
