//! What is tested against a deployment: the tests of `deployed.txt`, which are all those that need the front door alone.

use std::collections::BTreeSet;

use crate::world::World;

/// What only a machine has: a test that uses one of these is about it, or can't be had elsewhere.
const LEVERS: [&str; 25] = [
    "takes effect at once",
    "without_address(",
    "Owner::",
    "begin_stretch",
    "w.local",
    ".advance(",
    "/_local/",
    "World::start",
    "World::empty",
    "faults::",
    " set(&w",
    "refusals(",
    "Template::read",
    "swept_among(",
    "in_every_state(",
    " fault(&w",
    " found(&w",
    " zephyrine(&w",
    " begun(&w",
    "by_cookie(&w",
    "by_token(&w",
    "bare()",
    "moved(",
    " behind(&w",
    "there.url(",
];

/// OP-3: the deployment is whole: a member signs in, and what is mailed arrives.
#[tokio::test]
async fn the_sample_organisation_is_there() {
    let w = World::new().await;
    w.get("/health").await.ok();
    assert_eq!(w.signed_in("maria").await.who().await.as_deref(), Some("maria"));
    let token = w.link_for("maria", "maria@members.example").await;
    assert!(w.browser().open(&format!("/reset?token={token}")).await.is(200).text.contains("<form"));
}

/// OP-3: whatever can be proven of a deployment is: no test that needs the front door alone is left out.
#[test]
fn the_list_of_tests_for_a_deployment_is_whole() {
    let folder = env!("CARGO_MANIFEST_DIR");
    let listed = std::fs::read_to_string(format!("{folder}/deployed.txt")).expect("the list");
    let listed: BTreeSet<String> = listed.lines().map(str::to_owned).collect();
    let mut able = BTreeSet::new();
    for entry in std::fs::read_dir(folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        let module = path.file_stem().and_then(|stem| stem.to_str()).expect("a name").to_owned();
        if path.extension().is_some_and(|kind| kind == "rs") {
            let code = std::fs::read_to_string(&path).expect("its code");
            able.extend(front_door_tests(&code).into_iter().map(|test| format!("{module}::{test}")));
        }
    }
    let differ: Vec<_> = listed.symmetric_difference(&able).collect();
    assert_eq!(differ, Vec::<&String>::new(), "to be put into or taken out of tests/deployed.txt");
}

/// The asynchronous tests in a file that ask a world and use no lever.
fn front_door_tests(code: &str) -> Vec<&str> {
    let tests = code.split("\n#[tokio::test").skip(1);
    let able = tests.filter_map(|test| {
        let end = test.find("\n}\n").unwrap_or(test.len());
        let (name, body) = test[..end].split_once("async fn ")?.1.split_once('(')?;
        (body.contains("World::") && !LEVERS.iter().any(|lever| body.contains(lever))).then_some(name)
    });
    able.collect()
}
