//! An organisation's own colours, corners and letters: a small style sheet over the one of every page.

use domain::colour::{Colour, READABLE};
use domain::settings::{Corners, Letters, Settings};

use super::layout::{fingerprint, versioned};

/// What dark pages are painted on.
const NIGHT: Colour = Colour::new(0x14, 0x20, 0x1d);

/// Letters on buttons of dark pages.
const LETTERS_AT_NIGHT: Colour = Colour::new(0x10, 0x10, 0x10);

/// The style sheet; empty where everything is as it was at first.
pub fn theme(settings: &Settings) -> String {
    let mut day = String::new();
    match settings.organisation_corners {
        Corners::Soft => {}
        Corners::Square => day.push_str("--radius:0;"),
        Corners::Round => day.push_str("--radius:1.375rem;"),
    }
    if settings.organisation_letters == Letters::Serif {
        day.push_str("--font:Georgia,\"Noto Serif\",\"Liberation Serif\",serif;--font-carved:var(--font);");
    }
    let mut night = String::new();
    if let Some(colour) = settings.organisation_colour.as_deref().and_then(Colour::parse) {
        day.push_str(&by_day(colour));
        night = format!("@media (prefers-color-scheme:dark){{:root{{{}}}}}", by_night(colour));
    }
    if day.is_empty() { night } else { format!(":root{{{day}}}{night}") }
}

fn by_day(colour: Colour) -> String {
    let (dark, light) = (|part| colour.towards(Colour::BLACK, part), |part| colour.towards(Colour::WHITE, part));
    hall([dark(25), light(18), light(8), colour, dark(55)]) + &doors([colour, dark(30), Colour::WHITE, dark(20)])
}

fn by_night(colour: Colour) -> String {
    let (dark, light) = (|part| colour.towards(Colour::BLACK, part), readable_at_night(colour));
    let over = light.towards(Colour::WHITE, 30);
    hall([dark(85), dark(60), dark(70), dark(78), dark(92)]) + &doors([light, over, LETTERS_AT_NIGHT, light])
}

fn hall(colours: [Colour; 5]) -> String {
    let [wall, arch_1, arch_2, arch_3, floor] = colours.map(Colour::css);
    format!("--wall:{wall};--arch-1:{arch_1};--arch-2:{arch_2};--arch-3:{arch_3};--floor:{floor};")
}

fn doors(colours: [Colour; 4]) -> String {
    let [link, over, letters, focus] = colours.map(Colour::css);
    format!("--link:{link};--button:{link};--button-over:{over};--on-button:{letters};--focus:{focus};")
}

/// The colour, as much lighter as it takes to be read on a dark page, and to have dark letters on it.
fn readable_at_night(colour: Colour) -> Colour {
    let lighter = |hundredths| colour.towards(Colour::WHITE, hundredths);
    let fits = |colour: &Colour| colour.contrast(NIGHT) >= READABLE + 0.5;
    (0..=100).step_by(5).map(lighter).find(fits).unwrap_or(Colour::WHITE)
}

/// The address of the style sheet, which changes with it; `None` where there is none.
pub fn theme_href(settings: &Settings) -> Option<String> {
    theme_version(settings).map(href)
}

/// The address of a version of it.
pub(super) fn href(version: u64) -> String {
    versioned("/assets/theme.css", version)
}

/// What tells one theme from another; `None` where there is none.
pub(crate) fn theme_version(settings: &Settings) -> Option<u64> {
    let all = theme(settings);
    (!all.is_empty()).then(|| fingerprint(&all))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// OP-6: whatever colour may be set can be read by day and by night.
    #[test]
    fn every_colour_that_may_be_set_can_be_read() {
        let steps = || (0..=255).step_by(51);
        let all = steps()
            .flat_map(|red| steps().flat_map(move |green| steps().map(move |blue| Colour::new(red, green, blue))));
        let fit: Vec<Colour> = all.filter(|colour| Settings::is_fit_for_pages(&colour.css())).collect();
        assert!(fit.len() > 50);
        for colour in fit {
            let light = readable_at_night(colour);
            let pairs = [(colour, Colour::new(0xff, 0xfd, 0xf9)), (light, NIGHT), (light, LETTERS_AT_NIGHT)];
            assert!(pairs.iter().all(|(one, other)| one.contrast(*other) >= READABLE), "{}", colour.css());
        }
        assert_eq!(theme(&Settings::default()), "");
    }
}
