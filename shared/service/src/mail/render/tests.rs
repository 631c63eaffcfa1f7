use super::*;
use domain::language::{Language, speaking};
use domain::layout::{Layout, Occasion};

use crate::mail::{default_layout, sample_values};

const ORIGIN: &str = "https://accounts.harbour.example";

fn settings() -> Settings {
    let settings = serde_json::json!({
        "organisation.name": "Harbour Association",
        "organisation.email": "office@harbour.example",
        "organisation.environment_name": "Sample",
    });
    serde_json::from_value(settings).unwrap()
}

fn letter(occasion: Occasion, values: Values<'_>) -> Letter {
    Letter::write(&default_layout(occasion, true), &settings(), ORIGIN, values).unwrap()
}

/// ML-1, ML-8: every default layout may be saved as it is, imported or not.
#[test]
fn every_default_layout_is_without_flaw() {
    for (occasion, language) in Occasion::ALL.into_iter().flat_map(|one| Language::ALL.map(|language| (one, language)))
    {
        for imported in [false, true] {
            let layout = speaking(language, || default_layout(occasion, imported));
            assert_eq!(layout.flaws(occasion), [], "{occasion:?} {language:?}");
            assert_eq!(layout.text.contains("!ENVIRONMENT!"), imported, "{occasion:?}");
            assert!(layout.html.contains(&format!("<html lang=\"{}\">", language.tag())), "{occasion:?}");
        }
    }
}

/// OP-7, ML-8: a mail in Spanish says nothing that the English one says, and names the same items.
#[test]
fn every_mail_speaks_every_language() {
    let items = |layout: &Layout| {
        let mut items: Vec<String> = layout.text.split('!').skip(1).step_by(2).map(str::to_owned).collect();
        items.sort();
        items
    };
    for occasion in Occasion::ALL {
        let [english, spanish] = Language::ALL.map(|language| speaking(language, || default_layout(occasion, true)));
        assert_eq!(items(&english), items(&spanish), "{occasion:?}");
        assert_ne!(english.subject, spanish.subject, "{occasion:?}");
        let lines = english.text.lines().filter(|line| line.contains(' '));
        let same: Vec<&str> = lines.filter(|line| spanish.text.lines().any(|other| other == *line)).collect();
        assert_eq!(same, Vec::<&str>::new(), "{occasion:?}");
    }
}

/// ML-1, FU-8: each mail as its reader gets it.
#[test]
fn every_mail_reads_as_it_did() {
    for occasion in Occasion::ALL {
        let letter = letter(occasion, sample_values(occasion, ORIGIN));
        let whole = format!("Subject: {}\n\n{}\n{}", letter.subject, letter.text, letter.html);
        insta::assert_snapshot!(occasion.name(), whole);
    }
}

/// ML-3
#[test]
fn a_value_is_never_markup_a_line_or_an_item() {
    for occasion in Occasion::ALL {
        let values = occasion.own_items().iter().map(|item| (*item, "<x>\r\nBcc: !NAME!".into())).collect();
        let letter = letter(occasion, values);
        assert!(!letter.html.contains("<x>"), "{occasion:?}: {}", letter.html);
        assert!(!letter.subject.contains(['\r', '\n']), "{occasion:?}: {}", letter.subject);
        assert!(!letter.text.contains('\r'), "{occasion:?}: {}", letter.text);
        assert_eq!(letter.text.contains("!NAME!"), !occasion.own_items().is_empty(), "{occasion:?}: {}", letter.text);
    }
}

#[test]
fn a_button_shows_its_address_too() {
    let letter = letter(Occasion::PasswordLink, sample_values(Occasion::PasswordLink, ORIGIN));
    let address = format!("{ORIGIN}/reset?token=this-is-a-sample");
    assert!(letter.text.contains(&format!("Set a new password:\n{address}\n")), "{}", letter.text);
    assert_eq!(letter.html.matches(&address).count(), 3);
}
