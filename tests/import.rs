//! Bringing people in (OP-1, IO-1 as far as `--import` goes) and temporary passwords (TP).

use std::io::Write;

use serde_json::json;
use service::flow::import::{Report, import};

use crate::world::World;

async fn take(w: &World, file: &[u8]) -> Report {
    import(w.local.app(), file).await.expect("a report")
}

/// The temporary password in the newest mail to an address.
pub(crate) async fn temporary(w: &World, address: &str) -> String {
    let mail = w.newest_to(address).await;
    let text = mail["text"].as_str().unwrap();
    let (_, rest) = text.split_once("Your temporary password:\n\n").expect("a temporary password");
    rest.lines().next().unwrap().to_owned()
}

const ANN: &[u8] = b"kind,username,first_name,last_name,email\ncontact,ann,Ann,Archer,ann@people.example\n";

/// TP-1, TP-3: it leads to choosing a password and nowhere else, once.
#[tokio::test]
async fn an_imported_account_gets_a_temporary_password_that_leads_to_a_real_one() {
    let w = World::empty().await;
    assert_eq!(take(&w, ANN).await.stored, 1);
    let given = temporary(&w, "ann@people.example").await;
    let browser = w.browser();
    let answer = browser.post("/sign-in", &json!({"username": "ann", "password": given})).await;
    assert_eq!(answer.ok(), json!({"next": "change_password", "reason": "temporary"}));
    assert_eq!(browser.who().await, None, "a ticket is no session");
    browser.get("/account").await.problem(401, "signed_out");
    let page = browser.open("/change-password").await.is(200);
    assert!(page.text.contains("new_password") && !page.text.contains("old_password"), "{}", page.text);
    browser.post("/change-password", &json!({"new_password": given})).await.problem(422, "rejected");
    let body = json!({"new_password": "a first new password"});
    assert_eq!(browser.post("/change-password", &body).await.ok(), json!({"next": "signed_in"}));
    assert_eq!(browser.who().await.as_deref(), Some("ann"));
    w.sign_in("ann", &given).await.is(401);
    w.sign_in("ann", "a first new password").await.ok();
}

/// TP-3: as people type it, in a browser.
#[tokio::test]
async fn a_temporary_password_may_be_typed_with_blanks_and_capitals() {
    let w = World::empty().await;
    take(&w, ANN).await;
    let given = temporary(&w, "ann@people.example").await.to_uppercase().replace('-', " ");
    let browser = w.browser();
    let fields = [("username", "ann"), ("password", given.as_str())];
    assert_eq!(browser.submit("/sign-in", &fields).await.leads_to(), "/change-password");
    let twice = |again| [("new_password", "a first new password"), ("new_password_again", again)];
    browser.submit("/change-password", &twice("something else")).await.is(422);
    assert_eq!(
        browser.submit("/change-password", &twice("a first new password")).await.leads_to(),
        "/account?password=changed"
    );
    assert!(browser.open("/account").await.text.contains("Ann Archer"));
}

/// TP-3: twenty at once with one ticket, one wins.
#[tokio::test]
async fn a_ticket_is_used_once() {
    let w = World::empty().await;
    take(&w, ANN).await;
    let given = temporary(&w, "ann@people.example").await;
    let answer = w.sign_in("ann", &given).await;
    let (ticket, rest) = answer.cookie("__Host-ticket").unwrap();
    assert!(rest.contains("Max-Age=600") && rest.contains("HttpOnly"), "{rest}");
    let changes = (0..20).map(|n| {
        let (w, ticket) = (&w, &ticket);
        async move {
            let browser = w.browser();
            browser.take("__Host-ticket", ticket);
            browser
                .post("/change-password", &json!({"new_password": format!("a new password, number {n}")}))
                .await
                .status
        }
    });
    let done = futures_util::future::join_all(changes).await;
    assert_eq!(done.iter().filter(|status| **status == 200).count(), 1, "{done:?}");
}

/// TP-2: to the second, whatever a sweep has done; SI-3: the refusal is the same.
#[tokio::test]
async fn a_temporary_password_ends_after_seven_days() {
    let w = World::empty().await;
    take(&w, ANN).await;
    let given = temporary(&w, "ann@people.example").await;
    w.advance(7 * 86_400 - 60).await;
    w.sign_in("ann", &given).await.ok();
    w.advance(61).await;
    w.sign_in("ann", &given).await.problem(401, "sign_in_failed");
    let mail = w.newest_to("ann@people.example").await;
    assert!(mail["text"].as_str().unwrap().contains("/reset?token="), "the owner is told the way in: {mail}");
}

/// TP-4: the sweep takes back what has expired, counts it, can run twice and touches nothing else.
#[tokio::test]
async fn the_sweep_takes_back_what_has_expired() {
    let w = World::empty().await;
    let mut file = b"kind,username,email\n".to_vec();
    for n in 0..30 {
        writeln!(file, "contact,early{n},early{n}@people.example").unwrap();
    }
    assert_eq!(take(&w, &file).await.stored, 30);
    w.advance(3 * 86_400).await;
    take(&w, ANN).await;
    let given = temporary(&w, "ann@people.example").await;
    w.advance(4 * 86_400 + 1).await;
    // The schedule has run with the clock, or runs now; together they have taken back thirty.
    w.local.run_schedule("temporary-passwords").await.expect("a schedule").expect("it runs");
    let again = w.post("/_local/schedule/temporary-passwords", &json!({})).await.ok();
    assert_eq!((again["due"].as_u64(), again["more"].as_bool()), (Some(0), Some(false)), "{again}");
    assert!(again["read_units"].as_f64().is_some_and(|units| units > 0.0) && again["write_units"].is_f64(), "{again}");
    w.sign_in("early7", "whatever").await.is(401);
    w.sign_in("ann", &given).await.ok();
}

/// OP-1: a file of any real shape; each bad row is reported by line and reason and nothing of it is stored.
#[tokio::test]
async fn a_file_of_any_real_shape_is_taken() {
    let w = World::empty().await;
    let file = "\u{feff}kind,username,first_name,last_name,email,address_email,phone,company,group,permissions,profiles,company_exceptions\r\n\
        contact,zoe,Zoë,\"O'Brien, \"\"Zo\"\"\",zoe@people.example,,,,North,,,\r\n\
        staff,sven,Sven,Åkesson,sven@people.example,,,,,,,\r\n\
        contact,,No,Account,bare@people.example,,+44 20 7946 0102,,South,,,\r\n\
        contact,Zoe,Double,Name,double@people.example,,,,,,,\r\n\
        contact,nomail,No,Mail,,,,,,,,\r\n\
        contact,bad,Bad,Mail,not an address,,,,,,,\r\n\
        pirate,jack,Jack,Sparrow,jack@people.example,,,,,,,\r\n\
        contact,short,Too,Few\r\n\
        administrator,root,Rita,Root,,rita@people.example,,,,,,\r\n\
        api,feed,,,,,,,,contacts.read;orders.read,,\r\n\
        \r\n\
        contact,paul,Paul,Partner,paul@people.example,,,Partner,,orders.read|orders.write,buyer,north-only\r\n";
    let report = take(&w, file.as_bytes()).await;
    assert_eq!(report.stored, 6, "{report:#?}");
    let lines: Vec<u64> = report.refused.iter().map(|row| row.line).collect();
    assert_eq!(lines, [5, 6, 7, 8, 9], "{report:#?}");
    for (row, word) in report.refused.iter().zip(["before", "e-mail", "email", "kind", "fields"]) {
        assert!(row.reason.contains(word), "{row:?}");
    }
    for address in ["zoe@people.example", "sven@people.example", "rita@people.example", "paul@people.example"] {
        assert_eq!(w.mail_to(address).await.len(), 1, "{address}");
    }
    assert_eq!(w.mail_to("double@people.example").await.len(), 0);
    assert_eq!(w.mail_to("bare@people.example").await.len(), 0);
    w.post("/forgot-username", &json!({"email": "double@people.example"})).await.is(202);
    let mail = w.newest_to("double@people.example").await;
    assert!(mail["subject"].as_str().unwrap().starts_with("No account"), "nothing of a refused row is stored: {mail}");
}

/// OP-1: a row that stands in the file twice is taken once.
#[tokio::test]
async fn the_same_row_twice_is_one_person() {
    let w = World::empty().await;
    let row = "contact,,Nora,Quist,nora@people.example\n";
    let report = take(&w, format!("kind,username,first_name,last_name,email\n{row}{row}").as_bytes()).await;
    assert_eq!((report.stored, report.refused.len()), (1, 1), "{report:?}");
    assert_eq!(report.refused[0].line, 3);
}

/// LK-2: whoever tried a name before it was anybody's does not keep its owner out.
#[tokio::test]
async fn a_name_tried_beforehand_is_not_locked_for_its_owner() {
    let w = World::empty().await;
    for _ in 0..6 {
        w.sign_in("ann", "wrong").await.is(401);
    }
    take(&w, ANN).await;
    let given = temporary(&w, "ann@people.example").await;
    w.sign_in("ann", &given).await.ok();
}

/// OP-1: the same file again stores nobody twice.
#[tokio::test]
async fn a_file_taken_twice_makes_nobody_twice() {
    let w = World::empty().await;
    assert_eq!(take(&w, ANN).await.stored, 1);
    let again = take(&w, ANN).await;
    assert_eq!((again.stored, again.refused.len(), again.refused[0].line), (0, 1, 2));
    assert_eq!(w.mail_to("ann@people.example").await.len(), 1);
}

/// SI-5: nobody's username becomes somebody else's address, or the other way round.
#[tokio::test]
async fn a_username_is_never_another_persons_address() {
    let w = World::empty().await;
    let file = b"kind,username,email\ncontact,ann@people.example,ann@people.example\n";
    assert_eq!(take(&w, file).await.stored, 1);
    let thief = take(&w, b"kind,username,email\ncontact,bob,ann@people.example\n").await;
    assert_eq!((thief.stored, thief.refused.len()), (0, 1), "{thief:?}");
    take(&w, b"kind,username,email\ncontact,cleo,cleo@people.example\n").await;
    let thief = take(&w, b"kind,username,email\ncontact,cleo@people.example,dan@people.example\n").await;
    assert_eq!((thief.stored, thief.refused.len()), (0, 1), "{thief:?}");
}

/// OP-1: what is no list of people is refused as a whole.
#[tokio::test]
async fn a_file_without_the_columns_is_refused() {
    let w = World::empty().await;
    for bad in [&b""[..], b"name,email\nA,a@b.example\n", b"kind,username,shoe_size\n", b"\xff\xfe\x00k"] {
        assert!(import(w.local.app(), bad).await.is_err(), "{bad:?}");
    }
    let report =
        take(&w, b"kind,username,email\ncontact,ann,\xff\xfe@people.example\ncontact,bea,bea@people.example\n").await;
    assert_eq!((report.stored, report.refused.len()), (1, 1), "{report:?}");
}

/// IO-2, SI-9: whoever was hashed elsewhere signs in with the password they have, gets no mail, and is hashed as all others
/// from then on; the same password goes on, and no session ends.
#[tokio::test]
async fn somebody_hashed_elsewhere_signs_in_with_the_password_they_have() {
    let w = World::empty().await;
    let file = "kind,username,email,password_hash\n\
        contact,dj,dj@people.example,pbkdf2_sha256$20000$seasalt1seasalt2$ry9lxoio7BOCZbW7gdnr8l+831dqpraqnxl4UvXoFBU=\n\
        staff,net,,AQAAAAEAACcQAAAAEAABAgMEBQYHCAkKCwwNDg/tH6NRCQtoGId35EmymNP/wdKXC3anJRxhIg/1HIxrXg==\n\
        api,robot,,$2b$04$zavJI3yMUQgtp9MahkgmAOBH80hk9zqNplXvvj8bY0usoY32MqehC\n\
        contact,dear,dear@people.example,$2b$20$zavJI3yMUQgtp9MahkgmAOBH80hk9zqNplXvvj8bY0usoY32MqehC\n\
        contact,odd,odd@people.example,sesame\n\
        contact,,bare@people.example,$2b$04$zavJI3yMUQgtp9MahkgmAOBH80hk9zqNplXvvj8bY0usoY32MqehC\n";
    let report = take(&w, file.as_bytes()).await;
    assert_eq!(report.stored, 3, "{report:?}");
    for (row, word) in report.refused.iter().zip(["more time or memory", "none of Argon2", "belongs to an account"]) {
        assert!(row.reason.contains(word), "{row:?}");
    }
    assert_eq!(w.mail_to("dj@people.example").await.len(), 0);
    let hash = async |name| w.local.app().store.login(name).await.unwrap().unwrap().hash.unwrap();
    for name in ["dj", "net"] {
        w.sign_in(name, "harbour-lantern-43").await.is(401);
        assert!(!hash(name).await.starts_with("$argon2id"), "a wrong password changes nothing");
        let browser = w.browser();
        let given = json!({"username": name, "password": "harbour-lantern-42"});
        browser.post("/sign-in", &given).await.ok();
        assert!(hash(name).await.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        w.sign_in(name, "harbour-lantern-42").await.ok();
        w.sign_in(name, "harbour-lantern-43").await.is(401);
        assert_eq!(browser.who().await.as_deref(), Some(name), "no session ends");
    }
    let token = w.request("POST", "/token").basic_auth("robot", Some("harbour-lantern-42"));
    w.send(token).await.ok();
    assert!(hash("robot").await.starts_with("$argon2id"));
}

/// SI-9: a password that was changed while somebody signed in with the old one stays changed.
#[tokio::test]
async fn a_renewed_hash_never_undoes_a_new_password() {
    let w = World::empty().await;
    let file = b"kind,username,email,password_hash\n\
        contact,ann,ann@people.example,$2b$04$zavJI3yMUQgtp9MahkgmAOBH80hk9zqNplXvvj8bY0usoY32MqehC\n";
    assert_eq!(take(&w, file).await.stored, 1);
    let store = &w.local.app().store;
    let seen = store.login("ann").await.unwrap().unwrap();
    let token = w.link_for("ann", "ann@people.example").await;
    w.reset(&token, "another long password").await.ok();
    assert!(!store.renew_hash(("ann", &seen), "$argon2id$of-the-old-one").await.unwrap());
    w.sign_in("ann", "another long password").await.ok();
}

/// IO-2, SI-3: a refusal takes as long whether a name has a hash from elsewhere, one of ours, or is nobody's.
#[tokio::test]
async fn the_time_of_a_refusal_does_not_tell_whose_hash_is_from_elsewhere() {
    let w = World::empty().await;
    let file = b"kind,username,email,password_hash\n\
        contact,ann,ann@people.example,$2b$10$x9ivxkqY0MqExL1S47yOTePt87c3G7QjHNxL.qh2ZpTHQSQ5y/3sS\n";
    assert_eq!(take(&w, file).await.stored, 1);
    let least = w.local.app().store.settings().await.unwrap().settings.sign_in_refusal_milliseconds;
    assert!((50..=5_000).contains(&least), "{least}");
    for name in ["ann", "nobody"] {
        let began = std::time::Instant::now();
        w.sign_in(name, "harbour-lantern-43").await.is(401);
        assert!(began.elapsed().as_millis() >= least.into(), "{name}");
    }
}

/// SI-5, IO-1: no row gives somebody without an account an address that is a username, stored or in the same file; the rehearsal
/// says so beforehand.
#[tokio::test]
async fn no_row_has_a_username_for_an_address() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let file = "kind,username,last_name,email\n\
                contact,nadia@members.example,Nadia,nadia@members.example\n\
                contact,,Nils,nadia@members.example\n\
                contact,,Nell,nell@members.example\n";
    let plan = admin.post("/admin/imports", &json!({"text": file})).await.is(201).json();
    assert_eq!((&plan["refused_count"], &plan["refused"][0]["row"]), (&json!(1), &json!(3)), "{plan}");
    let report = import(w.local.app(), file.as_bytes()).await.expect("a report");
    let refused: Vec<u64> = report.refused.iter().map(|row| row.line).collect();
    assert_eq!((report.stored, refused), (2, vec![3]), "{report:?}");
    let again =
        import(w.local.app(), b"kind,last_name,email\ncontact,Nox,nadia@members.example\n").await.expect("a report");
    assert!(again.refused[0].reason.contains("somebody else's username"));
}
