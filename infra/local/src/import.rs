//! `--import people.csv`: brings one's own people, and says what became of each row that could not be taken.

use std::path::Path;

use domain::source::Source;
use service::App;
use service::flow::import::{Format, ImportError, Report, import_from};

/// Why a file was not taken.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It can't be opened.
    #[error("{0} can't be opened: {1}")]
    Open(String, #[source] std::io::Error),
    /// It is not a list of people, or a service did not answer.
    #[error(transparent)]
    Import(#[from] ImportError),
}

/// Takes the file, CSV or JSON as it begins. Rows that are not stored are in the report.
pub(crate) async fn run(app: &App, file: &Path, source: Source) -> Result<Report, FileError> {
    let text = std::fs::read(file).map_err(|error| FileError::Open(file.display().to_string(), error))?;
    Ok(import_from(app, (Format::guessed(&text), source), &text).await?)
}

/// The report in words, a line for each refused row and one for the columns that nothing is taken from.
pub fn in_words(report: &Report) -> String {
    let mut words = format!("{} people stored, {} rows refused.\n", report.stored, report.refused.len());
    for row in &report.refused {
        words.extend(["  line ", &row.line.to_string(), ": ", &row.reason, "\n"]);
    }
    if !report.left_out.is_empty() {
        words.extend(["Nothing is taken from these columns: ", &report.left_out.join(", "), ".\n"]);
    }
    words
}
