//! The OpenAPI document: what it says of the routes is what they do (AD-1).

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use web::api::{Operation, PAGES_ONLY, operations};

use crate::world::{Answer, Browser, World};

/// The methods and paths that the routers have, read from their code.
fn routed() -> BTreeSet<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../functions");
    let mut all = BTreeSet::new();
    for function in std::fs::read_dir(folder).expect("the functions") {
        let file = function.expect("a function").path().join("src/lib.rs");
        let code = std::fs::read_to_string(&file).expect("its code").replace(char::is_whitespace, "");
        for route in code.split(".route(\"").skip(1) {
            let (path, rest) = route.split_once('"').expect("a path");
            let handlers = rest.split(".route(").next().unwrap_or_default().split(';').next().unwrap_or_default();
            let named = ["get", "post", "put", "patch", "delete"].into_iter();
            let has =
                |method: &&str| [',', '.', ':'].iter().any(|before| handlers.contains(&format!("{before}{method}(")));
            all.extend(named.filter(has).map(|method| (method.to_uppercase(), path.to_owned())));
        }
    }
    all
}

/// AD-1: every method of every route is told of, and nothing else.
#[test]
fn every_route_is_told_of() {
    let of = |(method, path): (&str, &str)| (method.to_owned(), path.to_owned());
    let mut told: BTreeSet<_> = operations().map(|operation| of((operation.method, operation.path))).collect();
    for pages in PAGES_ONLY.map(of) {
        assert!(told.insert(pages.clone()), "{pages:?} is told of twice");
    }
    let routed = routed();
    assert_eq!(told.difference(&routed).collect::<Vec<_>>(), Vec::<&(String, String)>::new(), "told of and not routed");
    assert_eq!(routed.difference(&told).collect::<Vec<_>>(), Vec::<&(String, String)>::new(), "routed and not told of");
}

/// A body in which every field is of its type.
fn body(operation: &Operation) -> Map<String, Value> {
    use web::api::Kind;
    let value = |kind: Kind| match kind {
        Kind::Flag => json!(false),
        Kind::Number => json!(1),
        Kind::Moment => json!("2999-01-01T00:00:00Z"),
        Kind::Day => json!("2999-01-01"),
        Kind::Texts | Kind::Lines => json!([]),
        Kind::Word(words) => json!(words[0]),
        Kind::One(_) | Kind::Object => json!({}),
        _ => json!("x"),
    };
    operation.body.iter().map(|field| (field.name.to_owned(), value(field.kind))).collect()
}

async fn send(browser: &Browser<'_>, operation: &Operation, body: &Value) -> Answer {
    let path = operation.path.replace("{id}", "nobody").replace("{name}", "nothing").replace("{version}", "9");
    browser.call(operation.method, &path, body).await
}

async fn call(browser: &Browser<'_>, operation: &Operation, body: &Value) -> Value {
    send(browser, operation, body).await.problem(400, "malformed")
}

/// AD-1: a route reads the fields that are told of, and no other.
#[tokio::test]
async fn every_route_reads_what_is_told() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    for operation in operations().filter(|operation| !operation.body.is_empty() && !operation.is_openid()) {
        let name = format!("{} {}", operation.method, operation.path);
        let refused = call(&admin, operation, &json!({"unheard_of": 1})).await;
        let detail = refused["detail"].as_str().expect("a detail");
        let (_, expected) = detail.split_once("expected ").unwrap_or_else(|| panic!("{name}: {detail}"));
        let read: BTreeSet<&str> = expected.split('`').skip(1).step_by(2).collect();
        let told: BTreeSet<&str> = operation.body.iter().map(|field| field.name).collect();
        assert_eq!(read, told, "{name}");
        // Each is of the type that is told: what is wrong comes after them all.
        let mut whole = body(operation);
        whole.insert("~".to_owned(), json!(1));
        let refused = call(&admin, operation, &Value::Object(whole)).await;
        assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains("`~`")), "{name}: {refused}");
        // Each may be null where that is told, and nowhere else.
        for field in operation.body {
            let refused = call(&admin, operation, &json!({field.name: null, "~": 1})).await;
            let read = refused["detail"].as_str().is_some_and(|detail| detail.contains("`~`"));
            assert_eq!(read, field.nullable || field.or_null, "{name}: {} as null: {refused}", field.name);
        }
        for must in operation.body.iter().filter(|field| field.required) {
            let mut lacks = body(operation);
            lacks.remove(must.name);
            let refused = send(&admin, operation, &Value::Object(lacks)).await;
            assert!([400, 422].contains(&refused.status), "{name} without {}: {}", must.name, refused.text);
            assert!(refused.json()["errors"][must.name].is_array(), "{name} without {}: {}", must.name, refused.text);
        }
        let nothing = send(&admin, operation, &json!({})).await;
        if [400, 422].contains(&nothing.status) {
            assert!(nothing.json()["errors"].is_object(), "{name} of nothing: {}", nothing.text);
        }
    }
}

/// AD-1: the document is whole: each reference leads somewhere, and what comes back is what it says.
#[tokio::test]
async fn the_document_is_whole() {
    let w = World::new().await;
    let document = w.get("/openapi.json").await.ok();
    assert_eq!((&document["openapi"], &document["servers"][0]["url"]), (&json!("3.1.0"), &json!(w.origin())));
    let text = document.to_string();
    for reference in text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(document["components"]["schemas"][reference].is_object(), "{reference}");
    }
    let admin = w.signed_in("admin").await;
    let maria = w.id_of("maria").await;
    for (path, schema) in [
        (format!("/admin/users/{maria}"), "User"),
        ("/admin/explain?who=maria".to_owned(), "Explanation"),
        ("/session".to_owned(), "Session"),
        ("/admin/settings/password-forecast?expiry_days=90".to_owned(), "Forecast"),
        (format!("/admin/users/{maria}/data"), "PersonData"),
        ("/admin/layouts/pin".to_owned(), "Layout"),
        ("/admin/instances/default".to_owned(), "Instance"),
        ("/admin/settings".to_owned(), "Settings"),
    ] {
        let answer = admin.get(&path).await.ok();
        let told = &document["components"]["schemas"][schema];
        for name in answer.as_object().expect("an object").keys() {
            assert!(told["properties"][name].is_object(), "{schema} has no {name}");
        }
        for name in told["required"].as_array().into_iter().flatten() {
            assert!(!answer[name.as_str().expect("a name")].is_null(), "{path} has no {name}");
        }
    }
    assert!(admin.get("/account/sessions").await.ok()[0]["current"].is_boolean());
}
