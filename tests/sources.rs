//! People from other systems' exports (IO-1): a file of each as it may look, what is taken of it, and what is named and left out.

use reqwest::header::{ACCEPT, CONTENT_TYPE, ORIGIN};
use serde_json::{Value, json};

use crate::imports::{refused, run};
use crate::world::{Answer, Browser, World};

/// A file of a system, rehearsed.
async fn rehearsed(browser: &Browser<'_>, source: &str, text: &str) -> Value {
    browser.post("/admin/imports", &json!({"source": source, "text": text})).await.is(201).json()
}

/// The user or contact that has this address, as the console shows them.
async fn known(browser: &Browser<'_>, list: &str, email: &str) -> Value {
    let found = browser.get(&format!("/admin/{list}?q={email}")).await.ok();
    found["items"]
        .as_array()
        .and_then(|all| all.first())
        .unwrap_or_else(|| panic!("nobody has {email}: {found}"))
        .clone()
}

fn left_out(plan: &Value) -> Vec<&str> {
    plan["left_out"].as_array().expect("a list").iter().filter_map(Value::as_str).collect()
}

/// IO-1: what iMIS, MinistryPlatform, IndySoft and Lytho say of contacts; columns that nothing is taken from are named.
#[tokio::test]
async fn contacts_come_from_the_systems_that_clubs_have() {
    let w = World::new().await;
    let browser = w.signed_in("admin").await;

    let plan = rehearsed(&browser, "imis", include_str!("samples/imis.csv")).await;
    assert_eq!(left_out(&plan), ["Member Type", "iMIS ID"], "{plan}");
    assert_eq!(
        refused(&plan["refused"]).into_iter().map(|(line, _)| line).collect::<Vec<_>>(),
        [4],
        "a firm is nobody"
    );
    run(&browser, &plan).await;
    let maggie = known(&browser, "contacts", "m.oduya@people.example").await;
    for (field, said) in [
        ("first_name", "Margaret"),
        ("last_name", "Oduya"),
        ("nickname", "Maggie"),
        ("phone", "+1 202 555 0143"),
        ("company", "Oduya Survey Ltd"),
        ("group", "North"),
    ] {
        assert_eq!(maggie[field], said, "{maggie}");
    }

    let plan = rehearsed(&browser, "ministryplatform", include_str!("samples/ministryplatform.csv")).await;
    assert_eq!(left_out(&plan), ["Contact_ID", "Household_Position"], "{plan}");
    assert_eq!(plan["to_make"], json!({"contacts": 2, "users": 1, "with_password": 0}), "{plan}");
    let done = run(&browser, &plan).await;
    assert_eq!(done["rows"][1]["who"], "Ivo Brandt", "a name in one is parted: {done}");
    assert_eq!(known(&browser, "users", "lou.brandt@people.example").await["username"], "lbrandt");

    let plan = rehearsed(&browser, "indysoft", include_str!("samples/indysoft.csv")).await;
    assert_eq!(left_out(&plan), ["Security Group"], "{plan}");
    run(&browser, &plan).await;
    let kim = known(&browser, "users", "k.torres@people.example").await;
    assert_eq!(
        (&kim["first_name"], &kim["last_name"], &kim["disabled"]),
        (&json!("Kim"), &json!("Torres"), &json!(false))
    );
    assert_eq!(known(&browser, "users", "o.old@people.example").await["disabled"], true);
    assert!(w.mail_to("o.old@people.example").await.is_empty(), "who is switched off is not written to");

    let plan = rehearsed(&browser, "lytho", include_str!("samples/lytho.csv")).await;
    assert_eq!(left_out(&plan), ["Role", "Specialties"], "{plan}");
    run(&browser, &plan).await;
    assert_eq!(known(&browser, "contacts", "uma.rao@people.example").await["last_name"], "Rao");
}

/// IO-1, IO-2: accounts of Cognito, Keycloak and Auth0, with the passwords that two of them may come with.
#[tokio::test]
async fn accounts_come_from_the_systems_that_sign_people_in() {
    let w = World::new().await;
    let browser = w.signed_in("admin").await;

    let plan = rehearsed(&browser, "cognito", include_str!("samples/cognito.csv")).await;
    assert!(left_out(&plan).contains(&"cognito:mfa_enabled") && !left_out(&plan).contains(&"given_name"), "{plan}");
    run(&browser, &plan).await;
    let leo = known(&browser, "users", "leo.marsh@people.example").await;
    assert_eq!((&leo["username"], &leo["first_name"]), (&json!("leo"), &json!("Leo")), "{leo}");

    let plan = rehearsed(&browser, "keycloak", include_str!("samples/keycloak.json")).await;
    assert_eq!(plan["to_make"], json!({"contacts": 2, "users": 2, "with_password": 1}), "{plan}");
    for column in ["attributes.badge", "groups", "realmRoles"] {
        assert!(left_out(&plan).contains(&column), "{plan}");
    }
    run(&browser, &plan).await;
    w.sign_in("ines", "harbour-lantern-42").await.ok();
    assert_eq!(known(&browser, "users", "ines.prado@people.example").await["phone"], "+351 21 555 0191");
    assert_eq!(known(&browser, "users", "tomas.ek@people.example").await["disabled"], true);

    let lines = include_str!("samples/auth0.ndjson");
    let plan = rehearsed(&browser, "auth0", lines).await;
    assert!(left_out(&plan).contains(&"identities") && left_out(&plan).contains(&"app_metadata.plan"), "{plan}");
    run(&browser, &plan).await;
    let vera = known(&browser, "users", "vera.lin@people.example").await;
    assert_eq!(vera["username"], "vera.lin@people.example", "who has no username there has their address");
    w.sign_in("vera.lin@people.example", "harbour-lantern-42").await.ok();
    assert_eq!(known(&browser, "users", "sol.diaz@people.example").await["disabled"], true);
    let plan = rehearsed(&browser, "auth0", include_str!("samples/auth0.csv")).await;
    assert_eq!(left_out(&plan), ["created_at", "user_id"], "{plan}");
    assert_eq!(plan["to_make"]["users"], 1, "{plan}");
}

/// IO-1: a file that is none of the system's is refused with the columns that are known; so is a system that nobody knows.
#[tokio::test]
async fn a_file_of_another_system_is_told() {
    let w = World::new().await;
    let browser = w.signed_in("admin").await;
    let refuse = async |source: &str, text: &str| {
        browser.post("/admin/imports", &json!({"source": source, "text": text})).await.problem(422, "rejected")
    };
    let told = refuse("keycloak", "shoe,size\n1,2\n").await;
    assert!(told["errors"]["text"][0].as_str().unwrap().contains("firstName"), "{told}");
    assert!(refuse("salesforce", "kind\ncontact\n").await["errors"]["source"].is_array());
    let told = refuse("", "kind,email,email\ncontact,a@b.example,c@d.example\n").await;
    assert!(told["errors"]["text"][0].as_str().unwrap().contains("twice"), "{told}");
}

async fn handed_in(browser: &Browser<'_>, parts: &[(&str, Option<&str>, &[u8])]) -> Answer {
    handed_in_at(browser, "/admin/imports", parts).await
}

/// A form with a file, sent from a page.
pub(crate) async fn handed_in_at(browser: &Browser<'_>, path: &str, parts: &[(&str, Option<&str>, &[u8])]) -> Answer {
    let mut body = Vec::new();
    for (name, file, content) in parts {
        let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
        body.extend(format!("--xYz\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n").as_bytes());
        body.extend_from_slice(content);
        body.extend(b"\r\n");
    }
    body.extend(b"--xYz--\r\n");
    let request = browser.request("POST", path).header(ORIGIN, browser.world().origin());
    let request = request.header(ACCEPT, "text/html").header(CONTENT_TYPE, "multipart/form-data; boundary=xYz");
    browser.send(request.body(body)).await
}

/// IO-1, OP-6: a file is chosen on the page, without a script; what is no such form is refused.
#[tokio::test]
async fn a_file_is_handed_in_on_the_page() {
    let w = World::new().await;
    let browser = w.signed_in("admin").await;
    let page = browser.open("/admin/imports").await.is(200).text;
    for part in ["multipart/form-data", "type=\"file\"", "MinistryPlatform", "--people"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let file = include_bytes!("samples/lytho.csv").as_slice();
    let source = ("source", None, b"lytho".as_slice());
    let whole = [source, ("format", None, b""), ("file", Some("people.csv"), file), ("text", None, b"")];
    let path = handed_in(&browser, &whole).await.leads_to().to_owned();
    let page = browser.open(&path).await.is(200).text;
    assert!(page.contains("Lytho") && page.contains("Role, Specialties"), "{page}");
    let typed = [source, ("file", Some(""), b"".as_slice()), ("text", None, file)];
    assert_eq!(handed_in(&browser, &typed).await.status, 303, "what was typed in counts if no file is chosen");
    assert_eq!(handed_in(&browser, &[("file", Some("x.csv"), b"\xff\xfe\x00k")]).await.status, 422);
    for odd in [&[("shoe", None, b"1".as_slice())][..], &[("file", Some("a"), file), ("file", Some("b"), file)]] {
        assert_eq!(handed_in(&browser, odd).await.status, 400, "{odd:?}");
    }
    let long = vec![b'x'; 4 * 1_024 * 1_024 + 1];
    assert_eq!(handed_in(&browser, &[("file", Some("x.csv"), &long)]).await.status, 413);
}

/// IO-1: a file that is brought in again makes nobody twice, with a username or without; the rehearsal says who is there, and so
/// does the run of a second rehearsal that was made before the first one ran.
#[tokio::test]
async fn a_file_that_is_brought_in_again_makes_nobody_twice() {
    let w = World::new().await;
    let browser = w.signed_in("admin").await;
    let file = "kind,username,first_name,last_name,email,phone\n\
        contact,,Ann,Archer,ann@people.example,\n\
        contact,bea,Bea,Bird,bea@people.example,\n\
        staff,,Cleo,Crane,cleo@people.example,\n\
        contact,,Dan,Dove,family@people.example,+44 20 7946 0103\n\
        contact,,Dan,Dove,family@people.example,+44 20 7946 0104\n";
    let first = rehearsed(&browser, "", file).await;
    let meanwhile = rehearsed(&browser, "", file).await;
    assert_eq!((&first["refused_count"], &meanwhile["refused_count"]), (&json!(0), &json!(0)), "{first}");
    assert_eq!(run(&browser, &first).await["made"], 5);
    let again = rehearsed(&browser, "", file).await;
    let reasons = refused(&again["refused"]);
    assert_eq!(reasons.len(), 5, "{again}");
    assert!(reasons.iter().all(|(_, reason)| reason.starts_with("already there")), "{again}");
    let late = run(&browser, &meanwhile).await;
    let told = refused(&late["rows"]);
    assert!(
        [2, 5, 6].iter().all(|line| told.iter().any(|(at, why)| at == line && why.starts_with("already"))),
        "{late}"
    );
    let holders = w.local.app().store.at_address("ann@people.example").await.unwrap();
    assert_eq!(holders.all_contacts().len(), 1);
    let other = "kind,first_name,last_name,email,phone\ncontact,Dan,Dove,family@people.example,+44 20 7946 0105\n";
    assert_eq!(rehearsed(&browser, "", other).await["refused_count"], 0, "another phone may be another person");
}

/// IO-1: the same from the command line.
#[tokio::test]
async fn the_command_line_makes_nobody_twice() {
    let w = World::empty().await;
    let file = b"kind,first_name,last_name,email\ncontact,Ann,Archer,ann@people.example\ncontact,Bea,Bird,bea@people.example\n";
    let take = async || service::flow::import::import(w.local.app(), file).await.unwrap();
    assert_eq!(take().await.stored, 2);
    let again = take().await;
    assert_eq!((again.stored, again.refused.len()), (0, 2), "{again:?}");
    assert!(again.refused.iter().all(|row| row.reason.starts_with("already there")), "{again:?}");
}
