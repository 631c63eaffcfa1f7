//! What `template.yaml` says: the only description of functions, routes, tables, streams and schedules.
//!
//! What a machine has no use for (roles, alarms, queues) is passed over by name. Anything else that is not
//! understood is an error that names the place.

mod function;
mod place;
mod secret;
mod table;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde_norway::Value;

pub(crate) use function::{Function, Mapping, Schedule};
pub use place::TemplateError;
pub(crate) use secret::Secret;
pub(crate) use table::Table;

use place::{Names, Place};

/// The template as it was when this was built.
pub const TEXT: &str = include_str!("../../../../template.yaml");

/// The region that this machine claims to be.
pub(crate) const REGION: &str = "local-1";

/// Resources that are of no use on one machine.
const ELSEWHERE: [&str; 9] = [
    "AWS::ApiGatewayV2::",
    "AWS::CloudWatch::",
    "AWS::IAM::",
    "AWS::Logs::",
    "AWS::Route53::",
    "AWS::SES::",
    "AWS::SNS::",
    "AWS::SQS::",
    "AWS::Serverless::HttpApi",
];

/// What is used of the template.
#[derive(Clone, Debug)]
pub struct Template {
    /// The tables.
    pub tables: Vec<Table>,
    /// The functions.
    pub functions: Vec<Function>,
    /// The secrets.
    pub secrets: Vec<Secret>,
}

impl Template {
    /// Reads a template; `parameters` go before the defaults that stand in it.
    pub fn read(text: &str, parameters: &BTreeMap<&str, String>) -> Result<Self, TemplateError> {
        let broken =
            |error: serde_norway::Error| TemplateError { place: "the whole".to_owned(), problem: error.to_string() };
        let yaml: Value = serde_norway::from_str(text).map_err(broken)?;
        let names = names(&yaml, parameters)?;
        let root = Place::root(&yaml, &names);
        let globals = root.below(["Globals", "Function"]);
        let mut template = Self { tables: Vec::new(), functions: Vec::new(), secrets: Vec::new() };
        for (id, place) in root.at("Resources").entries()? {
            let kind = place.at("Type").text()?;
            match kind.as_str() {
                "AWS::DynamoDB::Table" => template.tables.push(Table::read(&id, &place)?),
                "AWS::Serverless::Function" => template.functions.push(Function::read(&id, &place, &globals)?),
                "AWS::SecretsManager::Secret" => template.secrets.push(Secret::read(&id, &place)?),
                other if ELSEWHERE.iter().any(|known| other.starts_with(known)) => {}
                other => return Err(place.error(format!("resources of type {other} are not understood"))),
            }
        }
        template.check(&root)?;
        Ok(template)
    }

    /// What only shows when all is read: streams that are there, routes and schedules that are there once.
    fn check(&self, root: &Place<'_>) -> Result<(), TemplateError> {
        let (mut routes, mut schedules) = (BTreeSet::new(), BTreeSet::new());
        for function in &self.functions {
            let events = root.below(["Resources", &function.id, "Properties", "Events"]);
            let streams = function.mappings.iter().map(|mapping| &mapping.table);
            if let Some(table) = streams.into_iter().find(|table| !self.has_stream(table)) {
                return Err(events.error(format!("{table} has no stream")));
            }
            let mut names = function.schedules.iter().map(|schedule| &schedule.name);
            let twice = function.routes.iter().find(|route| !routes.insert(*route));
            if let Some(twice) = twice.or_else(|| names.find(|name| !schedules.insert(*name))) {
                return Err(events.error(format!("{twice} is there twice")));
            }
        }
        Ok(())
    }

    fn has_stream(&self, table: &str) -> bool {
        self.tables.iter().any(|known| known.name == table && known.stream.is_some())
    }

    /// The environment of all functions together, which on this machine is one.
    pub fn environment(&self) -> Result<BTreeMap<String, String>, TemplateError> {
        let mut all: BTreeMap<String, String> = BTreeMap::new();
        let variables =
            self.functions.iter().flat_map(|function| function.environment.iter().map(move |one| (function, one)));
        for (function, (name, value)) in variables {
            let before = all.insert(name.clone(), value.clone());
            if before.is_some_and(|before| before != *value) {
                let place = format!("Resources.{}.Properties.Environment.Variables.{name}", function.id);
                return Err(TemplateError { place, problem: "another function has another value".to_owned() });
            }
        }
        Ok(all)
    }
}

/// What `!Ref` and its kin can name.
fn names(yaml: &Value, parameters: &BTreeMap<&str, String>) -> Result<Names, TemplateError> {
    let pseudo = [("Partition", "aws"), ("Region", REGION), ("AccountId", "000000000000"), ("StackName", "vestibule")];
    let mut names = Names {
        values: pseudo.map(|(name, value)| (format!("AWS::{name}"), value.to_owned())).into(),
        resources: Vec::new(),
    };
    let nothing = Names::default();
    let root = Place::root(yaml, &nothing);
    for (name, place) in root.at("Parameters").entries()? {
        let given = parameters.get(name.as_str()).cloned();
        let value = given.map_or_else(|| place.at("Default").text(), Ok)?;
        names.values.insert(name, value);
    }
    names.resources = root.at("Resources").entries()?.into_iter().map(|(id, _)| id).collect();
    Ok(names)
}
