//! Pages, messages and mails in the language of whoever reads them (OP-7, ML-8).

use serde_json::{Value, json};

use crate::world::{Answer, World};

/// A page or an answer, as a browser or a program that asks for a language gets it.
async fn read(w: &World, path: &str, accept: &str, language: &str) -> Answer {
    w.send(w.request("GET", path).header("accept", accept).header("accept-language", language)).await
}

fn text(mail: &Value, part: &str) -> String {
    mail[part].as_str().expect("a text").to_owned()
}

/// OP-7: a browser is answered in the language that it asks for, and the address can ask for another.
#[tokio::test]
async fn a_browser_is_answered_in_its_language() {
    let w = World::new().await;
    let html = "text/html";
    let spanish = read(&w, "/sign-in", html, "es-MX,es;q=0.9,en;q=0.8").await.is(200).text;
    assert!(spanish.contains("<html lang=\"es\">") && spanish.contains("Iniciar sesión"), "{spanish}");
    assert!(!spanish.contains("Sign in"), "{spanish}");
    for (path, language) in [("/sign-in", "en"), ("/sign-in", "fr, de"), ("/sign-in?lang=en", "es")] {
        let english = read(&w, path, html, language).await.is(200).text;
        assert!(english.contains("<html lang=\"en\">") && english.contains("Sign in"), "{path} {language}");
    }
    let browser = w.browser();
    browser.open("/sign-in?lang=es").await.is(200);
    assert!(
        browser.open("/forgot-username").await.text.contains("<html lang=\"es\">"),
        "what was chosen is remembered"
    );
    browser.open("/sign-in?lang=en").await.is(200);
    assert!(browser.open("/forgot-username").await.text.contains("<html lang=\"en\">"));
    assert!(read(&w, "/forgot-password?lang=es", html, "en").await.is(200).text.contains("¿Olvidó su contraseña?"));
    let nothing = read(&w, "/nothing", html, "es").await.is(404).text;
    assert!(nothing.contains("<html lang=\"es\">") && nothing.contains("Esta página no existe"), "{nothing}");
    let told = w.send(w.request("GET", "/session").header("accept-language", "es")).await.problem(401, "signed_out");
    assert_eq!(told["title"], "No ha iniciado sesión");
    let refused = json!({"username": "maria", "password": "wrong"});
    let request = w.request("POST", "/sign-in").header("origin", w.origin()).header("accept-language", "es");
    let refused = w.send(request.json(&refused)).await.problem(401, "sign_in_failed");
    assert!(text(&refused, "detail").starts_with("No hemos podido"), "{refused}");
    let shown = w.get("/instances/default?lang=es").await.ok();
    assert_eq!(shown["words"]["password"], "Contraseña");
}

/// OP-7: whoever has a language of their own is spoken to in it, and written to.
#[tokio::test]
async fn a_person_has_a_language_of_their_own() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let maria = w.id_of("maria").await;
    admin.call("PATCH", &format!("/admin/users/{maria}"), &json!({"locale": "es-AR"})).await.ok();
    let maria = w.signed_in("maria").await;
    let page = maria.open("/account").await.is(200).text;
    assert!(page.contains("<html lang=\"es\">") && page.contains("Su cuenta"), "{page}");
    let page = maria.open("/account?lang=en").await.is(200).text;
    assert!(page.contains("<html lang=\"en\">") && page.contains("Your account"), "{page}");
    let console = async |path: &str, asked: &str| {
        let request = admin.request("GET", path).header("accept", "text/html").header("accept-language", asked);
        admin.send(request).await.is(200).text
    };
    assert!(console("/admin/users", "es").await.contains("<html lang=\"es\">"));
    assert!(console("/admin/users?lang=en", "es").await.contains("<html lang=\"en\">"));
    let id = w.id_of("admin").await;
    admin.call("PATCH", &format!("/admin/users/{id}"), &json!({"locale": "es"})).await.ok();
    let own = w.signed_in("admin").await.open("/admin/settings").await.is(200).text;
    assert!(own.contains("<html lang=\"es\">") && own.contains("Ajustes"), "{own}");

    w.post("/forgot-password", &json!({"username": "maria"})).await.is(202);
    w.settle().await;
    let mail = w.newest_to("maria@members.example").await;
    assert!(text(&mail, "subject").starts_with("Cree una contraseña nueva"), "{mail}");
    assert!(text(&mail, "text").starts_with("Hola, Maria Member:"), "{mail}");
    assert!(text(&mail, "html").contains("<html lang=\"es\">"), "{mail}");
    let token = crate::world::token(&mail);
    w.reset(&token, "una linterna para el puerto").await.ok();
    w.settle().await;
    let notice = w.newest_to("maria@members.example").await;
    assert!(text(&notice, "subject").starts_with("Su contraseña ha cambiado"), "{notice}");
}

/// OP-7: each page leads to itself in the other language, with all that stands in its address; what answers a form does not.
#[tokio::test]
async fn a_page_leads_to_itself_in_the_other_language() {
    let w = World::new().await;
    let browser = w.browser();
    let english = browser.open("/sign-in?instance=default&return_to=%2Faccount&lang=en").await.is(200).text;
    let link =
        "<a lang=\"es\" hreflang=\"es\" href=\"?instance=default&amp;return_to=%2Faccount&amp;lang=es\">Español</a>";
    assert!(english.contains(link), "{english}");
    let spanish = browser.open("/sign-in?instance=default&return_to=%2Faccount&lang=es").await.is(200).text;
    assert!(spanish.contains(">English</a>") && spanish.contains("value=\"/account\""), "{spanish}");

    let token = w.link_for("maria", "maria@members.example").await;
    let said = reqwest::Url::parse_with_params(w.origin(), [("token", &token)]).expect("an address");
    let said = said.query().expect("a query");
    let page = browser.open(&format!("/reset?{said}")).await.is(200);
    assert!(page.text.contains(&format!("href=\"?{said}&amp;lang=en\"")), "{}", page.text);
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    browser.open(&format!("/reset?{said}&lang=en")).await.is(200);
    w.reset(&token, "a lantern by the quay").await.ok();

    let refused = browser.submit("/sign-in", &[("username", "maria"), ("password", "wrong")]).await.is(401).text;
    let back = browser.open("/sign-in/callback?code=a&state=b").await.text;
    assert!(!refused.contains("hreflang") && !back.contains("hreflang"), "{refused} {back}");
    let admin = w.signed_in("admin").await;
    let console = admin.open("/admin/settings?area=lock").await.is(200).text;
    assert!(console.contains("href=\"?area=lock&amp;lang=es\">Español</a>"), "{console}");
    assert!(!admin.submit("/admin/locations", &[("name", ""), ("email", "")]).await.text.contains("hreflang"));
}

/// OP-7: whoever has none is written to in the language that they asked in, and else in the organisation's.
#[tokio::test]
async fn mail_is_in_the_language_that_was_asked_in() {
    let w = World::with(json!({"organisation.language": "es"})).await;
    assert!(w.browser().open("/sign-in").await.is(200).text.contains("<html lang=\"es\">"));
    for (language, expected) in [("en", "Your username"), ("es", "Su nombre de usuario")] {
        let ask =
            w.request("POST", "/forgot-username").header("origin", w.origin()).header("accept-language", language);
        w.send(ask.json(&json!({"email": "maria@members.example"}))).await.is(202);
        w.settle().await;
        let mail = w.newest_to("maria@members.example").await;
        assert!(text(&mail, "subject").starts_with(expected), "{language}: {mail}");
    }
    let admin = w.signed_in("admin").await;
    let paula = w.id_of("paula").await;
    admin.post(&format!("/admin/users/{paula}/resend"), &json!({})).await.is(202);
    w.settle().await;
    let mail = w.newest_to("paula@partner.example").await;
    assert!(text(&mail, "subject").starts_with("Su manera de entrar"), "nobody asked: the organisation's. {mail}");
}

/// OP-7: whoever asks for no language of ours is answered in the organisation's, a program as much as a browser, and so is the box.
#[tokio::test]
async fn whoever_asks_for_none_of_ours_gets_the_organisations() {
    let w = World::with(json!({"organisation.language": "es"})).await;
    let asking = |method: &str, path: &str, language: Option<&str>| {
        let request = w.request(method, path).header("origin", w.origin());
        match language {
            Some(language) => request.header("accept-language", language),
            None => request,
        }
    };
    for language in [None, Some("fr"), Some("*")] {
        let told = w.send(asking("GET", "/session", language)).await.problem(401, "signed_out");
        assert_eq!(told["title"], "No ha iniciado sesión", "{language:?}");
        let shown = w.send(asking("GET", "/instances/default", language)).await.ok();
        assert_eq!(shown["words"]["password"], "Contraseña", "{language:?}");
        let ask = asking("POST", "/forgot-username", language).json(&json!({"email": "maria@members.example"}));
        w.send(ask).await.is(202);
        let mail = w.newest_to("maria@members.example").await;
        assert!(text(&mail, "subject").starts_with("Su nombre de usuario"), "{language:?}: {mail}");
    }
    let told = w.send(asking("GET", "/session", Some("fr, en;q=0.1"))).await.problem(401, "signed_out");
    assert_eq!(told["title"], "You are not signed in");
}

/// ML-8: a layout that is written for a language is used for it, and one that is written for all where there is none.
#[tokio::test]
async fn a_layout_may_be_written_for_a_language() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let write = async |name: &str, subject: &str| {
        let layout =
            json!({"occasion": "password_link", "subject": subject, "html": "<p>!LINK!</p>", "text": "!LINK!"});
        let request = admin.request("PUT", &format!("/admin/layouts/{name}")).header("origin", w.origin());
        assert!(admin.send(request.json(&layout)).await.status < 300, "{name}");
    };
    let subject = async |language: &str| {
        let ask =
            w.request("POST", "/forgot-password").header("origin", w.origin()).header("accept-language", language);
        w.send(ask.json(&json!({"username": "maria"}))).await.is(202);
        w.settle().await;
        text(&w.newest_to("maria@members.example").await, "subject")
    };
    write("password_link", "Ours for all").await;
    assert_eq!([subject("en").await, subject("es").await], ["Ours for all", "Ours for all"]);
    write("password_link-es", "El nuestro").await;
    w.advance(60).await;
    assert_eq!([subject("en").await, subject("es").await], ["Ours for all", "El nuestro"]);
}

/// ML-8: one for a language is for what the one beside it is for, and begins as we have it; the console leads there.
#[tokio::test]
async fn a_layout_for_a_language_is_begun_where_it_stands() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let layout = json!({"subject": "Su nombre", "html": "<p>!USERNAME!</p>", "text": "!USERNAME!"});
    let written = admin.call("PUT", "/admin/layouts/username_reminder-es", &layout).await.ok();
    assert_eq!(written["occasion"], "username_reminder");
    admin.call("PUT", "/admin/layouts/nothing-es", &layout).await.problem(404, "not_found");
    let page = admin.open("/admin/layouts/new_account").await.is(200);
    assert!(page.text.contains("href=\"/admin/layouts/new_account-es\""), "{}", page.text);
    let begun = admin.get("/admin/layouts/new_account-es").await.ok();
    assert_eq!((&begun["version"], &begun["edited"]), (&json!(0), &json!(false)));
    assert!(text(&begun, "text").contains("contraseña temporal"), "{begun}");
    let fields =
        [("version", "0"), ("subject", "Hola"), ("html", "!USERNAME! !PASSWORD!"), ("text", "!USERNAME! !PASSWORD!")];
    let saved = admin.submit("/admin/layouts/new_account-es", &fields).await;
    assert_eq!(saved.leads_to(), "/admin/layouts/new_account-es?done=saved");
    let page = admin.open("/admin/layouts/new_account-es").await.is(200);
    assert!(page.text.contains("href=\"/admin/layouts/new_account\""), "{}", page.text);
    let named = json!({"PINCODE_EMAIL_BODY": "pin-es"});
    admin.call("PUT", "/admin/settings", &named).await.problem(422, "rejected");
    w.advance(60).await;
    let admin = w.signed_in("admin").await;
    let new = json!({"first_name": "Ana", "email": "ana@members.example", "locale": "es"});
    admin.post("/admin/users", &new).await.is(201);
    assert_eq!(w.newest_to("ana@members.example").await["subject"], "Hola");
}

/// ML-8: whoever makes an account of their own is written to in the language in which they asked.
#[tokio::test]
async fn whoever_signs_up_is_written_to_in_their_language() {
    let w = World::new().await;
    let nora = json!({"first_name": "Nora", "last_name": "Quist", "email": "nora@members.example"});
    let request = w.request("POST", "/sign-up").header("origin", w.origin()).header("accept-language", "es");
    w.send(request.json(&nora)).await.is(202);
    let mail = w.newest_to("nora@members.example").await;
    assert!(text(&mail, "html").contains("<html lang=\"es\""), "{mail}");
}
