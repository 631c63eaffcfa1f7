//! Mail that SES would take, and mail it would not.

use serde_json::{Value, json};

use super::address::{bare, complaint};
use super::template::fill;
use super::{Mailbox, answer};
use crate::cloud::Refusal;

fn call(mailbox: &Mailbox, path: &str, body: &Value) -> Result<Value, Refusal> {
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    answer(mailbox, ("POST", path), body.to_string().as_bytes(), now).unwrap()
}

fn send(mailbox: &Mailbox, body: &Value) -> Result<Value, Refusal> {
    call(mailbox, "/v2/email/outbound-emails", body)
}

fn simple() -> Value {
    json!({
        "FromEmailAddress": "Harbour <office@harbour.example>",
        "Destination": {"ToAddresses": ["Ann <ann@members.example>"]},
        "Content": {"Simple": {"Subject": {"Data": "Hello"}, "Body": {"Html": {"Data": "<p>{{no template}}</p>"}, "Text": {"Data": "Hi"}}}},
        "EmailTags": [{"Name": "mail", "Value": "01ARZ3"}],
        "ConfigurationSetName": "Set",
    })
}

fn bulk(entries: usize) -> Value {
    let entry = |i: usize| {
        json!({
            "Destination": {"ToAddresses": [format!("p{i}@members.example")]},
            "ReplacementEmailContent": {"ReplacementTemplate": {"ReplacementTemplateData": json!({"name": format!("P{i}")}).to_string()}},
            "ReplacementTags": [{"Name": "i", "Value": i.to_string()}],
        })
    };
    json!({
        "FromEmailAddress": "office@harbour.example",
        "DefaultContent": {"Template": {
            "TemplateContent": {"Subject": "To {{name}}", "Html": "<b>{{ name }}</b> of {{org}}", "Text": "{{name}}"},
            "TemplateData": "{\"name\": \"nobody\", \"org\": \"Harbour & Co\"}",
        }},
        "DefaultEmailTags": [{"Name": "lane", "Value": "bulk"}],
        "BulkEmailEntries": (0..entries).map(entry).collect::<Vec<_>>(),
    })
}

#[test]
fn a_mail_is_caught_as_it_was_sent() {
    let mailbox = Mailbox::open(None).unwrap();
    let id = send(&mailbox, &simple()).unwrap()["MessageId"].as_str().unwrap().to_owned();
    let mail = serde_json::to_value(mailbox.get(&id).unwrap()).unwrap();
    let expected = json!({
        "id": id,
        "to": "Ann <ann@members.example>",
        "from": "Harbour <office@harbour.example>",
        "subject": "Hello",
        "html": "<p>{{no template}}</p>",
        "text": "Hi",
        "sent_at": "2026-01-01T00:00:00Z",
        "tags": {"mail": "01ARZ3"},
    });
    assert_eq!(mail, expected);
    assert_eq!((mailbox.to("ANN@members.example ").len(), mailbox.to("ann@members").len()), (1, 0));
    mailbox.clear().unwrap();
    assert!(mailbox.is_empty() && mailbox.get(&id).is_none());
}

#[test]
fn what_ses_would_refuse_is_refused() {
    let cases: [(&str, Value, &str); 14] = [
        ("/FromEmailAddress", json!(""), "Source"),
        ("/FromEmailAddress", json!("nobody"), "domain"),
        ("/FromEmailAddress", json!("a@b.example\r\nBcc: c@d.example"), "control"),
        ("/ReplyToAddresses", json!(["x"]), "domain"),
        ("/Destination", json!({}), "Recipient"),
        ("/Destination/ToAddresses", json!(["a@b.example\n"]), "control"),
        ("/Destination/ToAddresses", json!(vec!["a@b.example"; 51]), "Recipient"),
        ("/Destination/CcAddresses", json!(["é@b.example"]), "ASCII"),
        ("/Content", json!({}), "Content"),
        ("/Content/Simple/Subject/Data", json!(""), "Subject"),
        ("/Content/Simple/Subject/Data", json!("a\nb"), "Subject"),
        ("/Content/Simple/Body", json!({}), "Body"),
        ("/EmailTags", json!([{"Name": "a b", "Value": "c"}]), "tag"),
        ("/Content/Simple/Subject", json!(7), "read"),
    ];
    for (place, value, word) in cases {
        let (mailbox, mut body) = (Mailbox::open(None).unwrap(), simple());
        let (parent, key) = place.rsplit_once('/').unwrap();
        body.pointer_mut(parent).unwrap()[key] = value;
        let refusal = send(&mailbox, &body).unwrap_err();
        assert_eq!((refusal.status, refusal.code), (400, "BadRequestException"), "{place}");
        assert!(refusal.message.contains(word) && mailbox.is_empty(), "{place}: {}", refusal.message);
    }
}

#[test]
fn a_bulk_call_makes_one_mail_for_each_entry() {
    let mailbox = Mailbox::open(None).unwrap();
    let results = call(&mailbox, "/v2/email/outbound-bulk-emails", &bulk(50)).unwrap();
    let results = results["BulkEmailEntryResults"].as_array().unwrap().clone();
    assert!(results.len() == 50 && results.iter().all(|result| result["Status"] == "SUCCESS"));
    let mail = mailbox.get(results[7]["MessageId"].as_str().unwrap()).unwrap();
    assert_eq!((mail.subject.as_str(), mail.html.unwrap().as_str()), ("To P7", "<b>P7</b> of Harbour & Co"));
    assert_eq!(Value::Object(mail.tags), json!({"lane": "bulk", "i": "7"}));
    assert_eq!(mailbox.all().first().unwrap().to, "p49@members.example");
}

#[test]
fn a_bulk_call_has_a_limit_and_tells_which_entries_fail() {
    for entries in [0, 51] {
        let refusal =
            call(&Mailbox::open(None).unwrap(), "/v2/email/outbound-bulk-emails", &bulk(entries)).unwrap_err();
        assert_eq!(refusal.code, "BadRequestException");
    }
    let (mailbox, mut body) = (Mailbox::open(None).unwrap(), bulk(4));
    body["BulkEmailEntries"][1]["Destination"] = json!({});
    body["BulkEmailEntries"][2]["ReplacementEmailContent"]["ReplacementTemplate"]["ReplacementTemplateData"] =
        json!("no JSON");
    body["DefaultContent"]["Template"]["TemplateContent"]["Text"] = json!("{{only}}");
    body["BulkEmailEntries"][3]["ReplacementEmailContent"]["ReplacementTemplate"]["ReplacementTemplateData"] =
        json!("{\"only\": 1}");
    let results = call(&mailbox, "/v2/email/outbound-bulk-emails", &body).unwrap();
    let status = |i: usize| results["BulkEmailEntryResults"][i]["Status"].as_str().unwrap().to_owned();
    assert_eq!([status(0), status(1), status(2), status(3)], ["FAILED", "FAILED", "FAILED", "SUCCESS"]);
    assert_eq!(mailbox.len(), 1);
}

#[test]
fn templates_are_filled_without_escaping() {
    let data = json!({"a": "<1>", "b": 2, "c": true, "d": null, "e": ""});
    let data = data.as_object().unwrap();
    let cases = [
        ("plain", Ok("plain")),
        ("{{a}} {{ b }}{{c}}!", Ok("<1> 2true!")),
        ("{{e}}", Ok("")),
        ("{ {a} }", Ok("{ {a} }")),
        ("{{d}}", Err("'d'")),
        ("{{unknown}}", Err("'unknown'")),
        ("{{#if a}}x{{/if}}", Err("'#if a'")),
        ("{{a", Err("without")),
    ];
    for (text, expected) in cases {
        match (fill(text, data), expected) {
            (Ok(filled), Ok(expected)) => assert_eq!(filled, expected),
            (Err(error), Err(word)) => assert!(error.contains(word), "{error}"),
            (other, _) => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn addresses_are_looked_at_as_ses_does() {
    for good in [
        "a@b.example",
        "A.b+c_d@sub.b.example",
        "Name <a@b.example>",
        "\"Last, First\" <a@b.example>",
        "o'neil@b.example",
        "a@xn--bcher-kva.example",
    ] {
        assert_eq!(complaint(good), None, "{good}");
    }
    for bad in [
        "",
        "a",
        "@b.example",
        "a@",
        "a@b",
        "a b@c.example",
        "a@b..example",
        "a@-b.example",
        "a@b_c.example",
        "a..b@c.example",
        ".a@b.example",
        "a.@b.example",
        "a@b.example\r\nX: y",
        "é@b.example",
        "a@bücher.example",
        "a,b@c.example",
        "a@b@c.example",
        "Name <a@b.example> x",
    ] {
        assert!(complaint(bad).is_some(), "{bad}");
    }
    assert_eq!(bare(" Name <a@b.example> "), "a@b.example");
}

#[test]
fn the_account_says_how_much_may_be_sent() {
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    let mailbox = Mailbox::open(None).unwrap();
    send(&mailbox, &simple()).unwrap();
    let account = answer(&mailbox, ("GET", "/v2/email/account"), b"", now).unwrap().unwrap();
    assert_eq!(
        (account["SendQuota"]["SentLast24Hours"].as_f64(), account["SendingEnabled"].as_bool()),
        (Some(1.0), Some(true))
    );
    assert!(answer(&mailbox, ("GET", "/v2/email/identities"), b"", now).is_none());
}
