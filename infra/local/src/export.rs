//! `--export FILE` and `--restore FILE`: everything, closed with a passphrase, out of this house or into it (IO-3).

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};

use domain::message;
use domain::password::{Password, Reason};
use secrecy::ExposeSecret;
use service::App;
use service::flow::Trouble;
use service::flow::export::{RestoreError, by_operator, restore, strong};

use crate::cloud::private;
use crate::start::Closed;

/// Why an export was not written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The file can't be written, or is there.
    #[error("the file can't be written: {0}")]
    File(#[from] std::io::Error),
    /// The passphrase is too weak.
    #[error("the passphrase is too weak. {}", weak(.0))]
    Weak(Vec<Reason>),
    /// A service did not answer.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

fn weak(reasons: &[Reason]) -> String {
    reasons.iter().map(|reason| message::password(*reason)).collect::<Vec<_>>().join(" ")
}

/// Writes an export into a file that is not there yet, and that only its owner may read.
pub async fn write(app: &App, to: &Closed) -> Result<(), ExportError> {
    let passphrase = strong(to.passphrase.expose_secret()).map_err(ExportError::Weak)?;
    let mut file = BufWriter::new(private().create_new(true).open(&to.file)?);
    by_operator(app, &passphrase, |part| Ok::<_, ExportError>(file.write_all(part.as_bytes())?)).await?;
    file.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
    Ok(())
}

/// Brings an export in.
pub(crate) async fn bring_in(app: &App, from: &Closed) -> Result<(), RestoreError> {
    let passphrase = Password::parse(from.passphrase.expose_secret()).map_err(|_| RestoreError::WrongPassphrase)?;
    let brought = restore(app, || File::open(&from.file).map(BufReader::new), &passphrase).await?;
    tracing::info!(?brought.items, "an export was brought in");
    Ok(())
}
