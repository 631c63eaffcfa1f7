use super::*;
use domain::layout::Occasion;

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

/// ML-1: every default layout may be saved as it is, imported or not.
#[test]
fn every_default_layout_is_without_flaw() {
    for occasion in Occasion::ALL {
        for imported in [false, true] {
            assert_eq!(default_layout(occasion, imported).flaws(occasion), [], "{occasion:?}");
        }
        assert!(default_layout(occasion, true).text.contains("!ENVIRONMENT!"), "{occasion:?}");
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
