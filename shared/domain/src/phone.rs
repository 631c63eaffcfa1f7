//! Phone numbers: what may be one, and when two in different forms are the same (SU-2).

use phonenumber::country::Id;
use phonenumber::{Mode, PhoneNumber};

/// Digits that a phone number has, at the least and the most (ITU-T E.164 has 15; an extension may follow).
const DIGITS: std::ops::RangeInclusive<usize> = 5..=20;

/// Takes a text as a phone number, as it is typed; `None` for what can't be one.
pub fn parse(typed: &str) -> Option<String> {
    let typed = typed.trim();
    let digits = typed.chars().filter(char::is_ascii_digit).count();
    let plain = typed.chars().all(|c| c.is_ascii_digit() || " +-./()x".contains(c));
    (plain && DIGITS.contains(&digits) && typed.len() <= 40).then(|| typed.to_owned())
}

/// Whether two numbers are the same. One without its country's code is taken to be of the other's country or of `home`, two
/// letters (ISO 3166); where no country is known, the digits are compared.
pub fn same(one: &str, other: &str, home: Option<&str>) -> bool {
    if one.trim() == other.trim() {
        return parse(one).is_some(); // whatever number that may be
    }
    let home = home.and_then(|code| code.parse::<Id>().ok());
    let countries = [home, country(one), country(other)];
    let as_in = |country: Id| number(Some(country), one).zip(number(Some(country), other));
    if countries.iter().flatten().any(|country| as_in(*country).is_some_and(|(one, other)| one == other)) {
        return true;
    }
    countries.iter().all(Option::is_none) && bare(one) == bare(other) && bare(one).len() >= *DIGITS.start()
}

/// The country that a number with its country's code belongs to.
fn country(text: &str) -> Option<Id> {
    read(None, text)?.country().id()
}

/// In the one form that every number has (E.164).
fn number(country: Option<Id>, text: &str) -> Option<String> {
    Some(read(country, text)?.format().mode(Mode::E164).to_string())
}

/// `00` for `+` is how many people write it.
fn read(country: Option<Id>, text: &str) -> Option<PhoneNumber> {
    let text = text.trim();
    let international = text.strip_prefix("00").filter(|rest| !rest.starts_with('0')).map(|rest| format!("+{rest}"));
    let read = |text: &str| phonenumber::parse(country, text).ok();
    international.as_deref().and_then(read).or_else(|| read(text))
}

fn bare(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.trim_start_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// SU-2
    #[test]
    fn a_number_in_any_form_is_the_same() {
        let kept = "+44 20 7946 0101";
        for typed in ["020 7946 0101", "(020) 7946-0101", "0044 20 7946 0101", "+442079460101", "+44 (0)20 7946 0101"] {
            assert!(same(typed, kept, None) && same(kept, typed, None), "{typed}");
        }
        assert!(same("020 7946 0101", "02079460101", None), "without any country");
        assert!(same("(212) 555-0101", "+1 212 555 0101", None));
        assert!(same("030 901820", "+49 30 901820", Some("DE")));
        assert!(same("..)000000)x", "..)000000)x", None), "found by fuzzing");
    }

    /// SU-2
    #[test]
    fn another_number_is_another() {
        for (one, other) in [
            ("020 7946 0102", "+44 20 7946 0101"),
            ("+1 20 7946 0101", "+44 20 7946 0101"),
            ("", ""),
            ("0", "00"),
            ("7946 0101", "+44 20 7946 0101"),
        ] {
            assert!(!same(one, other, Some("GB")), "{one} {other}");
        }
    }

    #[test]
    fn what_is_no_number_is_told() {
        for bad in ["", "12", "call me", "+44\u{200B}2079460101", "<020 7946 0101>", &"1".repeat(30)] {
            assert_eq!(parse(bad), None, "{bad:?}");
        }
        assert_eq!(parse(" +44 20 7946 0101 x12 ").as_deref(), Some("+44 20 7946 0101 x12"));
    }

    proptest! {
        /// SU-2: however its groups are set apart, it is the same number.
        #[test]
        fn however_it_is_grouped_it_is_the_same(digits in "2079460[0-9]{3}", cuts in prop::collection::vec(1_usize..10, 0..4)) {
            let grouped: String = digits
                .chars()
                .enumerate()
                .flat_map(|(at, c)| [cuts.contains(&at).then_some(' '), Some(c)].into_iter().flatten())
                .collect();
            let (national, international) = (format!("0{grouped}"), format!("+44{digits}"));
            prop_assert!(same(&national, &international, None), "{}", national);
        }

        #[test]
        fn any_text_may_be_compared(one in "\\PC{0,40}", other in "\\PC{0,40}") {
            prop_assert_eq!(same(&one, &other, Some("GB")), same(&other, &one, Some("GB")));
        }
    }
}
