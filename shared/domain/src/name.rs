//! Names of people: what may be one, and when two are the same (SU-2).

use caseless::Caseless;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::username::is_invisible;

/// The longest name, in characters.
const LONGEST: usize = 80;

/// Characters that stand in names beside letters, marks and digits.
const BETWEEN: &str = " .,'’ʼ-‐()·";

/// Why a text can't be somebody's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing, or no letter.
    #[error("has no letter")]
    Empty,
    /// More than 80 characters.
    #[error("longer than 80 characters")]
    TooLong,
    /// A control, zero-width, bidirectional or other character that can't be seen.
    #[error("contains an invisible character")]
    Invisible,
    /// A character that names don't have, such as `<`, `/` or `!`.
    #[error("contains {0:?}")]
    Odd(char),
    /// A dot between words, as in an address of a web site: mail programs would make a link of it.
    #[error("looks like a web address")]
    Address,
}

/// Takes a text as somebody's first or last name: trimmed, inner blanks made one.
pub fn parse(typed: &str) -> Result<String, NameError> {
    if typed.chars().any(char::is_control) {
        return Err(NameError::Invisible);
    }
    let name = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.chars().count() > LONGEST {
        return Err(NameError::TooLong);
    }
    if name.chars().any(is_invisible) {
        return Err(NameError::Invisible);
    }
    let odd = |c: &char| !(c.is_alphanumeric() || is_combining_mark(*c) || BETWEEN.contains(*c));
    if let Some(odd) = name.chars().find(odd) {
        return Err(NameError::Odd(odd));
    }
    // By the form that is compared: a mark without its letter is nobody's name.
    if !folded(&name).chars().any(char::is_alphabetic) {
        return Err(NameError::Empty);
    }
    if name.split(' ').any(is_address) {
        return Err(NameError::Address);
    }
    Ok(name)
}

fn is_address(word: &str) -> bool {
    let parts: Vec<usize> = word.split('.').map(|part| part.chars().count()).collect();
    parts.windows(2).any(|pair| pair[0] > 1 && pair[1] > 1)
}

/// Whether two names are the same but for case, accents, blanks and punctuation; `ü` is `u` and `ue` alike. A name without
/// letters or digits is nobody's.
pub fn same(one: &str, other: &str) -> bool {
    let forms = |name: &str| [folded(name), folded(&spelled_out(name))];
    let others = forms(other);
    forms(one).iter().any(|form| !form.is_empty() && others.contains(form))
}

/// A name as it is compared and sorted: without case, accents, blanks and punctuation.
pub fn folded(name: &str) -> String {
    let bare = name.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(|c| without_stroke(c).chars().chain(own(c)));
    bare.default_case_fold().nfkd().filter(|c| c.is_alphanumeric()).collect()
}

/// Bytes of a name that lists are sorted by: two of them and an id are well within what a key may have (1,024).
const LONGEST_SORTED: usize = 400;

/// The form by which lists are sorted and searched: as it is compared, cut where a key would grow too long. One letter may fold
/// into eighteen.
pub fn sorted(name: &str) -> String {
    let mut form = folded(name);
    form.truncate(form.floor_char_boundary(LONGEST_SORTED));
    form
}

/// Letters with a stroke and joined ones, which Unicode does not take apart.
fn without_stroke(c: char) -> &'static str {
    match c {
        'ø' | 'Ø' => "o",
        'ł' | 'Ł' => "l",
        'đ' | 'Đ' | 'ð' | 'Ð' => "d",
        'ħ' | 'Ħ' => "h",
        'ı' | 'İ' => "i",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'þ' | 'Þ' => "th",
        _ => "",
    }
}

fn own(c: char) -> Option<char> {
    without_stroke(c).is_empty().then_some(c)
}

/// As it is written where the letters are not at hand: Müller, Mueller.
fn spelled_out(name: &str) -> String {
    let mut spelled = String::with_capacity(name.len() + 4);
    for c in name.nfc().flat_map(char::to_lowercase).nfc() {
        match c {
            'ä' => spelled.push_str("ae"),
            'ö' | 'ø' => spelled.push_str("oe"),
            'ü' => spelled.push_str("ue"),
            'å' => spelled.push_str("aa"),
            other => spelled.push(other),
        }
    }
    spelled
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// SU-2
    #[test]
    fn case_accents_blanks_and_punctuation_make_no_other_name() {
        let table = [
            ("María-José", "maria jose"),
            ("O’Neill", "ONeill"),
            ("Müller", "MUELLER"),
            ("Müller", "Muller"),
            ("Mu\u{308}ller", "Müller"),
            ("Łukasz", "lukasz"),
            ("Søren", "Soeren"),
            ("Strauß", "STRAUSS"),
            ("Ｎｏｒａ", "nora"),
            ("van der Berg", "VanDerBerg"),
            ("İpek", "ipek"),
        ];
        for (one, other) in table {
            assert!(same(one, other) && same(other, one), "{one} {other}");
        }
    }

    /// SU-2
    #[test]
    fn other_names_are_others() {
        for (one, other) in [("Nora", "Norah"), ("", ""), ("-", "'"), ("Ann", "Anna"), ("Иван", "Ivan"), ("", "Nora")]
        {
            assert!(!same(one, other), "{one} {other}");
        }
    }

    #[test]
    fn what_is_no_name_says_why() {
        let table = [
            ("", NameError::Empty),
            ("42", NameError::Empty),
            ("\u{11d3a}", NameError::Empty),
            ("Ann\r\nBcc: x", NameError::Invisible),
            ("Ann\u{202E}", NameError::Invisible),
            ("A\u{200B}nn", NameError::Invisible),
            ("<b>Ann</b>", NameError::Odd('<')),
            ("!PINCODE!", NameError::Odd('!')),
            ("{{name}}", NameError::Odd('{')),
            ("https://evil.example", NameError::Odd(':')),
            ("Win at evil.example", NameError::Address),
        ];
        for (typed, error) in table {
            assert_eq!(parse(typed), Err(error), "{typed:?}");
        }
        assert_eq!(parse(&"x".repeat(81)), Err(NameError::TooLong));
    }

    /// AD-1: whatever a name folds into, it fits into a key.
    #[test]
    fn a_name_is_sorted_by_its_beginning() {
        assert_eq!(sorted("O’Neill"), "oneill");
        let long = "\u{fdfa}".repeat(80);
        assert!(folded(&long).len() > 2_000 && sorted(&long).len() <= 400);
        assert!(folded(&long).starts_with(&sorted(&long)));
    }

    #[test]
    fn names_of_many_kinds_are_names() {
        for name in ["J.R.R. Tolkien", "O’Neill", "María José", "Smith (née Jones), Jr.", "王小明", "الزهراء", "Nguyễn"]
        {
            assert_eq!(parse(name).as_deref(), Ok(name));
        }
        assert_eq!(parse("  Nora   Jane ").as_deref(), Ok("Nora Jane"));
    }

    proptest! {
        /// SU-2: whatever case, accents and blanks somebody adds, it is the same name.
        #[test]
        fn however_it_is_written_it_is_the_same_name(name in "[a-zA-ZäöüéñçßøłÅ]{1,20}", at in 0_usize..20, upper: bool) {
            let mut written: String = if upper { name.to_uppercase() } else { name.to_lowercase() };
            let place = written.char_indices().nth(at).map_or(written.len(), |(place, _)| place);
            written.insert_str(place, " -");
            prop_assert!(same(&name, &written), "{} {}", name, written);
            let decomposed: String = name.nfd().collect();
            prop_assert!(same(&name, &decomposed));
        }

        #[test]
        fn any_text_is_a_name_or_not(text in "\\PC{0,100}", other in "\\PC{0,100}") {
            prop_assert_eq!(same(&text, &other), same(&other, &text));
            if let Ok(name) = parse(&text) {
                prop_assert_eq!(parse(&name), Ok(name.clone()));
                prop_assert!(same(&name, &text));
            }
        }
    }
}
