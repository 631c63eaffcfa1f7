use proptest::prelude::*;

use super::*;

/// SI-5, SI-6
#[test]
fn addresses_are_compared_folded_and_with_an_ascii_domain() {
    for (typed, same) in [
        ("maria@members.example", "maria@members.example"),
        (" Maria@Members.EXAMPLE ", "maria@members.example"),
        ("ｍａｒｉａ＠ｍｅｍｂｅｒｓ．ｅｘａｍｐｌｅ", "maria@members.example"),
        ("o'neil+club@a.example", "o'neil+club@a.example"),
        ("x@BÜCHER.example", "x@xn--bcher-kva.example"),
        ("x@XN--BCHER-KVA.example", "x@xn--bcher-kva.example"),
        ("x@straße.example", "x@xn--strae-oqa.example"),
        ("x@例え。example", "x@xn--r8jz45g.example"),
        ("Straße@a.example", "strasse@a.example"),
        ("\u{212A}im@a.example", "kim@a.example"),
        ("ΟΔΟΣ@a.example", "οδοσ@a.example"),
        ("jose\u{301}@a.example", "josé@a.example"),
        ("x@r3---sn.a.example", "x@r3---sn.a.example"),
        ("x@4.example", "x@4.example"),
        ("!#$%&'*+-/=?^_`{|}~@a.example", "!#$%&'*+-/=?^_`{|}~@a.example"),
    ] {
        assert_eq!(Email::parse(typed).map(|e| e.canonical), Ok(same.to_owned()), "{typed}");
    }
}

/// SI-5
#[test]
fn a_turkish_i_makes_another_address() {
    let forms = ["I", "i", "İ", "ı"].map(|i| Email::parse(&format!("{i}nci@a.example")).unwrap().canonical);
    assert_eq!(forms, ["inci", "inci", "i\u{307}nci", "ınci"].map(|local| format!("{local}@a.example")));
}

#[test]
fn the_parts_of_an_address_are_as_typed() {
    let email = Email::parse(" Märia.M@BÜCHER.example").unwrap();
    assert_eq!(email.shown(), "Märia.M@BÜCHER.example");
    assert_eq!(email.local(), "Märia.M");
    assert_eq!(email.domain(), "xn--bcher-kva.example");
    assert_eq!(email.deliverable(), "Märia.M@xn--bcher-kva.example");
    let wide = Email::parse("Ｍａｒｉａ＠members.example").unwrap();
    assert_eq!(wide.local(), "Ｍａｒｉａ");
    assert_eq!(wide.deliverable(), "Maria@members.example");
}

/// OP-5
#[test]
fn logs_get_the_first_letter_and_the_domain() {
    for (typed, masked) in [("maria@members.example", "m***@members.example"), ("É@a.example", "é***@a.example")] {
        let email = Email::parse(typed).unwrap();
        assert_eq!(email.masked(), masked);
        assert_eq!(format!("{email:?}"), format!("Email({masked:?})"));
    }
}

#[test]
fn what_is_no_plain_address_is_refused() {
    use EmailError::{Blank, Domain, Invisible, Local, MixedScripts, NotOneAt};
    for (typed, reason) in [
        ("", NotOneAt),
        ("maria", NotOneAt),
        ("a@b@c.example", NotOneAt),
        ("a@b\u{ff20}c.example", NotOneAt),
        ("a@b\u{fe6b}c.example", NotOneAt),
        ("@a.example", Local),
        (".a@a.example", Local),
        ("a.@a.example", Local),
        ("a..b@a.example", Local),
        ("a\u{2025}b@a.example", Local),
        ("\"a b\"@a.example", Blank),
        ("\"a\"@a.example", Local),
        ("a(b)@a.example", Local),
        ("<a@a.example", Local),
        ("a@a.example>", Domain),
        ("a,b@a.example", Local),
        ("a:b@a.example", Local),
        ("a\\b@a.example", Local),
        ("a🎉@a.example", Local),
        ("\u{301}a@a.example", Local),
        ("mаria@members.example", MixedScripts),
        ("maria@mеmbers.example", MixedScripts),
        ("maria@xn--mmbers-3of.example", MixedScripts),
        ("a b@a.example", Blank),
        ("a@a. example", Blank),
        ("a@a.example\r\nBcc: b@b.example", Invisible),
        ("a@a.example\n", Invisible),
        ("a\0@a.example", Invisible),
        ("a\u{200b}@a.example", Invisible),
        ("a@a\u{200d}.example", Invisible),
        ("a@\u{202e}a.example", Invisible),
        ("a@a\u{ad}.example", Invisible),
        ("a@", Domain),
        ("a@localhost", Domain),
        ("a@a.example.", Domain),
        ("a@.example", Domain),
        ("a@a..example", Domain),
        ("a@-a.example", Domain),
        ("a@a-.example", Domain),
        ("a@a_b.example", Domain),
        ("a@[127.0.0.1]", Domain),
        ("a@127.0.0.1", Domain),
        ("a@a.example/x", Domain),
        ("a@a.example:25", Domain),
        ("a@xn--a.example", Domain),
        ("a@a,b.example", Domain),
        ("a@a%2eexample", Domain),
    ] {
        assert_eq!(Email::parse(typed).unwrap_err(), reason, "{typed:?}");
    }
}

#[test]
fn lengths_are_counted_in_octets_in_every_form() {
    let domain = format!("{0}.{0}.{1}.example", "d".repeat(60), "e".repeat(59)); // 189
    let fits = |text: &str| Email::parse(text).is_ok();
    assert!(fits(&format!("{}@a.example", "l".repeat(64))));
    assert!(!fits(&format!("{}@a.example", "l".repeat(65))));
    assert!(fits(&format!("{}@a.example", "é".repeat(32))));
    assert!(!fits(&format!("{}@a.example", "é".repeat(33))));
    assert!(!fits(&format!("{}@a.example", "İ".repeat(32))), "longer once folded");
    assert_eq!(domain.len(), 189);
    assert!(fits(&format!("{}@{domain}", "l".repeat(64))), "254 octets");
    assert!(!fits(&format!("{}@x{domain}", "l".repeat(64))), "255 octets");
    assert!(!fits(&format!("a@{}.example", "d".repeat(64))), "a label has at most 63");
}

#[test]
fn an_address_is_stored_as_plain_text_and_checked_when_read() {
    let email = Email::parse("Maria@members.example").unwrap();
    assert_eq!(serde_json::to_string(&email).unwrap(), r#""Maria@members.example""#);
    assert_eq!(serde_json::from_str::<Email>(r#""Maria@members.example""#).unwrap(), email);
    assert!(serde_json::from_str::<Email>(r#""maria""#).is_err());
}

proptest! {
    /// SI-5
    #[test]
    fn a_canonical_address_is_an_address_and_its_own_canonical_form(
        typed in "[a-zA-ZäßİŉﬁΣς0-9.+]{1,12}@[a-zA-ZäßﬁΣς0-9-]{1,9}\\.(example|EXAMPLE|рф)|\\PC{1,4}@\\PC{1,4}\\.example"
    ) {
        if let Ok(email) = Email::parse(&typed) {
            for form in [email.canonical(), email.shown(), &email.deliverable()] {
                let again = Email::parse(form).map(|e| e.canonical);
                prop_assert_eq!(again, Ok(email.canonical.clone()));
            }
            prop_assert!(email.canonical().len() <= LONGEST && email.deliverable().len() <= LONGEST);
            prop_assert_eq!(email.canonical().matches('@').count(), 1);
        }
    }

    #[test]
    fn no_text_makes_it_panic(typed in any::<String>(), local in any::<String>(), domain in any::<String>()) {
        let _ = Email::parse(&typed);
        let _ = Email::parse(&format!("{local}@{domain}.example"));
    }
}
