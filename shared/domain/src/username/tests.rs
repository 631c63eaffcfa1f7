use proptest::prelude::*;

use super::*;

fn canonical_of(typed: &str) -> String {
    Username::parse(typed).unwrap().canonical().to_owned()
}

/// SI-5
#[test]
fn names_that_differ_only_in_case_width_or_compatibility_form_are_one_name() {
    for (typed, same) in [
        ("Maria", "maria"),
        ("  maria ", "maria"),
        ("\u{3000}maria\u{a0}", "maria"),
        ("ＭＡＲＩＡ", "maria"),
        ("ｍａｒｉａ７", "maria7"),
        ("oﬃce", "office"),
        ("\u{212A}elvin", "kelvin"),
        ("\u{212B}ngstro\u{308}m", "ångström"),
        ("Straße", "strasse"),
        ("STRASSE", "strasse"),
        ("STRAẞE", "strasse"),
        ("ΟΔΥΣΣΕΥΣ", "οδυσσευσ"),
        ("οδυσσευς", "οδυσσευσ"),
        ("Jose\u{301}", "josé"),
        ("ﾊﾅｺ", "ハナコ"),
        ("ſam", "sam"),
        ("\u{390}α", "\u{390}α"),
        ("\u{3aa}\u{301}Α", "\u{390}α"),
        ("ᲛᲐᲠᲘᲐ", "მარია"),
        ("Maria@Members.Example", "maria@members.example"),
        ("maria＠members．example", "maria@members.example"),
        ("a@BÜCHER.example", "a@xn--bcher-kva.example"),
        ("a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
    ] {
        assert_eq!(canonical_of(typed), same, "{typed}");
        assert_eq!(lookup_form(typed).as_deref(), Some(same), "{typed}");
    }
}

/// SI-5
#[test]
fn a_turkish_i_is_never_taken_for_another() {
    let forms = ["I", "i", "İ", "ı"].map(|i| canonical_of(&format!("{i}nci")));
    assert_eq!(forms, ["inci", "inci", "i\u{307}nci", "ınci"].map(str::to_owned));
}

#[test]
fn a_name_is_shown_as_it_was_typed() {
    for (typed, shown) in
        [(" Maria ", "Maria"), ("ＭＡＲＩＡ", "ＭＡＲＩＡ"), ("O'Neil-Straße.7_+", "O'Neil-Straße.7_+")]
    {
        assert_eq!(Username::parse(typed).unwrap().shown(), shown);
    }
}

#[test]
fn names_of_every_script_are_taken() {
    for typed in [
        "ann",
        "a1",
        "42",
        "maria7",
        "o'neil",
        "j.r.r",
        "x+y",
        "Ζωή",
        "мария",
        "שרה",
        "محمد",
        "सीता",
        "ตะวัน",
        "王小明",
        "ハナコ",
        "花子さん",
        "김민수",
        "ann@members.example",
        "мария@пример.example",
        "ÅSA",
        "josé",
    ] {
        assert!(Username::parse(typed).is_ok(), "{typed} {:?}", Username::parse(typed));
    }
}

#[test]
fn what_could_mislead_is_refused() {
    use UsernameError::{Invisible, MixedScripts, NoLetterOrDigit, NotAnEmail, Space, Symbol, TooLong, TooShort};
    let long = "x".repeat(65);
    for (typed, reason) in [
        ("", TooShort),
        ("   ", TooShort),
        ("x", TooShort),
        (" x ", TooShort),
        (long.as_str(), TooLong),
        ("ﷺﷺﷺﷺ", TooLong),
        ("an na", Space),
        ("an\u{a0}na", Space),
        ("an\u{2028}na", Space),
        ("an\tna", Invisible),
        ("anna\r\n", Invisible),
        ("an\0na", Invisible),
        ("an\u{200b}na", Invisible),
        ("an\u{200d}na", Invisible),
        ("an\u{ad}na", Invisible),
        ("an\u{feff}na", Invisible),
        ("\u{202e}anna", Invisible),
        ("an\u{2066}na", Invisible),
        ("an\u{34f}na", Invisible),
        ("an\u{fe0f}na", Invisible),
        ("anna\u{3164}", Invisible),
        ("anna\u{ffa0}", Invisible),
        ("anna\u{115f}", Invisible),
        ("anna\u{e0041}", Invisible),
        ("anna\u{206a}", Invisible),
        ("an/na", Symbol),
        ("an#na", Symbol),
        ("<anna>", Symbol),
        ("anna🎉", Symbol),
        ("anna\u{2800}", Symbol),
        ("anna\u{e000}", Symbol),
        ("\u{301}anna", Symbol),
        ("½½", Symbol),
        ("..", NoLetterOrDigit),
        ("-'-", NoLetterOrDigit),
        ("mаria", MixedScripts), // Cyrillic а
        ("mαria", MixedScripts), // Greek α
        ("annaさ", MixedScripts),
        ("\u{b5}torrent", MixedScripts), // micro sign, Greek after NFKC
        ("ann@", NotAnEmail),
        ("@ann", NotAnEmail),
        ("ann@localhost", NotAnEmail),
        ("a@b@c.example", NotAnEmail),
        ("a@b＠c.example", NotAnEmail),
        ("mаria@members.example", NotAnEmail), // Cyrillic а
    ] {
        assert_eq!(Username::parse(typed).unwrap_err(), reason, "{typed:?}");
    }
}

#[test]
fn two_and_sixty_four_code_points_are_enough_and_not_too_many() {
    for typed in ["ab".to_owned(), "é".repeat(64), "ß".repeat(64), "ΐ".repeat(64), "𝒜".repeat(64)] {
        let name = Username::parse(&typed).unwrap();
        assert!(name.canonical().len() <= LONGEST_LOOKUP);
        assert_eq!(lookup_form(name.shown()).as_deref(), Some(name.canonical()));
    }
}

#[test]
fn nothing_is_looked_up_for_empty_overlong_or_control_characters() {
    for typed in ["", "  ", "\u{3000}", "an\0na", "anna\n", "anna\u{85}"] {
        assert_eq!(lookup_form(typed), None, "{typed:?}");
    }
    assert!(lookup_form(&"x".repeat(256)).is_some());
    assert_eq!(lookup_form(&"x".repeat(257)), None);
    assert_eq!(lookup_form(&"ﷺ".repeat(256)), None, "would not fit into a key");
}

#[test]
fn a_name_is_stored_as_plain_text_and_checked_when_read() {
    let name = Username::parse("Maria").unwrap();
    assert_eq!(serde_json::to_string(&name).unwrap(), r#""Maria""#);
    assert_eq!(serde_json::from_str::<Username>(r#""Maria""#).unwrap(), name);
    assert!(serde_json::from_str::<Username>(r#""m""#).is_err());
}

/// OP-5
#[test]
fn a_name_that_is_an_address_is_masked_in_logs() {
    let name = Username::parse("maria@members.example").unwrap();
    assert_eq!(format!("{name:?}"), r#"Username("m***@members.example")"#);
    assert_eq!(format!("{:?}", Username::parse("Maria").unwrap()), r#"Username("Maria")"#);
}

#[test]
fn folding_twice_changes_nothing_for_any_character() {
    for c in '\0'..=char::MAX {
        let once = canonical(&c.to_string());
        assert_eq!(canonical(&once), once, "U+{:04X}", u32::from(c));
    }
}

/// SI-5: whatever was typed, what it is looked up by is looked up by itself (found by fuzzing).
#[test]
fn what_is_folded_into_an_address_is_that_address() {
    let form = lookup_form("\u{345}@\u{ff4d}.4.\u{1b1}").unwrap();
    assert_eq!(form, "\u{3b9}@m.4.xn--6oa");
    assert_eq!(canonical(&form), form);
}

proptest! {
    /// SI-5
    #[test]
    fn folding_twice_changes_nothing(typed in "\\PC{0,80}", other in any::<String>()) {
        for text in [typed, other] {
            let once = canonical(&text);
            prop_assert_eq!(canonical(&once), once);
        }
    }

    /// SI-5
    #[test]
    fn a_name_is_found_under_what_its_owner_typed(typed in "[a-zA-ZäßÅéſﬁ0-9._+' -]{0,70}|\\PC{2,6}|[a-zß.]{1,9}@[a-zß.]{1,9}") {
        if let Ok(name) = Username::parse(&typed) {
            let claimed = Some(name.canonical().to_owned());
            prop_assert_eq!(lookup_form(&typed), claimed.clone());
            prop_assert_eq!(lookup_form(name.canonical()), claimed);
        }
    }

    #[test]
    fn no_text_makes_it_panic(typed in any::<String>()) {
        let _ = Username::parse(&typed);
        let _ = lookup_form(&typed);
    }
}
