//! Style sheets and scripts as they are served: without indentation, empty lines, and lines that are comments.

/// A text without what only its readers need.
macro_rules! squeezed {
    ($text:expr) => {{
        const BYTES: [u8; $crate::pages::squeeze::length($text)] = $crate::pages::squeeze::squeeze($text);
        match std::str::from_utf8(&BYTES) {
            Ok(text) => text,
            Err(_) => panic!("it is cut at ends of lines only"),
        }
    }};
}
pub(super) use squeezed;

/// How many bytes are left.
pub(super) const fn length(text: &str) -> usize {
    let mut at = Reader { text: text.as_bytes(), next: 0, begins: true };
    let mut length = 0;
    while at.byte().is_some() {
        length += 1;
    }
    length
}

/// The bytes that are left, of which there are `N`.
pub(super) const fn squeeze<const N: usize>(text: &str) -> [u8; N] {
    let mut at = Reader { text: text.as_bytes(), next: 0, begins: true };
    let mut left = [0; N];
    let mut filled = 0;
    while let Some(byte) = at.byte() {
        left[filled] = byte;
        filled += 1;
    }
    left
}

struct Reader<'a> {
    text: &'a [u8],
    next: usize,
    /// Whether a line begins here.
    begins: bool,
}

impl Reader<'_> {
    /// The next byte that is left.
    const fn byte(&mut self) -> Option<u8> {
        if self.begins {
            self.skip();
        }
        if self.next == self.text.len() {
            return None;
        }
        let byte = self.text[self.next];
        self.next += 1;
        self.begins = byte == b'\n';
        Some(byte)
    }

    /// Over what does not count, up to where a line says something.
    const fn skip(&mut self) {
        loop {
            match self.text.split_at(self.next).1 {
                [b' ' | b'\n', ..] => self.next += 1,
                [b'/', b'/', ..] => self.skip_line(),
                _ => return,
            }
        }
    }

    const fn skip_line(&mut self) {
        while self.next < self.text.len() && self.text[self.next] != b'\n' {
            self.next += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    /// What says something is left, line by line.
    #[test]
    fn lines_are_left_that_say_something() {
        const SQUEEZED: &str = squeezed!("// What it is.\na {\n  b: 1; // c\n\n    ü: 2 }\n  // d\n");
        const NOTHING: &str = squeezed!("\n  // nothing");
        assert_eq!(SQUEEZED, "a {\nb: 1; // c\nü: 2 }\n");
        assert_eq!(NOTHING, "");
    }
}
