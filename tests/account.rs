//! One's own account: username, sessions, and the tokens of remembered ones (AC, SE).

use futures_util::future::join_all;
use reqwest::header::ORIGIN;
use serde_json::{Value, json};

use crate::world::{Answer, Browser, PASSWORD, World};

const DAY: i64 = 86_400;

async fn rename(browser: &Browser<'_>, username: &str, password: &str) -> Answer {
    let request = browser.request("PUT", "/account/username").header(ORIGIN, browser.world().origin());
    browser.send(request.json(&json!({"username": username, "password": password}))).await
}

async fn delete(browser: &Browser<'_>, path: &str) -> Answer {
    browser.send(browser.request("DELETE", path).header(ORIGIN, browser.world().origin())).await
}

/// A browser in which somebody is kept signed in.
async fn kept<'a>(w: &'a World, username: &str) -> Browser<'a> {
    let browser = w.browser();
    browser.post("/sign-in", &json!({"username": username, "password": PASSWORD, "keep": true})).await.ok();
    browser
}

/// AC-1, AC-5, SE-5: a new username, with the password as proof; it signs in, the old one is nobody's, every other session and
/// every link has ended, and the owner is told.
#[tokio::test]
async fn a_username_is_changed_with_the_password() {
    let w = World::new().await;
    let (browser, other) = (w.signed_in("maria").await, w.signed_in("maria").await);
    let link = w.link_for("maria", "maria@members.example").await;
    rename(&browser, "maria.m", "wrong").await.problem(401, "wrong_password");
    rename(&browser, "maria.m", "").await.problem(422, "rejected");
    assert_eq!(rename(&browser, "Maria.M", PASSWORD).await.ok(), json!({"username": "Maria.M"}));
    assert_eq!(browser.who().await.as_deref(), Some("Maria.M"));
    assert_eq!(other.who().await, None);
    w.reset(&link, "a first new password").await.problem(410, "link_dead");
    w.sign_in("maria", PASSWORD).await.is(401);
    w.sign_in("maria.m", PASSWORD).await.ok();
    w.sign_in("maria@members.example", PASSWORD).await.ok();
    let mails = w.mail_to("maria@members.example").await;
    assert!(mails[0]["subject"].as_str().unwrap().starts_with("Your username was changed"), "{mails:?}");
}

/// AC-1, SI-5: what is somebody's name or address, no name at all, or one's own already, is refused with the reason.
#[tokio::test]
async fn a_username_that_can_not_be_is_refused() {
    let w = World::new().await;
    let browser = w.signed_in("maria").await;
    for taken in ["paula", "PAULA", "paula@partner.example"] {
        rename(&browser, taken, PASSWORD).await.problem(409, "username_taken");
    }
    for bad in ["", " ", "a", "two words", "ma\u{200b}ria2", "mаria"] {
        let problem = rename(&browser, bad, PASSWORD).await.problem(422, "rejected");
        assert!(problem["errors"]["username"].is_array(), "{bad}: {problem}");
    }
    rename(&browser, "maria", PASSWORD).await.problem(422, "rejected");
    assert_eq!(rename(&browser, "MARIA", PASSWORD).await.ok()["username"], "MARIA");
    assert_eq!(browser.who().await.as_deref(), Some("MARIA"));
    assert_eq!(rename(&browser, "maria@members.example", PASSWORD).await.status, 200, "one's own address");
    w.get("/account/sessions").await.problem(401, "signed_out");
}

/// AC-1: of many who want one name at once, one gets it, and the others keep theirs.
#[tokio::test]
async fn one_of_many_gets_the_name() {
    let w = World::with(json!({"lock.attempts": 100})).await;
    let names = ["maria", "paula", "finn", "faye", "sam"];
    let browsers = join_all(names.map(|name| w.signed_in(name))).await;
    let tries = browsers.iter().flat_map(|browser| (0..4).map(move |_| rename(browser, "captain", PASSWORD)));
    let answers = join_all(tries).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 401 | 409)), "{answers:?}");
    w.sign_in("captain", PASSWORD).await.ok();
    let kept = join_all(names.map(|name| w.sign_in(name, PASSWORD))).await;
    assert_eq!(kept.iter().filter(|answer| answer.status == 200).count(), 4);
}

/// AC-5, LK-1: a wrong password there counts as one at sign-in: in the browser's own count, and then in everybody's.
#[tokio::test]
async fn guessing_the_password_of_an_open_session_locks() {
    let w = World::new().await;
    let browser = w.signed_in("maria").await;
    for _ in 0..10 {
        rename(&browser, "maria.m", "wrong").await.problem(401, "wrong_password");
    }
    rename(&browser, "maria.m", PASSWORD).await.problem(401, "wrong_password");
    w.sign_in("maria", PASSWORD).await.is(401);
}

/// LK-4, AC-2: strangers who lock an account keep its owner, in their own browser, from changing nothing; nor do the slips there
/// lock the others out.
#[tokio::test]
async fn strangers_keep_nobody_from_changing_their_password() {
    let w = World::new().await;
    let (browser, other) = (w.signed_in("maria").await, w.signed_in("paula").await);
    for _ in 0..6 {
        w.sign_in("maria", "wrong").await.is(401);
    }
    let change = json!({"old_password": PASSWORD, "new_password": "a first new password"});
    browser.post("/change-password", &change).await.ok();
    for _ in 0..5 {
        rename(&other, "paula.p", "wrong").await.problem(401, "wrong_password");
    }
    w.sign_in("paula", PASSWORD).await.ok();
}

/// SE-4, AC-3: where one is signed in, in words; any of it can be ended, by its owner only.
#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let w = World::new().await;
    let (here, there) = (w.signed_in("maria").await, kept(&w, "maria").await);
    let paula = w.signed_in("paula").await;
    let listed = here.get("/account/sessions").await.ok();
    let all = listed.as_array().unwrap();
    assert_eq!(all.len(), 2);
    let current: Vec<&Value> = all.iter().filter(|session| session["current"] == true).collect();
    assert_eq!((current.len(), &current[0]["remembered"]), (1, &json!(false)));
    for key in ["id", "device", "place", "started_at", "last_used", "expires_at"] {
        assert!(all[0][key].is_string(), "{key} in {listed}");
    }
    assert_eq!(all[0]["place"], "localhost");
    let other = all.iter().find(|session| session["current"] == false).unwrap()["id"].as_str().unwrap();
    delete(&paula, &format!("/account/sessions/{other}")).await.problem(404, "not_found");
    assert!(there.who().await.is_some());
    delete(&here, &format!("/account/sessions/{other}")).await.is(204);
    assert_eq!((there.who().await, here.who().await.as_deref()), (None, Some("maria")));
    delete(&here, "/account/sessions/none").await.problem(404, "not_found");
    let again = kept(&w, "maria").await;
    delete(&here, "/account/sessions").await.is(204);
    assert_eq!((again.who().await, here.who().await), (None, None));
    assert!(paula.who().await.is_some(), "nobody else's");
}

/// SE-4, AC-1: without script, by forms.
#[tokio::test]
async fn my_account_works_with_forms() {
    let w = World::new().await;
    let (here, there) = (w.signed_in("maria").await, w.signed_in("maria").await);
    let page = here.open("/account").await.is(200);
    assert!(page.text.contains("/account/username") && page.text.contains("/account/sessions"), "{}", page.text);
    let sessions = here.open("/account/sessions").await.is(200);
    let listed = here.get("/account/sessions").await.ok();
    let other = listed.as_array().unwrap().iter().find(|session| session["current"] == false).unwrap();
    let action = format!("/account/sessions/{}/end", other["id"].as_str().unwrap());
    assert!(sessions.text.contains(&format!("action=\"{action}\"")), "{}", sessions.text);
    assert_eq!(here.submit(&action, &[]).await.leads_to(), "/account/sessions");
    assert_eq!(there.who().await, None);
    let wrong = here.submit("/account/username", &[("username", "paula"), ("password", PASSWORD)]).await.is(422);
    assert!(wrong.text.contains("Somebody else has this username"), "{}", wrong.text);
    let fields = [("username", "maria.m"), ("password", PASSWORD)];
    assert_eq!(here.submit("/account/username", &fields).await.leads_to(), "/account?username=changed");
    assert!(here.open("/account?username=changed").await.text.contains("Your new username is set."));
    assert_eq!(here.submit("/account/sessions/end", &[]).await.leads_to(), "/sign-in");
    assert_eq!(here.who().await, None);
    assert_eq!(w.browser().open("/account/username").await.leads_to(), "/sign-in?return_to=/account/username");
}

/// SE-6: the token of a remembered session is replaced as it is used, and the browser notices nothing.
#[tokio::test]
async fn a_remembered_token_is_replaced_as_it_is_used() {
    let w = World::new().await;
    let browser = kept(&w, "maria").await;
    let mut seen = std::collections::BTreeSet::from([browser.value("__Host-session")]);
    for _ in 0..10 {
        w.advance(600).await;
        assert_eq!(browser.who().await.as_deref(), Some("maria"));
        assert!(seen.insert(browser.value("__Host-session")), "a new one each time");
    }
    assert_eq!(browser.get("/account/sessions").await.ok().as_array().unwrap().len(), 1, "one session all the same");
    let plain = w.signed_in("maria").await;
    let before = plain.value("__Host-session");
    w.advance(600).await;
    assert!(plain.who().await.is_some());
    assert_eq!(plain.value("__Host-session"), before, "a session that isn't remembered keeps its token");
}

/// SE-6: a hundred requests at once with the token that is replaced all get in, and get the same new one.
#[tokio::test]
async fn requests_under_way_are_not_taken_for_thieves() {
    let w = World::new().await;
    let browser = kept(&w, "maria").await;
    let old = browser.value("__Host-session");
    w.advance(600).await;
    let ask = || w.send(w.request("GET", "/session").header("cookie", format!("__Host-session={old}")));
    let answers = join_all((0..100).map(|_| ask())).await;
    let given: std::collections::BTreeSet<_> =
        answers.iter().filter_map(|a| a.cookie("__Host-session")).map(|c| c.0).collect();
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert_eq!(given.len(), 1);
    browser.take("__Host-session", given.first().unwrap());
    assert!(browser.who().await.is_some());
    ask().await.is(200);
    assert!(browser.who().await.is_some());
    assert_eq!(w.mail_to("maria@members.example").await.len(), 0);
}

/// SE-6: an answer that never arrived costs nobody their session: the old token still leads to the new one.
#[tokio::test]
async fn a_browser_that_never_got_its_new_token_goes_on() {
    let w = World::new().await;
    let browser = kept(&w, "maria").await;
    let old = browser.value("__Host-session");
    w.advance(600).await;
    assert!(browser.who().await.is_some());
    browser.take("__Host-session", &old);
    w.advance(290).await;
    assert_eq!(browser.who().await.as_deref(), Some("maria"));
    assert_ne!(browser.value("__Host-session"), old);
    assert_eq!(w.mail_to("maria@members.example").await.len(), 0);
}

/// SE-6: two who share a token are found out though neither has used what the other was given.
#[tokio::test]
async fn taking_turns_with_a_token_is_found_out() {
    let w = World::new().await;
    let (browser, thief) = (kept(&w, "maria").await, w.browser());
    thief.take("__Host-session", &browser.value("__Host-session"));
    w.advance(DAY / 2).await;
    assert!(browser.who().await.is_some());
    w.advance(DAY / 2).await;
    assert_eq!(thief.who().await, None);
    assert_eq!(browser.who().await, None, "nobody knows which of them is Maria");
    assert_eq!(w.mail_to("maria@members.example").await.len(), 1);
}

/// SE-6: an old token that comes again after its successor was used ends the whole family, and the owner is told, once.
#[tokio::test]
async fn a_copied_token_ends_the_family() {
    let w = World::new().await;
    let (browser, other) = (kept(&w, "maria").await, kept(&w, "maria").await);
    let old = browser.value("__Host-session");
    w.advance(600).await;
    assert!(browser.who().await.is_some());
    assert!(browser.who().await.is_some());
    w.advance(120).await;
    let thief = w.browser();
    thief.take("__Host-session", &old);
    assert_eq!(thief.who().await, None);
    assert_eq!(browser.who().await, None, "nobody knows which of them is Maria");
    assert_eq!(other.who().await.as_deref(), Some("maria"), "another sign-in goes on");
    assert_eq!(thief.who().await, None);
    let mails = w.mail_to("maria@members.example").await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert!(mails[0]["subject"].as_str().unwrap().starts_with("An old sign-in of yours"), "{mails:?}");
}

/// SE-4, SE-6: signing out with a token that was replaced ends what took its place, too.
#[tokio::test]
async fn signing_out_with_an_old_token_ends_the_new_one() {
    let w = World::new().await;
    let browser = kept(&w, "maria").await;
    let old = browser.value("__Host-session");
    w.advance(600).await;
    assert!(browser.who().await.is_some());
    let late = w.browser();
    late.take("__Host-session", &old);
    late.post("/sign-out", &json!({})).await.is(204);
    assert_eq!((late.who().await, browser.who().await), (None, None));
    assert_eq!(w.mail_to("maria@members.example").await.len(), 0);
}
