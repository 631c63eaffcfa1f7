//! Functions, and what starts them.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::place::{Place, TemplateError};
use crate::schedules::Times;
use crate::streams::filter::Pattern;

/// A function.
#[derive(Clone, Debug)]
pub struct Function {
    /// What the template calls it.
    pub id: String,
    /// The name of its binary, which is its crate's.
    pub binary: String,
    /// Its environment.
    pub environment: BTreeMap<String, String>,
    /// How long one call may take.
    pub timeout: Duration,
    /// Its memory, in MiB.
    pub memory: u32,
    /// The routes it answers: `/sign-in`, `/assets/{proxy+}`, or `$default` for whatever no other route takes.
    pub routes: Vec<String>,
    /// The schedules that start it.
    pub schedules: Vec<Schedule>,
    /// How many rules of EventBridge start it. Nothing on one machine sends such events.
    pub rules: usize,
    /// The streams that feed it.
    pub mappings: Vec<Mapping>,
}

/// A schedule.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// The name in its input, which is what the function knows it by.
    pub name: String,
    /// When it runs.
    pub times: Times,
    /// What the function is given.
    pub input: Value,
}

/// A stream that feeds a function.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// What the template calls it.
    pub name: String,
    /// The table whose stream it is.
    pub table: String,
    /// A record is delivered when it fits one of these, or when there are none.
    pub filters: Vec<Pattern>,
    /// How many records are delivered at once, at the most.
    pub batch_size: usize,
    /// How often a failed batch is tried again before it is set aside.
    pub retries: u32,
    /// Whether a failed batch is cut in two.
    pub bisect: bool,
    /// Whether the function says which records of a batch failed.
    pub reports_items: bool,
}

impl Function {
    pub(super) fn read(id: &str, place: &Place<'_>, globals: &Place<'_>) -> Result<Self, TemplateError> {
        let properties = place.at("Properties");
        let method = place.below(["Metadata", "BuildMethod"]);
        if method.text()? != "rust-cargolambda" {
            return Err(method.error("rust-cargolambda is expected"));
        }
        let own_or_common = |key: &str| {
            let own = properties.at(key);
            if own.exists() { own } else { globals.at(key) }
        };
        let mut function = Self {
            id: id.to_owned(),
            binary: place.below(["Metadata", "BuildProperties", "Binary"]).text()?,
            environment: BTreeMap::new(),
            timeout: Duration::from_secs(own_or_common("Timeout").number()?),
            memory: u32::try_from(own_or_common("MemorySize").number()?).unwrap_or(u32::MAX),
            routes: Vec::new(),
            schedules: Vec::new(),
            rules: 0,
            mappings: Vec::new(),
        };
        for variables in [globals, &properties].map(|place| place.below(["Environment", "Variables"])) {
            for (name, value) in variables.entries()? {
                function.environment.insert(name, value.text()?);
            }
        }
        for (name, event) in properties.at("Events").entries()? {
            function.add_event(&name, &event)?;
        }
        Ok(function)
    }

    fn add_event(&mut self, name: &str, event: &Place<'_>) -> Result<(), TemplateError> {
        let properties = event.at("Properties");
        match event.at("Type").text()?.as_str() {
            "HttpApi" => self.routes.push(route(&properties)?),
            "ScheduleV2" => self.schedules.push(schedule(&properties)?),
            "EventBridgeRule" => self.rules += 1,
            "DynamoDB" => self.mappings.push(mapping(name, &properties)?),
            other => return Err(event.error(format!("events of type {other} are not understood"))),
        }
        Ok(())
    }
}

fn route(properties: &Place<'_>) -> Result<String, TemplateError> {
    let (path, method) = (properties.at("Path"), properties.at("Method"));
    if !path.exists() && !method.exists() {
        return Ok("$default".to_owned());
    }
    if method.text()? != "ANY" {
        return Err(method.error("ANY is expected: the function itself says which methods it takes"));
    }
    let text = path.text()?;
    if text.starts_with('/') { Ok(text) } else { Err(path.error("a path begins with /")) }
}

fn schedule(properties: &Place<'_>) -> Result<Schedule, TemplateError> {
    let expression = properties.at("ScheduleExpression");
    let times = Times::parse(&expression.text()?).map_err(|problem| expression.error(problem))?;
    let input = properties.at("Input");
    let value = input.json()?;
    let name = value["schedule"].as_str().ok_or_else(|| input.error("\"schedule\" is expected in it"))?;
    Ok(Schedule { name: name.to_owned(), times, input: value })
}

fn mapping(name: &str, properties: &Place<'_>) -> Result<Mapping, TemplateError> {
    let stream = properties.at("Stream");
    let (table, attribute) = stream.attribute()?;
    if attribute != "StreamArn" {
        return Err(stream.error("a table's StreamArn is expected"));
    }
    let start = properties.at("StartingPosition");
    if start.text()? != "TRIM_HORIZON" {
        return Err(start.error("TRIM_HORIZON is expected: nothing may be missed"));
    }
    let filters = properties.below(["FilterCriteria", "Filters"]).optional(Place::list)?.unwrap_or_default();
    let types = properties.at("FunctionResponseTypes").optional(Place::list)?.unwrap_or_default();
    let types = types.iter().map(Place::text).collect::<Result<Vec<_>, _>>()?;
    let retries = properties.at("MaximumRetryAttempts").number()?;
    let batch_size = properties.at("BatchSize").optional(Place::number)?.unwrap_or(100);
    Ok(Mapping {
        name: name.to_owned(),
        table,
        filters: filters.iter().map(pattern).collect::<Result<_, _>>()?,
        batch_size: usize::try_from(batch_size).unwrap_or(usize::MAX).max(1),
        retries: u32::try_from(retries).unwrap_or(u32::MAX),
        bisect: properties.at("BisectBatchOnFunctionError").optional(Place::yes)?.unwrap_or(false),
        reports_items: types.iter().any(|kind| kind == "ReportBatchItemFailures"),
    })
}

fn pattern(place: &Place<'_>) -> Result<Pattern, TemplateError> {
    let pattern = place.at("Pattern");
    Pattern::parse(&pattern.json()?).map_err(|problem| pattern.error(problem))
}
