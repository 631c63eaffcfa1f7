//! Colours, and whether one can be read on another (WCAG 2.2, 1.4.3).

/// A colour in sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour([u8; 3]);

impl Colour {
    /// White.
    pub const WHITE: Self = Self([255; 3]);

    /// Black.
    pub const BLACK: Self = Self([0; 3]);

    /// The colour of `#17594c`.
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self([red, green, blue])
    }

    /// A colour such as `#17594c`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
        let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        Some(Self([part(0)?, part(2)?, part(4)?])).filter(|_| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
    }

    /// As style sheets write it.
    pub fn css(self) -> String {
        let [red, green, blue] = self.0;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    /// So many hundredths of the way to another colour.
    #[must_use]
    pub fn towards(self, other: Self, hundredths: u16) -> Self {
        let mut mixed = [0; 3];
        for (to, (from, other)) in mixed.iter_mut().zip(self.0.into_iter().zip(other.0)) {
            let sum = u16::from(from) * (100 - hundredths.min(100)) + u16::from(other) * hundredths.min(100);
            *to = u8::try_from((sum + 50) / 100).unwrap_or(u8::MAX);
        }
        Self(mixed)
    }

    /// How well one can be read on the other: 1 not at all, 4.5 well enough for text, 21 black on white.
    pub fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

/// Contrast that text needs.
pub const READABLE: f64 = 4.5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_what_wcag_says() {
        let cases = [
            ("#000000", "#ffffff", 21.0),
            ("#777777", "#ffffff", 4.48),
            ("#17594c", "#ffffff", 8.15),
            ("#ff0000", "#ff0000", 1.0),
        ];
        for (one, other, expected) in cases {
            let (one, other) = (Colour::parse(one).unwrap(), Colour::parse(other).unwrap());
            assert!((one.contrast(other) - expected).abs() < 0.05, "{} {}", one.css(), one.contrast(other));
            assert!((one.contrast(other) - other.contrast(one)).abs() < 1e-9);
        }
    }

    #[test]
    fn only_whole_colours_are_colours() {
        assert_eq!(Colour::parse("#17594C").map(Colour::css).as_deref(), Some("#17594c"));
        for bad in ["17594c", "#fff", "#17594", "#17594cff", "#17594g", "#+1+2+3", "red", "", "#é594c"] {
            assert_eq!(Colour::parse(bad), None, "{bad}");
        }
        assert_eq!(Colour::BLACK.towards(Colour::WHITE, 50).css(), "#808080");
    }
}
