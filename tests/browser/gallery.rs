//! A picture of every page in every state, in both languages, on every screen: to be looked at. `infra/tools/gallery` asks for it.

use std::fmt::Write as _;

use serde_json::json;

use crate::person::Person;
use crate::pictures::GALLERY;

const PASSWORD: &str = "harbour-lantern-42";

/// Languages, as addresses name them.
const LANGUAGES: [&str; 2] = ["en", "es"];

/// Pages of the console that are always there.
const PAGES: [&str; 33] = [
    "",
    "/users",
    "/users?filter=locked:true",
    "/users?q=nobody-of-this-name",
    "/users/new",
    "/contacts",
    "/contacts/new",
    "/explain?who=maria",
    "/explain?who=dora",
    "/explain?who=nobody",
    "/stuck",
    "/resends",
    "/imports",
    "/exports",
    "/mail",
    "/layouts",
    "/layouts/pin",
    "/layouts/pin/versions",
    "/instances",
    "/instances/default",
    "/instances/new",
    "/providers",
    "/providers/new",
    "/clients",
    "/clients/new",
    "/locations",
    "/locations/new",
    "/settings",
    "/settings?area=sign_in",
    "/settings?area=password",
    "/settings/versions",
    "/audit",
    "/audit/verify",
];

/// What is done beforehand, so that there is something to see: answers the pages of it by name.
const FURNISH: &str = r"
    const ask = async (method, path, body) => {
      const headers = { accept: 'application/json', 'content-type': 'application/json' };
      const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${text}`);
      return text ? JSON.parse(text) : {};
    };
    const found = async (list, q) => (await ask('GET', `/admin/${list}?q=${q}`)).items[0].id;
    const maria = await found('users', 'maria');
    const nora = await found('contacts', 'nora');
    const people = 'kind,username,first_name,last_name,email\n' +
      'contact,,Ann,Archer,ann@people.example\ncontact,bea,Bea,Bird,bea@people.example\nstaff,cleo,Cleo,Crane,\n';
    const rehearsed = await ask('POST', '/admin/imports', { format: 'csv', text: people });
    const run = await ask('POST', '/admin/imports', { format: 'csv', text: people });
    await ask('POST', `/admin/imports/${run.id}/run`);
    const planned = await ask('POST', '/admin/resends', { target: 'users', filter: '' });
    await ask('POST', `/admin/users/${maria}/pin`);
    return { user: `/users/${maria}`, contact: `/contacts/${nora}`, rehearsed: `/imports/${rehearsed.id}`,
      imported: `/imports/${run.id}`, planned: `/resends/${planned.id}`, recipients: `/resends/${planned.id}/recipients`,
      missing: '/users/nobody' };
";

/// Every page in every state is pictured.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "pictures to look at: infra/tools/gallery"]
async fn every_page_is_pictured() {
    let ada = Person::with(json!({"pin.channel": "hosted"}), true).await;
    let mut shown = Vec::new();
    let samples = web::pages::samples();
    // One leads on to another site by itself.
    let doors = samples.iter().map(|(name, _)| *name).filter(|name| *name != "onward");
    for name in doors.chain(["console", ""]) {
        for language in LANGUAGES {
            ada.opens(&format!("/_local/style/{name}?lang={language}").replace("/?", "?")).await;
            shown.push(ada.is_pictured(&format!("door-{name}"), language).await);
        }
    }
    ada.signs_in("admin", PASSWORD).await;
    ada.arrives("/account", "Your account").await;
    let made = ada.chromium.look(&format!("return (async () => {{ {FURNISH} }})()")).await;
    let made = made.as_object().expect("addresses");
    let made = made.iter().filter_map(|(name, path)| Some((name.clone(), path.as_str()?)));
    ada.local.settle().await;
    let named = |path: &'static str| (path.trim_start_matches('/').replace(['/', '?', '=', ':'], "-"), path);
    for (name, path) in PAGES.into_iter().map(named).chain(made) {
        let joint = if path.contains('?') { '&' } else { '?' };
        for language in LANGUAGES {
            ada.opens(&format!("/admin{path}{joint}lang={language}")).await;
            shown.push(ada.is_pictured(&format!("console-{name}"), language).await);
        }
    }
    std::fs::write(crate::pictures::folder().join("index.html"), index(&shown)).expect("it can be kept");
}

/// A page that shows them all.
fn index(shown: &[String]) -> String {
    let mut page = "<!doctype html><meta charset=utf-8><title>Vestibule, page by page</title><style>
        body{font:1rem/1.5 sans-serif;margin:2rem;background:#ddd}figure{display:inline-block;margin:.5rem;vertical-align:top}
        img{max-width:20rem;max-height:30rem;border:1px solid #888}</style><h1>Vestibule, page by page</h1>"
        .to_owned();
    for name in shown {
        let _ = write!(page, "<h2>{name}</h2>");
        for screen in GALLERY.map(|screen| screen.name) {
            let file = format!("{name}.{screen}.png");
            let _ = write!(
                page,
                "<figure><a href=\"{file}\"><img loading=lazy src=\"{file}\" alt=\"{name}\"></a>\
                 <figcaption>{screen}</figcaption></figure>"
            );
        }
    }
    page
}
