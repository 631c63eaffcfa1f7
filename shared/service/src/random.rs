//! Where randomness comes from. The one file that asks the system, but for what is no secret in the client of AWS.

/// The system's generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct Random;

/// The system gave no randomness: nothing secret can be made.
#[derive(Debug, thiserror::Error)]
#[error("the system gave no randomness")]
pub struct NoRandomness(#[source] getrandom::Error);

impl Random {
    /// So many fresh bytes, fit for secrets.
    #[expect(clippy::disallowed_methods, reason = "this is the one file")]
    pub fn bytes<const N: usize>(self) -> Result<[u8; N], NoRandomness> {
        let mut bytes = [0; N];
        getrandom::fill(&mut bytes).map_err(NoRandomness)?;
        Ok(bytes)
    }
}
