//! Line numbers, as an editor counts them.

/// Finds the line that a row begins on; rows are asked for in their order.
pub(super) struct Lines<'a> {
    text: &'a [u8],
    counted: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    pub(super) fn of(text: &'a [u8]) -> Self {
        Self { text, counted: 0, line: 1 }
    }

    /// The line of the row that begins at or, after empty lines, behind this byte. The header is line 1.
    pub(super) fn at(&mut self, byte: u64) -> u64 {
        let mut start = usize::try_from(byte).unwrap_or(usize::MAX).min(self.text.len());
        while self.text.get(start).is_some_and(|b| matches!(b, b'\r' | b'\n')) {
            start += 1;
        }
        while self.counted < start {
            let pair = self.text[self.counted] == b'\r' && self.text.get(self.counted + 1) == Some(&b'\n');
            let ends = matches!(self.text[self.counted], b'\r' | b'\n') && !pair;
            self.line += u64::from(ends);
            self.counted += 1;
        }
        self.line
    }
}
