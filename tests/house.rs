//! The house: what the template, the code, the events and the list of requirements say must agree.

use serde_json::Value;

use crate::world::World;

fn parameters() -> std::collections::BTreeMap<&'static str, String> {
    [("PublicOrigin", "https://a.example".to_owned()), ("SenderDomain", "a.example".to_owned())].into()
}

/// OP-3: whatever the template names is in the code, and the other way round; `Local::start` refuses anything else,
/// and the variables are the same.
#[test]
fn the_template_and_the_code_agree() {
    let template = vestibule::Template::read(vestibule::TEMPLATE, &parameters()).expect("it can be read");
    for function in &template.functions {
        let mut given: Vec<&str> = function.environment.keys().map(String::as_str).collect();
        let mut read = service::VARIABLES.to_vec();
        given.sort_unstable();
        read.sort_unstable();
        assert_eq!(given, read, "{}", function.binary);
    }
}

/// OP-3: each route of the template stands in its function's code, and each route of the code in the template.
#[test]
fn the_template_and_the_routers_have_the_same_routes() {
    let template = vestibule::Template::read(vestibule::TEMPLATE, &parameters()).expect("it can be read");
    for function in template.functions.iter().filter(|function| !function.routes.is_empty()) {
        let file = format!("{}/../functions/{}/src/lib.rs", env!("CARGO_MANIFEST_DIR"), function.binary);
        let code = std::fs::read_to_string(&file).expect("its code");
        let coded: Vec<&str> = code.split(".route(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let fits = |route: &str, path: &str| match route.strip_suffix("{proxy+}") {
            Some(start) => path.starts_with(start),
            None => route == path,
        };
        for path in &coded {
            assert!(function.routes.iter().any(|route| fits(route, path)), "{path} is not in template.yaml");
        }
        for route in function.routes.iter().filter(|route| *route != "$default") {
            assert!(coded.iter().any(|path| fits(route, path)), "{route} is not in {file}");
        }
    }
}

/// OP-3: each schedule of the template is one that the code knows.
#[tokio::test]
async fn each_schedule_of_the_template_runs() {
    let w = World::new().await;
    let template = vestibule::Template::read(vestibule::TEMPLATE, &parameters()).expect("it can be read");
    let schedules: Vec<_> = template.functions.iter().flat_map(|function| &function.schedules).collect();
    assert_eq!(schedules.len(), 3);
    for schedule in schedules {
        let ran = w.local.run_schedule(&schedule.name).await.expect("a schedule of that name");
        let ran = ran.expect("it runs");
        assert!(ran["more"] == false || ran["sealed"].is_u64(), "{}: {ran}", schedule.name);
    }
}

/// OP-4: each function has a sample event, and answers it.
#[tokio::test]
async fn each_function_answers_its_sample_event() {
    let w = World::new().await;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../events");
    let mut played = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
        let mut event: Value = serde_json::from_str(&std::fs::read_to_string(&path).expect("text")).expect("JSON");
        if event["headers"]["origin"].is_string() {
            event["headers"]["origin"] = w.origin().into();
        }
        let answer = w.local.invoke(&name, event).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        let status = answer["statusCode"].as_u64();
        assert!(status.is_none_or(|status| status < 500), "{name}: {answer}");
        played.push((name, status));
    }
    played.sort();
    let expected = [
        ("account", Some(401)),
        ("admin", Some(401)),
        ("authorizer", None),
        ("bulk-resend", None),
        ("courier", None),
        ("federated", Some(200)),
        ("forgot-username", Some(202)),
        ("mail-fate", None),
        ("openid-provider", Some(200)),
        ("pin-sign-up", Some(403)),
        ("reset-password", Some(202)),
        ("sign-in", Some(200)),
        ("sign-up", Some(202)),
        ("sweep", None),
        ("verify-mfa", Some(401)),
    ];
    let expected: Vec<_> = expected.into_iter().map(|(name, status)| (name.to_owned(), status)).collect();
    assert_eq!(played, expected);
}

/// OP-2: each requirement that a test names stands in `requirements.md`, and the other way round.
#[test]
fn the_list_of_requirements_is_true() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let list = std::fs::read_to_string(format!("{root}/tests/requirements.md")).expect("the list");
    for line in
        list.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| id") && !line.starts_with("| --"))
    {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [id, tests] = cells[..] else { panic!("two cells: {line}") };
        for test in tests.split(", ") {
            let (file, name) =
                test.trim_matches('`').split_once("::").unwrap_or_else(|| panic!("file::test in {line}"));
            let text = std::fs::read_to_string(format!("{root}/{file}")).unwrap_or_else(|_| panic!("{file} in {line}"));
            assert!(text.contains(&format!("fn {name}(")), "{id}: {file} has no test {name}");
            assert!(text.contains(id), "{file} does not name {id}");
        }
    }
}
