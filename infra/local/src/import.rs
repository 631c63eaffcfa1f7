//! `--import people.csv`: brings one's own people, and says what became of each row that could not be taken.

use std::path::Path;

use service::App;
use service::flow::import::{ImportError, Report, import};

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

/// Takes the file. Rows that are not stored are in the report.
pub(crate) async fn run(app: &App, file: &Path) -> Result<Report, FileError> {
    let text = std::fs::read(file).map_err(|error| FileError::Open(file.display().to_string(), error))?;
    Ok(import(app, &text).await?)
}

/// The report in words, a line for each refused row.
pub fn in_words(report: &Report) -> String {
    let mut words = format!("{} people stored, {} rows refused.\n", report.stored, report.refused.len());
    for row in &report.refused {
        words.extend(["  line ", &row.line.to_string(), ": ", &row.reason, "\n"]);
    }
    words
}
