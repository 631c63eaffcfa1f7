use proptest::prelude::*;

use super::*;

const MARIA: [&str; 5] = ["maria", "Maria", "Member", "maria@members.example", "Harbour Association"];

fn password(typed: &str) -> Password {
    Password::parse(typed).unwrap()
}

fn reasons(typed: &str, criteria: Criteria) -> Vec<Reason> {
    check(&password(typed), &criteria, &MARIA).err().unwrap_or_default()
}

/// PW-1
#[test]
fn each_criterion_asks_for_its_number_and_no_more() {
    let plain = Criteria::default();
    let upper = Criteria { upper: 2, ..plain };
    let digits = Criteria { digits: 3, ..plain };
    let symbols = Criteria { symbols: 2, ..plain };
    let letters = Criteria { letters: 9, ..plain };
    let short = Criteria { length: 8, ..plain };
    let long = Criteria { length: 24, ..plain };
    for (typed, criteria, expected) in [
        ("vexing tuba q", plain, None),
        ("vexing tuba", plain, Some(Reason::TooShort { length: 12 })),
        ("vexing tubas", plain, None),
        ("wvx7-qpz", short, None),
        ("wvx7-qp", short, Some(Reason::TooShort { length: 8 })),
        ("wvx7-qp", Criteria { length: 0, ..plain }, Some(Reason::TooShort { length: 8 })),
        ("vexing tuba quartz moth", long, Some(Reason::TooShort { length: 24 })),
        ("vexing tuba quartz moths", long, None),
        ("Vexing tuba quartz", upper, Some(Reason::NeedsUpper { count: 2 })),
        ("Vexing Tuba quartz", upper, None),
        ("Ἀριθμὸς Ὁ κύκλος", upper, None),
        ("vexing tuba 42", digits, Some(Reason::NeedsDigits { count: 3 })),
        ("vexing tuba 427", digits, None),
        ("vexing tuba ٤٢٧", digits, None),
        ("vexing-tuba quartz", symbols, Some(Reason::NeedsSymbols { count: 2 })),
        ("vexing tuba quartz", symbols, Some(Reason::NeedsSymbols { count: 2 })),
        ("vexing-tuba-quartz", symbols, None),
        ("vexing tuba 🎺🦋", symbols, None),
        ("1739-8264-vexingtu", letters, Some(Reason::NeedsLetters { count: 9 })),
        ("1739-8264-vexingtub", letters, None),
        ("1739-8264-灯台守船乗港町海空", letters, None),
    ] {
        assert_eq!(reasons(typed, criteria), Vec::from_iter(expected), "{typed} {criteria:?}");
    }
}

/// PW-1
#[test]
fn all_reasons_are_told_at_once() {
    let all = Criteria { length: 12, upper: 1, digits: 1, symbols: 1, letters: 1 };
    assert_eq!(
        reasons("", all),
        [
            Reason::TooShort { length: 12 },
            Reason::NeedsUpper { count: 1 },
            Reason::NeedsDigits { count: 1 },
            Reason::NeedsSymbols { count: 1 },
            Reason::NeedsLetters { count: 1 },
            Reason::TooEasy,
        ]
    );
    assert_eq!(reasons("password", all).last(), Some(&Reason::Common));
}

/// PW-1
#[test]
fn accents_and_joiners_count_as_nothing_of_their_own() {
    let marks = "\u{301}\u{300}\u{302}\u{200d}\u{fe0f}\u{ad}\u{308} ";
    let one_each = Criteria { length: 8, upper: 1, digits: 1, symbols: 1, letters: 1 };
    assert_eq!(one_each.unmet(marks).len(), 4, "all but the length");
}

/// PW-1
#[test]
fn criteria_are_read_with_defaults_and_without_unknown_fields() {
    assert_eq!(serde_json::from_str::<Criteria>("{}").unwrap(), Criteria::default());
    let read = serde_json::from_str::<Criteria>(r#"{"length":16,"symbols":2}"#).unwrap();
    assert_eq!(read, Criteria { length: 16, symbols: 2, ..Criteria::default() });
    assert!(serde_json::from_str::<Criteria>(r#"{"lenght":16}"#).is_err());
}

/// PW-2
#[test]
fn common_passwords_are_refused() {
    for typed in [
        "password",
        "PASSWORD",
        "drowssap",
        "p4ssw0rd",
        "passwordpassword",
        "iloveyou",
        "trustno1",
        "championships",
        "qwertyuiop",
    ] {
        assert!(reasons(typed, Criteria::default()).contains(&Reason::Common), "{typed}");
    }
}

/// PW-2
#[test]
fn what_is_guessed_at_once_is_refused_whatever_its_length() {
    for typed in [
        "passwordpassword",
        "password1234",
        "Password1234!",
        "qwertyuiopas",
        "qwertyuiop[]",
        "1qaz2wsx3edc",
        "123456789012",
        "abcdefghijklm",
        "zyxwvutsrqponm",
        "aaaaaaaaaaaa",
        "            ",
        "iloveyou1234",
        "letmeinletmein",
        "19.08.1984",
        "ааааааааааааа",
        "\u{1f389}\u{1f389}\u{1f389}\u{1f389}\u{1f389}\u{1f389}\u{1f389}\u{1f389}\u{1f389}\u{1f389}\u{1f389}\u{1f389}",
    ] {
        let told = reasons(typed, Criteria { length: 8, ..Criteria::default() });
        assert!(told == [Reason::Common] || told == [Reason::TooEasy], "{typed} {told:?}");
    }
}

/// PW-2
#[test]
fn good_passwords_pass() {
    for typed in [
        "harbour-lantern-42",
        "correct horse battery staple!",
        "a first new password",
        "a second new password",
        "lighthouse-keeper-7",
        "new-password-for-maria-1",
        "sail-the-quiet-sea-9",
        "το φως του φάρου ανάβει",
        "море волнуется раз",
        "灯台守は静かな海を見る船",
        "天地玄黄宇宙洪荒日月盈昃",
        "🦊🎺🌋🧦🍋🚲🪐🦉🎲🧊🌵🎈",
        "  blanks count too  ",
    ] {
        assert_eq!(reasons(typed, Criteria::default()), [], "{typed}");
    }
}

/// PW-2
#[test]
fn a_password_made_of_what_others_know_is_refused() {
    for typed in [
        "MariaMember2026",
        "maria-member-maria",
        "María Mémber 26",
        "ＭＡＲＩＡ　ＭＥＭＢＥＲ",
        "maria@members.example",
        "members.example!1",
        "HarbourAssociation",
        "harbour association 1!",
        "m-a-r-i-a-member",
        "!!!!!!maria!!!!!!",
    ] {
        assert!(reasons(typed, Criteria::default()).contains(&Reason::ContainsContext), "{typed}");
    }
    for typed in ["m4r14m3mb3r", "rebmemairam"] {
        assert!(!reasons(typed, Criteria { length: 8, ..Criteria::default() }).is_empty(), "{typed}");
    }
}

/// PW-2
#[test]
fn short_and_absent_words_of_the_context_forbid_nothing() {
    let context = ["ed", "Ed", "", "Li", "ed@a.example", "灯"];
    for typed in ["red bed and shed", "quiet-lantern-sea"] {
        assert!(check(&password(typed), &Criteria::default(), &context).is_ok(), "{typed}");
    }
    assert!(check(&password("sail-the-quiet-sea-9"), &Criteria::default(), &[]).is_ok());
}

/// PW-2
#[test]
fn strength_grows_with_the_password() {
    let of = |typed: &str| check(&password(typed), &Criteria { length: 8, ..Criteria::default() }, &[]).unwrap();
    assert!(of("vexing77") < of("vexing tuba quartz moth"));
    assert_eq!(of("vexing tuba quartz moth").score(), 4);
}

/// PW-2
#[test]
fn one_password_in_two_normal_forms_is_one_password() {
    for (one, other) in
        [("José's caf\u{e9}", "Jose\u{301}'s cafe\u{301}"), ("\u{212b}", "\u{c5}"), ("한", "\u{1112}\u{1161}\u{11ab}")]
    {
        assert_eq!(password(one).expose_bytes(), password(other).expose_bytes());
    }
    for (one, other) in [("ﬁ", "fi"), ("Ａ", "A"), (" a", "a"), ("a ", "a"), ("a", "A")] {
        assert_ne!(password(one).expose_bytes(), password(other).expose_bytes());
    }
}

/// PW-2
#[test]
fn a_password_has_up_to_256_code_points() {
    let long: String = "vexing tuba quartz moth 🎺 ".chars().cycle().take(256).collect();
    assert!(check(&password(&long), &Criteria::default(), &MARIA).is_ok());
    assert_eq!(password(&long).expose_bytes(), long.as_bytes());
    assert_eq!(Password::parse(&format!("{long}x")).unwrap_err(), PasswordTooLong);
    assert!(Password::parse(&"🎉".repeat(256)).is_ok());
    assert!(Password::parse(&"e\u{301}".repeat(256)).is_ok(), "counted after NFC");
    assert!(Password::parse(&"\u{958}".repeat(129)).is_err(), "counted after NFC, which takes these apart");
    assert_eq!(Reason::from(PasswordTooLong), Reason::TooLong);
    assert_eq!(password("").expose_bytes(), b"");
}

/// OP-5
#[test]
fn a_password_is_not_printed() {
    assert!(!format!("{:?}", password("harbour-lantern-42")).contains("lantern"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// PW-1, PW-2
    #[test]
    fn nothing_shorter_than_asked_is_taken(typed in any::<String>(), ascii in "[ -~]{0,80}", length in 0..40_u16, word in any::<String>()) {
        for text in [typed, ascii] {
            let Ok(given) = Password::parse(&text) else { continue };
            let asked = Criteria { length, ..Criteria::default() };
            if check(&given, &asked, &[&word, "maria"]).is_ok() {
                prop_assert!(text.nfc().count() >= usize::from(length.max(FLOOR)));
            }
        }
    }

    /// PW-2
    #[test]
    fn nothing_is_trimmed_or_cut(typed in "\\PC{0,256}|[ \\t]{0,9}") {
        if let Ok(given) = Password::parse(&typed) {
            let whole: String = typed.nfc().collect();
            prop_assert_eq!(given.expose_bytes(), whole.as_bytes());
        }
    }
}
