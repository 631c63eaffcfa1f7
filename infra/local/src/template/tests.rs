//! The template as it is, and templates as they must not be.

use std::collections::{BTreeMap, BTreeSet};

use super::table::{Attribute, Key};
use super::*;
use crate::schedules::Times;

fn parameters() -> BTreeMap<&'static str, String> {
    [("PublicOrigin", "http://localhost:1".to_owned()), ("SenderDomain", "localhost".to_owned())].into()
}

fn template() -> Template {
    Template::read(TEXT, &parameters()).unwrap()
}

/// The template with one text in it replaced by another.
fn altered(from: &str, to: &str) -> String {
    assert!(TEXT.contains(from), "{from} is not in the template");
    TEXT.replacen(from, to, 1)
}

fn function(binary: &str) -> Function {
    template().functions.into_iter().find(|function| function.binary == binary).unwrap()
}

#[test]
fn the_tables_are_as_designed() {
    let attribute = |name: &str, kind: &str| Attribute { name: name.to_owned(), kind: kind.to_owned() };
    let tables = template().tables;
    let found = tables.iter().map(|table| {
        let sorted = table.key.range.as_ref().is_some_and(|range| *range == attribute("sk", "S"));
        assert_eq!(table.key.hash, attribute("pk", "S"));
        let due = table.indexes.iter().map(|index| {
            let key = match index.name.as_str() {
                "queue" => Key { hash: attribute("queue", "S"), range: Some(attribute("queue_at", "N")) },
                "to_address" => Key { hash: attribute("to_address", "S"), range: Some(attribute("posted_at", "N")) },
                by => Key { hash: attribute("list", "S"), range: Some(attribute(by, "S")) },
            };
            let rows = ["by_last", "to_address"].contains(&index.name.as_str());
            let projection = if rows { "INCLUDE" } else { "KEYS_ONLY" };
            assert_eq!((&index.key, index.projection["ProjectionType"].as_str()), (&key, Some(projection)));
            index.name.as_str()
        });
        (table.name.as_str(), sorted, due.collect::<Vec<_>>(), table.ttl.as_deref(), table.stream.as_deref())
    });
    let directory = ["queue", "by_last", "by_first", "by_username", "by_email", "by_company", "by_second"];
    let expected = [
        ("DirectoryTable", true, directory.to_vec(), None, None),
        ("NamesTable", true, vec!["queue"], None, None),
        ("LockoutsTable", false, vec![], Some("ttl"), None),
        ("SessionsTable", true, vec![], Some("ttl"), None),
        ("OutboxTable", false, vec!["queue", "to_address"], Some("ttl"), Some("NEW_IMAGE")),
        ("SettingsTable", true, vec![], None, None),
        ("AuditTable", true, vec![], Some("ttl"), None),
        ("RunsTable", true, vec![], Some("ttl"), Some("NEW_IMAGE")),
    ];
    assert_eq!(found.collect::<Vec<_>>(), expected);
}

#[test]
fn a_table_is_made_with_the_attributes_of_its_keys() {
    let outbox = template().tables.into_iter().find(|table| table.name == "OutboxTable").unwrap();
    let creation = outbox.creation();
    let names: Vec<_> = creation["AttributeDefinitions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| a["AttributeName"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["pk", "queue", "queue_at", "to_address", "posted_at"]);
    assert_eq!(creation["StreamSpecification"]["StreamEnabled"], true);
    assert_eq!(creation["GlobalSecondaryIndexes"][0]["KeySchema"][1]["KeyType"], "RANGE");
}

#[test]
fn every_route_has_its_function() {
    let routes = |binary| function(binary).routes;
    assert_eq!(
        routes("sign-in"),
        [
            "/",
            "/sign-in",
            "/sign-in/temporary",
            "/sign-out",
            "/instances/{proxy+}",
            "/session",
            "/health",
            "/openapi.json",
            "/assets/{proxy+}",
            "/widget.js",
            "$default"
        ]
    );
    assert_eq!(routes("account"), ["/account", "/account/{proxy+}", "/change-password"]);
    assert_eq!(routes("admin"), ["/admin", "/admin/{proxy+}"]);
    assert_eq!(routes("forgot-username"), ["/forgot-username", "/forgot-username/choose"]);
    assert_eq!(
        routes("verify-mfa"),
        [
            "/sign-in/security-code",
            "/sign-in/passkey/options",
            "/sign-in/passkey",
            "/sign-in/setup-mail",
            "/security-code/setup"
        ]
    );
    assert_eq!(routes("federated"), ["/token", "/sign-in/with/{proxy+}", "/sign-in/callback", "/sign-in/link"]);
    assert_eq!(routes("openid-provider"), ["/.well-known/openid-configuration", "/openid/{proxy+}"]);
    assert_eq!(routes("sign-up"), ["/sign-up"]);
    assert_eq!(routes("pin-sign-up"), ["/pin-sign-up"]);
    assert_eq!(routes("reset-password"), ["/forgot-password", "/reset-account", "/reset"]);
    assert_eq!(routes("courier").len() + routes("sweep").len(), 0);
}

#[test]
fn the_schedules_are_those_the_sweep_knows() {
    let sweep = function("sweep");
    let found = sweep.schedules.iter().map(|schedule| {
        assert_eq!(schedule.input, serde_json::json!({"schedule": schedule.name}));
        serde_json::from_value::<::sweep::Scheduled>(schedule.input.clone()).unwrap();
        (schedule.name.as_str(), schedule.times.clone())
    });
    let every = |hours: i64, minutes: i64| Times::Every(jiff::SignedDuration::from_mins(hours * 60 + minutes));
    let expected = [("temporary-passwords", every(1, 0)), ("outbox", every(0, 1)), ("audit", every(0, 1))];
    assert_eq!(found.collect::<Vec<_>>(), expected);
}

#[test]
fn the_courier_has_two_lanes() {
    let courier = function("courier");
    let record = |event: &str, state: &str, lane: &str| serde_json::json!({"eventName": event, "dynamodb": {"NewImage": {"state": {"S": state}, "lane": {"S": lane}}}});
    let cases = [
        (record("INSERT", "waiting", "now"), [true, false]),
        (record("MODIFY", "waiting", "now"), [true, false]),
        (record("INSERT", "waiting", "bulk"), [false, true]),
        (record("MODIFY", "sending", "now"), [false, false]),
        (record("INSERT", "done", "none"), [false, false]),
        (serde_json::json!({"eventName": "REMOVE", "dynamodb": {"Keys": {}}}), [false, false]),
    ];
    for (record, expected) in cases {
        let taken =
            courier.mappings.iter().map(|mapping| mapping.filters.iter().any(|filter| filter.fits(Some(&record))));
        assert_eq!(taken.collect::<Vec<_>>(), expected, "{record}");
    }
    let shape = |mapping: &Mapping| (mapping.batch_size, mapping.bisect, mapping.reports_items, mapping.retries > 0);
    assert_eq!(
        courier.mappings.iter().map(shape).collect::<Vec<_>>(),
        [(10, true, true, true), (100, true, true, true)]
    );
}

#[test]
fn the_environment_is_what_the_product_reads() {
    let environment = template().environment().unwrap();
    let names: BTreeSet<&str> = environment.keys().map(String::as_str).collect();
    assert_eq!(names, service::VARIABLES.into());
    assert_eq!(environment["PUBLIC_ORIGIN"], "http://localhost:1");
    let tables: BTreeSet<String> = template().tables.into_iter().map(|table| table.name).collect();
    let told: BTreeSet<String> =
        environment.iter().filter(|(name, _)| name.ends_with("_TABLE")).map(|(_, table)| table.clone()).collect();
    assert_eq!(told, tables);
    assert_eq!(environment["KEYS_SECRET"], template().secrets[0].name);
}

#[test]
fn the_first_keys_are_a_key_ring() {
    let secret = &template().secrets[0];
    assert_eq!((secret.key.as_str(), secret.length, secret.template["current"].as_str()), ("k1", 64, Some("k1")));
}

/// What is altered, into what; where the error is, and a word of it.
const MISTAKES: &[(&str, &str, &str, &str)] = &[
    ("Type: AWS::SQS::Queue", "Type: AWS::Kinesis::Stream", "Resources.DeadLetters", "AWS::Kinesis::Stream"),
    (
        "PUBLIC_ORIGIN: !Ref PublicOrigin",
        "PUBLIC_ORIGIN: !Ref Nobody",
        "Globals.Function.Environment.Variables.PUBLIC_ORIGIN",
        "Nobody",
    ),
    (
        "KEYS_SECRET: !GetAtt Keys.Id",
        "KEYS_SECRET: !ImportValue Keys",
        "Globals.Function.Environment.Variables.KEYS_SECRET",
        "!ImportValue",
    ),
    (
        "AttributeName: sk, KeyType: RANGE",
        "AttributeName: no, KeyType: RANGE",
        "Resources.DirectoryTable.Properties.KeySchema[1]",
        "no",
    ),
    (
        "Path: /sign-in, Method: ANY",
        "Path: /sign-in, Method: GET",
        "Resources.SignIn.Properties.Events.SignIn.Properties.Method",
        "ANY",
    ),
    (
        "Path: /sign-in, Method: ANY",
        "Path: sign-in, Method: ANY",
        "Resources.SignIn.Properties.Events.SignIn.Properties.Path",
        "/",
    ),
    ("Path: /sign-out,", "Path: /sign-in,", "Resources.SignIn.Properties.Events", "/sign-in is there twice"),
    (
        "rate(1 hour)",
        "rate(1 fortnight)",
        "Resources.Sweep.Properties.Events.TemporaryPasswords.Properties.ScheduleExpression",
        "fortnight",
    ),
    ("'{\"schedule\": \"outbox\"}'", "'{}'", "Resources.Sweep.Properties.Events.Outbox.Properties.Input", "schedule"),
    ("Type: ScheduleV2", "Type: S3", "Resources.Sweep.Properties.Events.TemporaryPasswords", "S3"),
    (
        "StreamSpecification: { StreamViewType: NEW_IMAGE }",
        "Tags: []",
        "Resources.Courier.Properties.Events",
        "OutboxTable has no stream",
    ),
    (
        "[\"waiting\"]",
        "[{\"odd\": 1}]",
        "Resources.Courier.Properties.Events.Now.Properties.FilterCriteria.Filters[0].Pattern",
        "odd",
    ),
    ("BatchSize: 10", "BatchSize: ten", "Resources.Courier.Properties.Events.Now.Properties.BatchSize", "ten"),
    (
        "BuildMethod: rust-cargolambda",
        "BuildMethod: makefile",
        "Resources.SignIn.Metadata.BuildMethod",
        "rust-cargolambda",
    ),
    (
        "ExcludePunctuation: true",
        "ExcludePunctuation: false",
        "Resources.Keys.Properties.GenerateSecretString.ExcludePunctuation",
        "digits",
    ),
];

#[test]
fn what_is_not_understood_is_named_with_its_place() {
    for &(from, to, place, problem) in MISTAKES {
        let error = Template::read(&altered(from, to), &parameters()).unwrap_err();
        assert_eq!(error.place, place, "{error}");
        assert!(error.problem.contains(problem), "{error}");
    }
    assert!(Template::read("a: [", &parameters()).is_err());
    let missing = Template::read(TEXT, &BTreeMap::new()).unwrap_err();
    assert_eq!(missing.place, "Parameters.PublicOrigin.Default");
}

#[test]
fn functions_that_disagree_about_a_variable_are_refused() {
    let own =
        "Properties:\n      Description: What schedules do\n      Environment: { Variables: { OUTBOX_TABLE: other } }";
    let text = altered("Properties:\n      Description: What schedules do", own);
    let error = Template::read(&text, &parameters()).unwrap().environment().unwrap_err();
    assert!(error.place.ends_with("OUTBOX_TABLE"), "{error}");
}

#[test]
fn references_are_resolved_inside_texts() {
    let text = altered(
        "CONFIGURATION_SET: !Ref MailEvents",
        "CONFIGURATION_SET: !Sub \"${AWS::StackName}/${OutboxTable}/${Keys.Arn}/$x\"",
    );
    let environment = Template::read(&text, &parameters()).unwrap().environment().unwrap();
    assert_eq!(environment["CONFIGURATION_SET"], "vestibule/OutboxTable/arn:aws:local:Keys/$x");
}
